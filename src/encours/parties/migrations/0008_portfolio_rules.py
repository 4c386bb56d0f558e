"""Rules that share customers out, and which one gave a customer to somebody."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0007_groups_by_index"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="collector_rule_id",
            field=models.BigIntegerField(null=True, verbose_name="règle (recouvrement)"),
        ),
        migrations.AddField(
            model_name="customer",
            name="salesperson_rule_id",
            field=models.BigIntegerField(null=True, verbose_name="règle (commercial)"),
        ),
        migrations.CreateModel(
            name="PortfolioRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(max_length=12, verbose_name="comme")),
                ("user_id", models.BigIntegerField(verbose_name="à qui")),
                ("position", models.IntegerField(verbose_name="rang")),
                (
                    "postcodes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
                (
                    "first_letter",
                    models.CharField(blank=True, default="", max_length=1, verbose_name="de"),
                ),
                (
                    "last_letter",
                    models.CharField(blank=True, default="", max_length=1, verbose_name="à"),
                ),
                ("salesperson", models.BigIntegerField(null=True, verbose_name="commercial")),
                (
                    "open_from_cents",
                    models.BigIntegerField(null=True, verbose_name="encours d'au moins"),
                ),
                (
                    "open_to_cents",
                    models.BigIntegerField(null=True, verbose_name="encours de moins de"),
                ),
                (
                    "field_code",
                    models.CharField(blank=True, default="", max_length=30, verbose_name="champ"),
                ),
                (
                    "field_value",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="valeur du champ"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="retirée le")),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
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
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ("collector", "salesperson"))),
                        name="portfolio_rule_part_known",
                    )
                ],
            },
        ),
        IsolateTenants("PortfolioRule"),
    ]
