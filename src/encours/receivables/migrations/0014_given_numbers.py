"""Numbers given to invoices that the accounts do not number."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0006_shared_terms"),
        ("receivables", "0013_sums_in_indexes"),
        ("tenancy", "0008_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="GivenNumber",
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
                ("compared", models.CharField(max_length=80, verbose_name="numéro comparé")),
                ("source", models.CharField(max_length=10, verbose_name="origine")),
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
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor_id", "key"),
                        name="given_number_once_per_invoice",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor_id", "compared"),
                        name="given_number_once_per_creditor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ("hand", "table", "document"))),
                        name="given_number_source_known",
                    ),
                ]
            },
        ),
        IsolateTenants("GivenNumber"),
        migrations.AddField(
            model_name="invoice",
            name="number_is_given",
            field=models.BooleanField(db_default=False, verbose_name="numéro donné ici"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("number", ""), ("undone_at", None)),
                fields=["tenant", "customer"],
                name="invoice_without_number",
            ),
        ),
    ]
