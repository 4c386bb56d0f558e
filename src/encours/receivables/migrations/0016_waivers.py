"""Penalties and indemnities given up, with a reason."""

import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0008_portfolio_rules"),
        ("receivables", "0015_first_by_due_date_or_amount"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="PenaltyWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("kind", models.CharField(max_length=10, verbose_name="nature")),
                ("claim_key", models.CharField(max_length=200, verbose_name="clé naturelle")),
                (
                    "lineage_id",
                    models.BigIntegerField(verbose_name="première version de l'échéance"),
                ),
                ("position", models.SmallIntegerField(verbose_name="rang")),
                ("from_on", models.DateField(verbose_name="du")),
                ("until_on", models.DateField(verbose_name="au")),
                ("cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                ("waived_on", models.DateField(verbose_name="abandonné le")),
                ("released_on", models.DateField(null=True, verbose_name="repris le")),
                ("reason", models.CharField(max_length=300, verbose_name="motif")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "invoice",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.invoice",
                        verbose_name="facture en retard",
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
                "indexes": [models.Index(fields=["tenant", "customer"], name="waiver_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_on", None)),
                        fields=("tenant", "claim_key", "lineage_id", "kind", "from_on"),
                        name="penalty_waived_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cents__gt", 0)), name="waiver_positive"
                    ),
                ],
            },
        ),
        IsolateTenants("PenaltyWaiver"),
    ]
