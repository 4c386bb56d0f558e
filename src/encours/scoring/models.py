"""Current scores, how customers moved, what people chose, thresholds and segments.

Scores and moves are written by one set-based run (`actions.running`); thresholds and segments whose
creditor is null are the organisation's, a creditor's own come first (decision 0053).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from encours.parties.models import Customer
from encours.scoring.rules.profiles import PROFILES
from encours.tenancy.models import BitemporalModel, Creditor, TenantForeignKey, TenantModel


class Score(TenantModel):
    """The current figures of a customer, its profile and segment; `on` is when they last changed.

    A copy for speed: what it says follows from the ledger, and a test computes it again.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    on = models.DateField("depuis le")
    profile = models.CharField("profil", max_length=20)
    behaviour = models.CharField("comportement", max_length=20)
    is_chosen = models.BooleanField("choisi", default=False)
    segment_id = models.BigIntegerField("segment", null=True)
    currency = models.CharField("devise", max_length=3, blank=True, default="")
    settled_lines = models.IntegerField("échéances réglées", default=0)
    scored_lines = models.IntegerField("échéances observées", default=0)
    mean_tenths = models.IntegerField("retard moyen (dixièmes de jour)", null=True)
    last_tenths = models.IntegerField("trois dernières (dixièmes de jour)", null=True)
    last_delays = models.CharField(  # noqa: DJ001 - null: none settled
        "derniers retards", max_length=30, null=True
    )
    expected_tenths = models.IntegerField("retard attendu (dixièmes de jour)", null=True)
    trend_tenths = models.IntegerField("tendance (dixièmes de jour)", null=True)
    recent_tenths = models.IntegerField("six derniers mois (dixièmes de jour)", null=True)
    spread_tenths = models.IntegerField("écart-type (dixièmes de jour)", null=True)
    on_time_percent = models.IntegerField("à l'heure (%)", null=True)
    on_time_amount_percent = models.IntegerField("à l'heure, en montant (%)", null=True)
    oldest_overdue_days = models.IntegerField("plus ancien retard (jours)", default=0)
    late_days = models.IntegerField("plus ancien retard sans litige (jours)", default=0)
    overdue_lines = models.IntegerField("échéances en retard", default=0)
    open_cents = models.BigIntegerField("encours (centimes)", default=0)
    overdue_cents = models.BigIntegerField("échu (centimes)", default=0)
    disputes = models.IntegerField("litiges", default=0)
    broken_promises = models.IntegerField("promesses non tenues", default=0)
    returned_debits = models.IntegerField("prélèvements rejetés", default=0)
    volume_cents = models.BigIntegerField("achats de douze mois (centimes)", default=0)
    volume_share = models.IntegerField("part des ventes (pour mille)", default=0)
    buyers = models.IntegerField("acheteurs", default=0)
    tenure_months = models.IntegerField("ancienneté (mois)", default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "customer"), name="score_once_per_customer"),
            models.CheckConstraint(condition=Q(profile__in=PROFILES), name="score_profile_known"),
        )
        indexes = (models.Index(fields=("tenant", "creditor_id", "profile"), name="score_profile"),)


class Move(TenantModel):
    """A day on which a customer's profile changed: from which, to which, at which figures."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    on = models.DateField("le")
    before = models.CharField("avant", max_length=20, blank=True, default="")
    profile = models.CharField("profil", max_length=20)
    behaviour = models.CharField("comportement", max_length=20)
    is_chosen = models.BooleanField("choisi", default=False)
    mean_tenths = models.IntegerField("retard moyen (dixièmes de jour)", null=True)
    expected_tenths = models.IntegerField("retard attendu (dixièmes de jour)", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(profile__in=PROFILES), name="move_profile_known"),
        )
        indexes = (
            models.Index(fields=("tenant", "customer", "on"), name="move_customer"),
            models.Index(fields=("tenant", "creditor_id", "on"), name="move_day"),
        )


class ChosenProfile(BitemporalModel):
    """A profile that a person gave a customer until a day, and why."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    profile = models.CharField("profil", max_length=20)
    reason = models.CharField("motif", max_length=200, blank=True, default="")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "customer"),
                condition=Q(undone_at=None),
                name="profile_chosen_once",
            ),
            models.CheckConstraint(condition=Q(profile__in=PROFILES), name="chosen_profile_known"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="chosen_ends_after_start"
            ),
        )


class ProfileThresholds(BitemporalModel):
    """Where profiles begin and end, for the organisation or for one creditor of it."""

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    definition = models.JSONField("seuils")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor"),
                condition=Q(undone_at=None),
                name="thresholds_once",
                nulls_distinct=False,
            ),
        )


class Segment(BitemporalModel):
    """A named set of conditions, for the organisation or for one creditor of it."""

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    name = models.CharField("nom", max_length=60)
    rank = models.SmallIntegerField("rang", default=1)
    conditions = models.JSONField("conditions", default=list)
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "name"),
                condition=Q(undone_at=None),
                name="segment_name_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return self.name
