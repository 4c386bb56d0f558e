"""Everything that a handful of reminders is written from, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.dunning.models import Reminder
from encours.dunning.queries import agencies
from encours.dunning.queries.offered import Offered
from encours.dunning.queries.texts import texts_of
from encours.dunning.rules.scenario import Step
from encours.dunning.rules.wordings import Draft, DueLine
from encours.messaging.letterhead import payment_of, sender_of
from encours.messaging.rules.notice import Addressee, Language, Payment
from encours.messaging.rules.numbers import mobile_number
from encours.messaging.rules.payment import rf_reference
from encours.parties import faces
from encours.parties.models import Contact, Customer
from encours.receivables.queries.billed import billed_of
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import (
    Billed,
    Claim,
    DayCount,
    Reduction,
    fixed_rate,
)
from encours.standing.models import StandingFact
from encours.tenancy.models import Creditor, User

SURE: Final = ("read", "terms_confirmed")
LINES: Final = """
select i.id, i.lineage_id, v.id, coalesce(nullif(v.number, ''), v.piece), v.label, i.issued_on,
       i.due_on, i.due_source, i.amount_cents, i.customer_id,
       coalesce((select json_agg(json_build_array(a.effective_on, a.amount_cents)
                                 order by a.effective_on)
                 from receivables_allocation a
                 where a.tenant_id = i.tenant_id and a.instalment_id = i.id
                   and a.undone_at is null), '[]'),
       v.kind = 'penalty_note' or exists (
           select from receivables_penaltynote n
           where n.tenant_id = v.tenant_id and n.creditor_id = v.creditor_id
             and n.number = v.number)
from receivables_instalment i
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
where i.tenant_id = %(tenant)s and i.undone_at is null
  and (i.id = any (%(ids)s) or i.lineage_id = any (%(ids)s))
"""
RECEIVED: Final = """
select c.customer_id, c.currency, min(c.received_on)
from receivables_credit c
where c.tenant_id = %(tenant)s and c.customer_id = any (%(customers)s) and c.undone_at is null
  and c.amount_cents > coalesce((
      select sum(a.amount_cents) from receivables_allocation a
      where a.tenant_id = c.tenant_id and a.credit_id = c.id and a.undone_at is null), 0)
