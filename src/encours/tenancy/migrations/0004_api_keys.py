"""Keys of the API, the door that knows them, and the calls that are not repeated."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy import schema
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0003_absences"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("prefix", models.CharField(max_length=16, verbose_name="début de la clé")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrateur"),
                            ("credit_manager", "Credit manager"),
                            ("collector", "Chargé de recouvrement"),
                            ("sales", "Commercial"),
                            ("accountant", "Comptable"),
                            ("reader", "Lecteur"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        size=None,
                        verbose_name="portées",
                    ),
                ),
                ("created_by_id", models.BigIntegerField(verbose_name="créée par")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="expire le"),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="révoquée le"),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dernier usage"),
                ),
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
        ),
        migrations.CreateModel(
            name="ApiKeyUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("minute", models.BigIntegerField(verbose_name="minute")),
                ("calls", models.IntegerField(verbose_name="appels")),
                (
                    "key",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.apikey",
                        verbose_name="clé",
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
        ),
        migrations.CreateModel(
            name="IdempotentCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="clé d'idempotence")),
                (
                    "fingerprint",
                    models.CharField(max_length=64, verbose_name="empreinte de la demande"),
                ),
                ("status", models.SmallIntegerField(null=True, verbose_name="code")),
                ("headers", models.JSONField(default=dict, verbose_name="en-têtes")),
                ("body", models.BinaryField(default=b"", verbose_name="réponse (chiffrée)")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="fait le"
                    ),
                ),
                (
                    "key",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.apikey",
                        verbose_name="clé",
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
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["digest"], name="api_key_digest"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(fields=("tenant", "digest"), name="api_key_once"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        ["admin", "credit_manager", "collector", "sales", "accountant", "reader"],
                    )
                ),
                name="api_key_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikeyuse",
            constraint=models.UniqueConstraint(fields=("tenant", "key"), name="api_key_use_once"),
        ),
        migrations.AddIndex(
            model_name="idempotentcall",
            index=models.Index(fields=["tenant", "created_at"], name="idempotent_call_age"),
        ),
        migrations.AddConstraint(
            model_name="idempotentcall",
            constraint=models.UniqueConstraint(
                fields=("tenant", "key", "name"), name="idempotent_call_once"
            ),
        ),
        IsolateTenants("ApiKey", "ApiKeyUse", "IdempotentCall"),
        schema.run_file("key_door"),
    ]
