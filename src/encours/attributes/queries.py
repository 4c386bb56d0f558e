"""Reads of a tenant's own fields: the fields, the values of a page, who matches a filter."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from django.db import connection

from encours.attributes import models
from encours.attributes.rules import ORDERED, Condition, Field, Kind, Subject, value_of

OF_PAGE: Final = """
select creditor_id, key, said from attributes_values
where tenant_id = %(tenant)s and subject = %(subject)s and undone_at is null
    and (creditor_id, key) in (
        select * from unnest(%(creditors)s::bigint[], %(keys)s::text[]))
"""
ALL: Final = """
select creditor_id, key, said from attributes_values
where tenant_id = %(tenant)s and subject = %(subject)s and undone_at is null
"""
CASTS: Final[Mapping[str, str]] = {"number": "::numeric", "amount": "::bigint", "date": "::date"}
Key = tuple[int, str]
"""A creditor and a natural key: what a value belongs to."""


def fields(*, tenant_id: int, subject: Subject, in_lists: bool = False) -> list[Field]:
    """Return the fields in use, in order; with `in_lists`, only those that lists show."""
    rows = models.Field.objects.of(tenant_id).filter(subject=subject, retired_at=None)
    if in_lists:
        rows = rows.filter(in_lists=True)
    return [
        Field(
            row.pk,
            subject,
            row.code,
            row.label,
            cast("Kind", row.kind),
            tuple(row.choices),
            row.in_lists,
        )
        for row in rows.order_by("position", "pk")
    ]


def values(
    *, tenant_id: int, fields: Sequence[Field], keys: Collection[Key] | None
) -> dict[Key, dict[str, Any]]:
    """Return the values of some customers or invoices (None: of all), typed, by field code."""
    if not fields or (keys is not None and not keys):
        return {}
    kinds = {one.code: one.kind for one in fields}
    params: dict[str, Any] = {"tenant": tenant_id, "subject": fields[0].subject}
    if keys is not None:
        params |= {"creditors": [one for one, _ in keys], "keys": [key for _, key in keys]}
    found: dict[Key, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ALL if keys is None else OF_PAGE, params)
        for creditor_id, key, said in cursor:
            known = {code: text for code, text in json.loads(said).items() if code in kinds}
            found[creditor_id, key] = {
                code: value_of(kinds[code], text) for code, text in known.items()
            }
    return found


def values_by_name(
    *, tenant_id: int, subject: Subject, creditor_id: int, key: str
) -> dict[str, Any]:
    """Return the values of one customer or invoice by field code, None where nothing was said.

    For templates and cards: every field in use has its name.
    """
    known = fields(tenant_id=tenant_id, subject=subject)
    found = values(tenant_id=tenant_id, fields=known, keys=[(creditor_id, key)])
    said = found.get((creditor_id, key), {})
    return {one.code: said.get(one.code) for one in known}


def where(conditions: Sequence[Condition], subject: Subject, creditor: str, key: str) -> str:
    """Return the SQL that keeps the rows whose values meet every condition.

    `creditor` and `key` are the row's columns; parameters come from `where_params`, and the query
    has `%(tenant_id)s`.
    """
    if not conditions:
        return "true"
    return (
        f"exists (select from attributes_values v where {_met(conditions, subject)}"
        f" and v.creditor_id = {creditor} and v.key = {key})"
    )


def where_params(conditions: Sequence[Condition]) -> dict[str, str]:
    """Return the parameters of `where`."""
    params: dict[str, str] = {}
    for at, one in enumerate(conditions):
        params |= {
            f"own_code_{at}": one.code,
            f"own_text_{at}": one.contains or one.equals,
            f"own_low_{at}": one.low,
            f"own_high_{at}": one.high,
        }
    return params


def matching(*, tenant_id: int, subject: Subject, conditions: Sequence[Condition]) -> set[Key]:
    """Return who meets every condition: for the lists, and for the segments of a scenario."""
    query = (
        f"select v.creditor_id, v.key from attributes_values v where {_met(conditions, subject)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"tenant_id": tenant_id, **where_params(conditions)})
        return set(cursor.fetchall())


def _met(conditions: Sequence[Condition], subject: Subject) -> str:
    tests = [_test(one, at) for at, one in enumerate(conditions)]
    live = f"v.tenant_id = %(tenant_id)s and v.subject = '{subject}' and v.undone_at is null"
    return " and ".join([live, *tests])


def _test(one: Condition, at: int) -> str:
    said = f"v.said ->> %(own_code_{at})s"
    if one.contains:
        return f"strpos(lower({said}), lower(%(own_text_{at})s)) > 0"
    if one.kind not in ORDERED:
        return f"{said} = %(own_text_{at})s"
    as_kind = CASTS[one.kind]
    equal = "" if one.is_strict else "="
    tests = []
    if one.low:
        tests.append(f"({said}){as_kind} >{equal} %(own_low_{at})s{as_kind}")
    if one.high:
        tests.append(f"({said}){as_kind} <{equal} %(own_high_{at})s{as_kind}")
    return " and ".join(tests)
