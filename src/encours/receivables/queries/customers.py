"""The list of customers with what each of them owes; amounts are those of the aged balance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.attributes import queries as attributes
from encours.attributes.rules import Condition, Field
from encours.parties import faces
from encours.receivables.queries.kept import balance
from encours.receivables.queries.moment import Moment, live
from encours.tenancy.frames import read_frame
from encours.tenancy.kept import kept

PEOPLE: Final = """
select c.id, c.creditor_id, c.code, c.name, c.city, c.debtor_class,
    c.class_confirmed_at is not null, c.salesperson_name,
    c.id in (select coalesce(merged.face_id, k.customer_id) from parties_contact k
        left join faces() merged on merged.customer_id = k.customer_id
        where k.tenant_id = %(tenant_id)s and k.email <> '' and k.bounced_at is null),
    c.siren, c.vat_number, c.country
from parties_customer c
left join faces() face on face.customer_id = c.id
where c.tenant_id = %(tenant_id)s and face.face_id is null
    and (%(creditor_id)s::bigint is null or c.creditor_id = %(creditor_id)s)
    and (%(creditors)s::bigint[] is null or c.creditor_id = any(%(creditors)s::bigint[]))
    and own(c)
"""
SCHEMA: Final = {
    "id": pl.Int64,
    "creditor_id": pl.Int64,
    "code": pl.String,
    "name": pl.String,
    "city": pl.String,
    "debtor_class": pl.String,
    "is_confirmed": pl.Boolean,
    "salesperson": pl.String,
    "has_email": pl.Boolean,
    "siren": pl.String,
    "vat_number": pl.String,
    "country": pl.String,
}
AMOUNTS: Final = ("open", "not_due", "overdue", "d90_plus", "unallocated", "net")
STATES: Final[Mapping[str, pl.Expr]] = {
    "owing": pl.col("open") > 0,
    "overdue": pl.col("overdue") > 0,
    "old": pl.col("d90_plus") > 0,
    "credit": pl.col("net") < 0,
    "unreachable": ~pl.col("has_email") & (pl.col("open") > 0),
    "unconfirmed": ~pl.col("is_confirmed"),
}
"""The questions a list of customers answers, by name."""

Beside = Callable[[int], pl.DataFrame]
"""Reads, of a tenant, columns of `CustomerRow` that a higher package knows, by `id`."""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer and what is owed on the day, in cents of one currency."""

    id: int
    creditor_id: int
    code: str
    name: str
    city: str
    debtor_class: str
    is_confirmed: bool
    salesperson: str
    has_email: bool
    siren: str
    vat_number: str
    country: str
    open: int
    not_due: int
    overdue: int
    d90_plus: int
    unallocated: int
    net: int
    currency: str
    own: Mapping[str, Any] = field(default_factory=dict)
    """The values of the tenant's own fields, where they were asked for."""
    profile: str = ""
    expected: int | None = None
    """How it pays, in days after the due date, where a higher package says it (`beside`)."""


def customers(
    moment: Moment,
    *,
    search: str = "",
    state: str = "",
    of: str = "",
    conditions: Sequence[Condition] = (),
    beside: Beside | None = None,
) -> pl.DataFrame:
    """Return the customers that match, with their amounts; `of` is a class of debtors.

    `search` is the beginning of a code, or a part of a name or town; `state` a key of `STATES`;
    `conditions` are on the tenant's own fields; `beside` reads what the
    rows carry besides, by `id`; it is kept with them.
    """
    people = ("people", moment, beside)
    found = kept(moment.tenant_id, people, lambda: _people(moment, beside))
    owed = balance(moment).rows.select(
        pl.col("customer_id").alias("id"),
        "open", "not_due", "d90_plus", "unallocated", "net",
    )  # fmt: skip
    found = (
        found.join(owed, on="id", how="left")
        .with_columns(pl.col("open", "not_due", "d90_plus", "unallocated", "net").fill_null(0))
        .with_columns((pl.col("open") - pl.col("not_due")).alias("overdue"))
        .with_columns(pl.lit(moment.currency).alias("currency"))
    )
    if state in STATES:
        found = found.filter(STATES[state])
    if of:
        found = found.filter(pl.col("debtor_class") == of)
    if conditions:
        found = found.join(_matching(moment.tenant_id, conditions), on=["creditor_id", "code"])
    if typed := search.strip().casefold():
        lower = [pl.col(name).str.to_lowercase() for name in ("code", "name", "city")]
        found = found.filter(
            lower[0].str.starts_with(typed)
            | lower[1].str.contains(typed, literal=True)
            | lower[2].str.contains(typed, literal=True)
        )
    return found.select(name for name in CustomerRow.__dataclass_fields__ if name in found.columns)


