"""Limits of credit: one at a time for a customer and a currency."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from encours.parties.models import Customer
from encours.risk.rules import Limit
from encours.tenancy.models import BitemporalModel, TenantForeignKey

ORIGINS = ("hand", "table", "program")


class CreditLimit(BitemporalModel):
    """How much a customer may owe between two days, both included; no end: until said otherwise.

    Two live limits of one customer and currency never share a day: migration 0001 refuses it.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    currency = models.CharField("devise", max_length=3)
    amount_cents = models.BigIntegerField("montant (centimes)")
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True)
    origin = models.CharField("origine", max_length=10)
    reason = models.CharField("motif", max_length=200, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_cents__gte=0), name="credit_limit_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="credit_limit_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=ORIGINS), name="credit_limit_origin_known"
            ),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="credit_limit_customer"),)

    def as_limit(self) -> Limit:
        """Return it as the rules take it."""
        return Limit(self.amount_cents, self.valid_from, self.valid_to, self.pk)
