"""The one table of standing facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from encours.parties.models import Customer
from encours.receivables.models import Instalment
from encours.tenancy.models import BitemporalModel, TenantForeignKey


class StandingKind(models.TextChoices):
    """What kinds of fact stand between a debt and what may be done about it."""

    DISPUTE = "dispute", "Litige"
    PROMISE = "promise", "Promesse de règlement"
    PLAN = "plan", "Échéancier"
    PAUSE = "pause", "Pause"
    INSOLVENCY = "insolvency", "Procédure collective"
    OVER_INDEBTEDNESS = "over_indebtedness", "Surendettement"
    PROTECTION = "protection", "Majeur protégé"
    DEATH = "death", "Décès"
    LIMITATION = "limitation", "Prescription (interruption ou suspension)"
    ASSIGNMENT = "assignment", "Cession à un factor"
    HANDOVER = "handover", "Mise au contentieux"
    EINVOICE = "einvoice", "Statut de facture électronique"
    DIRECT_DEBIT = "direct_debit", "Prélèvement en cours"
    REPLY = "reply", "Réponse à traiter"
    ORDERS_HELD = "orders_held", "Commandes bloquées"


class StandingFact(BitemporalModel):
    """A fact that holds from a day to a day, on a customer or on one of its due lines."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    instalment = TenantForeignKey(
        Instalment, models.PROTECT, null=True, blank=True, verbose_name="échéance"
    )
    kind = models.CharField("nature", max_length=20, choices=StandingKind.choices)
    reason = models.CharField("motif", max_length=200, blank=True, default="")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)
    amount_cents = models.BigIntegerField("montant (centimes)", null=True, blank=True)
    details = models.JSONField("précisions", default=dict, blank=True)
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[choice.value for choice in StandingKind]),
                name="standing_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="standing_ends_after_start",
            ),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="standing_customer"),)
