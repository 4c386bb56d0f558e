"""Records, ends and withdraws standing facts; nothing is overwritten (design.md, 2.6 and 2.15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.parties import faces
from encours.receivables.actions import acts
from encours.receivables.actions.acts import Act
from encours.receivables.models import Instalment
from encours.receivables.queries import ageing, items
from encours.receivables.queries.moment import Moment
from encours.standing import rules
from encours.standing.models import StandingFact
from encours.standing.rules import Said

REASON_MAX = 200


class InvalidFact(Refusal):
    """Say what a fact lacks, all at once."""


@transaction.atomic
def record_fact(
    *,
    tenant_id: int,
    customer_id: int,
    kind: str,
    starts_on: date,
    line_id: int | None = None,
    ends_on: date | None = None,
    amount_cents: int | None = None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Record a fact about a customer or one of its due lines and return its id.

    The reason stays with the fact and out of the journal, which may name nobody.
    """
    assert kind in rules.NEEDS, kind
    customer = acts.customer_of(tenant_id=tenant_id, customer_id=customer_id)
    line = _line(tenant_id, customer_id, line_id)
    said = Said(
        kind,
        starts_on,
        ends_on,
        amount_cents,
        reason,
        is_on_line=line is not None,
        status=str((details or {}).get("status", "")),
    )
    currency = line.currency if line else customer.creditor.currency
    moment = Moment(tenant_id=tenant_id, as_of=today, currency=currency, customer_id=customer_id)
    owed = 0 if amount_cents is None else _open_cents(moment, line_id)
    found = list(rules.faults(said, open_cents=owed, currency=currency))
    if found:
        raise InvalidFact(" ".join(found))
    act = _start(tenant_id, customer.creditor_id, customer_id, actor_id, today)
    fact = StandingFact.objects.create(
        **act.mine,
        customer_id=line.customer_id if line else customer_id,
        instalment=line,
        kind=kind,
        reason=" ".join(reason.split())[:REASON_MAX],
        starts_on=starts_on,
        ends_on=ends_on,
        amount_cents=amount_cents,
        details=dict(details or {}),
        author_id=actor_id,
    )
    _tell(act, "recorded", fact, starts_on)
    return fact.pk


@transaction.atomic
def end_fact(
    *, tenant_id: int, fact_id: int, ends_on: date, actor_id: int | None = None, today: date
) -> int:
    """Say on which day a fact stops; the new row that says it takes the old one's place."""
    fact = _locked(tenant_id, fact_id)
    if ends_on < fact.starts_on:
        raise InvalidFact("La date de fin précède la date de début.")
    act = _start(tenant_id, fact.creditor_id, fact.customer_id, actor_id, today)
    act.undo(StandingFact.objects.of(tenant_id).filter(pk=fact_id))
    ended = StandingFact.objects.create(
        **act.mine,
        customer_id=fact.customer_id,
        instalment_id=fact.instalment_id,
        kind=fact.kind,
        reason=fact.reason,
        starts_on=fact.starts_on,
        ends_on=ends_on,
        amount_cents=fact.amount_cents,
        details=fact.details,
        author_id=fact.author_id,
    )
    _tell(act, "ended", ended, ends_on)
    return ended.pk


@transaction.atomic
def withdraw_fact(
    *, tenant_id: int, fact_id: int, actor_id: int | None = None, today: date
) -> None:
    """Take a fact back: it was said by mistake and never held."""
    fact = _locked(tenant_id, fact_id)
    act = _start(tenant_id, fact.creditor_id, fact.customer_id, actor_id, today)
    act.undo(StandingFact.objects.of(tenant_id).filter(pk=fact_id))
    _tell(act, "withdrawn", fact, today)


def _line(tenant_id: int, customer_id: int, line_id: int | None) -> Instalment | None:
    if line_id is None:
        return None
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    rows = Instalment.objects.of(tenant_id).filter(customer_id__in=family, undone_at=None)
    line = rows.filter(pk=line_id).first()
    if line is None:
        raise acts.NotFound("Cette échéance n'existe pas, ou vient d'être annulée.")
    return line


def _open_cents(moment: Moment, line_id: int | None) -> int:
    if line_id is None:
        return ageing.aged_balance(moment).totals["open"]
    opened = items.open_items(moment)
    return int(opened.filter(opened["line_id"] == line_id)["open_cents"].sum())


def _locked(tenant_id: int, fact_id: int) -> StandingFact:
    rows = StandingFact.objects.of(tenant_id).select_for_update(no_key=True)
    fact = rows.filter(pk=fact_id, undone_at=None).first()
    if fact is None:
        raise acts.NotFound("Ce fait n'existe pas, ou vient d'être annulé.")
    return fact


def _start(
    tenant_id: int, creditor_id: int, customer_id: int, actor_id: int | None, today: date
) -> Act:
    return acts.start(
        tenant_id=tenant_id,
        kind="standing",
        creditor_id=creditor_id,
        customer_id=customer_id,
        actor_id=actor_id,
        today=today,
    )


def _tell(act: Act, what: str, fact: StandingFact, effective_on: date) -> None:
    act.tell(
        f"standing.{fact.kind}.{what}",
        ("standing", fact.pk),
        effective_on,
        line=fact.instalment_id,
        starts_on=fact.starts_on.isoformat(),
        ends_on=fact.ends_on.isoformat() if fact.ends_on else None,
        cents=fact.amount_cents,
    )
