"""Mandates of direct debit."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0006_shared_terms"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mandate",
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
                ("reference", models.CharField(max_length=35, verbose_name="RUM")),
                ("scheme", models.CharField(default="core", max_length=4, verbose_name="schéma")),
                ("kind", models.CharField(default="recurrent", max_length=10, verbose_name="type")),
                (
                    "iban",
                    models.CharField(blank=True, default="", max_length=34, verbose_name="IBAN"),
                ),
                (
                    "bic",
                    models.CharField(blank=True, default="", max_length=11, verbose_name="BIC"),
                ),
                (
                    "holder_name",
                    models.CharField(
                        blank=True, default="", max_length=70, verbose_name="titulaire"
                    ),
                ),
                ("signed_on", models.DateField(null=True, verbose_name="signé le")),
                ("revoked_on", models.DateField(null=True, verbose_name="révoqué le")),
                ("last_used_on", models.DateField(null=True, verbose_name="dernier prélèvement")),
                ("origin", models.CharField(max_length=10, verbose_name="origine")),
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
                "indexes": [models.Index(fields=["tenant", "customer"], name="mandate_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor_id", "reference"),
                        name="mandate_reference_once_per_creditor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scheme__in", ("core", "b2b"))),
                        name="mandate_scheme_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("recurrent", "one_off"))),
                        name="mandate_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("hand", "table", "program"))),
                        name="mandate_origin_known",
                    ),
                ],
            },
        ),
        IsolateTenants("Mandate"),
    ]
