"""Discounts: rules with their days, each creditor's choices, offers made, discounts granted."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.discounts.rules.offers import ANCHORS, ORIGINS, WHOLE
from encours.parties.models import Customer
from encours.receivables.models import Credit, Invoice
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

TREATMENTS: Final = ("kept", "given_back")
REWARDS: Final = ("discount", "terms", "thanks", "declined")


class DiscountRule(TenantModel):
    """So many basis points if paid early, from a day to a day; of whom: `rules.offers.Terms`."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    customer = TenantForeignKey(Customer, models.PROTECT, null=True, verbose_name="client")
    segment_id = models.BigIntegerField("segment", null=True)
    basis_points = models.IntegerField("taux (centièmes de pour cent)")
    days = models.SmallIntegerField("jours")
    anchor = models.CharField("se compte", max_length=14)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True)
    origin = models.CharField("origine", max_length=12, default="step")
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(basis_points__gt=0, basis_points__lt=WHOLE), name="discount_percent"
            ),
            models.CheckConstraint(condition=Q(anchor__in=ANCHORS), name="discount_anchor_known"),
            models.CheckConstraint(
                condition=Q(customer=None) | Q(segment_id=None), name="discount_rule_of_one"
            ),
            models.CheckConstraint(condition=Q(days__gte=0), name="discount_days"),
        )
        indexes = (models.Index(fields=("tenant", "creditor"), name="discount_rule_creditor"),)


class DiscountPolicy(TenantModel):
    """A creditor's choices: the VAT of a discount, granting by itself, the most in negotiation."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    treatment = models.CharField("TVA de l'escompte", max_length=12, default="kept")
    is_automatic = models.BooleanField("accordé de lui-même", default=False)
    negotiation_max = models.IntegerField("remise au plus", default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "creditor"), name="discount_policy_once"),
            models.CheckConstraint(
                condition=Q(treatment__in=TREATMENTS), name="discount_treatment_known"
            ),
        )


class DiscountOffer(TenantModel):
    """What was offered of a due line, until when; kept by natural key, as notes of penalties are.

    `prepared`: written in a message that has not left. A line has one live offer.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    invoice = TenantForeignKey(Invoice, models.PROTECT, verbose_name="facture")
    claim_key = models.CharField("clé naturelle", max_length=200)
    position = models.SmallIntegerField("rang")
    lineage_id = models.BigIntegerField("première version de l'échéance")
    origin = models.CharField("origine", max_length=12)
    state = models.CharField("état", max_length=10, default="made")
    reminder_id = models.BigIntegerField("message", null=True)
    rule = TenantForeignKey(DiscountRule, models.PROTECT, null=True, verbose_name="règle")
    currency = models.CharField("devise", max_length=3)
    basis_points = models.IntegerField("taux (centièmes de pour cent)")
    base_cents = models.BigIntegerField("reste dû (centimes)")
    cents = models.BigIntegerField("escompte (centimes)")
    offered_on = models.DateField("offert le")
    until_on = models.DateField("payé au plus tard le")
    reason = models.CharField("motif", max_length=200, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)
    withdrawn_on = models.DateField("retiré le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "claim_key", "position"),
                condition=Q(state="made"),
                name="discount_offered_once",
            ),
            models.UniqueConstraint(
                fields=("tenant", "reminder_id", "claim_key", "position"),
                condition=Q(state="prepared"),
                name="discount_prepared_once",
            ),
            models.CheckConstraint(
                condition=Q(cents__gt=0, cents__lt=models.F("base_cents")), name="discount_is_part"
            ),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="discount_origin_known"),
            models.CheckConstraint(
                condition=Q(state__in=("prepared", "made", "withdrawn")),
                name="discount_state_known",
            ),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="discount_offer_customer"),)


class DiscountGrant(TenantModel):
    """A discount granted: the credit that it is in the ledger, and its VAT; number by creditor."""

    creditor_id = models.BigIntegerField("société")
    offer = TenantForeignKey(DiscountOffer, models.PROTECT, verbose_name="offre")
    credit = TenantForeignKey(Credit, models.PROTECT, verbose_name="escompte")
    year = models.SmallIntegerField("année")
    rank = models.IntegerField("rang")
    number = models.CharField("numéro", max_length=35)
    granted_on = models.DateField("accordé le")
    cents = models.BigIntegerField("montant (centimes)")
    vat_cents = models.BigIntegerField("dont TVA rendue (centimes)")
    author_id = models.BigIntegerField("auteur", null=True)
    taken_back_on = models.DateField("repris le", null=True)
    booked_on = models.DateField("en comptabilité le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "year", "rank"), name="discount_rank_once"
            ),
            models.UniqueConstraint(
                fields=("tenant", "offer"),
                condition=Q(taken_back_on=None),
                name="discount_granted_once",
            ),
            models.CheckConstraint(
                condition=Q(cents__gt=0, vat_cents__gte=0, vat_cents__lte=models.F("cents")),
                name="discount_grant_amounts",
            ),
        )


class Reward(TenantModel):
    """What a person decided for a good payer, and until when it is not proposed again."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    kind = models.CharField("geste", max_length=10)
    decided_on = models.DateField("décidé le")
    until_on = models.DateField("jusqu'au")
    rule = TenantForeignKey(DiscountRule, models.PROTECT, null=True, verbose_name="règle")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=REWARDS), name="reward_kind_known"),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="reward_customer"),)
