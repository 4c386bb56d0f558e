"""Limitation dates (law-fr part 3): periods, starts, interruptions, suspensions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.limitation import (
    ClaimKind,
    EventKind,
    LimitationEvent,
    LimitedClaim,
    earliest,
    limitation,
)
from encours.receivables.rules.values import shipped_law_values

LAW = shipped_law_values()
DUE = date(2024, 3, 10)
CLAIM = LimitedClaim(DebtorClass.BUSINESS, DUE)
CONSUMER = replace(CLAIM, debtor_class=DebtorClass.CONSUMER)
PUBLIC = replace(CLAIM, debtor_class=DebtorClass.PUBLIC)
FOREIGN = replace(CLAIM, debtor_class=DebtorClass.FOREIGN)


def event(
    kind: str, on: str, until: str | None = None, *, is_void: bool = False
) -> LimitationEvent:
    return LimitationEvent(
        EventKind(kind),
        date.fromisoformat(on),
        date.fromisoformat(until) if until else None,
        is_void,
    )


def having(claim: LimitedClaim, *events: LimitationEvent) -> LimitedClaim:
    return replace(claim, events=events)


@pytest.mark.parametrize(
    ("claim", "last_day"),
    [
        pytest.param(CLAIM, "2029-03-10", id="business: five years"),
        pytest.param(CONSUMER, "2026-03-10", id="consumer: two years"),
        pytest.param(replace(CLAIM, debtor_class=DebtorClass.UNKNOWN), "2026-03-10", id="unknown: two years"),
        pytest.param(PUBLIC, "2028-12-31", id="public: four years from 1 January after"),
        pytest.param(replace(PUBLIC, due_on=date(2024, 12, 31)), "2028-12-31", id="public: the last day of a year"),
        pytest.param(replace(PUBLIC, due_on=date(2025, 1, 1)), "2029-12-31", id="public: the first day of the next"),
        pytest.param(FOREIGN, "2026-03-10", id="foreign, law unsure: two years"),
        pytest.param(replace(FOREIGN, french_law=False), "2026-03-10", id="foreign, another law: two years"),
        pytest.param(replace(FOREIGN, french_law=True), "2029-03-10", id="foreign, French law: five years"),
        pytest.param(replace(CLAIM, performed_on=date(2024, 2, 1)), "2029-02-01", id="performed before the due date"),
        pytest.param(replace(CLAIM, performed_on=date(2024, 4, 1)), "2029-03-10", id="performed after: the due date is earlier"),
        pytest.param(replace(PUBLIC, performed_on=date(2023, 12, 31)), "2027-12-31", id="public, performed the year before"),
        pytest.param(replace(CLAIM, due_on=date(2024, 2, 29)), "2029-02-28", id="from a 29 February"),
        pytest.param(replace(CLAIM, kind=ClaimKind.TRANSPORT), "2025-03-10", id="transport: one year"),
        pytest.param(replace(CLAIM, kind=ClaimKind.SHIP), "2025-03-10", id="ship: one year"),
        pytest.param(replace(CLAIM, kind=ClaimKind.BILL_ACCEPTOR), "2027-03-10", id="bill, acceptor: three years"),
        pytest.param(replace(CLAIM, kind=ClaimKind.BILL_DRAWER), "2025-03-10", id="bill, drawer: one year"),
        pytest.param(replace(CLAIM, kind=ClaimKind.BILL_ENDORSER), "2024-09-10", id="bill, endorsers: six months"),
        pytest.param(replace(CLAIM, kind=ClaimKind.JUDGMENT), "2034-03-10", id="judgment: ten years"),
        pytest.param(replace(CLAIM, kind=ClaimKind.JUDGMENT_INTEREST), "2029-03-10", id="interest after it: five years"),
        pytest.param(having(CONSUMER, event("mise_en_demeure", "2025-01-01")), "2026-03-10", id="a mise en demeure interrupts nothing"),
        pytest.param(having(CONSUMER, event("reminder", "2025-01-01")), "2026-03-10", id="nor does a reminder"),
        pytest.param(having(CONSUMER, event("acknowledgment", "2025-01-01")), "2027-01-01", id="acknowledgment: a new period"),
        pytest.param(having(CONSUMER, event("part_payment", "2025-02-01")), "2027-02-01", id="part payment: a new period"),
        pytest.param(having(CONSUMER, event("court_claim", "2025-02-01")), "2027-02-01", id="court claim: a new period"),
        pytest.param(having(CONSUMER, event("court_claim", "2025-02-01", is_void=True)), "2026-03-10", id="a court claim that lapsed"),
        pytest.param(having(CONSUMER, event("enforcement", "2025-02-01")), "2027-02-01", id="enforcement: a new period"),
        pytest.param(having(CONSUMER, event("acknowledgment", "2026-03-10")), "2028-03-10", id="on the last day"),
        pytest.param(having(CONSUMER, event("acknowledgment", "2026-03-11")), "2026-03-10", id="too late"),
        pytest.param(having(CONSUMER, event("acknowledgment", "2024-01-01")), "2026-03-10", id="before the clock ran: never shorter"),
        pytest.param(
            having(CONSUMER, event("acknowledgment", "2027-12-01"), event("acknowledgment", "2026-01-01")),
            "2029-12-01", id="events are taken in order of date",
        ),
        pytest.param(having(PUBLIC, event("acknowledgment", "2026-05-05")), "2030-12-31", id="public: again from 1 January after"),
        pytest.param(having(CONSUMER, event("insolvency_declaration", "2025-02-01")), "2027-02-01", id="declared: from the declaration while it lasts"),
        pytest.param(having(CONSUMER, event("insolvency_declaration", "2025-02-01", "2027-06-01")), "2029-06-01", id="declared: from the closure"),
        pytest.param(having(CONSUMER, event("insolvency_declaration", "2025-02-01", "2025-01-01")), "2027-02-01", id="a closure before the declaration is no closure"),
        pytest.param(having(CONSUMER, event("mediation", "2025-01-01", "2025-01-31")), "2026-04-09", id="mediation: 30 days added"),
        pytest.param(having(CONSUMER, event("mediation", "2026-03-01", "2026-04-01")), "2026-10-01", id="mediation: six months remain at least"),
        pytest.param(having(CONSUMER, event("mediation", "2026-03-01")), "2026-03-10", id="mediation under way: not counted"),
        pytest.param(having(CONSUMER, event("mediation", "2025-03-01", "2025-02-01")), "2026-03-10", id="a suspension cannot go backwards"),
        pytest.param(having(CONSUMER, event("small_claims", "2026-03-01", "2026-04-01")), "2026-04-10", id="small claims: 31 days added, no floor"),
        pytest.param(
            having(CLAIM, *(event("acknowledgment", f"{year}-03-10") for year in range(2028, 2045, 4))), "2044-03-10",
            id="never beyond twenty years",
        ),
        pytest.param(
            having(replace(CLAIM, kind=ClaimKind.JUDGMENT), event("enforcement", "2030-01-01"), event("enforcement", "2039-01-01")),
            "2049-01-01", id="a judgment has no long stop",
        ),
    ],
)  # fmt: skip
def test_last_day(claim: LimitedClaim, last_day: str) -> None:
    found = limitation(claim, LAW)

    assert found.last_day_on == date.fromisoformat(last_day)
    assert found.barred_from == found.last_day_on + timedelta(days=1)
    assert not found.is_barred(found.last_day_on)
    assert found.is_barred(found.barred_from)
    assert all(reason.endswith(".") for reason in found.reasons)


def test_what_is_said_of_a_consumer_claim() -> None:
    found = limitation(
        having(
            CONSUMER, event("mise_en_demeure", "2025-01-01"), event("part_payment", "2025-02-01")
        ),
        LAW,
    )

    assert (found.months, found.source, found.mark) == (24, "C. conso. L218-2", "V")
    assert found.started_on == DUE
    assert found.reasons == (
        "Créance d'un professionnel sur un consommateur : deux ans.",
        "Date d'exécution inconnue : délai compté de l'échéance, il a pu commencer plus tôt.",
        "01/01/2025 : une relance ou une mise en demeure n'interrompt pas le délai.",
        "01/02/2025 : nouveau délai, paiement partiel valant reconnaissance (C. civ. 2240).",
    )


@pytest.mark.parametrize(
    ("claim", "part"),
    [
        (replace(CLAIM, performed_on=date(2024, 2, 1)), "antérieure à l'échéance"),
        (having(CONSUMER, event("court_claim", "2025-02-01", is_void=True)), "acte non avenu"),
        (having(CONSUMER, event("acknowledgment", "2026-03-11")), "postérieur à la prescription"),
        (having(CONSUMER, event("mediation", "2026-03-01")), "01/03/2026 : suspension en cours, non comptée, médiation"),
        (having(CONSUMER, event("mediation", "2025-01-01", "2025-01-31")), "01/01/2025 : délai suspendu jusqu'au 31/01/2025"),
        (FOREIGN, "loi applicable à confirmer"),
        (replace(FOREIGN, french_law=True), "sous loi française"),
    ],
)  # fmt: skip
def test_reasons(claim: LimitedClaim, part: str) -> None:
    assert any(part in reason for reason in limitation(claim, LAW).reasons)


def test_a_claim_performed_on_its_due_date_needs_no_remark() -> None:
    assert limitation(replace(CLAIM, performed_on=DUE), LAW).reasons == (
        "Créance entre professionnels : cinq ans.",
    )


def test_the_long_stop_is_said_only_when_it_stops() -> None:
    stop = "Délai butoir de vingt ans (C. civ. 2232)."
    often = having(
        CLAIM, *(event("acknowledgment", f"{year}-03-10") for year in range(2028, 2045, 4))
    )
    just = having(
        CLAIM, *(event("acknowledgment", f"{year}-03-10") for year in range(2027, 2040, 4))
    )

    assert limitation(often, LAW).reasons[-1] == stop
    assert limitation(just, LAW).last_day_on == date(2044, 3, 10)
    assert stop not in limitation(just, LAW).reasons


def test_the_first_of_several() -> None:
    found = earliest([CLAIM, CONSUMER, PUBLIC], LAW)

    assert found is not None
    assert found.last_day_on == date(2026, 3, 10)
    assert earliest([], LAW) is None


dates = st.dates(date(2010, 1, 1), date(2026, 12, 31))


claims = st.builds(
    LimitedClaim, st.sampled_from(DebtorClass), due_on=dates, performed_on=st.none() | dates
)
kinds = st.sampled_from([EventKind.ACKNOWLEDGMENT, EventKind.MEDIATION, EventKind.MISE_EN_DEMEURE])


@given(claim=claims, kind=kinds, on=dates, length=st.none() | st.integers(0, 400))
def test_an_event_never_shortens_and_performance_never_lengthens(
    claim: LimitedClaim, kind: EventKind, on: date, length: int | None
) -> None:
    until = None if length is None else on + timedelta(days=length)
    plain = limitation(claim, LAW).last_day_on

    assert limitation(having(claim, LimitationEvent(kind, on, until)), LAW).last_day_on >= plain
    assert plain <= limitation(replace(claim, performed_on=None), LAW).last_day_on
    assert limitation(replace(claim, debtor_class=DebtorClass.UNKNOWN), LAW).last_day_on <= plain
