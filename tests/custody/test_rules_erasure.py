"""What an erasure takes and what the law keeps: a table, and properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.custody.rules.erasure import Held, HeldDocument, decide
from encours.custody.rules.retention import Dormant, Kept, past_persons, past_retention
from encours.documents.rules.kinds import Kind, shipped_retention

TODAY = date(2026, 11, 20)
OLD, RECENT = date(2010, 1, 1), date(2026, 3, 1)
CUSTOMER = Held(
    "customer",
    contacts=2,
    has_note=True,
    last_document_on=OLD,
    messages=3,
    last_message_on=OLD,
    documents=(HeldDocument(1, date(2020, 1, 1)),),
    standing=1,
    sealed_facts=4,
)


@pytest.mark.parametrize(
    ("held", "kept"),
    [
        pytest.param(CUSTOMER, {"ledger"}, id="all old and settled: the amounts stay"),
        pytest.param(
            replace(CUSTOMER, last_document_on=RECENT), {"ledger", "identity"},
            id="an invoice of this year: name and address stay for the accounts",
        ),
        pytest.param(
            replace(CUSTOMER, last_message_on=RECENT), {"ledger", "messages"},
            id="a recent reminder is a proof",
        ),
        pytest.param(
            replace(CUSTOMER, open_cents=1),
            {"ledger", "identity", "contacts", "messages", "document", "standing"},
            id="a debt keeps what is needed to collect it, neither notes nor the journal",
        ),
        pytest.param(
            replace(CUSTOMER, documents=(HeldDocument(1, TODAY), HeldDocument(2, OLD))),
            {"ledger", "document"},
            id="a file until its last day",
        ),
        pytest.param(Held("contact", messages=1, last_message_on=OLD), set(), id="a contact"),
        pytest.param(
            Held("contact", messages=1, last_message_on=RECENT), {"messages"},
            id="a contact who was just written to",
        ),
    ],
)  # fmt: skip
def test_what_is_kept(held: Held, kept: set[str]) -> None:
    made = decide(held, today=TODAY)

    assert {one.what for one in made if one.outcome == "kept"} == kept
    assert all(one.basis for one in made)


days = st.none() | st.dates(date(2005, 1, 1), TODAY)
customers = st.builds(
    Held,
    kind=st.just("customer"),
    open_cents=st.sampled_from([0, 0, 1, 10_000]),
    contacts=st.integers(0, 3),
    has_note=st.booleans(),
    last_document_on=days,
    messages=st.integers(0, 2),
    last_message_on=days,
    documents=st.lists(
        st.builds(HeldDocument, id=st.integers(1, 9), until=st.dates(date(2005, 1, 1))), max_size=3
    ).map(tuple),
    standing=st.integers(0, 2),
    sealed_facts=st.integers(0, 2),
)


@given(held=customers)
def test_everything_held_has_one_decision_and_nothing_is_kept_past_its_end(held: Held) -> None:
    made = decide(held, today=TODAY)
    single = [one.what for one in made if one.what != "document"]

    assert len(set(single)) == len(single)
    assert [one.document_id for one in made if one.what == "document"] == [
        one.id for one in held.documents
    ]
    for one in made:
        if one.outcome == "kept" and one.until is not None and one.what != "ledger":
            assert one.until >= TODAY
    assert any(one.what == "journal" and one.outcome == "erased" for one in made)


@given(held=customers)
def test_time_only_ever_erases_more(held: Held) -> None:
    now = {one.what for one in decide(held, today=TODAY) if one.outcome != "kept"}
    later = {one.what for one in decide(held, today=date(2060, 1, 1)) if one.outcome != "kept"}

    assert now - {"document"} <= later


@given(
    kind=st.sampled_from([kind.value for kind in Kind]),
    used=st.dates(date(2000, 1, 1), TODAY),
    needed=st.booleans(),
)
def test_a_file_goes_only_when_its_time_is_over_and_nothing_needs_it(
    kind: str, used: date, needed: bool
) -> None:
    one = Kept(1, 1, kind, "x", used, needed)
    found = list(past_retention([one], shipped_retention(), today=TODAY))

    assert not (found and needed)
    assert not (found and (TODAY - used).days < 3 * 365)
    assert found or needed or (TODAY - used).days <= 10 * 366


@pytest.mark.parametrize(
    ("contact", "document", "is_owing", "goes"),
    [
        pytest.param(date(2023, 11, 19), None, False, True, id="three years without a word"),
        pytest.param(date(2023, 11, 20), None, False, False, id="three years to the day"),
        pytest.param(
            date(2018, 1, 1), date(2018, 1, 1), False, False, id="the accounts: ten years"
        ),
        pytest.param(date(2016, 1, 1), date(2016, 1, 1), False, True, id="ten years and more"),
        pytest.param(date(2010, 1, 1), date(2010, 1, 1), True, False, id="somebody who owes"),
    ],
)
def test_who_is_past_their_time(
    contact: date, document: date | None, is_owing: bool, goes: bool
) -> None:
    one = Dormant(1, "x", contact, document, is_owing)

    assert bool(list(past_persons([one], today=TODAY))) is goes
