"""Files brought in, mappings saved for tables, what e-invoices and their statuses say."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.parties.models import Batch, Customer
from encours.receivables.models import Credit, Invoice
from encours.tenancy.models import BitemporalModel, Creditor, TenantForeignKey, TenantModel


class FileImport(TenantModel):
    """A file and its import: previewed, applied, refused, undone."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    kind = models.CharField("format", max_length=20)
    file_name = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    size_bytes = models.BigIntegerField("taille (octets)")
    state = models.CharField("état", max_length=10, default="previewed")
    accepted_rest = models.BooleanField("reste accepté", default=False)
    first_on = models.DateField("première écriture", null=True)
    last_on = models.DateField("dernière écriture", null=True)
    counts = models.JSONField("comptes", default=dict)
    control = models.JSONField("contrôle", default=dict)
    issues = models.JSONField("anomalies", default=list)
    mapping = models.JSONField("correspondance", default=dict)
    issue_counts = models.JSONField("anomalies par gravité", default=dict)
    batch = TenantForeignKey(Batch, models.PROTECT, null=True, verbose_name="acte")
    author_id = models.BigIntegerField("auteur", null=True)
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    created_at = models.DateTimeField("reçu le", db_default=Now())
    applied_at = models.DateTimeField("appliqué le", null=True)
    undone_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "mapping",
                        "previewed",
                        "running",
                        "applied",
                        "refused",
                        "undone",
                        "failed",
                    )
                ),
                name="import_state_known",
            ),
        )
        indexes = (models.Index(fields=("tenant", "creditor", "sha256"), name="import_sha"),)


class Mapping(TenantModel):
    """What the columns of a layout mean (`rules.tables.mapping`), by name; no creditor: all."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, null=True, verbose_name="société")
    name = models.CharField("nom", max_length=80)
    definition = models.JSONField("définition")
    signature = models.CharField("empreinte des en-têtes", max_length=32)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    used_at = models.DateTimeField("utilisée le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "name"), name="mapping_name_once_per_creditor"
            ),
            models.UniqueConstraint(
                fields=("tenant", "name"),
                condition=Q(creditor=None),
                name="mapping_name_once_for_all",
            ),
        )
        indexes = (models.Index(fields=("tenant", "signature"), name="mapping_signature"),)

    def __str__(self) -> str:
        return self.name


class ElectronicInvoice(BitemporalModel):
    """What an electronic invoice says beyond the ledger: its format, parties, terms, mentions.

    `key` names the document for good, so that it is found again when an import rewrites its row.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    invoice = TenantForeignKey(Invoice, models.PROTECT, null=True, verbose_name="facture")
    credit = TenantForeignKey(Credit, models.PROTECT, null=True, verbose_name="avoir")
    key = models.CharField("clé naturelle", max_length=200)
    number = models.CharField("numéro", max_length=80)
    issued_on = models.DateField("date d'émission")
    type_code = models.CharField("type (UNTDID 1001)", max_length=6)
    syntax = models.CharField("syntaxe", max_length=10)
    profile = models.CharField("profil", max_length=40)
    process = models.CharField("cadre de facturation", max_length=100, blank=True, default="")
    seller_siren = models.CharField("SIREN du vendeur", max_length=9, blank=True, default="")
    buyer_siren = models.CharField("SIREN de l'acheteur", max_length=9, blank=True, default="")
    buyer_address = models.CharField(
        "adresse électronique de l'acheteur", max_length=200, blank=True, default=""
    )
    payment_reference = models.CharField(
        "référence de paiement", max_length=140, blank=True, default=""
    )
    sha256 = models.CharField("empreinte", max_length=64)
    details = models.JSONField("précisions", default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "key"),
                condition=Q(undone_at=None),
                name="einvoice_key_once_per_creditor",
            ),
        )
        indexes = (models.Index(fields=("tenant", "invoice"), name="einvoice_invoice"),)


class InvoiceStatus(BitemporalModel):
    """A life-cycle status as received; without `invoice`, it waits for the one that it names."""

    creditor_id = models.BigIntegerField("société")
    invoice = TenantForeignKey(Invoice, models.PROTECT, null=True, verbose_name="facture")
    number = models.CharField("numéro", max_length=80)
    issued_on = models.DateField("date de facture", null=True)
    seller_siren = models.CharField("SIREN du vendeur", max_length=9, blank=True, default="")
    code = models.CharField("statut", max_length=6)
    at = models.DateTimeField("date du statut")
    message = models.CharField("message", max_length=140)
    details = models.JSONField("précisions", default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "message", "number", "code"),
                condition=Q(undone_at=None),
                name="status_once_per_message",
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "invoice"), name="status_invoice"),
            models.Index(fields=("tenant", "creditor_id", "number"), name="status_number"),
        )
