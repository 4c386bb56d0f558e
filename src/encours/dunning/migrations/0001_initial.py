"""The tables, as Django writes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("messaging", "0002_isolation"),
        ("parties", "0002_isolation"),
        ("receivables", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("currency", models.CharField(max_length=3, verbose_name="devise")),
                ("scenario_code", models.CharField(max_length=40, verbose_name="scénario")),
                (
                    "scenario_version",
                    models.PositiveIntegerField(default=1, verbose_name="version"),
                ),
                ("step_code", models.CharField(max_length=40, verbose_name="étape")),
                ("step_rank", models.SmallIntegerField(verbose_name="rang")),
                ("cycle", models.IntegerField(verbose_name="cycle")),
                ("planned_on", models.DateField(verbose_name="prévu le")),
                ("channel", models.CharField(max_length=10, verbose_name="canal")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                (
                    "instalment_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "open_cents",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "line_ranks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), size=None
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="motif")),
                ("state", models.CharField(default="planned", max_length=10, verbose_name="état")),
                ("rehearsal", models.BooleanField(default=False, verbose_name="répétition")),
                ("origin", models.CharField(default="plan", max_length=10, verbose_name="origine")),
                (
                    "edited",
                    models.JSONField(blank=True, default=dict, verbose_name="texte modifié"),
                ),
                ("decided_by_id", models.BigIntegerField(null=True, verbose_name="décidé par")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="décidé le")),
                ("sent_on", models.DateField(null=True, verbose_name="envoyé le")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
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
                    "message",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        checked=False,
                        null=True,
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
                    models.Index(fields=["tenant", "customer"], name="reminder_customer"),
                    models.Index(
                        fields=["tenant", "creditor_id", "planned_on"], name="reminder_planned_on"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=(
                            "tenant",
                            "creditor_id",
                            "customer",
                            "currency",
                            "step_code",
                            "cycle",
                            "rehearsal",
                        ),
                        name="reminder_once_per_step_and_cycle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("planned", "approved", "sent", "skipped", "cancelled"))
                        ),
                        name="reminder_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Scenario",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                ("definition", models.JSONField(verbose_name="définition")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
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
                        fields=("tenant", "creditor", "code", "version"),
                        name="scenario_version_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Triage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("decision", models.CharField(max_length=10, verbose_name="décision")),
                (
                    "decided_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="décidé le",
                    ),
                ),
                ("decided_by_id", models.BigIntegerField(null=True, verbose_name="décidé par")),
                (
                    "instalment",
                    encours.tenancy.models.base.TenantForeignKey(
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "instalment"), name="triage_once"),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ("remind", "letter", "leave"))),
                        name="triage_decision_known",
                    ),
                ],
            },
        ),
    ]
