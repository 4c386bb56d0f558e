"""The outbox: every message that leaves, and the exact bytes that left (design.md, 2.8).

reserved → sending → sent | uncertain; or failed, bounced, withdrawn. A row found `sending` after
a crash is uncertain: a person decides, it is never sent again silently.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

CHANNELS = ("email", "letter", "registered", "eregistered", "sms", "whatsapp", "call")
STATES = ("reserved", "sending", "sent", "uncertain", "failed", "bounced", "withdrawn")


class Message(TenantModel):
    """One message on one channel to one recipient.

    `precedence` (`rules.pace`): who leaves first where a sender has limits. `clock`: the debtor's
    time zone where it is not the creditor's.
    """

    uuid = models.UUIDField("identifiant", default=uuid.uuid4)
    creditor_id = models.BigIntegerField("société")
    customer_id = models.BigIntegerField("client", null=True)
    kind = models.CharField("nature", max_length=30)
    subject_id = models.BigIntegerField("objet")
    channel = models.CharField("canal", max_length=12)
    recipient = models.JSONField("destinataire", default=dict)
    subject = models.CharField("sujet", max_length=300, blank=True, default="")
    state = models.CharField("état", max_length=10, default="reserved")
    rehearsal = models.BooleanField("répétition", default=False)
    send_after = models.DateTimeField("pas avant", db_default=Now())
    precedence = models.PositiveSmallIntegerField("priorité", default=0, db_default=0)
    clock = models.CharField(
        "fuseau du destinataire", max_length=40, blank=True, default="", db_default=""
    )
    claimed_by = models.BigIntegerField("pris par", null=True)
    claimed_at = models.DateTimeField("pris le", null=True)
    attempts = models.PositiveSmallIntegerField("tentatives", default=0)
    next_attempt_at = models.DateTimeField("prochaine tentative", null=True)
    sent_at = models.DateTimeField("parti le", null=True)
    delivered_at = models.DateTimeField("remis le", null=True)
    opened_at = models.DateTimeField("ouvert le", null=True)
    bounced_at = models.DateTimeField("adresse refusée le", null=True)
    provider_reference = models.CharField("référence", max_length=200, blank=True, default="")
    last_error = models.CharField("dernier refus", max_length=500, blank=True, default="")
    digest = models.CharField("empreinte", max_length=64, blank=True, default="")
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "kind", "subject_id", "channel"), name="message_once"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="message_state_known"),
        )
        indexes = (
            models.Index(
                fields=("tenant", "state", "-precedence", "id"),
                name="message_waiting",
                condition=Q(state__in=("reserved", "sending", "uncertain")),
            ),
            models.Index(
                fields=("tenant", "creditor_id", "channel", "claimed_at"),
                name="message_claimed",
                condition=Q(claimed_at__isnull=False),
            ),
            models.Index(fields=("tenant", "customer_id"), name="message_customer"),
        )


class MessageContent(TenantModel):
    """The bytes that left (or would leave), compressed: the evidence."""

    message = TenantForeignKey(Message, models.CASCADE, verbose_name="message")
    content_type = models.CharField("type", max_length=40)
    name = models.CharField("nom", max_length=120, blank=True, default="")
    body = models.BinaryField("contenu (zlib)")

    class Meta:
        indexes = (models.Index(fields=("tenant", "message"), name="message_content"),)


class ChannelAccount(TenantModel):
    """The account by which a creditor's messages of one channel leave; its secrets are sealed.

    Without one e-mails leave by the creditor's SMTP server, letters are posted by hand and the
    rest waits. `own_number` is the user's: where tests and rehearsals go. `segment_price` is in
    hundredths of a cent. `digest` finds the account by the token of its public addresses.
    """

    creditor = TenantForeignKey(Creditor, models.CASCADE, verbose_name="société")
    channel = models.CharField("canal", max_length=12)
    provider = models.CharField("prestataire", max_length=30)
    settings = models.JSONField("réglages", default=dict)
    secrets = models.TextField("secrets (chiffrés)", blank=True, default="")
    own_number = models.CharField("numéro d'essai", max_length=20, blank=True, default="")
    segment_price = models.PositiveIntegerField("prix d'un SMS (centièmes de centime)", default=0)
    is_enabled = models.BooleanField("actif", default=True)
    digest = models.CharField("empreinte du jeton", max_length=64, blank=True, default="")
    minute = models.BigIntegerField("minute", default=0)
    calls = models.IntegerField("appels dans la minute", default=0)
    tested_at = models.DateTimeField("essayé le", null=True)
    failed_at = models.DateTimeField("en panne depuis", null=True)
    failure = models.CharField("cause", max_length=400, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "channel"), name="channel_account_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=CHANNELS), name="channel_account_channel_known"
            ),
        )
        indexes = (
            models.Index(
                fields=("digest",), name="channel_account_digest", condition=~Q(digest="")
            ),
        )


class SendingLimit(TenantModel):
    """How many messages of a channel a creditor's sender may hand over; 0: as many as there are.

    Its row is the lock under which the messages handed over are counted: nothing is stored.
    """

    creditor = TenantForeignKey(Creditor, models.CASCADE, verbose_name="société")
    channel = models.CharField("canal", max_length=12)
    hourly = models.PositiveIntegerField("par heure", default=0)
    daily = models.PositiveIntegerField("par jour")
    author_id = models.BigIntegerField("auteur", null=True)
    set_at = models.DateTimeField("réglé le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "channel"), name="sending_limit_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=CHANNELS), name="sending_limit_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(hourly__gt=0) | Q(daily__gt=0), name="sending_limit_limits"
            ),
        )


class OptOut(TenantModel):
    """A number whose owner asked for no more messages; kept as a keyed digest, never in clear.

    Nothing leaves to it from any creditor of the tenant until its owner says so (`opted_in_at`).
    """

    digest = models.CharField("empreinte du numéro", max_length=64)
    source = models.CharField("origine", max_length=30)
    opted_out_at = models.DateTimeField("refus le")
    opted_in_at = models.DateTimeField("accord le", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "digest"), name="opt_out_once"),)
