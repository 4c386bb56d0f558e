"""Letters on their way: what became of each, prices, failed addresses, consents."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("messaging", "0003_channel_accounts"),
        ("parties", "0008_portfolio_rules"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="BadAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte de l'adresse")),
                ("reason", models.CharField(max_length=12, verbose_name="cause")),
                ("failed_on", models.DateField(verbose_name="constaté le")),
                ("message_id", models.BigIntegerField(null=True, verbose_name="message")),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "customer", "digest"), name="bad_address_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("digest", models.CharField(max_length=64, verbose_name="empreinte de l'adresse")),
                ("given_on", models.DateField(verbose_name="donné le")),
                ("source", models.CharField(max_length=200, verbose_name="où il a été donné")),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "customer", "digest"),
                        name="consent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("customer_id", models.BigIntegerField(null=True, verbose_name="client")),
                ("channel", models.CharField(max_length=12, verbose_name="canal")),
                (
                    "provider",
                    models.CharField(
                        blank=True, default="", max_length=30, verbose_name="prestataire"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="référence"
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, default="", max_length=30, verbose_name="numéro de recommandé"
                    ),
                ),
                ("place", models.PositiveIntegerField(default=0, verbose_name="rang dans le lot")),
                ("sheets", models.PositiveSmallIntegerField(default=0, verbose_name="feuilles")),
                ("cost_cents", models.BigIntegerField(null=True, verbose_name="coût (centimes)")),
                ("printed_at", models.DateTimeField(null=True, verbose_name="imprimé le")),
                ("posted_on", models.DateField(null=True, verbose_name="posté le")),
                ("happened", models.JSONField(default=list, verbose_name="suivi")),
                ("proofs", models.JSONField(default=list, verbose_name="preuves")),
                (
                    "state",
                    models.CharField(blank=True, default="", max_length=12, verbose_name="état"),
                ),
                ("ended_on", models.DateField(null=True, verbose_name="fini le")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="demandé le")),
                ("next_check_at", models.DateTimeField(null=True, verbose_name="à demander le")),
                (
                    "trouble",
                    models.CharField(
                        blank=True, default="", max_length=300, verbose_name="dernier ennui"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
                    ),
                ),
                (
                    "message",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="messaging.message",
                        verbose_name="message",
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
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["tenant", "next_check_at"],
                        name="posting_to_check",
                    ),
                    models.Index(fields=["tenant", "customer_id"], name="posting_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "message"), name="posting_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("letter", "registered", "eregistered"))
                        ),
                        name="posting_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tariff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=12, verbose_name="canal")),
                (
                    "provider",
                    models.CharField(
                        blank=True, default="", max_length=30, verbose_name="prestataire"
                    ),
                ),
                (
                    "first_cents",
                    models.PositiveIntegerField(verbose_name="première feuille (centimes)"),
                ),
                (
                    "sheet_cents",
                    models.PositiveIntegerField(
                        default=0, verbose_name="feuille de plus (centimes)"
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "creditor", "channel", "provider"), name="tariff_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("letter", "registered", "eregistered"))
                        ),
                        name="tariff_channel_known",
                    ),
                ],
            },
        ),
        IsolateTenants("BadAddress", "Consent", "Posting", "Tariff"),
    ]
