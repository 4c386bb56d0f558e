"""Offers and what became of them: derived from the live due line and what was set against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

import polars as pl
from django.db import connection

from encours.discounts.models import DiscountOffer
from encours.discounts.rules import offers as rules
from encours.discounts.rules.offers import Awaited, Discount, Earned, Origin, Received, Settled
from encours.receivables.queries.moment import Moment, live

KEPT_DAYS: Final = 400
BOARD: Final = """
select o.id, o.creditor_id, k.id, k.name, k.code,
    coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label, ''), line.invoice_id, line.id,
    line.due_on, line.amount_cents, o.currency, o.origin, o.state, o.basis_points, o.base_cents,
    o.cents, o.offered_on, o.until_on, o.lineage_id, coalesce(o.reminder_id, 0), o.reason,
    o.author_id, g.id, coalesce(g.number, ''), g.cents, g.granted_on,
    coalesce((
        select json_agg(json_build_array(c.kind, c.received_on, a.amount_cents)
                        order by c.received_on, a.id)
        from receivables_allocation a
        join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
        where a.tenant_id = o.tenant_id and a.instalment_id = line.id and a.undone_at is null
    ), '[]')
from discounts_discountoffer o
left join faces() face on face.customer_id = o.customer_id
join parties_customer k on k.tenant_id = o.tenant_id
    and k.id = case when face.face_id is null then o.customer_id else face.face_id end
left join discounts_discountgrant g
    on g.tenant_id = o.tenant_id and g.offer_id = o.id and g.taken_back_on is null
left join lateral (
    select l.* from receivables_instalment l
    where l.tenant_id = o.tenant_id and l.undone_at is null
        and (l.id = o.lineage_id or l.lineage_id = o.lineage_id)
    union all
    select l.* from receivables_invoice v
    join receivables_instalment l on l.tenant_id = v.tenant_id and l.invoice_id = v.id
    where v.tenant_id = o.tenant_id and v.creditor_id = o.creditor_id and v.key = o.claim_key
        and v.undone_at is null and l.undone_at is null and l.position = o.position
    limit 1
) line on true
left join receivables_invoice i on i.tenant_id = o.tenant_id and i.id = line.invoice_id
where o.tenant_id = %(tenant_id)s and o.state <> 'prepared' and own(k) and of_customer(o)
    and (%(creditor_id)s::bigint is null or o.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or o.creditor_id = any(%(creditors)s::bigint[]))
    and (%(currency)s::text is null or o.currency = %(currency)s)
    and o.offered_on > %(as_of)s::date - %(kept)s
    and (%(offer_id)s::bigint is null or o.id = %(offer_id)s)
    and (not %(undecided)s or (o.state = 'made' and g.id is null and line.id is not null))
order by o.until_on desc, o.id desc
"""
UNSPENT: Final = """
select c.customer_id, c.currency, c.id, c.received_on,
    (c.amount_cents - coalesce(used.cents, 0))::bigint
from receivables_credit c
left join lateral (
    select sum(a.amount_cents) as cents from receivables_allocation a
    where a.tenant_id = c.tenant_id and a.credit_id = c.id and a.undone_at is null
) used on true
where c.tenant_id = %(tenant)s and c.customer_id = any (%(customers)s) and c.undone_at is null
    and c.received_on <= %(today)s and c.kind = any (%(kinds)s)
    and c.amount_cents > coalesce(used.cents, 0)
