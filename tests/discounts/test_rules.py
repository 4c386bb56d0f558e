"""What a discount amounts to, until when, and which payments earn it: to the cent, never more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.discounts.rules.offers import (
    WHOLE,
    Anchor,
    Awaited,
    Discount,
    Received,
    Settled,
    Terms,
    deadline,
    discount_cents,
    earned,
    matched,
    offered,
    terms_for,
    vat_part,
)

ISSUED, DUE = date(2026, 9, 1), date(2026, 10, 1)
UNTIL = date(2026, 9, 21)
cents = st.integers(1, 10**10)
points = st.integers(1, 2_000)
days = st.integers(-60, 60).map(lambda shift: DUE + timedelta(days=shift))


def terms(number: int = 1, points: int = 300, **more: object) -> Terms:
    told: dict[str, object] = {"days": 10, "anchor": "before_due", "valid_from": date(2026, 1, 1)}
    return Terms(id=number, basis_points=points, **told | more)  # type: ignore[arg-type]


def paid(amount: int, on: date = UNTIL, kind: str = "payment") -> Settled:
    return Settled(kind, on, amount)


OFFER = Discount(300, 100_000, 3_000, UNTIL)


@pytest.mark.parametrize(
    ("anchor", "count", "expected"),
    [
        pytest.param("before_due", 10, date(2026, 9, 21), id="3 % if paid 10 days before due"),
        pytest.param("before_due", 0, DUE, id="the due date itself"),
        pytest.param("after_invoice", 8, date(2026, 9, 9), id="within 8 days of the invoice"),
        pytest.param("after_invoice", 90, DUE, id="never after the due date"),
    ],
)
def test_until_when(anchor: Anchor, count: int, expected: date) -> None:
    assert deadline(terms(anchor=anchor, days=count), issued_on=ISSUED, due_on=DUE) == expected


@pytest.mark.parametrize(
    ("base", "points", "expected"),
    [
        pytest.param(100_000, 300, 3_000, id="3 % of 1,000.00"),
        pytest.param(9_999, 300, 299, id="rounded down: 2.9997 is 2.99"),
        pytest.param(33, 300, 0, id="nothing of a few cents"),
        pytest.param(12_345, 250, 308, id="2.5 %"),
    ],
)
def test_how_much(base: int, points: int, expected: int) -> None:
    assert discount_cents(base, points) == expected


@pytest.mark.parametrize(
    ("settled", "expected"),
    [
        pytest.param([paid(97_000)], (3_000, True), id="exactly the offer, on the last day"),
        pytest.param([paid(97_001)], (2_999, False), id="a cent more: a person decides"),
        pytest.param([paid(96_999)], None, id="a cent short"),
        pytest.param([paid(97_000, UNTIL + timedelta(days=1))], None, id="a day late"),
        pytest.param([paid(100_000)], None, id="paid whole: nothing is left to grant"),
        pytest.param([paid(50_000), paid(47_000)], (3_000, True), id="in two parts"),
        pytest.param([paid(50_000), paid(47_000, DUE)], None, id="the second part came too late"),
        pytest.param([paid(97_000, kind="credit_note")], None, id="a credit note earns nothing"),
        pytest.param(
            [paid(50_000, kind="credit_note"), paid(47_500)],
            None,
            id="of what a credit note left, the percent is less",
        ),
        pytest.param(
            [paid(50_000, kind="credit_note"), paid(48_500)],
            (1_500, False),
            id="3 % of the half that was left",
        ),
        pytest.param([], None, id="nothing was paid"),
    ],
)
def test_what_a_payment_earns(settled: list[Settled], expected: tuple[int, bool] | None) -> None:
    found = earned(OFFER, settled, amount_cents=100_000)

    assert (found and (found.cents, found.is_exact)) == expected


def test_the_nearest_rule_holds() -> None:
    everybody, segment = terms(1), terms(2, segment_id=7)
    own, old = terms(3, customer_id=5), terms(4, customer_id=5, valid_to=date(2026, 6, 30))
    rules = [everybody, segment, own, old]

    def found(customer: int, of: int | None, on: date = UNTIL) -> int:
        one = terms_for(rules, customer_id=customer, segment_id=of, on=on)
        return one.id if one else 0

    assert (found(5, 7), found(6, 7), found(6, None)) == (3, 2, 1)
    assert found(6, 7, on=date(2025, 12, 31)) == 0


def test_money_on_the_account_answers_one_offer_or_one_message() -> None:
    one, two = (
        Awaited(1, 9, 100_000, OFFER),
        Awaited(2, 9, 50_000, Discount(300, 50_000, 1_500, UNTIL)),
    )

    def found(amount: int, on: date = UNTIL) -> dict[int, tuple[int, ...]]:
        return matched([one, two], [Received(4, on, amount)])

    assert found(97_000) == {4: (1,)}
    assert found(97_000 + 48_500) == {4: (1, 2)}
    assert found(96_999) == {}
    assert found(97_000, UNTIL + timedelta(days=1)) == {}
    twin = Awaited(3, 0, 100_000, OFFER)
    assert matched([one, twin], [Received(4, UNTIL, 97_000)]) == {}, "two readings: a person"
    both = [Received(4, UNTIL, 97_000), Received(5, UNTIL, 97_000)]
    assert matched([one], both) == {}, "two payments of one offer: a person"


@given(base=cents, rate=points)
def test_a_discount_never_passes_its_percent(base: int, rate: int) -> None:
    found = discount_cents(base, rate)

    assert found * WHOLE <= base * rate
    assert (found + 1) * WHOLE > base * rate, "and is the nearest cent below"


@given(base=cents, rate=points, today=days, issued=days, due=days, count=st.integers(0, 60))
def test_an_overdue_line_is_never_offered_anything(  # noqa: PLR0917 - what decides
    base: int, rate: int, today: date, issued: date, due: date, count: int
) -> None:
    for anchor in ("before_due", "after_invoice"):
        rule = terms(points=rate, anchor=anchor, days=count)
        found = offered(rule, open_cents=base, issued_on=issued, due_on=due, today=today)
        if found is not None:
            assert today <= found.until_on <= due
            assert found.pay_cents + found.cents == base
            assert 0 < found.cents < base


@given(
    base=cents,
    rate=points,
    parts=st.lists(
        st.tuples(cents, days, st.sampled_from(("payment", "credit_note", "write_off"))), max_size=5
    ),
)
def test_what_is_granted_closes_the_line_and_is_never_more_than_its_percent(
    base: int, rate: int, parts: list[tuple[int, date, str]]
) -> None:
    offer = Discount(rate, base, discount_cents(base, rate), UNTIL)
    settled, left = [], base
    for part, on, kind in parts:
        taken = min(part, left)
        settled.append(Settled(kind, on, taken))
        left -= taken
    found = earned(offer, settled, amount_cents=base)
    if found is None:
        return
    money = sum(one.cents for one in settled if one.kind == "payment" and one.on <= UNTIL)
    assert found.cents == left, "paid and granted make the line, to the cent"
    assert 0 < found.cents <= offer.cents
    assert found.cents * WHOLE <= (money + found.cents) * rate
    assert found.paid_on <= UNTIL
    granted = [*settled, Settled("discount", UNTIL, found.cents)]
    assert earned(offer, granted, amount_cents=base) is None, "granted once"


@given(base=cents, rate=points)
def test_who_pays_the_offer_in_time_earns_it_exactly(base: int, rate: int) -> None:
    offer = Discount(rate, base, discount_cents(base, rate), UNTIL)
    if not offer.cents:
        return
    found = earned(offer, [paid(offer.pay_cents)], amount_cents=base)

    assert found is not None
    assert (found.cents, found.is_exact) == (offer.cents, True)


@given(amount=cents, part=points, vat=points)
def test_the_vat_within_a_discount_is_the_share_of_the_invoice(
    amount: int, part: int, vat: int
) -> None:
    of_invoice = amount * vat // WHOLE
    discount = discount_cents(amount, part)
    found = vat_part(discount, amount_cents=amount, vat_cents=of_invoice)

    assert found is not None
    assert 0 <= found <= discount
    assert abs(2 * (found * amount - discount * of_invoice)) <= amount, "half a cent at most"
    assert vat_part(discount, amount_cents=amount, vat_cents=None) is None
