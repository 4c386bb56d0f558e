"""What statuses amount to, in any order of arrival (XP Z12-012; law-fr 10.3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.imports.rules.einvoices.effects import Effect, current, effects
from encours.imports.rules.einvoices.status import CODES, Amount, Because, Status

START = datetime(2026, 10, 1, 10, 0)  # noqa: DTZ001 - messages say no zone


def status(code: str, day: int = 0, **said: object) -> Status:
    at = START + timedelta(days=day)
    given = {"because": (), "amounts": ()} | said
    return Status(code, "F1", date(2026, 10, 1), "552100554", at, f"{code}-{day}", **given)  # type: ignore[arg-type]


def told(*statuses: Status) -> list[tuple[str, str, int, int | None]]:
    """Kind, status, first and last day of each effect, in days from the start."""
    return [
        (
            one.kind,
            one.status,
            (one.starts_on - START.date()).days,
            None if one.ends_on is None else (one.ends_on - START.date()).days,
        )
        for one in effects(statuses)
    ]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        pytest.param([("200", 0), ("203", 1), ("204", 2)], [], id="on its way: nothing stands"),
        pytest.param([("205", 3)], [("einvoice", "205", 3, None)], id="approved is kept as proof"),
        pytest.param([("206", 3)], [("einvoice", "206", 3, None)], id="approved in part too"),
        pytest.param([("207", 3)], [("dispute", "207", 3, None)], id="disputed"),
        pytest.param(
            [("207", 3), ("205", 8)],
            [("dispute", "207", 3, 7), ("einvoice", "205", 8, None)],
            id="a dispute ends when the buyer approves",
        ),
        pytest.param(
            [("207", 3), ("206", 8)],
            [("dispute", "207", 3, None), ("einvoice", "206", 8, None)],
            id="approved in part, the rest is still disputed",
        ),
        pytest.param(
            [("205", 8), ("207", 3)],
            [("dispute", "207", 3, 7), ("einvoice", "205", 8, None)],
            id="order of arrival does not count",
        ),
        pytest.param([("208", 3), ("209", 5)], [("dispute", "208", 3, 4)], id="completed"),
        pytest.param(
            [("210", 3), ("205", 8)],
            [("dispute", "210", 3, None), ("einvoice", "205", 8, None)],
            id="a refusal waits for a person",
        ),
        pytest.param([("213", 1)], [("einvoice", "213", 1, None)], id="rejected"),
        pytest.param(
            [("213", 1), ("200", 4)], [("einvoice", "213", 1, 3)], id="rejected, then issued again"
        ),
        pytest.param([("213", 1), ("200", 1)], [("einvoice", "213", 1, None)], id="one instant"),
        pytest.param([("200", 0), ("213", 1)], [("einvoice", "213", 1, None)], id="issued before"),
        pytest.param([("220", 2), ("205", 4)],
            [("einvoice", "220", 2, None), ("einvoice", "205", 4, None)],
            id="cancelled: a credit note is expected",
        ),
        pytest.param([("225", 2)], [("assignment", "225", 2, None)], id="the factor is paid"),
        pytest.param([("226", 2), ("228", 6)], [("assignment", "226", 2, 5)], id="back to us"),
        pytest.param([("224", 2)], [("einvoice", "224", 2, None)], id="somebody else pays"),
        pytest.param([("227", 2)], [("einvoice", "227", 2, None)], id="another account"),
        pytest.param([("212", 2), ("214", 3), ("221", 4)], [], id="others are only told"),
    ],
)  # fmt: skip
def test_effects(
    statuses: list[tuple[str, int]], expected: list[tuple[str, str, int, int | None]]
) -> None:
    assert told(*(status(*one) for one in statuses)) == expected


def test_a_payment_announced_is_expected_until_its_date() -> None:
    paid = Amount("MPA", 120_000, "EUR", date(2026, 10, 20))
    [effect] = effects([status("211", 3, amounts=(paid,))])

    assert effect == Effect(
        kind="promise",
        status="211",
        message="211-3",
        starts_on=date(2026, 10, 4),
        ends_on=date(2026, 10, 20),
        amount_cents=120_000,
        reason="Facture électronique 211 Paiement transmis",
    )


def test_a_payment_without_a_date_is_expected_that_day_only() -> None:
    [effect] = effects([status("211", 3)])

    assert (effect.starts_on, effect.ends_on, effect.amount_cents) == (
        date(2026, 10, 4),
        date(2026, 10, 4),
        None,
    )


@pytest.mark.parametrize(
    ("because", "said"),
    [
        pytest.param(Because("TX_TVA_ERR"), "TX_TVA_ERR : taux de TVA erroné", id="a code we know"),
        pytest.param(Because("XYZ"), "XYZ", id="a code that we do not"),
        pytest.param(Because("", "Prix faux"), "Prix faux", id="words alone"),
        pytest.param(Because("QTE_ERR", "12 au lieu de 10"), "QTE_ERR : 12 au lieu de 10", id="both"),
    ],
)  # fmt: skip
def test_a_dispute_says_why(because: Because, said: str) -> None:
    [effect] = effects([status("207", because=(because,))])

    assert effect.reason == f"Facture électronique 207 En litige ({said})"


statuses = st.lists(
    st.tuples(st.sampled_from(sorted(CODES)), st.integers(0, 12)).map(lambda one: status(*one)),
    max_size=8,
)


@given(found=statuses, turn=st.randoms(use_true_random=False))
def test_effects_do_not_depend_on_the_order_nor_on_repetition(
    found: list[Status], turn: object
) -> None:
    shuffled = [*found, *found[:2]]
    turn.shuffle(shuffled)  # type: ignore[attr-defined]

    assert effects(shuffled) == effects(found)
    assert current(shuffled) == current(found)


@given(found=statuses)
def test_an_effect_ends_no_earlier_than_it_starts(found: list[Status]) -> None:
    assert all(one.ends_on is None or one.ends_on >= one.starts_on for one in effects(found))
