"""The tables, as Django writes them."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0004_api_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Field",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=10, verbose_name="objet")),
                ("code", models.CharField(max_length=30, verbose_name="code")),
                ("label", models.CharField(max_length=60, verbose_name="nom")),
                ("kind", models.CharField(max_length=10, verbose_name="nature")),
                ("choices", models.JSONField(default=list, verbose_name="choix")),
                ("in_lists", models.BooleanField(default=True, verbose_name="dans les listes")),
                ("position", models.SmallIntegerField(default=0, verbose_name="rang")),
                ("retired_at", models.DateTimeField(null=True, verbose_name="retiré le")),
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
                        fields=("tenant", "subject", "code"), name="attribute_field_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ("customer", "invoice"))),
                        name="attribute_field_subject_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("text", "number", "amount", "date", "choice", "yes_no"))
                        ),
                        name="attribute_field_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Values",
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
                ("subject", models.CharField(max_length=10, verbose_name="objet")),
                ("key", models.CharField(max_length=200, verbose_name="clé naturelle")),
                ("said", models.JSONField(verbose_name="valeurs")),
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
                        fields=("tenant", "subject", "creditor_id", "key"),
                        name="attribute_values_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject__in", ("customer", "invoice"))),
                        name="attribute_values_subject_known",
                    ),
                ],
            },
        ),
    ]
