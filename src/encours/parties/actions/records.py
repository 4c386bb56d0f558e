"""Customers and contacts as a file describes them: written in sets, what they were kept, undone.

A blank erases nothing. Each row of `RecordChange` says what was before, so that undoing the batch
gives it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from django.db import connection

from encours.parties.models import RecordChange
from encours.parties.rules import plain
from encours.tenancy import persons
from encours.tenancy.frames import read_frame, stage_frame

TEXTS: Final = (
    "name", "siren", "vat_number", "iban", "address_line1", "address_line2", "postcode", "city",
    "country", "language", "payment_method", "salesperson_name", "note", "debtor_class",
)  # fmt: skip
CUSTOMERS: Final = {
    "code": pl.String, **dict.fromkeys(TEXTS, pl.String), "terms_id": pl.Int64,
    "salesperson_id": pl.Int64,
}  # fmt: skip
"""What a file says of a customer, each once: null where it says nothing."""
OF_CONTACT: Final = ("name", "role", "email", "phone", "language")
CONTACTS: Final = {
    "customer_id": pl.Int64, "contact_id": pl.Int64, **dict.fromkeys(OF_CONTACT, pl.String),
}  # fmt: skip
"""What it says of a contact: `contact_id` null for one that is new."""
DEFAULTS: Final = {"country": "FR", "language": "fr", "debtor_class": "unknown"}
ONCE: Final = ("siren", "vat_number", "iban")
"""Identifiers: a file fills them in, it does not change them."""

_SAID: Final = ", ".join(f"('{name}', c.{name}::text, s.{name}::text)" for name in (
    *TEXTS, "terms_id", "salesperson_id"
))  # fmt: skip
CUSTOMERS_CHANGED: Final = f"""
insert into parties_recordchange (tenant_id, batch_id, customer_id, is_new, before, after)
select c.tenant_id, %(batch)s, c.id, false, d.before, d.after
from stage_records s
join parties_customer c on c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
    and c.code = s.code
cross join lateral (
    select jsonb_object_agg(f.name, f.old) as before, jsonb_object_agg(f.name, f.new) as after
    from (values {_SAID}) f (name, old, new)
    where f.new is not null and f.new is distinct from f.old
        and (f.name <> all (%(once)s) or f.old = '')
        and (f.name <> 'debtor_class' or c.class_confirmed_at is null)
) d
where d.after is not null
"""
_SET: Final = ", ".join(f"{name} = coalesce(h.{{side}} ->> '{name}', c.{name})" for name in TEXTS)
UPDATE_CUSTOMERS: Final = f"""
update parties_customer c set {_SET},
    terms_id = case when h.{{side}} ? 'terms_id'
        then (h.{{side}} ->> 'terms_id')::bigint else c.terms_id end,
    salesperson_id = case when h.{{side}} ? 'salesperson_id'
        then (h.{{side}} ->> 'salesperson_id')::bigint else c.salesperson_id end,
    salesperson_rule_id = case when h.{{side}} ? 'salesperson_id'
        then null else c.salesperson_rule_id end,
    class_confirmed_at = case when h.{{side}} ? 'debtor_class' then {{confirmed}}
        else c.class_confirmed_at end
from parties_recordchange h
where h.tenant_id = %(tenant)s and h.batch_id = %(batch)s and h.contact_id is null
    and not h.is_new and c.tenant_id = h.tenant_id and c.id = h.customer_id
