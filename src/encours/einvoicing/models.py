"""What was handed to the platforms, and which receipts it declared."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.receivables.models import Invoice
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

PLATFORM = "afnor"
PORTAL = "chorus"
BILLING_MODES = ("always", "from_step", "never")
FLOW_STATES = ("ready", "sending", "sent", "accepted", "refused", "uncertain")
FLOW_KINDS = ("collected", "payments", "note")


class Connection(TenantModel):
    """How a creditor reaches its plateforme agréée, or Chorus Pro; secrets are sealed."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    code = models.CharField("plateforme", max_length=20)
    base_url = models.URLField("adresse de l'API", max_length=300)
    token_url = models.URLField("adresse des jetons", max_length=300)
    client_id = models.CharField("identifiant", max_length=200)
    client_secret = models.TextField("secret (chiffré)")
    login = models.CharField("compte technique", max_length=200, blank=True, default="")
    password = models.TextField("mot de passe (chiffré)", blank=True, default="")
    is_active = models.BooleanField("active", default=True)
    polled_until = models.DateTimeField("lue jusqu'à", null=True)
    last_ok_at = models.DateTimeField("dernier succès", null=True)
    last_error = models.CharField("dernier échec", max_length=300, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code"), name="connection_once_per_creditor"
            ),
            models.CheckConstraint(
                condition=Q(code__in=(PLATFORM, PORTAL)), name="connection_code_known"
            ),
        )


class VatDuty(TenantModel):
    """When the VAT of a creditor falls due; only on payment are its receipts declared."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    on_payment = models.BooleanField("TVA exigible à l'encaissement")
    from_on = models.DateField("déclarer depuis")
    decided_at = models.DateTimeField("décidé le", db_default=Now())
    decided_by_id = models.BigIntegerField("décidé par", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "creditor"), name="vat_duty_once"),
        )


class Flow(TenantModel):
    """One message for a platform: its bytes, and what became of them; it leaves once."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    invoice = TenantForeignKey(Invoice, models.PROTECT, null=True, verbose_name="facture")
    kind = models.CharField("nature", max_length=10)
    tracking = models.UUIDField("suivi")
    name = models.CharField("nom", max_length=200)
    content = models.BinaryField("contenu (compressé)")
    sha256 = models.CharField("empreinte", max_length=64)
    state = models.CharField("état", max_length=10, default="ready")
    reference = models.CharField(
        "référence de la plateforme", max_length=80, blank=True, default=""
    )
    last_error = models.CharField("dernier refus", max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    claimed_at = models.DateTimeField("pris le", null=True)
    created_at = models.DateTimeField("écrit le", db_default=Now())
    sent_at = models.DateTimeField("remis le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "tracking"), name="flow_tracking_once"),
            models.CheckConstraint(condition=Q(state__in=FLOW_STATES), name="flow_state_known"),
            models.CheckConstraint(condition=Q(kind__in=FLOW_KINDS), name="flow_kind_known"),
        )
        indexes = (
            models.Index(fields=("tenant", "creditor", "state"), name="flow_state"),
            models.Index(fields=("tenant", "invoice"), name="flow_invoice"),
        )


class Receipt(TenantModel):
    """A receipt as declared, by VAT rate; a row of its own takes it back (`sign` -1).

    Number and date name the invoice for good: an import may give it another row.
    """

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    allocation_id = models.BigIntegerField("lettrage")
    sign = models.SmallIntegerField("sens")
    number = models.CharField("numéro de facture", max_length=80)
    issued_on = models.DateField("date de facture")
    paid_on = models.DateField("encaissé le")
    currency = models.CharField("devise", max_length=3)
    amount_cents = models.BigIntegerField("montant (centimes)")
    parts = models.JSONField("par taux", default=list)
    way = models.CharField("déclaré par", max_length=10)
    flow = TenantForeignKey(Flow, models.PROTECT, null=True, verbose_name="message")
    recorded_at = models.DateTimeField("enregistré le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "allocation_id", "sign"), name="receipt_once_each_way"
            ),
            models.CheckConstraint(condition=Q(sign__in=(1, -1)), name="receipt_sign_known"),
            models.CheckConstraint(
                condition=Q(way__in=("status", "report")), name="receipt_way_known"
            ),
            models.CheckConstraint(
                condition=Q(sign=1, amount_cents__gt=0) | Q(sign=-1, amount_cents__lt=0),
                name="receipt_amount_has_its_sign",
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "creditor", "number"), name="receipt_number"),
            models.Index(fields=("tenant", "creditor", "paid_on"), name="receipt_paid"),
        )


class PaymentReport(TenantModel):
    """A report of payments for a period; a second one for the same period corrects it."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    first_on = models.DateField("du")
    last_on = models.DateField("au")
    rank = models.PositiveSmallIntegerField("rang", default=1)
    flow = TenantForeignKey(Flow, models.PROTECT, verbose_name="message")
    created_at = models.DateTimeField("écrit le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "first_on", "last_on", "rank"),
                name="report_once_per_rank",
            ),
        )


class BillingPolicy(TenantModel):
    """When a creditor means to bill interest and indemnities: always, from a reminder on, never.

    `from_reminder` = from how many reminders sent in a cycle. A note is issued by a person anyway.
    """

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    mode = models.CharField("facturation des pénalités", max_length=10)
    from_reminder = models.SmallIntegerField("à partir de la relance", default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "creditor"), name="billing_policy_once"),
            models.CheckConstraint(
                condition=Q(mode__in=BILLING_MODES, from_reminder__gte=1, from_reminder__lte=12),
                name="billing_policy_known",
            ),
        )
