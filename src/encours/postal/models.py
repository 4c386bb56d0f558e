"""Postings, what they cost, and who agreed to electronic registered letters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.messaging.models import Message
from encours.parties.models import Customer
from encours.tenancy.models import BitemporalModel, Creditor, TenantForeignKey, TenantModel

CHANNELS = ("letter", "registered", "eregistered")


class Posting(TenantModel):
    """A letter from its printing on; `happened` and `proofs` are what the journal was told of it.

    Without `provider` we post it ourselves: `place` is its rank in the batch it was printed with.
    """

    creditor_id = models.BigIntegerField("société")
    customer_id = models.BigIntegerField("client", null=True)
    message = TenantForeignKey(Message, models.PROTECT, verbose_name="message")
    channel = models.CharField("canal", max_length=12)
    provider = models.CharField("prestataire", max_length=30, blank=True, default="")
    reference = models.CharField("référence", max_length=200, blank=True, default="")
    number = models.CharField("numéro de recommandé", max_length=30, blank=True, default="")
    place = models.PositiveIntegerField("rang dans le lot", default=0)
    sheets = models.PositiveSmallIntegerField("feuilles", default=0)
    cost_cents = models.BigIntegerField("coût (centimes)", null=True)
    printed_at = models.DateTimeField("imprimé le", null=True)
    posted_on = models.DateField("posté le", null=True)
    happened = models.JSONField("suivi", default=list)
    proofs = models.JSONField("preuves", default=list)
    state = models.CharField("état", max_length=12, blank=True, default="")
    ended_on = models.DateField("fini le", null=True)
    checked_at = models.DateTimeField("demandé le", null=True)
    next_check_at = models.DateTimeField("à demander le", null=True)
    trouble = models.CharField("dernier ennui", max_length=300, blank=True, default="")
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "message"), name="posting_once"),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="posting_channel_known"),
        )
        indexes = (
            models.Index(
                fields=("tenant", "next_check_at"),
                name="posting_to_check",
                condition=Q(next_check_at__isnull=False),
            ),
            models.Index(fields=("tenant", "customer_id"), name="posting_customer"),
        )


class Tariff(TenantModel):
    """What a letter costs a creditor, in cents: the first sheet, each of the others."""

    creditor = TenantForeignKey(Creditor, models.CASCADE, verbose_name="société")
    channel = models.CharField("canal", max_length=12)
    provider = models.CharField("prestataire", max_length=30, blank=True, default="")
    first_cents = models.PositiveIntegerField("première feuille (centimes)")
    sheet_cents = models.PositiveIntegerField("feuille de plus (centimes)", default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "channel", "provider"), name="tariff_once"
            ),
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="tariff_channel_known"),
        )


class BadAddress(TenantModel):
    """A postal address at which a letter failed: it holds as long as the customer keeps it.

    `digest` is of the address: nothing must be undone when somebody corrects it.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    digest = models.CharField("empreinte de l'adresse", max_length=64)
    reason = models.CharField("cause", max_length=12)
    failed_on = models.DateField("constaté le")
    message_id = models.BigIntegerField("message", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "customer", "digest"), name="bad_address_once"
            ),
        )


class Consent(BitemporalModel):
    """Somebody agreed to receive electronic registered letters at an e-mail address.

    CPCE (postes), art. L100. The address itself is its contact's: here, its digest.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    digest = models.CharField("empreinte de l'adresse", max_length=64)
    given_on = models.DateField("donné le")
    source = models.CharField("où il a été donné", max_length=200)
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "customer", "digest"),
                condition=Q(undone_at=None),
                name="consent_once",
            ),
        )
