"""When a creditor means to bill penalties."""

import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("einvoicing", "0002_isolation"),
        ("tenancy", "0011_contacts_a_week"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mode", models.CharField(max_length=10, verbose_name="facturation des pénalités")),
                (
                    "from_reminder",
                    models.SmallIntegerField(default=1, verbose_name="à partir de la relance"),
                ),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.creditor",
                        verbose_name="société",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "creditor"), name="billing_policy_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_reminder__gte", 1),
                            ("from_reminder__lte", 12),
                            ("mode__in", ("always", "from_step", "never")),
                        ),
                        name="billing_policy_known",
                    ),
                ],
            },
        ),
        IsolateTenants("BillingPolicy"),
    ]