order by c.received_on, c.id
"""
EARNED: Final = {"instalment_id": pl.Int64, "earned_cents": pl.Int64}


@dataclass(frozen=True)
class Told:
    """An offer and its live line, in the order of `BOARD`; `settled`: kind, day, cents."""

    id: int
    creditor_id: int
    customer_id: int
    customer: str
    code: str
    document: str
    invoice_id: int | None
    line_id: int | None
    due_on: date | None
    amount_cents: int | None
    currency: str
    origin: str
    kept: str
    basis_points: int
    base_cents: int
    cents: int
    offered_on: date
    until_on: date
    lineage_id: int
    group: int
    reason: str
    author_id: int | None
    grant_id: int | None
    number: str
    granted_cents: int | None
    granted_on: date | None
    settled: Sequence[Any]

    @property
    def pay_cents(self) -> int:
        """Return what the offer asks to be paid."""
        return self.base_cents - self.cents

    @property
    def percent(self) -> Decimal:
        """Return the rate in percent."""
        return Decimal(self.basis_points) / 100

    @property
    def discount(self) -> Discount:
        """Return what was offered, for the rules."""
        return Discount(self.basis_points, self.base_cents, self.cents, self.until_on)

    @property
    def settlements(self) -> list[Settled]:
        """Return what was set against the line."""
        return [Settled(kind, date.fromisoformat(on), cents) for kind, on, cents in self.settled]

    @property
    def left_cents(self) -> int:
        """Return what the line still owes."""
        return (self.amount_cents or 0) - sum(one.cents for one in self.settlements)

    @property
    def is_undecided(self) -> bool:
        """Say whether it may still be granted."""
        return self.kept == "made" and self.grant_id is None and self.amount_cents is not None


@dataclass(frozen=True)
class OfferRow(Told):
    """An offer and what became of it.

    `state`: granted, withdrawn, earned (waits for a person), waiting, unused (paid whole), late,
    short, lapsed. `credit_id` is money on the account that pays it to the cent.
    """

    state: str = ""
    earned: Earned | None = None
    credit_id: int | None = None

    @property
    def to_grant(self) -> int | None:
        """Return its id when a person may grant it."""
        return self.id if self.earned else None

    @property
    def earned_cents(self) -> int | None:
        """Return what a person may grant."""
        return self.earned.cents if self.earned else None


def board(
    moment: Moment, *, offer_id: int | None = None, undecided: bool = False
) -> list[OfferRow]:
    """Return the offers of a ledger, the last deadline first, as they stand on `moment.as_of`."""
    params = moment.params() | {
        "kept": KEPT_DAYS,
        "offer_id": offer_id,
        "undecided": undecided,
    }
    with connection.cursor() as cursor:
        cursor.execute(live(BOARD, moment), params)
        rows = [Told(*row) for row in cursor.fetchall()]
    pays = _unspent(moment, rows)
    return [_row(row, moment.as_of, pays.get(row.id)) for row in rows]


def offers_of_lines(*, tenant_id: int, lineages: Iterable[int], on: date) -> dict[int, Discount]:
    """Return the offers made that may still be had on a day, by lineage of their line."""
    rows = DiscountOffer.objects.of(tenant_id).filter(
        lineage_id__in=sorted(set(lineages)), state="made", until_on__gte=on
    )
    return {
        row.lineage_id: Discount(
            basis_points=row.basis_points,
            base_cents=row.base_cents,
            cents=row.cents,
            until_on=row.until_on,
            origin=cast("Origin", row.origin),
            rule_id=row.rule_id,
            offer_id=row.pk,
        )
        for row in rows
    }


def earned_of(*, tenant_id: int, creditor_id: int, today: date) -> pl.DataFrame:
    """Return what is earned of due lines and not granted yet (EARNED, by lineage): owed no more."""
    if not DiscountOffer.objects.of(tenant_id).filter(creditor_id=creditor_id).exists():
        return pl.DataFrame(schema=EARNED)
    moment = Moment(tenant_id=tenant_id, as_of=today, creditor_ids=(creditor_id,))
    found = [row for row in board(moment, undecided=True) if row.earned]
    rows = [(row.lineage_id, row.earned.cents) for row in found if row.earned]
    return pl.DataFrame(rows, schema=EARNED, orient="row")


def _row(told: Told, today: date, pays: tuple[int, date] | None) -> OfferRow:
    earned = None
    if told.is_undecided:
        earned = rules.earned(told.discount, told.settlements, amount_cents=told.amount_cents or 0)
        if earned is None and pays is not None:
            earned = Earned(told.cents, pays[1], is_exact=True)
    return OfferRow(
        **vars(told),
        state=_state(told, earned, today),
        earned=earned,
        credit_id=pays[0] if pays and earned else None,
    )


def _state(told: Told, earned: Earned | None, today: date) -> str:
    if told.grant_id is not None or told.kept == "withdrawn":
        return "granted" if told.grant_id is not None else "withdrawn"
    if earned is not None or told.left_cents <= 0:
        return "earned" if earned else "unused"
    if told.until_on >= today:
        return "waiting"
    money = [one for one in told.settlements if one.kind in rules.MONEY]
    if told.left_cents <= told.cents and any(one.on > told.until_on for one in money):
        return "late"
    return "short" if any(one.on >= told.offered_on for one in money) else "lapsed"


def _unspent(moment: Moment, rows: Sequence[Told]) -> Mapping[int, tuple[int, date]]:
    """Return, by offer, the money on the account that pays it to the cent, and its day."""
    awaited = defaultdict[tuple[int, str], list[Awaited]](list)
    for row in rows:
        if row.is_undecided and row.left_cents == row.base_cents:
            one = Awaited(row.id, row.group, row.base_cents, row.discount)
            awaited[row.customer_id, row.currency].append(one)
    if not awaited:
        return {}
    customers = sorted({one for one, _ in awaited})
    asked: dict[str, Any] = {
        "tenant": moment.tenant_id, "customers": customers, "today": moment.as_of,
        "kinds": sorted(rules.MONEY),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(UNSPENT, asked)
        money = cursor.fetchall()
    found = dict[int, tuple[int, date]]()
    for account, waiting in awaited.items():
        mine = [Received(*one[2:]) for one in money if one[:2] == account]
        days = {one.credit_id: one.on for one in mine}
        for credit_id, offer_ids in rules.matched(waiting, mine).items():
            found |= dict.fromkeys(offer_ids, (credit_id, days[credit_id]))
    return found


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of the accounting entry of a discount granted: 665, 44571, 411."""

    id: str
    creditor_id: int
    on: date
    number: str
    account: str
    auxiliary: str
    label: str
    debit_cents: int | None
    credit_cents: int | None
    currency: str
    state: str


