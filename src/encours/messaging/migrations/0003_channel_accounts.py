"""Accounts by which messages leave, one a channel of a creditor."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0002_isolation"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(max_length=12, verbose_name="canal"),
        ),
        migrations.CreateModel(
            name="ChannelAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=12, verbose_name="canal")),
                ("provider", models.CharField(max_length=30, verbose_name="prestataire")),
                ("settings", models.JSONField(default=dict, verbose_name="réglages")),
                (
                    "secrets",
                    models.TextField(blank=True, default="", verbose_name="secrets (chiffrés)"),
                ),
                (
                    "own_number",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="numéro d'essai"
                    ),
                ),
                (
                    "segment_price",
                    models.PositiveIntegerField(
                        default=0, verbose_name="prix d'un SMS (centièmes de centime)"
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="actif")),
                (
                    "digest",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="empreinte du jeton"
                    ),
                ),
                ("minute", models.BigIntegerField(default=0, verbose_name="minute")),
                ("calls", models.IntegerField(default=0, verbose_name="appels dans la minute")),
                ("tested_at", models.DateTimeField(null=True, verbose_name="essayé le")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="en panne depuis")),
                (
                    "failure",
                    models.CharField(blank=True, default="", max_length=400, verbose_name="cause"),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
                    ),
                ),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("digest", ""), _negated=True),
                        fields=["digest"],
                        name="channel_account_digest",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "creditor", "channel"), name="channel_account_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "channel__in",
                                (
                                    "email",
                                    "letter",
                                    "registered",
                                    "eregistered",
                                    "sms",
                                    "whatsapp",
                                    "call",
                                ),
                            )
                        ),
                        name="channel_account_channel_known",
                    ),
                ],
            },
        ),
        IsolateTenants("ChannelAccount"),
    ]
