"""A group of customers is found by its indexes: by parent, by SIREN."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0006_shared_terms"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("parent", None), _negated=True),
                fields=["tenant", "parent"],
                name="customer_parent",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("siren", ""), _negated=True),
                fields=["tenant", "siren"],
                name="customer_siren",
            ),
        ),
    ]
