"""Payment terms that every creditor of a tenant may use."""

import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0005_record_changes"),
        ("tenancy", "0008_inherited_settings"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="paymentterms",
            name="terms_code_once",
        ),
        migrations.RemoveConstraint(
            model_name="paymentterms",
            name="terms_one_default",
        ),
        migrations.AlterField(
            model_name="paymentterms",
            name="creditor",
            field=encours.tenancy.models.base.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.creditor",
                verbose_name="société",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor", "code"), name="terms_code_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("tenant", "creditor"),
                name="terms_one_default",
                nulls_distinct=False,
            ),
        ),
    ]
