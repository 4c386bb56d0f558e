"""Scores a creditor on a day: the history, its figures, profiles and segments, in one frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from encours.attributes import queries as attributes
from encours.receivables.queries.moment import Moment
from encours.scoring.queries import history, rules_in_force, stored
from encours.scoring.rules.figures import FIGURES, figures
from encours.scoring.rules.frames import CUSTOMERS
from encours.scoring.rules.profiles import Thresholds, profiled
from encours.scoring.rules.segments import OWN, Segment, own_codes, placed
from encours.tenancy.frames import read_frame
from encours.tenancy.models import Creditor

CODES: Final = """
select id, code from parties_customer
where tenant_id = %(tenant)s and creditor_id = %(creditor)s
"""
CODES_SCHEMA: Final = {"customer_id": pl.Int64, "code": pl.String}


def end_of(tenant_id: int, creditor_id: int, day: date) -> datetime:
    """Return the last instant of a day on the creditor's clock."""
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(id=creditor_id)
    zone = ZoneInfo(creditor.in_force("time_zone"))
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def scored(
    *,
    tenant_id: int,
    creditor_id: int,
    today: date,
    known_at: datetime | None = None,
    limits: Thresholds | None = None,
    segments: Sequence[Segment] | None = None,
) -> pl.DataFrame:
    """Return every customer of a creditor with figures, behaviour, profile and segment.

    `known_at` None is what is known now. `limits` and `segments` are tried instead of those that
    hold, for a preview.
    """
    moment = Moment(
        tenant_id=tenant_id, as_of=today, creditor_ids=(creditor_id,), known_at=known_at
    )
    read = history.history(moment)
    place: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    if limits is None:
        limits, _origin = rules_in_force.thresholds(**place)
    if segments is None:
        segments = rules_in_force.segments(**place)
    found = profiled(
        figures(read, today=today),
        read.customers,
        limits,
        rules_in_force.chosen(**place, on=today),
    )
    return _placed(found, read.customers, segments, **place)


def tried(
    *,
    tenant_id: int,
    creditor_id: int,
    today: date,
    limits: Thresholds | None = None,
    segments: Sequence[Segment] | None = None,
) -> pl.DataFrame:
    """Return the stored figures with profiles and segments by today's rules, or by these.

    The ledger is not read: what a threshold, a segment or a choice changes shows at once.
    """
    place: dict[str, Any] = {"tenant_id": tenant_id, "creditor_id": creditor_id}
    kept = stored.scores(stored.Reach(tenant_id=tenant_id, creditor_ids=(creditor_id,)))
    if limits is None:
        limits, _origin = rules_in_force.thresholds(**place)
    if segments is None:
        segments = rules_in_force.segments(**place)
    chosen = rules_in_force.chosen(**place, on=today)
    customers = kept.select(CUSTOMERS.names())
    found = profiled(kept.select(FIGURES.names()), customers, limits, chosen)
    return _placed(found, customers, segments, **place)


def _placed(
    found: pl.DataFrame,
    customers: pl.DataFrame,
    segments: Sequence[Segment],
    *,
    tenant_id: int,
    creditor_id: int,
) -> pl.DataFrame:
    """Put each customer in its segment, by what is known of it beside its figures."""
    known = found.join(customers, on="customer_id", how="left", maintain_order="left")
    codes = own_codes(segments)
    if codes:
        own = _own(tenant_id, creditor_id, codes)
        known = known.join(own, on="customer_id", how="left", maintain_order="left")
    return placed(known, segments).select(*found.columns, "segment_id")


def _own(tenant_id: int, creditor_id: int, codes: frozenset[str]) -> pl.DataFrame:
    """Return these fields of the organisation's own, as texts: one row a customer that has some."""
    fields = [
        one
        for one in attributes.fields(tenant_id=tenant_id, subject="customer")
        if one.code in codes
    ]
    said = attributes.values(tenant_id=tenant_id, fields=fields, keys=None)
    schema = {"code": pl.String, **{OWN + one.code: pl.String for one in fields}}
    rows = [
        (key, *(_text(values.get(one.code)) for one in fields))
        for (creditor, key), values in said.items()
        if creditor == creditor_id
    ]
    params = {"tenant": tenant_id, "creditor": creditor_id}
    people = read_frame(CODES, params, schema=CODES_SCHEMA)
    return people.join(
        pl.DataFrame(rows, schema=schema, orient="row"), on="code", how="inner"
    ).drop("code")


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