def _matching(tenant_id: int, conditions: Sequence[Condition]) -> pl.DataFrame:
    found = attributes.matching(tenant_id=tenant_id, subject="customer", conditions=conditions)
    schema = {"creditor_id": pl.Int64, "code": pl.String}
    return pl.DataFrame(sorted(found), schema=schema, orient="row")


def _people(moment: Moment, beside: Beside | None) -> pl.DataFrame:
    found = read_frame(live(PEOPLE, moment), moment.params(), schema=SCHEMA)
    if beside is None:
        return found
    return found.join(beside(moment.tenant_id), on="id", how="left", maintain_order="left")


def rows(
    frame: pl.DataFrame, *, sort: str, descending: bool, offset: int = 0, limit: int | None = None
) -> list[CustomerRow]:
    """Return a window of a frame of customers, in order; equals go by name."""
    ordered = frame.sort(sort or "name", "name", "id", descending=[descending, False, False])
    return [CustomerRow(**row) for row in ordered.slice(offset, limit).iter_rows(named=True)]


def with_own(
    shown: Sequence[CustomerRow], fields: Sequence[Field], *, tenant_id: int
) -> list[CustomerRow]:
    """Return the rows with the values of the tenant's own fields."""
    keys = [(row.creditor_id, row.code) for row in shown]
    said = attributes.values(tenant_id=tenant_id, fields=fields, keys=keys)
    if not said:
        return list(shown)
    return [replace(row, own=said.get((row.creditor_id, row.code), {})) for row in shown]


def sums(frame: pl.DataFrame) -> dict[str, Any]:
    """Return the sum of each amount."""
    return {name: int(frame[name].sum()) for name in AMOUNTS}


@dataclass(frozen=True, slots=True)
class OwnCustomer:
    """Whose customer it is, for the check of rights, and what its pages say at their head."""

    id: int
    creditor_id: int
    creditor_name: str
    salesperson_id: int | None
    collector_id: int | None
    code: str
    name: str
    currency: str
    siren: str
    city: str
    debtor_class: str
    is_confirmed: bool
    salesperson: str
    terms: str
    to_identify: bool
    time_zone: str
    rate: str
    day_count: str
    face_id: int | None
    parent_id: int | None


OWNER: Final = f"""
select c.id, c.creditor_id, o.name, c.salesperson_id, c.collector_id, c.code, c.name,
    o.currency, c.siren, c.city,
    c.debtor_class, c.class_confirmed_at is not null, c.salesperson_name, coalesce(t.name, ''),
    c.to_identify, coalesce(o.time_zone, w.time_zone),
    coalesce(nullif(c.contract_rate, ''), o.penalty_rate, w.penalty_rate),
    coalesce(o.day_count, w.day_count), face.face_id,
    c.parent_id
from parties_customer c
join tenancy_creditor o on o.tenant_id = c.tenant_id and o.id = c.creditor_id
join tenancy_tenant w on w.id = c.tenant_id
left join parties_paymentterms t on t.tenant_id = c.tenant_id and t.id = c.terms_id
left join {faces.LIVE} face on face.customer_id = c.id
where c.tenant_id = %(tenant_id)s and c.id = %(customer_id)s
"""


def owner_of(*, tenant_id: int, customer_id: int) -> OwnCustomer | None:
    """Return whose customer this is, or None when the tenant has no such customer.

    `face_id` is the customer that stands for it since a merge.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWNER, {"tenant_id": tenant_id, "customer_id": customer_id})
        row = cursor.fetchone()
    return OwnCustomer(*row) if row else None
