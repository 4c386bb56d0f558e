"""Mailboxes of answers, the answers themselves, mails that could not be read, what we answer."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.messaging.models import Message
from encours.parties.models import Customer
from encours.replies.rules.values import CLASSES
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

STATES = ("new", "proposed", "noted", "done", "discarded")


class Inbox(TenantModel):
    """Where a creditor's answers come in: a mailbox, an address called by a provider, or both.

    `secrets` is JSON sealed by the vault; `position` is how far the mailbox was read; `digest` is
    that of the token of the address.
    """

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    settings = models.JSONField("réglages", default=dict)
    secrets = models.TextField("secrets (chiffrés)", blank=True, default="")
    allows_private = models.BooleanField("réseau privé permis", default=False)
    is_enabled = models.BooleanField("active", default=True)
    takes_all = models.BooleanField("boîte dédiée", default=False)
    hold_days = models.PositiveSmallIntegerField("jours ouvrés de retenue", default=3)
    since_on = models.DateField("lue depuis le")
    position = models.JSONField("position de lecture", default=dict)
    running_since = models.DateTimeField("en cours depuis", null=True)
    next_run_at = models.DateTimeField("prochain passage", null=True)
    succeeded_at = models.DateTimeField("dernier succès", null=True)
    failed_at = models.DateTimeField("dernier échec", null=True)
    failure = models.CharField("cause du dernier échec", max_length=400, blank=True, default="")
    failures = models.PositiveSmallIntegerField("échecs à la suite", default=0)
    digest = models.CharField("empreinte du jeton", max_length=64, blank=True, default="")
    minute = models.BigIntegerField("minute", default=0)
    calls = models.IntegerField("appels dans la minute", default=0)
    created_at = models.DateTimeField("créée le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "creditor"), name="inbox_once_per_creditor"),
        )
        indexes = (models.Index(fields=("digest",), name="inbox_digest", condition=~Q(digest="")),)


class Reply(TenantModel):
    """One mail of a debtor: what it was read as, where it belongs, what a person made of it.

    What it says and who says it are `words`, sealed with a key of its own: erasing the key erases
    them. `hold_id` is the standing fact that holds the reminders, `fact_ids` those it became.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, null=True, verbose_name="client")
    message = TenantForeignKey(Message, models.PROTECT, null=True, verbose_name="message")
    inbox = TenantForeignKey(Inbox, models.PROTECT, null=True, verbose_name="boîte")
    message_key = models.CharField("identifiant du message (empreinte)", max_length=64)
    digest = models.CharField("empreinte", max_length=64)
    received_at = models.DateTimeField("reçue le")
    kind = models.CharField("nature", max_length=20)
    confidence = models.PositiveSmallIntegerField("confiance (%)", default=0)
    is_abstained = models.BooleanField("à lire par une personne", default=False)
    is_automatic = models.BooleanField("réponse d'une machine", default=False)
    language = models.CharField("langue", max_length=5, blank=True, default="")
    said_on = models.DateField("date dite", null=True)
    amount_cents = models.BigIntegerField("montant dit (centimes)", null=True)
    currency = models.CharField("devise", max_length=3, default="EUR")
    share = models.CharField("part dite", max_length=12, blank=True, default="")
    cause = models.CharField("cause", max_length=20, blank=True, default="")
    numbers = ArrayField(models.CharField(max_length=40), default=list)
    instalment_ids = ArrayField(models.BigIntegerField(), default=list)
    document_ids = ArrayField(models.BigIntegerField(), default=list)
    evidence = models.CharField("rattachée par", max_length=12, blank=True, default="")
    candidates = ArrayField(models.BigIntegerField(), default=list)
    reader = models.CharField("lue par", max_length=10, default="rules")
    words = models.JSONField("mots (chiffrés)", default=dict)
    sender_digest = models.CharField("expéditeur (empreinte)", max_length=64, blank=True)
    state = models.CharField("état", max_length=10, default="new")
    outcome = models.CharField("suite", max_length=20, blank=True, default="")
    hold_id = models.BigIntegerField("fait qui retient", null=True)
    fact_ids = ArrayField(models.BigIntegerField(), default=list)
    decided_by_id = models.BigIntegerField("décidée par", null=True)
    decided_at = models.DateTimeField("décidée le", null=True)
    recorded_at = models.DateTimeField("prise le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "digest"), name="reply_bytes_once"
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "message_key"),
                condition=~Q(message_key=""),
                name="reply_message_once",
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="reply_state_known"),
            models.CheckConstraint(condition=Q(kind__in=CLASSES), name="reply_kind_known"),
        )
        indexes = (
            models.Index(fields=("tenant", "customer"), name="reply_customer"),
            models.Index(fields=("tenant", "sender_digest"), name="reply_sender"),
            models.Index(fields=("tenant", "state", "-received_at"), name="reply_state"),
        )


class UnreadMail(TenantModel):
    """A mail that was left where it is because it could not be read, said once."""

    inbox = TenantForeignKey(Inbox, models.CASCADE, verbose_name="boîte")
    identity = models.CharField("identité", max_length=64)
    sentence = models.CharField("pourquoi", max_length=400)
    size_bytes = models.BigIntegerField("taille (octets)", default=0)
    seen_at = models.DateTimeField("vu le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "inbox", "identity"), name="unread_once"),
        )


class Answer(TenantModel):
    """What a person answers to a reply; its words are sealed like those of the reply."""

    reply = TenantForeignKey(Reply, models.CASCADE, verbose_name="réponse")
    creditor_id = models.BigIntegerField("société")
    language = models.CharField("langue", max_length=5, default="fr")
    words = models.JSONField("mots (chiffrés)", default=dict)
    document_ids = ArrayField(models.BigIntegerField(), default=list)
    rehearsal = models.BooleanField("répétition", default=False)
    state = models.CharField("état", max_length=10, default="queued")
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("écrite le", db_default=Now())
    sent_at = models.DateTimeField("partie le", null=True)

    class Meta:
        indexes = (models.Index(fields=("tenant", "reply"), name="answer_reply"),)
