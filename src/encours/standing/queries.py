"""Standing facts as rows and as frames: in force on a day, as known at an instant.

A fact about a due line follows its lineage: when new terms move the date, the dispute stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl
from django.db.models import Q

from encours.parties import faces
from encours.receivables.queries import interest, items
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.interest import DayCount
from encours.receivables.rules.rates import Rates
from encours.receivables.rules.values import LawValues
from encours.standing import rules
from encours.standing.models import StandingFact, StandingKind
from encours.tenancy.frames import read_frame

IN_FORCE: Final = """
select f.id, f.creditor_id, coalesce(face.face_id, f.customer_id), f.instalment_id, line.id,
    f.kind, f.reason, f.starts_on, f.ends_on, f.amount_cents, coalesce(f.details ->> 'status', '')
from standing_standingfact f
left join faces() face on face.customer_id = f.customer_id
left join receivables_instalment said
    on said.tenant_id = f.tenant_id and said.id = f.instalment_id
left join receivables_instalment line
    on line.tenant_id = f.tenant_id and line.customer_id = f.customer_id
    and f.instalment_id is not null
    and coalesce(line.lineage_id, line.id) = coalesce(said.lineage_id, said.id) and known(line)
where known(f) and f.starts_on <= %(as_of)s and (f.ends_on is null or f.ends_on >= %(as_of)s)
    and (f.instalment_id is null or line.id is not null)
    and of_customer(f)
order by 3, f.starts_on, f.id, line.id
"""
SCHEMA: Final = {
    "fact_id": pl.Int64,
    "creditor_id": pl.Int64,
    "customer_id": pl.Int64,
    "said_of_id": pl.Int64,
    "line_id": pl.Int64,
    "kind": pl.String,
    "reason": pl.String,
    "starts_on": pl.Date,
    "ends_on": pl.Date,
    "amount_cents": pl.Int64,
    "status": pl.String,
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A standing fact as the customer page shows it; `line_id` None is about the customer."""

    id: int
    customer_id: int
    line_id: int | None
    kind: str
    label: str
    reason: str
    starts_on: date
    ends_on: date | None
    amount_cents: int | None
    details: Mapping[str, Any]
    author_id: int | None
    recorded_at: datetime
    undone_at: datetime | None


def facts_frame(moment: Moment) -> pl.DataFrame:
    """Return the facts in force on `moment.as_of`; `line_id` is the live line of today, or null.

    Also `effect`: the kind that the fact acts as (`rules.effect_of`), empty when it only records.
    """
    found = read_frame(live(IN_FORCE, moment), moment.params(), schema=SCHEMA)
    effects = [rules.effect_of(*pair) for pair in found.select("kind", "status").iter_rows()]
    return found.with_columns(pl.Series("effect", effects, dtype=pl.String))


def history(*, tenant_id: int, customer_id: int, with_withdrawn: bool = False) -> list[FactRow]:
    """Return every fact about a customer, those merged into it and their lines, latest first."""
    labels = _labels()
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = StandingFact.objects.of(tenant_id).filter(customer_id__in=family)
    if not with_withdrawn:
        rows = rows.filter(undone_at=None)
    return [_fact_row(row, labels) for row in rows.order_by("-starts_on", "-id")]


def fact(*, tenant_id: int, fact_id: int) -> FactRow | None:
    """Return one fact that was not withdrawn, or None."""
    row = StandingFact.objects.of(tenant_id).filter(pk=fact_id, undone_at=None).first()
    return _fact_row(row, _labels()) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsAsked:
    """A page of facts of one kind: after which id, how many, whose, in force on which day."""

    kind: str
    after: int = 0
    limit: int = 1
    id: int | None = None
    customer_id: int | None = None
    people: Sequence[int] | None = None
    creditor_ids: Sequence[int] | None = None
    on: date | None = None


def fact_page(*, tenant_id: int, asked: FactsAsked) -> list[FactRow]:
    """Return facts that were not withdrawn, in the order of ids."""
    rows = StandingFact.objects.of(tenant_id).filter(
        kind=asked.kind, undone_at=None, id__gt=asked.after
    )
    wanted = {
        "id": asked.id,
        "customer_id": asked.customer_id,
        "creditor_id__in": asked.creditor_ids,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if asked.people is not None:
        own = Q(customer__salesperson_id__in=asked.people)
        rows = rows.filter(own | Q(customer__collector_id__in=asked.people))
    if asked.on is not None:
        over = Q(ends_on__lt=asked.on)
        rows = rows.filter(starts_on__lte=asked.on).exclude(over)
    labels = _labels()
    return [_fact_row(row, labels) for row in rows.order_by("id")[: asked.limit]]


def _labels() -> dict[str, str]:
    return {choice.value: str(choice.label) for choice in StandingKind}


def _fact_row(row: StandingFact, labels: Mapping[str, str]) -> FactRow:
    return FactRow(
        id=row.pk,
        customer_id=row.customer_id,
        line_id=row.instalment_id,
        kind=row.kind,
        label=labels[row.kind],
        reason=row.reason,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        amount_cents=row.amount_cents,
        details=row.details,
        author_id=row.author_id,
        recorded_at=row.recorded_at,
        undone_at=row.undone_at,
    )


def open_items(moment: Moment, *, with_settled: bool = False) -> pl.DataFrame:
    """Return the open items of the ledger, their status saying what stands in the way.

    A line that is paid stays `paid`; else the strongest fact on it or on its customer decides.
    """
    found = items.open_items(moment, with_settled=with_settled)
    return with_status(found, facts_frame(moment))


def with_status(found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Put the statuses of standing facts over open items."""
    ranks = {kind: rank for rank, kind in enumerate(rules.STATUSES)}
    names = dict(enumerate(rules.STATUSES.values()))
    acting = facts.filter(pl.col("effect") != "").with_columns(
        pl.col("effect").replace_strict(ranks, return_dtype=pl.Int32).alias("rank")
    )
    on_line = _strongest(acting.filter(pl.col("line_id").is_not_null()), "line_id")
    on_customer = _strongest(acting.filter(pl.col("line_id").is_null()), "customer_id")
    return (
        found.join(on_line, on="line_id", how="left", maintain_order="left")
        .join(on_customer, on="customer_id", how="left", maintain_order="left", suffix="_all")
        .with_columns(pl.min_horizontal("rank", "rank_all").alias("rank"))
        .with_columns(
            pl.when((pl.col("status") != "paid") & pl.col("rank").is_not_null())
            .then(pl.col("rank").replace_strict(names, return_dtype=pl.String, default=None))
            .otherwise("status")
            .alias("status")
        )
        .drop("rank", "rank_all")
    )


def insolvencies(moment: Moment) -> pl.DataFrame:
    """Return the customers under a judgment that stops interest: customer_id, insolvency_on."""
    return (
        facts_frame(moment)
        .filter(pl.col("kind") == "insolvency")
        .group_by("customer_id")
        .agg(pl.col("starts_on").min().alias("insolvency_on"))
    )


def interest_due(
    moment: Moment,
    rates: Rates,
    law: LawValues,
    *,
    notices: pl.DataFrame | None = None,
    day_count: DayCount = DayCount.ACT_365,
) -> pl.DataFrame:
    """Return what delays cost (`receivables.queries.interest`), judgments taken into account."""
    return interest.interest_due(
        moment,
        rates,
        law,
        notices=notices,
        insolvencies=insolvencies(moment),
        day_count=day_count,
    )


def _strongest(acting: pl.DataFrame, key: str) -> pl.DataFrame:
    return acting.group_by(key).agg(pl.col("rank").min())
