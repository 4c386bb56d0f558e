"""VAT of a document by rate, as the document itself says it."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0008_invoice_issued"),
        ("tenancy", "0003_absences"),
    ]

    operations = [
        migrations.CreateModel(
            name="VatPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("category", models.CharField(max_length=4, verbose_name="catégorie")),
                ("rate_bp", models.IntegerField(verbose_name="taux (centièmes de pour cent)")),
                ("net_cents", models.BigIntegerField(verbose_name="base HT (centimes)")),
                ("vat_cents", models.BigIntegerField(verbose_name="TVA (centimes)")),
                (
                    "exemption",
                    models.CharField(
                        blank=True, default="", max_length=100, verbose_name="motif d'exonération"
                    ),
                ),
                (
                    "credit",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.credit",
                        verbose_name="avoir",
                    ),
                ),
                (
                    "invoice",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.invoice",
                        verbose_name="facture",
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
                "indexes": [
                    models.Index(fields=["tenant", "invoice"], name="vat_part_invoice"),
                    models.Index(fields=["tenant", "credit"], name="vat_part_credit"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit__isnull", False), ("invoice", None)),
                            models.Q(("credit", None), ("invoice__isnull", False)),
                            _connector="OR",
                        ),
                        name="vat_part_of_one_document",
                    )
                ],
            },
        ),
        IsolateTenants("VatPart"),
    ]
