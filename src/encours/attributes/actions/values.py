"""Values: said by hand for one customer or invoice, or by a whole file in two statements.

A row is never overwritten: it is withdrawn and another recorded, so that an import is undone by
recording again what it had withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl
from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction

from encours.attributes import queries
from encours.attributes.models import Values
from encours.attributes.rules import Field, Subject, canonical
from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.tenancy.frames import stage_frame
from encours.tenancy.journal import record

UNREADABLE_MAX: Final = 200
MERGED: Final = """
create temporary table stage_attributes_new on commit drop as
select s.key, v.id as old_id, coalesce(v.said, '{}'::jsonb) || s.said::jsonb as said
from stage_attributes s
left join attributes_values v on v.tenant_id = %(tenant)s and v.subject = %(subject)s
    and v.creditor_id = %(creditor)s and v.key = s.key and v.undone_at is null
where v.id is null or not v.said @> s.said::jsonb
"""
WITHDRAWN: Final = """
update attributes_values v set undone_at = now(), undone_by_id = %(batch)s
from stage_attributes_new n where v.tenant_id = %(tenant)s and v.id = n.old_id
"""
INSERTED: Final = """
insert into attributes_values (tenant_id, creditor_id, subject, key, said, batch_id)
select %(tenant)s, %(creditor)s, %(subject)s, key, said, %(batch)s from stage_attributes_new
"""
TAKEN_OUT: Final = """
update attributes_values set undone_at = now()
where tenant_id = %(tenant)s and creditor_id = %(creditor)s and batch_id = %(batch)s
    and undone_at is null
"""
BROUGHT_BACK: Final = """
insert into attributes_values (tenant_id, creditor_id, subject, key, said, batch_id)
select t.tenant_id, t.creditor_id, t.subject, t.key, t.said, t.batch_id
from attributes_values t
where t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_by_id = %(batch)s
    and not exists (select from attributes_values live
        where live.tenant_id = t.tenant_id and live.subject = t.subject
            and live.creditor_id = t.creditor_id and live.key = t.key and live.undone_at is null)
"""


class InvalidValue(Refusal):
    """Say which value cannot be read."""


@transaction.atomic
def say(
    *,
    tenant_id: int,
    creditor_id: int,
    subject: Subject,
    subject_id: int,
    key: str,
    typed: Mapping[str, str],
    customer_id: int | None = None,
    actor_id: int | None = None,
    today: date,
) -> list[str]:
    """Set what a person typed, by field code; a blank erases. Return the codes that changed.

    `subject_id` and `customer_id` are for the journal, which names fields and no value.
    """
    fields = {one.code: one for one in queries.fields(tenant_id=tenant_id, subject=subject)}
    rows = Values.objects.of(tenant_id).filter(
        creditor_id=creditor_id, subject=subject, key=key, undone_at=None
    )
    held = rows.select_for_update(no_key=True).first()
    before: dict[str, str] = dict(held.said) if held else {}
    said = dict(before)
    for code, text in typed.items():
        if code in fields and text != before.get(code):
            said[code] = _read(fields[code], text)
    said = {code: text for code, text in said.items() if text}
    changed = sorted(
        code for code in before.keys() | said.keys() if before.get(code) != said.get(code)
    )
    if not changed:
        return []
    rows.update(undone_at=TransactionNow())
    if said:
        Values.objects.create(
            tenant_id=tenant_id, creditor_id=creditor_id, subject=subject, key=key, said=said
        )
    record(
        f"{subject}.fields_said",
        tenant_id=tenant_id,
        subject=(subject, subject_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        data={"fields": changed},
    )
    return changed


def _read(field: Field, text: str) -> str:
    try:
        return canonical(field, text)
    except ValueError as problem:
        raise InvalidValue(f"{problem}.") from problem


def read_columns(
    frame: pl.DataFrame, fields: Mapping[str, Field]
) -> tuple[pl.DataFrame, list[Issue]]:
    """Read the columns of a file that go to fields: canonical texts, and what cannot be read.

    `frame` has `line`, and one column of text per code of `fields`. An unreadable cell is left
    out, with a warning; each distinct text is read once.
    """
    issues: list[Issue] = []
    for code, field in fields.items():
        kept, wrong = _canonical(field, frame[code])
        if wrong:
            bad = frame.filter(pl.col(code).is_in(list(wrong))).select("line", code)
            for line, found in bad.head(UNREADABLE_MAX).iter_rows():
                message = f"{wrong[found]} : la valeur est laissée de côté."
                issues.append(
                    Issue("custom_unreadable", message, line, field.label, found, "", "warning")
                )
        frame = frame.with_columns(
            pl.col(code).replace_strict(kept, default=None, return_dtype=pl.String)
        )
    return frame, issues


def _canonical(field: Field, cells: pl.Series) -> tuple[dict[str, str], dict[str, str]]:
    kept: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for text in cells.drop_nulls().unique():
        try:
            if read := canonical(field, text):
                kept[text] = read
        except ValueError as problem:
            wrong[text] = str(problem)
    return kept, wrong


def take(
    frame: pl.DataFrame, *, tenant_id: int, creditor_id: int, subject: Subject, batch_id: int
) -> int:
    """Write the values of a file: `key`, then one column of canonical texts per field code.

    Blanks erase nothing; the last of several rows of a key wins, field by field. Returns how many
    customers or invoices changed.
    """
    codes = [name for name in frame.columns if name not in ("key", "line")]
    told = frame.group_by("key", maintain_order=True).agg(
        pl.col(code).drop_nulls().last() for code in codes
    )
    told = told.filter(pl.any_horizontal(pl.col(code).is_not_null() for code in codes))
    if told.is_empty():
        return 0
    said = pl.struct(codes).struct.json_encode().alias("said")
    params: dict[str, Any] = {
        "tenant": tenant_id, "creditor": creditor_id, "subject": subject, "batch": batch_id,
    }  # fmt: skip
    stage_frame("stage_attributes", told.select("key", said))
    with connection.cursor() as cursor:
        cursor.execute("update stage_attributes set said = jsonb_strip_nulls(said::jsonb)::text")
        cursor.execute(MERGED, params)
        cursor.execute(WITHDRAWN, params)
        cursor.execute(INSERTED, params)
        count = int(cursor.rowcount)
        cursor.execute("drop table stage_attributes, stage_attributes_new")
    return count


def undo_batch(*, tenant_id: int, creditor_id: int, batch_id: int) -> None:
    """Take out what a file said, and record again what it had withdrawn.

    Where a person said something since, that stays: it is later than the file.
    """
    params = {"tenant": tenant_id, "creditor": creditor_id, "batch": batch_id}
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_OUT, params)
        cursor.execute(BROUGHT_BACK, params)
