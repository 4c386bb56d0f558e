"""Drafts of scenarios, replays of the past, steps tried on oneself."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0004_scenario_choices"),
        ("parties", "0008_portfolio_rules"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScenarioTrial",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("definition", models.JSONField(verbose_name="définition")),
                ("step_code", models.CharField(max_length=40, verbose_name="étape")),
                ("author_id", models.BigIntegerField(verbose_name="pour")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="demandé le",
                    ),
                ),
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ScenarioDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("definition", models.JSONField(verbose_name="définition")),
                ("author_id", models.BigIntegerField(verbose_name="auteur")),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="modifié le",
                    ),
                ),
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
                        fields=("tenant", "creditor", "code"),
                        name="scenario_draft_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScenarioReplay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("definition", models.JSONField(verbose_name="définition")),
                ("last_on", models.DateField(verbose_name="jusqu'au")),
                ("days", models.PositiveSmallIntegerField(verbose_name="jours")),
                (
                    "lag_days",
                    models.PositiveSmallIntegerField(
                        verbose_name="règlements connus après (jours)"
                    ),
                ),
                ("state", models.CharField(default="running", max_length=10, verbose_name="état")),
                (
                    "progress",
                    models.PositiveSmallIntegerField(default=0, verbose_name="avancement (%)"),
                ),
                ("figures", models.JSONField(blank=True, default=dict, verbose_name="chiffres")),
                ("author_id", models.BigIntegerField(verbose_name="auteur")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="demandé le",
                    ),
                ),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
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
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("running", "done", "failed"))),
                        name="replay_state_known",
                    )
                ],
            },
        ),
        IsolateTenants("ScenarioDraft", "ScenarioReplay", "ScenarioTrial"),
    ]
