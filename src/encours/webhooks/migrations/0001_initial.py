"""Subscribers, deliveries, attempts."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0005_listeners"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="adresse")),
                (
                    "description",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="description"
                    ),
                ),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="faits"
                    ),
                ),
                ("secret", models.TextField(verbose_name="secret (chiffré)")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_by_id", models.BigIntegerField(verbose_name="créée par")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="supprimée le"),
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
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(verbose_name="identifiant")),
                ("fact_id", models.BigIntegerField(null=True, verbose_name="fait")),
                ("verb", models.CharField(max_length=60, verbose_name="fait")),
                ("subject_type", models.CharField(max_length=30, verbose_name="objet")),
                ("subject_id", models.BigIntegerField(verbose_name="identifiant de l'objet")),
                ("payload", models.JSONField(verbose_name="contenu")),
                ("state", models.CharField(default="waiting", max_length=10, verbose_name="état")),
                ("failures", models.IntegerField(default=0, verbose_name="échecs")),
                ("first_at", models.DateTimeField(null=True, verbose_name="premier essai")),
                ("next_at", models.DateTimeField(null=True, verbose_name="prochain essai")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="pris le")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="fini le")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
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
                (
                    "subscription",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="webhooks.subscription",
                        verbose_name="abonnement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="fait le"
                    ),
                ),
                ("duration_ms", models.IntegerField(verbose_name="durée (ms)")),
                ("request_head", models.TextField(verbose_name="en-têtes envoyés")),
                ("status", models.SmallIntegerField(null=True, verbose_name="code")),
                (
                    "response_head",
                    models.TextField(blank=True, default="", verbose_name="en-têtes reçus"),
                ),
                ("response_body", models.TextField(blank=True, default="", verbose_name="réponse")),
                (
                    "error",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="échec"),
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
                (
                    "delivery",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="webhooks.delivery",
                        verbose_name="envoi",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "delivery"], name="webhook_attempt_delivery")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["tenant", "subscription", "subject_type", "subject_id", "id"],
                name="webhook_delivery_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("tenant", "uuid"), name="webhook_delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fact_id__isnull", False)),
                fields=("tenant", "subscription", "fact_id"),
                name="webhook_fact_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "delivered", "dead"))),
                name="webhook_delivery_state_known",
            ),
        ),
    ]
