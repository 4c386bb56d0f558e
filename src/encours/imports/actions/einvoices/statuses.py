"""Takes life-cycle statuses in: kept as received, matched to their invoice, turned into facts.

What an invoice's statuses amount to is computed again from all of them each time one comes or
goes (`rules.einvoices.effects`): order of arrival does not count. What a person said since stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib.postgres.functions import TransactionNow
from django.db import connection

from encours.imports.actions.einvoices import records
from encours.imports.actions.einvoices.facts import reconcile
from encours.imports.actions.einvoices.place import Place
from encours.imports.models import InvoiceStatus
from encours.imports.queries import einvoices as queries
from encours.imports.rules.einvoices.document import Read
from encours.imports.rules.einvoices.status import Amount, Because, Status
from encours.kernel.issue import Issue, Severity
from encours.receivables.models import Invoice
from encours.tenancy import journal
from encours.tenancy.models import Creditor

PARIS: Final = ZoneInfo("Europe/Paris")
WAITING: Final = """
select distinct on (s.id) s.id, v.id
from imports_invoicestatus s
join receivables_invoice v on v.tenant_id = s.tenant_id and v.creditor_id = s.creditor_id
    and v.undone_at is null and v.number = s.number
    and (s.issued_on is null or v.issued_on = s.issued_on)
where s.tenant_id = %(tenant)s and s.creditor_id = %(creditor)s and s.undone_at is null
    and s.invoice_id is null
order by s.id, v.id desc
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many statuses were new, and what is doubtful about them."""

    count: int
    issues: tuple[Issue, ...] = ()


def checked(read: Read, creditor: Creditor, *, any_seller: bool) -> Read:
    """Return a status with what keeps it out: another seller's."""
    assert read.status is not None
    siren = read.status.seller_siren
    if not siren or not creditor.siren or siren == creditor.siren:
        return read
    issue = Issue(
        "other_seller",
        f"Le vendeur nommé par ce statut n'est pas {creditor.name}.",
        column="MDT-129",
        found=siren,
        expected=creditor.siren,
        severity="warning" if any_seller else "error",
    )
    return replace(read, issues=(*read.issues, issue))


def take(reads: Sequence[Read], place: Place) -> Taken:
    """Keep the statuses of a file and act on those whose invoice is known."""
    issues: list[Issue] = []
    count, touched = 0, set()
    for read in reads:
        assert read.status is not None
        if _is_known(read.status, place):
            told = "Ce statut est déjà connu."
            issues.append(_issue("already_there", told, read, severity="info"))
            continue
        invoice_id = _invoice_of(read.status, place)
        _keep(read.status, invoice_id, place)
        count += 1
        if invoice_id is None:
            told = f"La facture {read.status.number} n'est pas dans le registre : le statut attend."
            issues.append(_issue("invoice_unknown", told, read, severity="warning"))
            continue
        touched.add(invoice_id)
        if read.status.code == "227":
            told = "Changement de compte à payer : vérifiez-le auprès de son auteur avant tout."
            issues.append(_issue("account_changed", told, read, severity="warning"))
    for invoice_id in sorted(touched):
        act_on(tenant_id=place.tenant_id, invoice_id=invoice_id, today=place.today)
    return Taken(count, tuple(issues))


