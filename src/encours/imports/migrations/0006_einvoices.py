"""What electronic invoices and their statuses say."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0005_mapping"),
        ("parties", "0003_merges"),
        ("receivables", "0009_vat_parts"),
        ("tenancy", "0003_absences"),
    ]

    operations = [
        migrations.CreateModel(
            name="ElectronicInvoice",
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
                ("key", models.CharField(max_length=200, verbose_name="clé naturelle")),
                ("number", models.CharField(max_length=80, verbose_name="numéro")),
                ("issued_on", models.DateField(verbose_name="date d'émission")),
                ("type_code", models.CharField(max_length=6, verbose_name="type (UNTDID 1001)")),
                ("syntax", models.CharField(max_length=10, verbose_name="syntaxe")),
                ("profile", models.CharField(max_length=40, verbose_name="profil")),
                (
                    "process",
                    models.CharField(
                        blank=True, default="", max_length=100, verbose_name="cadre de facturation"
                    ),
                ),
                (
                    "seller_siren",
                    models.CharField(
                        blank=True, default="", max_length=9, verbose_name="SIREN du vendeur"
                    ),
                ),
                (
                    "buyer_siren",
                    models.CharField(
                        blank=True, default="", max_length=9, verbose_name="SIREN de l'acheteur"
                    ),
                ),
                (
                    "buyer_address",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="adresse électronique de l'acheteur",
                    ),
                ),
                (
                    "payment_reference",
                    models.CharField(
                        blank=True, default="", max_length=140, verbose_name="référence de paiement"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte")),
                ("details", models.JSONField(default=dict, verbose_name="précisions")),
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
                "indexes": [models.Index(fields=["tenant", "invoice"], name="einvoice_invoice")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor_id", "key"),
                        name="einvoice_key_once_per_creditor",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceStatus",
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
                ("number", models.CharField(max_length=80, verbose_name="numéro")),
                ("issued_on", models.DateField(null=True, verbose_name="date de facture")),
                (
                    "seller_siren",
                    models.CharField(
                        blank=True, default="", max_length=9, verbose_name="SIREN du vendeur"
                    ),
                ),
                ("code", models.CharField(max_length=6, verbose_name="statut")),
                ("at", models.DateTimeField(verbose_name="date du statut")),
                ("message", models.CharField(max_length=140, verbose_name="message")),
                ("details", models.JSONField(default=dict, verbose_name="précisions")),
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
                    models.Index(fields=["tenant", "invoice"], name="status_invoice"),
                    models.Index(fields=["tenant", "creditor_id", "number"], name="status_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor_id", "message", "number", "code"),
                        name="status_once_per_message",
                    )
                ],
            },
        ),
        IsolateTenants("ElectronicInvoice", "InvoiceStatus"),
    ]