"""
CUSTOMERS_ADDED: Final = f"""
with fresh as (
    insert into parties_customer as c (tenant_id, creditor_id, batch_id, code, account,
        to_identify, contract_rate, terms_id, salesperson_id, class_confirmed_at,
        {", ".join(TEXTS)})
    select %(tenant)s, %(creditor)s, %(batch)s, s.code, '', false, '', s.terms_id, s.salesperson_id,
        case when s.debtor_class is not null then now() end,
        {", ".join(f"coalesce(s.{name}, '{DEFAULTS.get(name, '')}')" for name in TEXTS)}
    from stage_records s
    where not exists (select from parties_customer k where k.tenant_id = %(tenant)s
        and k.creditor_id = %(creditor)s and k.code = s.code)
    returning c.*
)
insert into parties_recordchange (tenant_id, batch_id, customer_id, is_new, before, after)
select f.tenant_id, %(batch)s, f.id, true, '{{}}', to_jsonb(f) - 'id' - 'created_at'
    - 'class_confirmed_at'
from fresh f
"""
_OF_CONTACT: Final = ", ".join(f"('{name}', c.{name}, s.{name})" for name in OF_CONTACT)
CONTACTS_CHANGED: Final = f"""
insert into parties_recordchange (tenant_id, batch_id, customer_id, contact_id, is_new, before,
    after)
select c.tenant_id, %(batch)s, c.customer_id, c.id, false,
    d.before || case when d.after ? 'email'
        then jsonb_build_object('bounced_at', c.bounced_at) else '{{}}' end, d.after
from stage_contacts s
join parties_contact c on c.tenant_id = %(tenant)s and c.id = s.contact_id
cross join lateral (
    select jsonb_object_agg(f.name, f.old) as before, jsonb_object_agg(f.name, f.new) as after
    from (values {_OF_CONTACT}) f (name, old, new)
    where f.new is not null and f.new is distinct from f.old
) d
where d.after is not null
"""
_SET_CONTACT: Final = ", ".join(
    f"{name} = coalesce(h.{{side}} ->> '{name}', c.{name})" for name in OF_CONTACT
)
UPDATE_CONTACTS: Final = f"""
update parties_contact c set {_SET_CONTACT},
    bounced_at = case when h.after ? 'email' then (h.{{side}} ->> 'bounced_at')::timestamptz
        else c.bounced_at end
from parties_recordchange h
where h.tenant_id = %(tenant)s and h.batch_id = %(batch)s and not h.is_new
    and c.tenant_id = h.tenant_id and c.id = h.contact_id
"""
CONTACTS_ADDED: Final = f"""
with fresh as (
    insert into parties_contact as c (tenant_id, batch_id, customer_id, channel,
        {", ".join(OF_CONTACT)})
    select %(tenant)s, %(batch)s, s.customer_id, 'email', coalesce(s.name, ''),
        coalesce(s.role, 'billing'), coalesce(s.email, ''), coalesce(s.phone, ''),
        coalesce(s.language, '')
    from stage_contacts s where s.contact_id is null
    returning c.*
)
insert into parties_recordchange (tenant_id, batch_id, customer_id, contact_id, is_new, before,
    after)
select f.tenant_id, %(batch)s, f.customer_id, f.id, true, '{{}}',
    to_jsonb(f) - 'id' - 'created_at' - 'bounced_at' - 'mobile_refused_at' - 'phone_wrong'
from fresh f
"""
COUNTED: Final = """
select h.contact_id is not null, h.is_new, count(*),
    count(*) filter (where h.after ? 'debtor_class' and h.after ->> 'debtor_class' <> 'unknown'
        and h.contact_id is null),
    array_agg(h.customer_id) filter (where not h.is_new and h.after ? 'terms_id')
from parties_recordchange h
where h.tenant_id = %(tenant)s and h.batch_id = %(batch)s group by 1, 2
"""
HELD: Final = """
select t.id, t.customer_id, t.name, t.email from parties_contact t
join parties_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
where t.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s order by t.id
"""


KEPT: Final = """
select s.code, f.name, f.new
from stage_records s
join parties_customer c on c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
    and c.code = s.code
cross join lateral (values ('siren', c.siren, s.siren), ('vat_number', c.vat_number, s.vat_number),
    ('iban', c.iban, s.iban), ('debtor_class', c.debtor_class, s.debtor_class)) f (name, old, new)
