"""Scenarios, the reminders that were planned, triage of old debts, and the day's plan."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.messaging.models import Message
from encours.parties.models import Customer
from encours.receivables.models import Instalment
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

REMINDER_STATES = ("planned", "approved", "sent", "skipped", "cancelled")


class Scenario(TenantModel):
    """A version of a scenario; `definition` is read by `dunning.rules.scenario`."""

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    code = models.CharField("code", max_length=40)
    version = models.PositiveIntegerField("version", default=1)
    name = models.CharField("nom", max_length=120)
    definition = models.JSONField("définition")
    is_active = models.BooleanField("active", default=True)
    moves_running = models.BooleanField("vaut aussi pour les cycles en cours", default=False)
    created_at = models.DateTimeField("créée le", db_default=Now())
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code", "version"),
                name="scenario_version_once",
                nulls_distinct=False,
            ),
        )


class ScenarioDraft(TenantModel):
    """What people change of a scenario before it becomes its next version; one draft at a time.

    `definition` has the shape of a scenario; it may not make sense yet.
    """

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    code = models.CharField("code", max_length=40)
    definition = models.JSONField("définition")
    author_id = models.BigIntegerField("auteur")
    changed_at = models.DateTimeField("modifié le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code"),
                name="scenario_draft_once",
                nulls_distinct=False,
            ),
        )


class ScenarioReplay(TenantModel):
    """The past replayed with a scenario: how far it is, then its figures (`queries.replays`)."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    code = models.CharField("code", max_length=40)
    definition = models.JSONField("définition")
    last_on = models.DateField("jusqu'au")
    days = models.PositiveSmallIntegerField("jours")
    lag_days = models.PositiveSmallIntegerField("règlements connus après (jours)")
    state = models.CharField("état", max_length=10, default="running")
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    figures = models.JSONField("chiffres", default=dict, blank=True)
    author_id = models.BigIntegerField("auteur")
    created_at = models.DateTimeField("demandé le", db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("running", "done", "failed")), name="replay_state_known"
            ),
        )


class ScenarioTrial(TenantModel):
    """A step of a draft, written for a customer and sent to the person who asked, nobody else."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    definition = models.JSONField("définition")
    step_code = models.CharField("étape", max_length=40)
    author_id = models.BigIntegerField("pour")
    created_at = models.DateTimeField("demandé le", db_default=Now())


class ScenarioRule(TenantModel):
    """Which scenario the customers that fit it follow; the first that fits, by place, wins.

    A rule without conditions fits everybody: it gives the default. A creditor's own come first.
    """

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    place = models.PositiveSmallIntegerField("rang")
    conditions = models.JSONField("conditions", default=dict, blank=True)
    scenario_code = models.CharField("scénario", max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "place"),
                name="scenario_rule_place_once",
                nulls_distinct=False,
            ),
        )


class ScenarioChoice(TenantModel):
    """The scenario that a person chose for a customer, or for one of its due lines."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    instalment = TenantForeignKey(
        Instalment, models.PROTECT, null=True, blank=True, verbose_name="échéance"
    )
    scenario_code = models.CharField("scénario", max_length=40)
    reason = models.CharField("motif", max_length=200, blank=True, default="")
    chosen_on = models.DateField("choisi le")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "customer", "instalment"),
                name="scenario_choice_once",
                nulls_distinct=False,
            ),
        )


class TextTemplate(TenantModel):
    """A version of what one step says in one language, in Liquid; `dunning.texts` reads it.

    `code` names the set ("" for the one that every step without a set uses), `name` the shipped
    text that it replaces. Versions are never changed: one that no longer holds is not active.
    """

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    code = models.CharField("jeu de textes", max_length=40, blank=True, default="")
    name = models.CharField("texte", max_length=40)
    language = models.CharField("langue", max_length=2)
    version = models.PositiveIntegerField("version", default=1)
    subject = models.TextField("objet")
    email = models.TextField("message")
    letter = models.TextField("lettre", blank=True, default="")
    short = models.TextField("message court", blank=True, default="")
    is_active = models.BooleanField("en vigueur", default=True)
    kept_despite = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code", "name", "language", "version"),
                name="text_version_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code", "name", "language"),
                condition=Q(is_active=True),
                name="text_in_force_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(language__in=("fr", "en")), name="text_language"),
        )


