"""Mandates of direct debit: one row for each version of one, never overwritten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from encours.parties.models import Customer
from encours.payments.rules import KINDS, ORIGINS, SCHEMES, Signed
from encours.tenancy.models import BitemporalModel, TenantForeignKey


class Mandate(BitemporalModel):
    """What a customer signed, by its reference (RUM): a creditor has one live row of each.

    Whether it may be used is derived (`rules.state_of`), never stored.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    reference = models.CharField("RUM", max_length=35)
    scheme = models.CharField("schéma", max_length=4, default="core")
    kind = models.CharField("type", max_length=10, default="recurrent")
    iban = models.CharField("IBAN", max_length=34, blank=True, default="")
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    holder_name = models.CharField("titulaire", max_length=70, blank=True, default="")
    signed_on = models.DateField("signé le", null=True)
    revoked_on = models.DateField("révoqué le", null=True)
    last_used_on = models.DateField("dernier prélèvement", null=True)
    origin = models.CharField("origine", max_length=10)
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "reference"),
                condition=Q(undone_at=None),
                name="mandate_reference_once_per_creditor",
            ),
            models.CheckConstraint(condition=Q(scheme__in=SCHEMES), name="mandate_scheme_known"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="mandate_kind_known"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="mandate_origin_known"),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="mandate_customer"),)

    def __str__(self) -> str:
        return self.reference

    def as_signed(self) -> Signed:
        """Return it as the rules take it."""
        return Signed(bool(self.iban), self.signed_on, self.revoked_on, self.last_used_on)
