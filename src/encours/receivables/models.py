"""The ledger's tables: debits (invoices and their due lines), credits, allocations.

Amounts are positive cents; the side is said by the table. `batch_id` is the act that wrote a row,
`undone_by_id` the one that withdrew it; an index or reference more is paid by each row of each
import (reference: one per table where one proves the rest).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.parties.models import Customer
from encours.tenancy.models import BitemporalModel, TenantForeignKey, TenantModel

INVOICE_KINDS = (
    *("invoice", "debit_note", "opening", "returned_payment", "refund", "other", "penalty_note"),
)
"""`penalty_note`: penalties and indemnities billed here; bears neither (`PenaltyNote`)."""
CREDIT_KINDS = (
    *("payment", "credit_note", "deposit", "discount", "write_off", "opening", "other"),
    "inferred",
)
"""`inferred`: a list of what is open lacks it; withdrawn when the real payment comes."""
DUE_SOURCES = ("read", "terms_confirmed", "terms_assumed")
ORIGINS = ("letter", "reference", "manual", "legal", "inferred")


class Invoice(BitemporalModel):
    """Any debit on a customer: an invoice, or what stands like one in the accounts."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    kind = models.CharField("nature", max_length=20, default="invoice")
    number = models.CharField("numéro", max_length=80, blank=True, default="")
    number_is_given = models.BooleanField("numéro donné ici", db_default=False)
    issued_on = models.DateField("date d'émission")
    currency = models.CharField("devise", max_length=3, default="EUR")
    amount_cents = models.BigIntegerField("montant TTC (centimes)")
    net_cents = models.BigIntegerField("montant HT (centimes)", null=True)
    vat_cents = models.BigIntegerField("TVA (centimes)", null=True)
    key = models.CharField("clé naturelle", max_length=200)
    entry_on = models.DateField("date d'écriture", null=True, blank=True)
    journal = models.CharField("journal", max_length=20, blank=True, default="")
    entry_number = models.CharField("écriture", max_length=60, blank=True, default="")
    piece = models.CharField("pièce", max_length=80, blank=True, default="")
    label = models.CharField("libellé", max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "key"),
                condition=Q(undone_at=None),
                name="invoice_key_once_per_creditor",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="invoice_is_positive"),
            models.CheckConstraint(condition=Q(kind__in=INVOICE_KINDS), name="invoice_kind_known"),
        )
        indexes = (
            models.Index(fields=("tenant", "customer"), name="invoice_customer"),
            models.Index(
                fields=("tenant", "issued_on", "id"),
                condition=Q(undone_at=None),
                name="invoice_issued",
            ),
            models.Index(
                fields=("tenant", "amount_cents", "id"),
                condition=Q(undone_at=None),
                name="invoice_amount",
            ),
            models.Index(  # few: what the accounts do not number waits for a person
                fields=("tenant", "customer"),
                condition=Q(number="", undone_at=None),
                name="invoice_without_number",
            ),
        )

    def __str__(self) -> str:
        return self.number or self.piece or self.label


class GivenNumber(BitemporalModel):
    """The number that a person, a table or a document gives to an invoice that has none.

    By natural key, so that it outlives the row: `Invoice.number` is a copy (`actions.numbering`).
    """

    creditor_id = models.BigIntegerField("société")
    key = models.CharField("clé naturelle", max_length=200)
    number = models.CharField("numéro", max_length=80)
    compared = models.CharField("numéro comparé", max_length=80)
    source = models.CharField("origine", max_length=10)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "key"),
                condition=Q(undone_at=None),
                name="given_number_once_per_invoice",
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "compared"),
                condition=Q(undone_at=None),
                name="given_number_once_per_creditor",
            ),
            models.CheckConstraint(
                condition=Q(source__in=("hand", "table", "document")),
                name="given_number_source_known",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Instalment(BitemporalModel):
    """One due date, one amount: the unit of ageing, reminders, interest and promises.

    A row that takes the place of a withdrawn one keeps its `lineage_id`, the id of the first:
    what was said or decided of a due line follows it; null stands for the row's own id.
    """

    creditor_id = models.BigIntegerField("société")
    invoice = TenantForeignKey(Invoice, models.PROTECT, verbose_name="facture")
    customer = TenantForeignKey(Customer, models.PROTECT, checked=False, verbose_name="client")
    issued_on = models.DateField("date d'émission")
    due_on = models.DateField("échéance")
    due_source = models.CharField("origine de l'échéance", max_length=16)
    currency = models.CharField("devise", max_length=3, default="EUR")
    amount_cents = models.BigIntegerField("montant (centimes)")

    position = models.SmallIntegerField("rang", default=1, db_default=1)
    lineage_id = models.BigIntegerField("première version", null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="instalment_positive"),
            models.CheckConstraint(
                condition=Q(due_source__in=DUE_SOURCES), name="instalment_due_source_known"
            ),
        )
        indexes = (
            # the aged balance adds these up in the order of customers, without the rows
            models.Index(
                fields=("tenant", "customer", "due_on"),
                include=("amount_cents", "issued_on", "creditor_id", "currency", "undone_at"),
                name="instalment_customer_due",
            ),
            models.Index(fields=("tenant", "invoice"), name="instalment_invoice"),
            models.Index(
                fields=("tenant", "due_on", "id"),
                condition=Q(undone_at=None),
                name="instalment_due",
            ),
            models.Index(
                fields=("tenant", "lineage_id"),
                condition=Q(lineage_id__isnull=False),
                name="instalment_lineage",
            ),
        )