group by 1, 2
"""
LANGUAGES: Final[Mapping[str, Language]] = {"fr": "fr", "en": "en"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a reminder goes: the contact's address, the name to write to, a mobile (E.164)."""

    email: str
    name: str
    contact_id: int | None
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reminder ready to be written: its row, its recipient and its draft.

    `writer` = the person who writes it in the creditor's name; None: the creditor itself.
    """

    reminder: Reminder
    recipient: Recipient
    draft: Draft
    writer: User | None = None


def outgoing(
    reminders: Sequence[Reminder],
    *,
    creditor: Creditor,
    steps: Mapping[int, Step],
    open_cents: Mapping[int, Mapping[int, int]],
    covered_cents: Mapping[int, Mapping[int, int]],
    today: date,
) -> list[Outgoing]:
    """Return the drafts; `steps` = by reminder, `open_cents` = by reminder, by due line.

    `covered_cents` = by reminder and due line, what is received and not allocated that pays a part
    of it: it is taken off, and runs no interest from the day it could be there.
    """
    tenant_id = creditor.tenant_id
    texts = texts_of(tenant_id=tenant_id, creditor_id=creditor.pk)
    ids = {one.customer_id for one in reminders}
    customers = _by_id(Customer.objects.of(tenant_id).filter(pk__in=ids))
    merged, sender, payment = faces.faces(tenant_id), sender_of(creditor), payment_of(creditor)
    contacts = _contacts(tenant_id, list(customers), merged)
    judged = _insolvencies(tenant_id, list(customers), merged)
    lines = lines_of(tenant_id, [number for listed in open_cents.values() for number in listed])
    told = _billed(creditor, lines, today)
    since = _received(tenant_id, customers if any(covered_cents.values()) else (), merged)
    history = _earlier(tenant_id, list(customers), merged, today)
    writers = _writers(steps.values(), customers.values())
    offered = Offered.of(creditor, reminders, steps, lines.values(), today)
    found = []
    for one in reminders:
        customer, step = customers[one.customer_id], steps[one.pk]
        writer = writers.get(_writer_id(step, customer) or 0)
        recipient = _recipient(contacts.get(customer.pk, []), customer.country, step.contact_role)
        language = LANGUAGES.get(customer.language, "fr")
        covered = covered_cents.get(one.pk, {})
        due = _due_lines(
            _rows(lines, open_cents[one.pk], covered, since.get((customer.pk, one.currency))),
            customer,
            creditor,
            insolvent_on=judged.get(customer.pk),
            told=told,
        )
        draft = Draft(
            step=step,
            text=texts.of_step(step, language),
            language=language,
            today=today,
            sender=sender,
            addressee=_addressee(customer, recipient),
            **offered.told(due, one.customer_id, step),
            currency=one.currency,
            credits_cents=sum(covered.values()),
            **_signed(creditor, writer),
            **_paid_by(payment, customer),
            contact=recipient.name,
            reminders=tuple(history.get((customer.pk, one.currency, one.cycle), ())),
            is_attached=step.kind == "formal_notice",
            edited=one.edited,
        )
        found.append(Outgoing(one, recipient, draft, writer))
    return _entrusted(found, creditor)


def _entrusted(found: list[Outgoing], creditor: Creditor) -> list[Outgoing]:
    """Have a collector write what its steps say."""
    theirs = agencies.entrusted({one.reminder: one.draft for one in found}, creditor=creditor)
    return [replace(one, draft=theirs.get(one.reminder, one.draft)) for one in found]


def _signed(creditor: Creditor, writer: User | None) -> dict[str, Any]:
    if writer is not None:
        return {"signatory": str(writer), "signatory_role": "", "place": creditor.city}
    return {
        "signatory": creditor.signatory or creditor.sender_name or creditor.name,
        "signatory_role": creditor.signatory_role,
        "place": creditor.city,
    }


def _writer_id(step: Step, customer: Customer) -> int | None:
    """Return who writes the step to a customer: his salesperson, his collector, or nobody."""
    return {"salesperson": customer.salesperson_id, "collector": customer.collector_id}.get(
        step.sender
    )


def _writers(steps: Iterable[Step], customers: Iterable[Customer]) -> dict[int, User]:
    """Return the people who write these steps and can still log in; none is asked for in vain."""
    if all(step.sender == "creditor" for step in steps):
        return {}
    asked = (one for row in customers for one in (row.salesperson_id, row.collector_id))
    people = {one for one in asked if one is not None}
    return {one.pk: one for one in User.objects.filter(pk__in=people, is_active=True)}


def _by_id(rows: Any) -> dict[int, Any]:
    return {row.pk: row for row in rows}


def _owners(customer_ids: list[int], merged: pl.DataFrame) -> dict[int, int]:
    """Return whose rows are these customers': their own first, then those merged into them."""
    own = {one: one for one in customer_ids}
    theirs = merged.filter(pl.col("face_id").is_in(customer_ids))
    return own | dict(theirs.select("customer_id", "face_id").iter_rows())


def _contacts(
    tenant_id: int, customer_ids: list[int], merged: pl.DataFrame
) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    owners = _owners(customer_ids, merged)
    rows = Contact.objects.of(tenant_id).filter(customer_id__in=list(owners)).order_by("pk")
    for contact in sorted(rows, key=lambda one: owners[one.customer_id] != one.customer_id):
        found[owners[contact.customer_id]].append(contact)
    return found


def _recipient(contacts: Sequence[Contact], country: str, role: str) -> Recipient:
    """Choose the address and mobile of that role, else of billing, else the first usable ones."""
    ordered = sorted(contacts, key=lambda one: (one.role != role, one.role != "billing"))
    usable = [one for one in ordered if one.email and one.bounced_at is None]
    mobile = next(filter(None, (_mobile(one, country) for one in ordered)), "")
    if not usable:
        return Recipient("", "", None, mobile)
    return Recipient(usable[0].email, usable[0].name, usable[0].pk, mobile)


def _mobile(contact: Contact, country: str) -> str:
    """Return the number that text messages go to, unless it was refused."""
    return "" if contact.mobile_refused_at is not None else reached_by(contact, country)


def reached_by(contact: Contact, country: str = "") -> str:
    """Return the number that takes text messages, in E.164: the mobile, else the telephone."""
    home = country or contact.customer.country or "FR"
    return mobile_number(contact.mobile, home) or mobile_number(contact.phone, home)


def _insolvencies(tenant_id: int, customer_ids: list[int], merged: pl.DataFrame) -> dict[int, date]:
    owners = _owners(customer_ids, merged)
    rows = (
        StandingFact.objects.of(tenant_id)
        .filter(customer_id__in=list(owners), kind="insolvency", undone_at=None)
        .order_by("-starts_on")
        .values_list("customer_id", "starts_on")
    )
    return {owners[customer_id]: starts_on for customer_id, starts_on in rows}


