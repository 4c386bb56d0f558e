"""The tables, as Django writes them."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_isolation"),
        ("receivables", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingFact",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dispute", "Litige"),
                            ("promise", "Promesse de règlement"),
                            ("plan", "Échéancier"),
                            ("pause", "Pause"),
                            ("insolvency", "Procédure collective"),
                            ("over_indebtedness", "Surendettement"),
                            ("protection", "Majeur protégé"),
                            ("death", "Décès"),
                            ("limitation", "Prescription (interruption ou suspension)"),
                            ("assignment", "Cession à un factor"),
                            ("handover", "Mise au contentieux"),
                            ("einvoice", "Statut de facture électronique"),
                            ("direct_debit", "Prélèvement en cours"),
                        ],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="motif"),
                ),
                ("starts_on", models.DateField(verbose_name="du")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="au")),
                (
                    "amount_cents",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="montant (centimes)"
                    ),
                ),
                ("details", models.JSONField(blank=True, default=dict, verbose_name="précisions")),
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
                    "instalment",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.instalment",
                        verbose_name="échéance",
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
                "indexes": [models.Index(fields=["tenant", "customer"], name="standing_customer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "dispute",
                                    "promise",
                                    "plan",
                                    "pause",
                                    "insolvency",
                                    "over_indebtedness",
                                    "protection",
                                    "death",
                                    "limitation",
                                    "assignment",
                                    "handover",
                                    "einvoice",
                                    "direct_debit",
                                ],
                            )
                        ),
                        name="standing_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="standing_ends_after_start",
                    ),
                ],
            },
        ),
    ]
