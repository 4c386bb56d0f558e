"""Brings the standing facts of an invoice's due lines in line with what its statuses amount to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from encours.imports.queries import einvoices as queries
from encours.imports.rules.einvoices.effects import Effect, effects
from encours.imports.rules.einvoices.status import Status
from encours.parties.models import Batch
from encours.receivables.models import Instalment
from encours.standing import actions as standing
from encours.standing.models import StandingFact


@dataclass(frozen=True, slots=True)
class _Line:
    """A due line as facts follow it: its lineage, its live row, what is open of it."""

    lineage: int
    id: int
    customer_id: int
    open_cents: int


def reconcile(*, tenant_id: int, invoice_id: int, statuses: Sequence[Status], today: date) -> None:
    """Record, end and withdraw facts so that they say what the statuses say, and no more.

    A fact that a person ended or took back stays so: the status behind it is not heard twice.
    """
    lines = _lines(tenant_id, invoice_id, today)
    held = _facts(tenant_id, invoice_id)
    for effect in effects(statuses):
        for line, cents in _shared(effect, lines):
            fact = held.pop((line.lineage, *_name(effect)), None)
            if fact is None:
                _record(effect, line, cents, tenant_id=tenant_id, today=today)
            else:
                _end(fact, effect.ends_on, today)
    for fact in held.values():
        if fact.undone_at is None:
            standing.withdraw_fact(tenant_id=tenant_id, fact_id=fact.pk, today=today)


def _shared(effect: Effect, lines: Sequence[_Line]) -> Iterator[tuple[_Line, int | None]]:
    """Yield the lines that an effect is about; a payment announced is spread, oldest first."""
    if effect.kind != "promise":
        yield from ((line, None) for line in lines)
        return
    left = effect.amount_cents
    for line in lines:
        cents = line.open_cents if left is None else min(left, line.open_cents)
        if cents > 0:
            left = None if left is None else left - cents
            yield line, cents


def _record(effect: Effect, line: _Line, cents: int | None, *, tenant_id: int, today: date) -> None:
    standing.record_fact(
        tenant_id=tenant_id,
        customer_id=line.customer_id,
        kind=effect.kind,
        starts_on=effect.starts_on,
        line_id=line.id,
        ends_on=effect.ends_on,
        amount_cents=cents,
        reason=effect.reason,
        details={"status": effect.status, "message": effect.message},
        today=today,
    )


def _end(fact: StandingFact, ends_on: date | None, today: date) -> None:
    """End a fact that a later status ends, unless somebody ended it before."""
    if fact.undone_at is not None or ends_on is None:
        return
    if fact.ends_on is None or fact.ends_on > ends_on:
        standing.end_fact(tenant_id=fact.tenant_id, fact_id=fact.pk, ends_on=ends_on, today=today)


def _name(effect: Effect) -> tuple[str, str, str]:
    return effect.kind, effect.status, effect.message


def _lines(tenant_id: int, invoice_id: int, today: date) -> list[_Line]:
    rows = queries.open_lines(tenant_id=tenant_id, invoice_ids=[invoice_id])
    lineages = dict(
        Instalment.objects.of(tenant_id)
        .filter(pk__in=[row[0] for row in rows])
        .values_list("pk", "lineage_id")
    )
    return [
        _Line(lineages[row[0]] or row[0], row[0], row[2], row[6] if row[3] <= today else 0)
        for row in rows
    ]


def _facts(tenant_id: int, invoice_id: int) -> dict[tuple[int, str, str, str], StandingFact]:
    """Return the facts that statuses made, by line and status: live, or taken back by a person."""
    mine = Instalment.objects.of(tenant_id).filter(invoice_id=invoice_id)
    roots = {pk for pair in mine.values_list("pk", "lineage_id") for pk in pair if pk}
    family = dict(
        Instalment.objects.of(tenant_id)
        .filter(Q(pk__in=roots) | Q(lineage_id__in=roots))
        .values_list("pk", "lineage_id")
    )
    rows = StandingFact.objects.of(tenant_id).filter(
        instalment_id__in=list(family), details__has_key="message"
    )
    people = set(
        Batch.objects.of(tenant_id)
        .filter(pk__in=[row.undone_by_id for row in rows if row.undone_by_id])
        .exclude(author_id=None)
        .values_list("pk", flat=True)
    )
    kept = {}
    for row in sorted(rows, key=lambda row: (row.undone_at is None, row.pk)):
        if row.undone_at is not None and row.undone_by_id not in people:
            continue
        assert row.instalment_id is not None
        lineage = family[row.instalment_id] or row.instalment_id
        said = row.details
        kept[lineage, row.kind, str(said.get("status", "")), str(said["message"])] = row
    return kept