ENTRIES: Final = """
select g.id, g.creditor_id, g.granted_on, g.number, k.code, k.name,
    coalesce(nullif(i.number, ''), nullif(i.piece, ''), i.label, ''), g.cents, g.vat_cents,
    o.currency, case when g.taken_back_on is not null then 'taken_back'
        when g.booked_on is not null then 'booked' else 'to_book' end
from discounts_discountgrant g
join discounts_discountoffer o on o.tenant_id = g.tenant_id and o.id = g.offer_id
join receivables_invoice i on i.tenant_id = o.tenant_id and i.id = o.invoice_id
left join faces() face on face.customer_id = o.customer_id
join parties_customer k on k.tenant_id = o.tenant_id
    and k.id = case when face.face_id is null then o.customer_id else face.face_id end
where g.tenant_id = %(tenant_id)s and own(k) and of_customer(o)
    and (%(creditor_id)s::bigint is null or g.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or g.creditor_id = any(%(creditors)s::bigint[]))
    and (%(currency)s::text is null or o.currency = %(currency)s)
order by g.granted_on desc, g.id desc
"""
DISCOUNTS, VAT, CUSTOMERS = "665", "44571", "411"


def entries(moment: Moment) -> list[EntryRow]:
    """Return the accounting entries of the discounts granted, the last first."""
    with connection.cursor() as cursor:
        cursor.execute(live(ENTRIES, moment), moment.params())
        rows = cursor.fetchall()
    return [line for row in rows for line in _entry(row)]


def _entry(row: Sequence[Any]) -> list[EntryRow]:
    id_, creditor_id, on, number, code, name, document, cents, vat, currency, state = row
    label = f"Escompte {document} {name}".strip()
    parts = (
        (DISCOUNTS, "", cents - vat, None),
        (VAT, "", vat, None),
        (CUSTOMERS, code, None, cents),
    )
    return [
        EntryRow(f"{id_}-{account}", creditor_id, on, number, account, auxiliary, label,
                 debit, credit, currency, state)
        for account, auxiliary, debit, credit in parts
        if debit or credit
    ]  # fmt: skip