class Credit(BitemporalModel):
    """Any credit on a customer: a payment, a credit note, a deposit, a discount, a loss."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    kind = models.CharField("nature", max_length=20, default="payment")
    number = models.CharField("numéro", max_length=80, blank=True, default="")
    received_on = models.DateField("date")
    currency = models.CharField("devise", max_length=3, default="EUR")
    amount_cents = models.BigIntegerField("montant (centimes)")
    net_cents = models.BigIntegerField("montant HT (centimes)", null=True)
    vat_cents = models.BigIntegerField("TVA (centimes)", null=True)
    key = models.CharField("clé naturelle", max_length=200)
    entry_on = models.DateField("date d'écriture", null=True, blank=True)
    journal = models.CharField("journal", max_length=20, blank=True, default="")
    entry_number = models.CharField("écriture", max_length=60, blank=True, default="")
    piece = models.CharField("pièce", max_length=80, blank=True, default="")
    label = models.CharField("libellé", max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "key"),
                condition=Q(undone_at=None),
                name="credit_key_once_per_creditor",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="credit_is_positive"),
            models.CheckConstraint(condition=Q(kind__in=CREDIT_KINDS), name="credit_kind_known"),
        )
        indexes = (
            models.Index(
                fields=("tenant", "customer"),
                include=("amount_cents", "received_on", "creditor_id", "currency", "undone_at"),
                name="credit_customer",
            ),
        )


class Allocation(BitemporalModel):
    """Part of a credit set against a due line; reversible, never deleted.

    `customer`, `due_on` and `issued_on` are copies of the due line's, so that a past balance is
    one linear sum; `payer` is the credit's customer.
    """

    creditor_id = models.BigIntegerField("société")
    credit = TenantForeignKey(Credit, models.PROTECT, verbose_name="règlement ou avoir")
    instalment = TenantForeignKey(Instalment, models.PROTECT, verbose_name="échéance")
    customer = TenantForeignKey(Customer, models.PROTECT, checked=False, verbose_name="client")
    payer = TenantForeignKey(Customer, models.PROTECT, checked=False, verbose_name="payeur")
    issued_on = models.DateField("émission de l'échéance")
    due_on = models.DateField("échéance")
    currency = models.CharField("devise", max_length=3, default="EUR")
    amount_cents = models.BigIntegerField("montant (centimes)")
    effective_on = models.DateField("date d'effet")
    origin = models.CharField("origine", max_length=10)
    letter = models.CharField("lettre", max_length=20, blank=True, default="")
    lettered_on = models.DateField("lettré le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="allocation_positive"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="allocation_origin_known"),
        )
        indexes = (
            models.Index(fields=("tenant", "instalment"), name="allocation_instalment"),
            models.Index(fields=("tenant", "credit"), name="allocation_credit"),
            # few: one customer of a group paid for another, and the aged balance must know
            models.Index(
                fields=("tenant", "creditor_id"),
                condition=~Q(payer=models.F("customer")),
                name="allocation_other_payer",
            ),
        )


class Reclassification(BitemporalModel):
    """Where a due line stands in the accounts: bill (413), doubtful (416), ordinary again."""

    creditor_id = models.BigIntegerField("société")
    instalment = TenantForeignKey(Instalment, models.PROTECT, verbose_name="échéance")
    state = models.CharField("état", max_length=10)
    from_on = models.DateField("depuis le")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("ordinary", "bill", "doubtful")),
                name="reclassification_state_known",
            ),
        )
        indexes = (models.Index(fields=("tenant", "instalment"), name="reclassification_line"),)


class ProposedAllocation(BitemporalModel):
    """An allocation that nothing proves yet; a person accepts or refuses it."""

    creditor_id = models.BigIntegerField("société")
    credit = TenantForeignKey(Credit, models.PROTECT, verbose_name="règlement ou avoir")
    instalment = TenantForeignKey(Instalment, models.PROTECT, verbose_name="échéance")
    amount_cents = models.BigIntegerField("montant (centimes)")
    reason = models.CharField("motif", max_length=200)
    proposed_at = models.DateTimeField("proposé le", db_default=Now())
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_by_id = models.BigIntegerField("décidé par", null=True)
    accepted = models.BooleanField("accepté", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="proposal_positive"),
        )
        indexes = (models.Index(fields=("tenant", "credit"), name="proposal_credit"),)


class SalesMonth(BitemporalModel):
    """What was sold in a month (accounts 70 and 44571): the denominator of DSO."""

    creditor_id = models.BigIntegerField("société")
    month = models.DateField("mois")
    net_cents = models.BigIntegerField("ventes HT (centimes)")
    vat_cents = models.BigIntegerField("TVA (centimes)")
    cash_cents = models.BigIntegerField("ventes au comptant TTC (centimes)", default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "month"),
                condition=Q(undone_at=None),
                name="sales_month_once",
            ),
        )


class SemesterRates(BitemporalModel):
    """Official rates that a tenant entered, before a release ships them; they win over ours."""

    first_on = models.DateField("premier jour du semestre")
    ecb_refi = models.DecimalField("taux de refinancement BCE", max_digits=7, decimal_places=4)
    legal_private = models.DecimalField("taux légal, particuliers", max_digits=7, decimal_places=4)
    legal_other = models.DecimalField("taux légal, autres cas", max_digits=7, decimal_places=4)
    source = models.CharField("source", max_length=200)
    checked_on = models.DateField("vérifié le")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "first_on"),
                condition=Q(undone_at=None),
                name="semester_rates_once",
            ),
        )


class VatPart(BitemporalModel):
    """The VAT of a document at one rate (EN 16931, BG-23): what its document itself says.

    A collected-VAT status and the recovery of VAT on a bad debt are said by rate.
    """

    creditor_id = models.BigIntegerField("société")
    invoice = TenantForeignKey(Invoice, models.PROTECT, null=True, verbose_name="facture")
    credit = TenantForeignKey(Credit, models.PROTECT, null=True, verbose_name="avoir")
    category = models.CharField("catégorie", max_length=4)
    rate_bp = models.IntegerField("taux (centièmes de pour cent)")
    net_cents = models.BigIntegerField("base HT (centimes)")
    vat_cents = models.BigIntegerField("TVA (centimes)")
    exemption = models.CharField("motif d'exonération", max_length=100, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(invoice=None, credit__isnull=False)
                | Q(invoice__isnull=False, credit=None),
                name="vat_part_of_one_document",
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "invoice"), name="vat_part_invoice"),
            models.Index(fields=("tenant", "credit"), name="vat_part_credit"),
        )


class ExchangeRate(BitemporalModel):
    """How many units of a currency one euro is worth on a day; a corrected rate is a new row."""

    currency = models.CharField("devise", max_length=3)
    on = models.DateField("jour")
    rate = models.DecimalField("unités pour un euro", max_digits=19, decimal_places=10)
    source = models.CharField("source", max_length=200)
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "currency", "on"),
                condition=Q(undone_at=None),
                name="exchange_rate_once_a_day",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        )


class PenaltyNote(BitemporalModel):
    """A note of penalties and indemnities, or the credit note that cancels one whole.

    Numbered without a gap by creditor and year; the database refuses a gap, a change and a removal
    (migration 0012), so that what was billed is said for good.
    """

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    kind = models.CharField("nature", max_length=12, default="note")
    year = models.SmallIntegerField("année")
    rank = models.IntegerField("rang")
    number = models.CharField("numéro", max_length=35)
    issued_on = models.DateField("date d'émission")
    until_on = models.DateField("pénalités arrêtées au")
    currency = models.CharField("devise", max_length=3)
    interest_cents = models.BigIntegerField("pénalités (centimes)")
    indemnity_cents = models.BigIntegerField("indemnités (centimes)")
    invoice = TenantForeignKey(Invoice, models.PROTECT, null=True, verbose_name="créance")
    credit = TenantForeignKey(Credit, models.PROTECT, null=True, verbose_name="avoir")
    cancels = TenantForeignKey("self", models.PROTECT, null=True, verbose_name="note annulée")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "year", "rank"), name="penalty_note_rank_once"
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "number"), name="penalty_note_number_once"
            ),
            models.UniqueConstraint(
                fields=("tenant", "cancels"),
                condition=Q(cancels__isnull=False),
                name="penalty_note_cancelled_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="note", invoice__isnull=False, credit=None, cancels=None)
                | Q(kind="cancellation", invoice=None, credit__isnull=False, cancels__isnull=False),
                name="penalty_note_has_its_side",
            ),
            models.CheckConstraint(
                condition=Q(interest_cents__gte=0, indemnity_cents__gte=0)
                & (Q(interest_cents__gt=0) | Q(indemnity_cents__gt=0)),
                name="penalty_note_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(until_on__lte=models.F("issued_on")), name="penalty_note_of_the_past"
            ),
            models.CheckConstraint(
                condition=Q(issued_on__year=models.F("year")), name="penalty_note_of_its_year"
            ),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="penalty_note_customer"),)

    def __str__(self) -> str:
        return self.number


class PenaltyPart(BitemporalModel):
    """What a note billed of one due line: its interest between two days, or its indemnity.

    Kept by lineage and natural key: a corrected export gives the line another row, never another
    bill. A cancelled note releases its parts on its day; the same days may be billed again.
    """

    creditor_id = models.BigIntegerField("société")
    note = TenantForeignKey(PenaltyNote, models.PROTECT, verbose_name="note")
    invoice = TenantForeignKey(Invoice, models.PROTECT, verbose_name="facture en retard")
    kind = models.CharField("nature", max_length=10)
    claim_key = models.CharField("clé naturelle", max_length=200)
    lineage_id = models.BigIntegerField("première version de l'échéance")
    position = models.SmallIntegerField("rang")
    due_on = models.DateField("échéance")
    from_on = models.DateField("du")
    until_on = models.DateField("au")
    cents = models.BigIntegerField("montant (centimes)")
    billed_on = models.DateField("facturé le")
    released_on = models.DateField("libéré le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "lineage_id", "from_on"),
                condition=Q(kind="interest", released_on=None),
                name="interest_billed_once",
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor_id", "claim_key"),
                condition=Q(kind="indemnity", released_on=None),
                name="indemnity_billed_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("interest", "indemnity")), name="penalty_part_kind_known"
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="penalty_part_positive"),
            models.CheckConstraint(
                condition=Q(from_on__lte=models.F("until_on")), name="penalty_part_days_in_order"
            ),
        )
        indexes = (
            models.Index(fields=("tenant", "creditor_id"), name="penalty_part_creditor"),
            models.Index(fields=("tenant", "note"), name="penalty_part_note"),
        )


class PenaltyWaiver(TenantModel):
    """Interest of a due line, or an invoice's indemnity, given up; kept as `PenaltyPart` is."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    invoice = TenantForeignKey(Invoice, models.PROTECT, verbose_name="facture en retard")
    kind = models.CharField("nature", max_length=10)
    claim_key = models.CharField("clé naturelle", max_length=200)
    lineage_id = models.BigIntegerField("première version de l'échéance")
    position = models.SmallIntegerField("rang")
    from_on = models.DateField("du")
    until_on = models.DateField("au")
    cents = models.BigIntegerField("montant (centimes)")
    waived_on = models.DateField("abandonné le")
    released_on = models.DateField("repris le", null=True)
    reason = models.CharField("motif", max_length=300)
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "claim_key", "lineage_id", "kind", "from_on"),
                condition=Q(released_on=None),
                name="penalty_waived_once",
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="waiver_positive"),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="waiver_customer"),)
