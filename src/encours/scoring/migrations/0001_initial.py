"""The tables, as Django writes them."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0006_shared_terms"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChosenProfile",
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
                ("profile", models.CharField(max_length=20, verbose_name="profil")),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="motif"),
                ),
                ("starts_on", models.DateField(verbose_name="du")),
                ("ends_on", models.DateField(verbose_name="au")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
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
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "customer"),
                        name="profile_chosen_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "profile__in",
                                (
                                    "early",
                                    "on_time",
                                    "slightly_late",
                                    "chronically_late",
                                    "deteriorating",
                                    "new",
                                    "key_account",
                                    "public_body",
                                    "consumer",
                                ),
                            )
                        ),
                        name="chosen_profile_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="chosen_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("on", models.DateField(verbose_name="le")),
                (
                    "before",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="avant"),
                ),
                ("profile", models.CharField(max_length=20, verbose_name="profil")),
                ("behaviour", models.CharField(max_length=20, verbose_name="comportement")),
                ("is_chosen", models.BooleanField(default=False, verbose_name="choisi")),
                (
                    "mean_tenths",
                    models.IntegerField(null=True, verbose_name="retard moyen (dixièmes de jour)"),
                ),
                (
                    "expected_tenths",
                    models.IntegerField(
                        null=True, verbose_name="retard attendu (dixièmes de jour)"
                    ),
                ),
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
                "indexes": [
                    models.Index(fields=["tenant", "customer", "on"], name="move_customer"),
                    models.Index(fields=["tenant", "creditor_id", "on"], name="move_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "profile__in",
                                (
                                    "early",
                                    "on_time",
                                    "slightly_late",
                                    "chronically_late",
                                    "deteriorating",
                                    "new",
                                    "key_account",
                                    "public_body",
                                    "consumer",
                                ),
                            )
                        ),
                        name="move_profile_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileThresholds",
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
                ("definition", models.JSONField(verbose_name="seuils")),
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
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor"),
                        name="thresholds_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("on", models.DateField(verbose_name="depuis le")),
                ("profile", models.CharField(max_length=20, verbose_name="profil")),
                ("behaviour", models.CharField(max_length=20, verbose_name="comportement")),
                ("is_chosen", models.BooleanField(default=False, verbose_name="choisi")),
                ("segment_id", models.BigIntegerField(null=True, verbose_name="segment")),
                (
                    "currency",
                    models.CharField(blank=True, default="", max_length=3, verbose_name="devise"),
                ),
                ("settled_lines", models.IntegerField(default=0, verbose_name="échéances réglées")),
                (
                    "scored_lines",
                    models.IntegerField(default=0, verbose_name="échéances observées"),
                ),
                (
                    "mean_tenths",
                    models.IntegerField(null=True, verbose_name="retard moyen (dixièmes de jour)"),
                ),
                (
                    "last_tenths",
                    models.IntegerField(
                        null=True, verbose_name="trois dernières (dixièmes de jour)"
                    ),
                ),
                (
                    "last_delays",
                    models.CharField(max_length=30, null=True, verbose_name="derniers retards"),
                ),
                (
                    "expected_tenths",
                    models.IntegerField(
                        null=True, verbose_name="retard attendu (dixièmes de jour)"
                    ),
                ),
                (
                    "trend_tenths",
                    models.IntegerField(null=True, verbose_name="tendance (dixièmes de jour)"),
                ),
                (
                    "recent_tenths",
                    models.IntegerField(
                        null=True, verbose_name="six derniers mois (dixièmes de jour)"
                    ),
                ),
                (
                    "spread_tenths",
                    models.IntegerField(null=True, verbose_name="écart-type (dixièmes de jour)"),
                ),
                ("on_time_percent", models.IntegerField(null=True, verbose_name="à l'heure (%)")),
                (
                    "on_time_amount_percent",
                    models.IntegerField(null=True, verbose_name="à l'heure, en montant (%)"),
                ),
                (
                    "oldest_overdue_days",
                    models.IntegerField(default=0, verbose_name="plus ancien retard (jours)"),
                ),
                (
                    "late_days",
                    models.IntegerField(
                        default=0, verbose_name="plus ancien retard sans litige (jours)"
                    ),
                ),
                (
                    "overdue_lines",
                    models.IntegerField(default=0, verbose_name="échéances en retard"),
                ),
                (
                    "open_cents",
                    models.BigIntegerField(default=0, verbose_name="encours (centimes)"),
                ),
                (
                    "overdue_cents",
                    models.BigIntegerField(default=0, verbose_name="échu (centimes)"),
                ),
                ("disputes", models.IntegerField(default=0, verbose_name="litiges")),
                (
                    "broken_promises",
                    models.IntegerField(default=0, verbose_name="promesses non tenues"),
                ),
                (
                    "returned_debits",
                    models.IntegerField(default=0, verbose_name="prélèvements rejetés"),
                ),
                (
                    "volume_cents",
                    models.BigIntegerField(
                        default=0, verbose_name="achats de douze mois (centimes)"
                    ),
                ),
                (
                    "volume_share",
                    models.IntegerField(default=0, verbose_name="part des ventes (pour mille)"),
                ),
                ("buyers", models.IntegerField(default=0, verbose_name="acheteurs")),
                ("tenure_months", models.IntegerField(default=0, verbose_name="ancienneté (mois)")),
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
                "indexes": [
                    models.Index(fields=["tenant", "creditor_id", "profile"], name="score_profile")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "customer"), name="score_once_per_customer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "profile__in",
                                (
                                    "early",
                                    "on_time",
                                    "slightly_late",
                                    "chronically_late",
                                    "deteriorating",
                                    "new",
                                    "key_account",
                                    "public_body",
                                    "consumer",
                                ),
                            )
                        ),
                        name="score_profile_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
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
                ("name", models.CharField(max_length=60, verbose_name="nom")),
                ("rank", models.SmallIntegerField(default=1, verbose_name="rang")),
                ("conditions", models.JSONField(default=list, verbose_name="conditions")),
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
                        condition=models.Q(("undone_at", None)),
                        fields=("tenant", "creditor", "name"),
                        name="segment_name_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