class Reminder(TenantModel):
    """One planned message: a customer, a currency, a step of a cycle, and its due lines.

    `instalment_ids`, `open_cents` and `line_ranks` go together: the lines as listed, what was
    open on each, and the rank of the step that each one reached by being listed.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    currency = models.CharField("devise", max_length=3)
    scenario_code = models.CharField("scénario", max_length=40)
    scenario_version = models.PositiveIntegerField("version", default=1)
    step_code = models.CharField("étape", max_length=40)
    step_rank = models.SmallIntegerField("rang")
    cycle = models.IntegerField("cycle")
    planned_on = models.DateField("prévu le")
    channel = models.CharField("canal", max_length=40)
    amount_cents = models.BigIntegerField("montant (centimes)")
    instalment_ids = ArrayField(models.BigIntegerField())
    open_cents = ArrayField(models.BigIntegerField())
    line_ranks = ArrayField(models.SmallIntegerField())
    reason = models.CharField("motif", max_length=300)
    state = models.CharField("état", max_length=10, default="planned")
    rehearsal = models.BooleanField("répétition", default=False)
    origin = models.CharField("origine", max_length=10, default="plan")
    edited = models.JSONField("texte modifié", default=dict, blank=True)
    approval = models.CharField("validation", max_length=6, db_default="auto")
    effects = ArrayField(models.CharField(max_length=12), verbose_name="effets", default=list)
    sender = models.CharField("signataire", max_length=12, db_default="creditor")
    text_id = models.BigIntegerField("version du texte", null=True)
    message = TenantForeignKey(
        Message, models.PROTECT, null=True, blank=True, checked=False, verbose_name="message"
    )
    decided_by_id = models.BigIntegerField("décidé par", null=True)
    decided_at = models.DateTimeField("décidé le", null=True)
    sent_on = models.DateField("envoyé le", null=True)
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "tenant",
                    "creditor_id",
                    "customer",
                    "currency",
                    "step_code",
                    "cycle",
                    "rehearsal",
                ),
                condition=~Q(state="cancelled"),
                name="reminder_once_per_step_and_cycle",
            ),
            models.CheckConstraint(
                condition=Q(state__in=REMINDER_STATES), name="reminder_state_known"
            ),
            models.CheckConstraint(
                condition=Q(approval__in=("auto", "manual", "each")),
                name="reminder_approval_known",
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "customer"), name="reminder_customer"),
            models.Index(
                fields=("tenant", "creditor_id", "planned_on"), name="reminder_planned_on"
            ),
        )


class Agency(TenantModel):
    """The third-party collector that a creditor named (CPCE R124-1 to R124-7); one at a time.

    Its account takes effect when a second person has confirmed it.
    """

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    name = models.CharField("nom", max_length=120)
    street = models.CharField("adresse", max_length=120, blank=True, default="")
    postcode = models.CharField("code postal", max_length=10, blank=True, default="")
    city = models.CharField("ville", max_length=80, blank=True, default="")
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    email = models.EmailField("adresse de réponse", blank=True, default="")
    phone = models.CharField("téléphone", max_length=30, blank=True, default="")
    signatory = models.CharField("signataire", max_length=80, blank=True, default="")
    insurer = models.CharField("assureur et police", max_length=120, blank=True, default="")
    insured_until = models.DateField("assuré jusqu'au", null=True, blank=True)
    declared_at = models.CharField("tribunal judiciaire", max_length=80, blank=True, default="")
    declared_on = models.DateField("déclaration du", null=True, blank=True)
    mandate_on = models.DateField("convention du", null=True, blank=True)
    mandate_reference = models.CharField("référence", max_length=60, blank=True, default="")
    receives_funds = models.BooleanField("reçoit les fonds", default=False)
    holder = models.CharField("titulaire", max_length=120, blank=True, default="")
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    account_author_id = models.BigIntegerField("compte donné par", null=True)
    account_confirmed_by_id = models.BigIntegerField("compte confirmé par", null=True)
    changed_at = models.DateTimeField("modifié le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "creditor"), name="agency_once_per_creditor"),
            models.CheckConstraint(
                condition=Q(account_confirmed_by_id=None)
                | ~Q(account_confirmed_by_id=models.F("account_author_id")),
                name="agency_account_seen_by_two",
            ),
        )


class Triage(TenantModel):
    """What a person decided for a line that was overdue before the creditor went live."""

    instalment = TenantForeignKey(Instalment, models.PROTECT, verbose_name="échéance")
    creditor_id = models.BigIntegerField("société")
    decision = models.CharField("décision", max_length=10)
    decided_at = models.DateTimeField("décidé le", db_default=Now())
    decided_by_id = models.BigIntegerField("décidé par", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "instalment"), name="triage_once"),
            models.CheckConstraint(
                condition=Q(decision__in=("remind", "letter", "leave")),
                name="triage_decision_known",
            ),
        )