def lines_of(tenant_id: int, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Return the live version of each due line, by the id under which it was listed."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"tenant": tenant_id, "ids": list(ids)})
        rows = cursor.fetchall()
    return {row[0]: row for row in rows} | {row[1]: row for row in rows if row[1]}


def _billed(
    creditor: Creditor, lines: Mapping[int, tuple[Any, ...]], today: date
) -> dict[int, Billed]:
    """Return what notes of penalties asked already of these due lines."""
    moment = Moment(tenant_id=creditor.tenant_id, as_of=today, creditor_ids=(creditor.pk,))
    return billed_of(moment, {(row[0], row[2]) for row in lines.values()})


def _received(
    tenant_id: int, customer_ids: Iterable[int], merged: pl.DataFrame
) -> dict[tuple[int, str], date]:
    """Return the day of the oldest money not wholly allocated, by customer and currency."""
    owners = _owners(list(customer_ids), merged)
    if not owners:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(RECEIVED, {"tenant": tenant_id, "customers": list(owners)})
        rows = cursor.fetchall()
    found = dict[tuple[int, str], date]()
    for customer_id, currency, on in rows:
        key = (owners[customer_id], currency)
        found[key] = min(found.get(key, on), on)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """A due line as read, what is open on it, and what money not yet allocated pays of it."""

    read: tuple[Any, ...]
    open_cents: int
    covered: tuple[Reduction, ...] = ()


def _rows(
    lines: Mapping[int, tuple[Any, ...]],
    open_cents: Mapping[int, int],
    covered: Mapping[int, int],
    on: date | None,
) -> Iterator[_Row]:
    for number, cents in open_cents.items():
        paid = covered.get(number)
        if number in lines:
            yield _Row(lines[number], cents, (Reduction(on, paid),) if on and paid else ())


def _due_lines(
    rows: Iterable[_Row],
    customer: Customer,
    creditor: Creditor,
    *,
    insolvent_on: date | None,
    told: Mapping[int, Billed],
) -> tuple[DueLine, ...]:
    return tuple(
        _due_line(row, customer, creditor, insolvent_on=insolvent_on, billed=told[row.read[0]])
        for row in rows
    )


def _due_line(
    row: _Row,
    customer: Customer,
    creditor: Creditor,
    *,
    insolvent_on: date | None,
    billed: Billed,
) -> DueLine:
    id_, lineage, invoice_id, number, label, issued_on, due_on, *more = row.read
    source, amount, _, paid, is_note = more
    known = customer.class_confirmed_at is not None
    debtor = DebtorClass(customer.debtor_class) if known else DebtorClass.UNKNOWN
    claim = Claim(
        amount_cents=amount,
        due_on=due_on,
        debtor_class=debtor,
        reductions=(
            *(Reduction(date.fromisoformat(on), cents) for on, cents in paid),
            *row.covered,
        ),
        contract_rate=fixed_rate(customer.contract_rate or creditor.in_force("penalty_rate")),
        insolvency_on=insolvent_on,
        day_count=DayCount(creditor.in_force("day_count").lower()),
        billed=billed,
    )
    return DueLine(
        invoice_id=invoice_id,
        number=number,
        issued_on=issued_on,
        open_cents=row.open_cents,
        claim=claim,
        may_claim=known and source in SURE and not is_note,
        label="" if number else label,
        line_id=id_,
        lineage_id=lineage or id_,
        has_sure_date=source in SURE and not is_note,
    )


def _addressee(customer: Customer, recipient: Recipient) -> Addressee:
    return Addressee(
        name=customer.name,
        address=customer.postal_lines(),
        attention=recipient.name,
        siren=customer.siren,
        code=customer.code,
    )


def _reference(customer: Customer) -> str:
    """Return the structured reference that identifies the payer (ISO 11649)."""
    try:
        return rf_reference(customer.code)
    except ValueError:
        return rf_reference(f"C{customer.pk}")


def _paid_by(payment: Payment | None, customer: Customer) -> dict[str, Any]:
    reference = _reference(customer)
    told = payment and replace(payment, reference=reference)
    return {"payment": told, "reference": reference}


def _earlier(
    tenant_id: int, customer_ids: list[int], merged: pl.DataFrame, today: date
) -> dict[tuple[int, str, int], list[date]]:
    """Return the days on which reminders of a cycle were sent before today."""
    found: dict[tuple[int, str, int], list[date]] = defaultdict(list)
    owners = _owners(customer_ids, merged)
    rows = (
        Reminder.objects.of(tenant_id)
        .filter(customer_id__in=list(owners), rehearsal=False, sent_on__lt=today)
        .exclude(step_code__in=("prevenance", "remerciement", "releve"))
        .order_by("sent_on")
        .values_list("customer_id", "currency", "cycle", "sent_on")
    )
    for customer_id, currency, cycle, sent_on in rows:
        if sent_on is not None:
            found[owners[customer_id], currency, cycle].append(sent_on)
    return found