where f.new <> f.old and case when f.name = 'debtor_class' then c.class_confirmed_at is not null
    else f.old <> '' end
order by 1, 2
"""
FIRST_CHANGES: Final = """
select c.code, a.key, coalesce(old.name, h.before ->> a.key, ''), coalesce(new.name, a.value, '')
from parties_recordchange h
join parties_customer c on c.tenant_id = h.tenant_id and c.id = h.customer_id
cross join lateral jsonb_each_text(h.after) a
left join parties_paymentterms old on a.key = 'terms_id' and old.tenant_id = h.tenant_id
    and old.id = (h.before ->> 'terms_id')::bigint
left join parties_paymentterms new on a.key = 'terms_id' and new.tenant_id = h.tenant_id
    and new.id = (h.after ->> 'terms_id')::bigint
where h.tenant_id = %(tenant)s and h.batch_id = %(batch)s and not h.is_new
    and h.contact_id is null
order by 1, 2 limit %(most)s
"""


_HELD: Final = {
    "contact_id": pl.Int64, "customer_id": pl.Int64, "name": pl.String, "email": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """How many records a batch wrote, and whose payment terms it changed."""

    created: int = 0
    updated: int = 0
    contacts_created: int = 0
    contacts_updated: int = 0
    classed: int = 0
    other_terms: tuple[int, ...] = ()


def each_once(frame: pl.DataFrame) -> pl.DataFrame:
    """Make rows of customers CUSTOMERS: a code once, the last word of each field counts."""
    said = frame.group_by("code", maintain_order=True).agg(
        pl.col(name).drop_nulls().last()
        for name in frame.columns
        if name in CUSTOMERS and name != "code"
    )
    absent = {name: kind for name, kind in CUSTOMERS.items() if name not in said.columns}
    return said.with_columns(pl.lit(None, kind).alias(name) for name, kind in absent.items())


def write_customers(
    frame: pl.DataFrame, *, tenant_id: int, creditor_id: int, batch_id: int
) -> pl.DataFrame:
    """Create the customers of `frame` (CUSTOMERS, a code once), complete the others.

    Identifiers that are known stay, and so does a class that a person confirmed: what was not
    taken is returned, `code`, `field` and what the file says.
    """
    params: dict[str, Any] = {
        "tenant": tenant_id, "creditor": creditor_id, "batch": batch_id, "once": list(ONCE),
    }  # fmt: skip
    stage_frame("stage_records", frame.select(pl.col(n).cast(k) for n, k in CUSTOMERS.items()))
    kept = read_frame(KEPT, params, schema=dict.fromkeys(("code", "field", "found"), pl.String))
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS_CHANGED, params)
        cursor.execute(UPDATE_CUSTOMERS.format(side="after", confirmed="now()"), params)
        cursor.execute(CUSTOMERS_ADDED, params)
        cursor.execute("drop table stage_records")
    return kept


def write_contacts(frame: pl.DataFrame, *, tenant_id: int, batch_id: int) -> None:
    """Add the contacts of `frame` (CONTACTS) that are new, complete the others."""
    params = {"tenant": tenant_id, "batch": batch_id}
    stage_frame("stage_contacts", frame.select(pl.col(n).cast(k) for n, k in CONTACTS.items()))
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS_CHANGED, params)
        cursor.execute(UPDATE_CONTACTS.format(side="after"), params)
        cursor.execute(CONTACTS_ADDED, params)
        cursor.execute("drop table stage_contacts")


def contact_rows(
    told: Iterable[tuple[int, Mapping[str, str | None]]], *, tenant_id: int, creditor_id: int
) -> pl.DataFrame:
    """Return CONTACTS: each contact once, known again by its address, else by its name.

    `told` gives a customer and what is said of a contact, in file order: the last word counts.
    """
    held: dict[tuple[int, str], int] = {}
    owner = {"tenant": tenant_id, "creditor": creditor_id}
    for contact_id, customer_id, name, email in read_frame(HELD, owner, schema=_HELD).iter_rows():
        for key in _keys(customer_id, email, name):
            held.setdefault(key, contact_id)
    rows: list[dict[str, Any]] = []
    places: dict[Any, int] = {}
    for customer_id, values in told:
        said = {name: values[name] for name in OF_CONTACT if values.get(name)}
        if not said.keys() & {"name", "email", "phone"}:
            continue
        keys = _keys(customer_id, said.get("email") or "", said.get("name") or "")
        contact_id = next((held[key] for key in keys if key in held), None)
        known: list[Any] = [contact_id] if contact_id is not None else []
        at = next((places[key] for key in (*known, *keys) if key in places), None)
        if at is None:
            at = len(rows)
            rows.append({"customer_id": customer_id, "contact_id": contact_id})
        rows[at] |= said
        for key in (*known, *keys):
            places.setdefault(key, at)
    return pl.DataFrame(rows, schema=CONTACTS, orient="row")


def _keys(customer_id: int, email: str | None, name: str | None) -> list[tuple[int, str]]:
    """Return by what a contact is known again: its address, else its name."""
    words = ((email or "").casefold(), plain(name or ""))
    return [(customer_id, word) for word in words if word]


def first_changes(*, tenant_id: int, batch_id: int, most: int) -> list[tuple[str, str, str, str]]:
    """Return the first fields that a batch changed: code, field, before, after."""
    params = {"tenant": tenant_id, "batch": batch_id, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(FIRST_CHANGES, params)
        return [tuple(row) for row in cursor.fetchall()]


def written(*, tenant_id: int, batch_id: int) -> Written:
    """Count what a batch wrote."""
    found: dict[tuple[bool, bool], int] = {}
    classed, terms = 0, list[int]()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"tenant": tenant_id, "batch": batch_id})
        for is_contact, is_new, number, classes, changed in cursor.fetchall():
            found[is_contact, is_new] = number
            classed += classes
            terms += changed or []
    return Written(
        created=found.get((False, True), 0),
        updated=found.get((False, False), 0),
        contacts_created=found.get((True, True), 0),
        contacts_updated=found.get((True, False), 0),
        classed=classed,
        other_terms=tuple(sorted(terms)),
    )


def created_by(*, tenant_id: int, batch_id: int) -> list[int]:
    """Return the customers that a batch created."""
    rows = RecordChange.objects.of(tenant_id).filter(batch_id=batch_id, is_new=True, contact=None)
    return list(rows.values_list("customer_id", flat=True))


def take_back(*, tenant_id: int, batch_id: int) -> tuple[int, ...]:
    """Give records back what they were before a batch; return the customers of other terms.

    The caller checked that nothing rests on what the batch created.
    """
    params = {"tenant": tenant_id, "batch": batch_id}
    terms = written(tenant_id=tenant_id, batch_id=batch_id).other_terms
    rows = RecordChange.objects.of(tenant_id).filter(batch_id=batch_id)
    fresh = list(rows.filter(is_new=True).values_list("customer_id", "contact_id"))
    contacts = [contact for _, contact in fresh if contact is not None]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE_CUSTOMERS.format(side="before", confirmed="null"), params)
        cursor.execute(UPDATE_CONTACTS.format(side="before"), params)
        cursor.execute(
            "delete from parties_recordchange where tenant_id = %(tenant)s"
            " and batch_id = %(batch)s", params
        )  # fmt: skip
        for table, ids in (
            ("contact", contacts),
            ("customer", [customer for customer, contact in fresh if contact is None]),
        ):
            cursor.execute(
                f"delete from parties_{table} where tenant_id = %s and id = any(%s)",
                [tenant_id, ids],
            )
    persons.destroy_keys(tenant_id=tenant_id, kind="contact", ids=contacts)
    return terms
