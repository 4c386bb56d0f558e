"""What an envelope weighs and costs, who may be served electronically, what a state is told as."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.rules.postal import Unreadable, address_of, folded, person
from encours.messaging.rules.tracking import (
    ASKED_FOR,
    ENDS,
    STATES,
    Happened,
    State,
    Tracked,
    first_end,
    next_check,
    unheard,
)
from encours.postal.rules import consent, franking
from encours.postal.rules.franking import Price

TODAY = date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)
counts = st.integers(1, 60)
prices = st.builds(Price, st.integers(0, 5000), st.integers(0, 500))


@pytest.mark.parametrize(
    ("pages", "is_duplex", "expected"),
    [
        pytest.param(1, False, 1, id="a page is a sheet"),
        pytest.param(3, False, 3, id="on one side"),
        pytest.param(3, True, 2, id="on both sides, the last back is blank"),
        pytest.param(4, True, 2, id="on both sides"),
        pytest.param(0, True, 0, id="nothing"),
    ],
)
def test_sheets(pages: int, is_duplex: bool, expected: int) -> None:
    assert franking.sheets(pages, is_duplex=is_duplex) == expected


@pytest.mark.parametrize(
    ("count", "is_registered", "grams", "envelope"),
    [
        pytest.param(1, False, 10, "DL", id="a sheet folded in three"),
        pytest.param(1, True, 15, "DL", id="with its receipt form"),
        pytest.param(5, False, 30, "DL", id="the last that fits"),
        pytest.param(6, False, 48, "C4", id="flat"),
    ],
)
def test_weight(count: int, is_registered: bool, grams: int, envelope: str) -> None:
    assert franking.weight_g(count, is_registered=is_registered) == grams
    assert franking.envelope(count) == envelope


def test_nothing_is_known_of_a_letter_without_a_price_or_not_printed() -> None:
    assert franking.cost_cents(2, None) is None
    assert franking.cost_cents(0, Price(100)) is None
    assert franking.weight_g(0) == 0


@given(count=counts, more=counts, price=prices)
def test_a_cost_is_exact_and_grows_with_the_sheets(count: int, more: int, price: Price) -> None:
    cost = franking.cost_cents(count, price)
    longer = franking.cost_cents(count + more, price)
    assert cost is not None
    assert longer is not None
    assert longer - cost == more * price.sheet_cents
    assert franking.cost_cents(1, price) == price.first_cents
    assert franking.weight_g(count + more) > franking.weight_g(count)


@pytest.mark.parametrize("typed", ["1A 123 456 7890 1", "1a12345678901", "1A-123-456-7890-1"])
def test_a_registered_number_is_kept_without_its_spaces(typed: str) -> None:
    assert franking.registered_number(typed) == "1A12345678901"


@pytest.mark.parametrize("typed", ["", "1A", "ABCDEFGH", "12345678;drop", "1" * 31])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="recommandé"):
        franking.registered_number(typed)


@pytest.mark.parametrize(
    ("debtor_class", "is_confirmed", "consent_on", "is_allowed"),
    [
        pytest.param("business", True, None, True, id="a confirmed business"),
        pytest.param("public", True, None, True, id="a public body"),
        pytest.param("business", False, None, False, id="nobody confirmed it"),
        pytest.param("unknown", True, None, False, id="unknown"),
        pytest.param("foreign", True, None, False, id="foreign counts as not professional"),
        pytest.param("consumer", True, None, False, id="a consumer"),
        pytest.param("consumer", True, TODAY, True, id="who agreed today"),
        pytest.param("consumer", True, TODAY + timedelta(days=1), False, id="tomorrow is not yet"),
    ],
)
def test_who_may_be_served_electronically(
    debtor_class: str, is_confirmed: bool, consent_on: date | None, is_allowed: bool
) -> None:
    told = consent.refusal(
        debtor_class, is_confirmed=is_confirmed, consent_on=consent_on, today=TODAY
    )
    assert (told == "") is is_allowed
    assert is_allowed or "L100" in told


def test_an_address_is_compared_without_case_and_spaces() -> None:
    assert consent.digest(" Compta@Adam.example ") == consent.digest("compta@adam.example")
    assert franking.address_digest(("ADAM  SARL", "1 rue")) == franking.address_digest(
        ("Adam SARL", "1 RUE")
    )


def test_a_postal_address_is_taken_apart() -> None:
    found = address_of(("Dupont et Fils", "Bât. B", "4 rue du Port", "44000 NANTES"))
    assert (found.name, found.lines, found.postcode, found.town, found.country) == (
        "Dupont et Fils", ("Bât. B", "4 rue du Port"), "44000", "NANTES", "FR",
    )  # fmt: skip
    abroad = address_of(("Muster AG", "Bahnhofstrasse 1", "8001 Zürich", "CH"))
    assert (abroad.country, abroad.last_line) == ("CH", "8001 Zürich")
    assert person("Jeanne  de La Tour") == ("Jeanne", "de La Tour")
    assert person("Dupont") == ("", "Dupont")


@pytest.mark.parametrize("lines", [(), ("Dupont",), ("Dupont", "NANTES"), ("", "44000 NANTES")])
def test_what_no_carrier_could_use_is_said(lines: tuple[str, ...]) -> None:
    with pytest.raises(Unreadable):
        address_of(lines)


def test_long_lines_are_cut_between_words_and_nothing_is_dropped() -> None:
    name = "Société coopérative agricole des producteurs de la vallée de la Loire"
    address = address_of((name, "4 rue du Port", "44000 NANTES"))
    every = folded(address, most=5)
    assert " ".join(every) == f"{name} 4 rue du Port"
    assert all(len(line) <= 38 for line in every)
    with pytest.raises(Unreadable, match="ne tient pas"):
        folded(address, most=2)
    with pytest.raises(Unreadable):
        folded(address_of(("X" * 39, "44000 NANTES")), most=5)


states = st.sampled_from(STATES)
days = st.integers(0, 60).map(lambda shift: TODAY + timedelta(days=shift))
stories = st.lists(st.builds(Happened, states, days), max_size=12)


@given(story=stories, known=st.sets(states))
def test_a_state_is_told_once_in_order_and_never_again(
    story: list[Happened], known: set[State]
) -> None:
    fresh = unheard(known, Tracked(tuple(story)))
    names = [one.state for one in fresh]

    assert len(names) == len(set(names))
    assert not known & set(names)
    assert {one.state for one in story} <= known | set(names)
    assert [one.on for one in fresh] == sorted(one.on for one in fresh)
    assert unheard({*known, *names}, Tracked(tuple(story))) == ()


@given(story=stories)
def test_the_first_end_counts(story: list[Happened]) -> None:
    end = first_end(story)
    ends = [one for one in story if one.state in ENDS]
    assert (end is None) == (not ends)
    if end is not None:
        assert end.on == min(one.on for one in ends)


def test_a_return_only_follows_the_end_of_the_same_day() -> None:
    story = [Happened("returned", TODAY), Happened("unknown", TODAY)]
    assert first_end(story) == Happened("unknown", TODAY)


@pytest.mark.parametrize(
    ("age_days", "ended", "has_proof", "wait"),
    [
        pytest.param(0, None, False, timedelta(hours=4), id="often at first"),
        pytest.param(5, None, False, timedelta(days=1), id="then daily"),
        pytest.param(40, None, False, timedelta(days=3), id="then seldom"),
        pytest.param(91, None, False, None, id="then no more"),
        pytest.param(5, 0, False, timedelta(days=1), id="ended, its proof is awaited"),
        pytest.param(5, 0, True, None, id="ended and proved"),
        pytest.param(40, 30, False, None, id="a proof that never came"),
    ],
)
def test_when_a_provider_is_asked_again(
    age_days: int, ended: int | None, has_proof: bool, wait: timedelta | None
) -> None:
    found = next_check(
        sent_at=NOON - timedelta(days=age_days),
        now=NOON,
        ended_on=None if ended is None else TODAY - timedelta(days=ended),
        has_last_proof=has_proof,
    )
    assert found == (None if wait is None else NOON + wait)
    assert timedelta(days=90) == ASKED_FOR