def match_waiting(*, tenant_id: int, creditor_id: int, today: date) -> int:
    """Match the statuses that waited for an invoice which is now there; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"tenant": tenant_id, "creditor": creditor_id})
        found = dict(cursor.fetchall())
    for status_id, invoice_id in found.items():
        rows = InvoiceStatus.objects.of(tenant_id).filter(pk=status_id)
        rows.update(invoice_id=invoice_id)
    for invoice_id in sorted(set(found.values())):
        act_on(tenant_id=tenant_id, invoice_id=invoice_id, today=today)
    return len(found)


def take_back(*, tenant_id: int, batch_id: int, today: date) -> None:
    """Withdraw the records and statuses of a batch that is undone, with what they changed.

    Statuses of the invoices that it had brought wait again for them.
    """
    rows = InvoiceStatus.objects.of(tenant_id).filter(undone_at=None)
    records.take_back(tenant_id=tenant_id, batch_id=batch_id)
    mine = rows.filter(batch_id=batch_id)
    gone = Invoice.objects.of(tenant_id).filter(batch_id=batch_id).exclude(undone_at=None)
    lost = rows.filter(invoice_id__in=gone.values("pk"))
    touched = set(mine.exclude(invoice=None).values_list("invoice_id", flat=True))
    touched |= set(lost.values_list("invoice_id", flat=True))
    mine.update(undone_at=TransactionNow())
    lost.update(invoice_id=None)
    for invoice_id in sorted(touched):
        act_on(tenant_id=tenant_id, invoice_id=invoice_id, today=today)


def act_on(*, tenant_id: int, invoice_id: int, today: date) -> None:
    """Bring the standing facts of an invoice in line with its statuses."""
    rows = InvoiceStatus.objects.of(tenant_id).filter(invoice_id=invoice_id, undone_at=None)
    reconcile(
        tenant_id=tenant_id,
        invoice_id=invoice_id,
        statuses=[_status(row) for row in rows],
        today=today,
    )


def _status(row: InvoiceStatus) -> Status:
    said = row.details
    return Status(
        code=row.code,
        number=row.number,
        issued_on=row.issued_on,
        seller_siren=row.seller_siren,
        at=row.at.astimezone(PARIS).replace(tzinfo=None),
        message=row.message,
        issuer_role=said.get("role", ""),
        because=tuple(Because(**one) for one in said.get("because", [])),
        amounts=tuple(
            Amount(**{**one, "on": date.fromisoformat(one["on"]) if one["on"] else None})
            for one in said.get("amounts", [])
        ),
        account=said.get("account", ""),
    )


def _is_known(status: Status, place: Place) -> bool:
    rows = InvoiceStatus.objects.of(place.tenant_id).filter(
        creditor_id=place.creditor_id, undone_at=None
    )
    same = rows.filter(message=status.message, number=status.number, code=status.code)
    return same.exists()


def _invoice_of(status: Status, place: Place) -> int | None:
    known = queries.documents(**place.owner, numbers=[status.number], is_credit=False)
    same = [one for one in known if status.issued_on is None or one.issued_on == status.issued_on]
    return max((one.id for one in same), default=None)


def _keep(status: Status, invoice_id: int | None, place: Place) -> None:
    """Keep a status as received, and tell the journal: codes, never what somebody wrote."""
    row = InvoiceStatus.objects.create(
        **place.act.mine,
        invoice_id=invoice_id,
        number=status.number[:80],
        issued_on=status.issued_on,
        seller_siren=status.seller_siren,
        code=status.code,
        at=status.at.replace(tzinfo=PARIS),
        message=status.message[:140],
        details={
            "role": status.issuer_role,
            "because": [asdict(one) for one in status.because],
            "amounts": [
                {**asdict(one), "on": one.on.isoformat() if one.on else None}
                for one in status.amounts
            ],
            "account": status.account,
        },
    )
    customer = Invoice.objects.of(place.tenant_id).filter(pk=invoice_id or 0)
    journal.record(
        "einvoice.status",
        tenant_id=place.tenant_id,
        subject=("invoice", invoice_id) if invoice_id else ("einvoice_status", row.pk),
        effective_on=status.at.date(),
        actor_id=place.actor_id,
        creditor_id=place.creditor_id,
        customer_id=customer.values_list("customer_id", flat=True).first(),
        data={"status": status.code, "reasons": [one.code for one in status.because]},
    )


def _issue(code: str, message: str, read: Read, *, severity: Severity) -> Issue:
    return Issue(code, message, column="MDT-87", severity=severity, file=read.name)
