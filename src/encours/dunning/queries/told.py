"""A day's plan as the command line and the API tell it: frames, written as JSON by columns.

A day may hold a million lines: none of them becomes an object of Python on the way.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from encours.dunning.rules.planner import Plan
from encours.receivables.queries.ageing import decimals
from encours.tenancy.frames import numbers_listed, read_frame

FEW: Final = 1_000
KEY: Final = ("customer_id", "currency", "step")
ON_DAY: Final = """
from dunning_reminder r
where r.tenant_id = %(tenant)s and r.creditor_id = %(creditor)s and r.planned_on = %(on)s
  and r.state <> 'cancelled' and r.origin = 'plan' and r.rehearsal = %(rehearsal)s
"""
RESERVED: Final = f"""
select r.id, r.customer_id, r.step_code, r.channel, r.currency, r.amount_cents, r.reason, r.state,
       array_to_string(r.instalment_ids, ' '), array_to_string(r.open_cents, ' ')
{ON_DAY}
order by r.step_rank desc, r.amount_cents desc, r.id
"""
RESERVED_SCHEMA: Final[Mapping[str, Any]] = {
    "message_id": pl.Int64,
    "customer_id": pl.Int64,
    "step": pl.String,
    "channel": pl.String,
    "currency": pl.String,
    "amount_cents": pl.Int64,
    "reason": pl.String,
    "state": pl.String,
    "instalment_id": pl.String,
    "open_cents": pl.String,
}
DOCUMENTS: Final = """
select i.id, v.number, i.due_on from receivables_instalment i
join receivables_invoice v on v.tenant_id = i.tenant_id and v.id = i.invoice_id
where i.tenant_id = %(tenant)s and i.id = any (%(ids)s::bigint[])
"""
DOCUMENTS_SCHEMA: Final[Mapping[str, Any]] = {
    "instalment_id": pl.Int64,
    "document": pl.String,
    "due_on": pl.Date,
}
CODES: Final = """
select c.id, c.code from parties_customer c
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
  and (%(ids)s::bigint[] is null or c.id = any (%(ids)s::bigint[]))
"""
CODES_SCHEMA: Final[Mapping[str, Any]] = {"customer_id": pl.Int64, "customer": pl.String}
MESSAGE: Final = ("customer", "step", "channel", "currency", "amount", "new", "state")
HELD: Final = ("customer", "document", "due_on", "open", "currency", "reason", "message")
_OPEN: Final = decimals(pl.col("open_cents")).alias("open")
_AMOUNT: Final = decimals(pl.col("amount_cents")).alias("amount")
_LINES: Final = pl.struct("document", "due_on", "open").alias("lines")
_SHOWN: Final = (*MESSAGE, pl.col("lines").fill_null([]), "reason")


@dataclass(frozen=True, slots=True)
class DayTold:
    """A day's messages with their lines, and what is held, in the words of `plan --json`."""

    on: date
    rehearsal: bool
    planned: pl.DataFrame
    held: pl.DataFrame

    def write_json(self, stream: io.IOBase) -> None:
        """Write the JSON of `plan --json` (design.md, part 5) in UTF-8."""
        stream.write(f'{{"on": "{self.on.isoformat()}", "planned": '.encode())
        self.planned.write_json(stream)
        stream.write(b', "held": ')
        self.held.write_json(stream)
        stream.write(f', "rehearsal": {json.dumps(self.rehearsal)}}}'.encode())

    def as_dict(self) -> dict[str, Any]:
        """Return the same as values."""
        text = io.BytesIO()
        self.write_json(text)
        told: dict[str, Any] = json.loads(text.getvalue())
        return told


def reserved_messages(
    *, tenant_id: int, creditor_id: int, on: date, rehearsal: bool
) -> pl.DataFrame:
    """Return every message reserved for that day, whatever became of it, its lines as lists."""
    params = {"tenant": tenant_id, "creditor": creditor_id, "on": on, "rehearsal": rehearsal}
    return read_frame(RESERVED, params, schema=RESERVED_SCHEMA)


def day_told(
    *,
    tenant_id: int,
    creditor_id: int,
    on: date,
    rehearsal: bool,
    reserved: pl.DataFrame,
    plan: Plan | None = None,
) -> DayTold:
    """Return a day whole: what was reserved before, what `plan` adds, what it holds."""
    ids = reserved["customer_id"]
    if plan is not None:
        ids = pl.concat([ids, plan.messages["customer_id"], plan.held["customer_id"]])
    codes = _codes(tenant_id, creditor_id, ids.unique())
    by_code: dict[str, Any] = {
        "other": codes,
        "on": "customer_id",
        "how": "left",
        "maintain_order": "left",
    }
    planned = [_before(tenant_id, reserved, plan).join(**by_code)]
    held = pl.DataFrame(schema=dict.fromkeys(HELD, pl.String))
    if plan is not None:
        planned.append(_added(plan).join(**by_code))
        known = plan.held.join(**by_code)
        held = known.with_columns(_OPEN, message="sentence").select(HELD)
    return DayTold(on, rehearsal, pl.concat([one.select(_SHOWN) for one in planned]), held)


def _before(tenant_id: int, reserved: pl.DataFrame, plan: Plan | None) -> pl.DataFrame:
    """Return the messages reserved before, each with its lines in the order of its list."""
    lines = numbers_listed(reserved.select("message_id", "instalment_id", "open_cents"))
    documents = pl.DataFrame(schema=dict(DOCUMENTS_SCHEMA))
    if plan is not None:  # the plan has just read most of them
        documents = plan.reserved.select(*DOCUMENTS_SCHEMA)
    told = _documented(lines, documents)
    absent = told.filter(pl.col("due_on").is_null())["instalment_id"].unique()
    if not absent.is_empty():
        params = {"tenant": tenant_id, "ids": absent.to_list()}
        more = read_frame(DOCUMENTS, params, schema=DOCUMENTS_SCHEMA)
        told = _documented(lines, pl.concat([documents, more])).drop_nulls("due_on")
    # each message's lines stand together: runs are found without comparing what is apart
    runs = told.lazy().with_columns(_OPEN, run=pl.col("message_id").rle_id()).set_sorted("run")
    listed = runs.group_by("run", maintain_order=True).agg(pl.col("message_id").first(), _LINES)
    return reserved.join(
        listed.collect(), on="message_id", how="left", maintain_order="left"
    ).with_columns(_AMOUNT, new=pl.lit(False))


def _documented(lines: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    return lines.join(documents, on="instalment_id", how="left", maintain_order="left")


def _added(plan: Plan) -> pl.DataFrame:
    listed = plan.planned.with_columns(_OPEN).group_by(KEY, maintain_order=True).agg(_LINES)
    return plan.messages.join(listed, on=KEY, how="left", maintain_order="left").with_columns(
        _AMOUNT, new=pl.lit(True), state=pl.lit("planned")
    )


def _codes(tenant_id: int, creditor_id: int, wanted: pl.Series) -> pl.DataFrame:
    """Return the codes of customers, by id."""
    ids = wanted.to_list() if wanted.len() < FEW else None
    params = {"tenant": tenant_id, "creditor": creditor_id, "ids": ids}
    return read_frame(CODES, params, schema=CODES_SCHEMA)
