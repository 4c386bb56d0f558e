"""Kept files and what each is attached to; the bytes are on the disk, sealed (`cipher`)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.messaging.models import Message
from encours.parties.models import Customer
from encours.receivables.models import Credit, Invoice
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

KINDS = (
    "order", "quote", "contract", "terms", "delivery", "service", "invoice", "kbis", "message",
    "acknowledgment", "other",
)  # fmt: skip
SOURCES = ("upload", "archive", "import", "einvoice", "mail", "api")


class Document(TenantModel):
    """One file of a creditor, once whatever the number of times it came; never its bytes."""

    uuid = models.UUIDField("nom sur le disque", default=uuid.uuid4)
    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    kind = models.CharField("nature", max_length=20, default="other")
    name = models.CharField("nom du fichier", max_length=200)
    content_type = models.CharField("type", max_length=80)
    size_bytes = models.BigIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64)
    sealed_key = models.BinaryField("clé (scellée)")
    pages = models.IntegerField("pages", null=True)
    source = models.CharField("origine", max_length=10)
    dated_on = models.DateField("date de la pièce", null=True)
    mentions_missing = models.JSONField("mentions absentes", null=True)
    candidates = models.JSONField("factures possibles", default=list)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("reçue le", db_default=Now())
    removed_at = models.DateTimeField("détruite le", null=True)
    removed_because = models.CharField("motif", max_length=20, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "sha256"),
                condition=Q(removed_at=None),
                name="document_once_per_creditor",
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="document_kind_known"),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="document_source_known"),
        )

    def __str__(self) -> str:
        return self.name


class Attachment(TenantModel):
    """A file attached to one thing; an invoice or credit is followed by its natural key.

    An import that is undone and brought again writes new rows with the same keys: what proved
    the old row proves the new one.
    """

    document = TenantForeignKey(Document, models.CASCADE, verbose_name="pièce")
    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, null=True, verbose_name="client")
    invoice = TenantForeignKey(Invoice, models.PROTECT, null=True, verbose_name="facture")
    credit = TenantForeignKey(Credit, models.PROTECT, null=True, verbose_name="règlement ou avoir")
    message = TenantForeignKey(Message, models.PROTECT, null=True, verbose_name="message")
    natural_key = models.CharField("clé naturelle", max_length=200, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)
    attached_at = models.DateTimeField("attachée le", db_default=Now())
    detached_at = models.DateTimeField("détachée le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "document", "customer", "invoice", "credit", "message"),
                condition=Q(detached_at=None),
                nulls_distinct=False,
                name="attachment_once",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, invoice=None, credit=None, message=None)
                | Q(customer=None, invoice__isnull=False, credit=None, message=None)
                | Q(customer=None, invoice=None, credit__isnull=False, message=None)
                | Q(customer=None, invoice=None, credit=None, message__isnull=False),
                name="attachment_of_one_thing",
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "customer"), name="attachment_customer"),
            models.Index(fields=("tenant", "creditor_id", "natural_key"), name="attachment_key"),
            models.Index(fields=("tenant", "message"), name="attachment_message"),
        )


class Intake(TenantModel):
    """A ZIP of pieces brought in at once: how far it is, what was attached, what was left."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    file_name = models.CharField("fichier", max_length=255)
    state = models.CharField("état", max_length=10, default="running")
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    counts = models.JSONField("comptes", default=dict)
    leftovers = models.JSONField("restes", default=list)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("reçu le", db_default=Now())
    finished_at = models.DateTimeField("fini le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("running", "done", "refused", "failed")),
                name="intake_state_known",
            ),
        )
