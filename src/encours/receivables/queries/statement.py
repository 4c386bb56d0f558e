"""A customer's statement of account: what moved between two dates, and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any, Final

import polars as pl

from encours.kernel.money import decimal_text
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.items import open_items
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.ageing import STANDARD, Buckets
from encours.tenancy.frames import read_frame

# A payment by another customer of the group moves what each of them owes.
MOVES: Final = """
with moves as (
    select i.issued_on as moved_on, 0 as side, i.id, i.kind, i.number, i.piece, i.label,
        i.amount_cents as cents
    from receivables_invoice i where live(i) and of_customer(i)
    union all
    select c.received_on, 1, c.id, c.kind, c.number, c.piece, c.label, -c.amount_cents
    from receivables_credit c where live(c) and of_customer(c)
    union all
    select a.effective_on, 2, a.id, 'paid_by_other', c.number, c.piece, payer.name,
        -a.amount_cents
    from receivables_allocation a
    join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
    join parties_customer payer on payer.tenant_id = a.tenant_id and payer.id = a.payer_id
    where live(a) and of_customer(a) and a.payer_id <> a.customer_id
        and a.payer_id <> all(family())
    union all
    select a.effective_on, 2, a.id, 'paid_for_other', c.number, c.piece, owing.name,
        a.amount_cents
    from receivables_allocation a
    join receivables_credit c on c.tenant_id = a.tenant_id and c.id = a.credit_id
    join parties_customer owing on owing.tenant_id = a.tenant_id and owing.id = a.customer_id
    where live(a) and a.payer_id <> a.customer_id
        and a.payer_id = any(family()) and a.customer_id <> all(family())
)
select null::date, 0::smallint, 0::bigint, 'opening', '', '', coalesce(sum(cents), 0)::bigint
from moves where moved_on < %(from_on)s
union all
select moved_on, side::smallint, id, kind, coalesce(nullif(number, ''), piece), label, cents
from moves where moved_on between %(from_on)s and %(as_of)s
order by 1 nulls first, 2, 3
"""
SCHEMA: Final = {
    "on": pl.Date,
    "side": pl.Int16,
    "id": pl.Int64,
    "kind": pl.String,
    "document": pl.String,
    "label": pl.String,
    "cents": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the statement; `balance_cents` is what is owed after it, credits deducted."""

    on: date
    kind: str
    document: str
    label: str
    cents: int
    balance_cents: int

    @property
    def debit_cents(self) -> int:
        """Return what the move adds to the debt."""
        return max(self.cents, 0)

    @property
    def credit_cents(self) -> int:
        """Return what the move takes off the debt."""
        return max(-self.cents, 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's account over a period: moves, open items on the last day, and their age."""

    from_on: date
    to_on: date
    currency: str
    opening_cents: int
    moves: tuple[Move, ...]
    items: pl.DataFrame
    ageing: dict[str, int]

    @property
    def closing_cents(self) -> int:
        """Return the balance on the last day; equals `ageing["net"]`."""
        return self.moves[-1].balance_cents if self.moves else self.opening_cents

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `statement --json` promises."""
        return {
            "from": self.from_on.isoformat(),
            "to": self.to_on.isoformat(),
            "currency": self.currency,
            "opening": decimal_text(self.opening_cents),
            "closing": decimal_text(self.closing_cents),
            "moves": [
                {
                    "on": move.on.isoformat(),
                    "kind": move.kind,
                    "document": move.document,
                    "label": move.label,
                    "debit": decimal_text(move.debit_cents),
                    "credit": decimal_text(move.credit_cents),
                    "balance": decimal_text(move.balance_cents),
                }
                for move in self.moves
            ],
            "items": [
                {
                    "document": row["document"],
                    "kind": row["kind"],
                    "issued_on": row["issued_on"].isoformat(),
                    "due_on": row["due_on"].isoformat(),
                    "amount": decimal_text(row["amount_cents"]),
                    "open": decimal_text(row["open_cents"]),
                    "status": row["status"],
                }
                for row in self.items.iter_rows(named=True)
            ],
            "ageing": {name: decimal_text(cents) for name, cents in self.ageing.items()},
        }


def statement(moment: Moment, *, from_on: date, buckets: Buckets = STANDARD) -> Statement:
    """Return the account of `moment.customer_id` from a day to `moment.as_of`, both included."""
    assert moment.customer_id is not None, "a statement is one customer's"
    assert moment.currency is not None, "a statement is of one currency"
    rows = read_frame(live(MOVES, moment), moment.params() | {"from_on": from_on}, schema=SCHEMA)
    opening, *moved = rows.iter_rows(named=True)
    balances = accumulate((row["cents"] for row in moved), initial=opening["cents"])
    next(balances)
    return Statement(
        from_on=from_on,
        to_on=moment.as_of,
        currency=moment.currency,
        opening_cents=opening["cents"],
        moves=tuple(
            Move(row["on"], row["kind"], row["document"], row["label"], row["cents"], balance)
            for row, balance in zip(moved, balances, strict=True)
        ),
        items=open_items(moment),
        ageing=aged_balance(moment, buckets=buckets).totals,
    )
