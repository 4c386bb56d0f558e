"""Texts of one's own, by version, and the one that each message was written with."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0006_approval_one_by_one"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="text_id",
            field=models.BigIntegerField(null=True, verbose_name="version du texte"),
        ),
        migrations.CreateModel(
            name="TextTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True, default="", max_length=40, verbose_name="jeu de textes"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="texte")),
                ("language", models.CharField(max_length=2, verbose_name="langue")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("subject", models.TextField(verbose_name="objet")),
                ("email", models.TextField(verbose_name="message")),
                ("letter", models.TextField(blank=True, default="", verbose_name="lettre")),
                ("short", models.TextField(blank=True, default="", verbose_name="message court")),
                ("is_active", models.BooleanField(default=True, verbose_name="en vigueur")),
                (
                    "kept_despite",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
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
                        fields=("tenant", "creditor", "code", "name", "language", "version"),
                        name="text_version_once",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("tenant", "creditor", "code", "name", "language"),
                        name="text_in_force_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ("fr", "en"))), name="text_language"
                    ),
                ],
            },
        ),
        IsolateTenants("TextTemplate"),
    ]
