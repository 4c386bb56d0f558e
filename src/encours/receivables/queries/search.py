"""Finds customers and invoices from the beginning of what is typed.

Only `^@` (starts with), which is leakproof: PostgreSQL may use it before the policy, LIKE not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

SHOWN: Final = 8
SHORTEST: Final = 2

CUSTOMERS: Final = """
select c.id, c.code, c.name, c.siren, c.city from parties_customer c
where c.tenant_id = %(tenant)s and {limits}
  and (c.code ^@ %(typed)s or c.code ^@ %(upper)s or lower(c.name) ^@ %(lower)s
       or c.siren ^@ %(digits)s)
order by c.name, c.id limit %(shown)s
"""
INVOICES: Final = """
select i.id, i.number, i.customer_id, c.name, i.issued_on, i.amount_cents, i.currency
from receivables_invoice i
join parties_customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
where i.tenant_id = %(tenant)s and {limits} and i.undone_at is null
  and (i.number ^@ %(typed)s or i.number ^@ %(upper)s)
order by i.issued_on desc, i.id desc limit %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Whose rows may be found: those of creditors and of people's customers (None: all)."""

    creditor_ids: tuple[int, ...] | None
    people: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer that matches."""

    id: int
    code: str
    name: str
    siren: str
    city: str


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """An invoice that matches, and whose it is."""

    id: int
    number: str
    customer_id: int
    customer_name: str
    issued_on: Any
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives; at most a handful of each."""

    customers: tuple[FoundCustomer, ...] = ()
    invoices: tuple[FoundInvoice, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything was found."""
        return bool(self.customers or self.invoices)


def find(typed: str, *, tenant_id: int, scope: Limits) -> Found:
    """Return the customers and invoices whose code, name, SIREN or number start so."""
    if len(typed) < SHORTEST:
        return Found()
    digits = "".join(typed.split())
    values: dict[str, Any] = {
        "tenant": tenant_id,
        "typed": typed,
        "upper": typed.upper(),
        "lower": typed.lower(),
        "digits": digits if digits.isdecimal() else "\x01",
        "creditors": list(scope.creditor_ids or ()),
        "people": list(scope.people or ()),
        "shown": SHOWN,
    }
    limits = _limits(scope)
    return Found(
        tuple(FoundCustomer(*row) for row in _rows(CUSTOMERS.format(limits=limits), values)),
        tuple(FoundInvoice(*row) for row in _rows(INVOICES.format(limits=limits), values)),
    )


def _limits(scope: Limits) -> str:
    parts = ["true"]
    if scope.creditor_ids is not None:
        parts.append("c.creditor_id = any(%(creditors)s)")
    if scope.people is not None:
        parts.append("(c.salesperson_id = any(%(people)s) or c.collector_id = any(%(people)s))")
    return " and ".join(parts)


def _rows(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
