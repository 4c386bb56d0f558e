"""A scenario changed by a person: what is taken, what is refused, and that nobody is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dunning.ledgers import FRENCH, TODAY, Book, ago, book, fates, moment, steps

from encours.dunning.rules import planner
from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_edit import StepEdit, edited, route_of
from encours.dunning.rules.simulation import after

CLAIMS = ("relance_1", "relance_2", "relance_3", "mise_en_demeure")


def asleep(*codes: str, base: Scenario = FRENCH) -> Scenario:
    """Return the French scenario with some steps put to sleep."""
    told = [replace(step, is_active=step.code not in codes) for step in base.steps]
    return replace(base, steps=tuple(told))


def test_an_edit_is_a_new_version_and_touches_nothing_else() -> None:
    told, issues = edited(
        FRENCH, [StepEdit("relance_2", 12, is_active=True, route="letter")], version=4
    )

    assert issues == ()
    assert told is not None
    assert told.version == 4
    changed = told.step("relance_2")
    assert changed is not None
    assert (changed.offset_days, changed.channels, changed.fallback) == (12, ("letter",), ())
    others = [step for step in told.steps if step.code != "relance_2"]
    assert others == [step for step in FRENCH.steps if step.code != "relance_2"]


def test_the_same_edit_gives_the_same_scenario() -> None:
    same = [
        StepEdit(step.code, step.offset_days, step.is_active, route_of(step))
        for step in FRENCH.steps
    ]

    assert edited(FRENCH, same, version=1) == (FRENCH, ())


@pytest.mark.parametrize(
    ("code", "route"),
    [
        ("prevenance", "email"),
        ("relance_1", "email_else_letter"),
        ("mise_en_demeure", "letter_and_email"),
    ],
)
def test_the_routes_of_the_french_steps(code: str, route: str) -> None:
    step = FRENCH.step(code)

    assert step is not None
    assert route_of(step) == route


def test_a_way_out_that_nobody_offers_has_no_name() -> None:
    odd = Step("x", "x", 1, "reminder", 3, channels=("letter",), fallback=("email",))

    assert route_of(odd) == ""


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            StepEdit("relance_2", 25, is_active=True),
            "« relance 3 » doit tomber après « relance 2 ».",
            id="the steps keep their order",
        ),
        pytest.param(
            StepEdit("relance_2", 20, is_active=True),
            "« relance 3 » doit tomber après « relance 2 ».",
            id="never two on one day",
        ),
        pytest.param(
            StepEdit("prevenance", 5, is_active=True),
            "Une prévenance précède l'échéance, les autres étapes la suivent.",
            id="a notice stays before the due date",
        ),
        pytest.param(
            StepEdit("relance_1", 0, is_active=True),
            "Le jour de l'échéance, rien n'est en retard.",
            id="nothing is late on its day",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(edit: StepEdit, said: str) -> None:
    told, issues = edited(FRENCH, [edit], version=2)

    assert told is None
    assert said in [issue.message for issue in issues]


def test_a_formal_notice_leaves_eight_days_to_read_the_first_reminder() -> None:
    short = asleep("relance_2", "relance_3")
    told, issues = edited(short, [StepEdit("mise_en_demeure", 10, is_active=True)], version=2)

    assert told is None
    said = "« mise en demeure » doit tomber au moins 8 jours après « relance 1 » : le temps"
    assert [issue.message for issue in issues] == [f"{said} de la lire."]
    kept, issues = edited(short, [StepEdit("mise_en_demeure", 11, is_active=True)], version=2)
    assert (kept is not None, issues) == (True, ())


def test_the_eight_days_of_the_law_cannot_be_shortened() -> None:
    told, issues = edited(replace(FRENCH, formal_notice_gap_days=7), [], version=2)

    assert told is None
    assert [issue.code for issue in issues] == ["scenario_formal"]


def test_a_scenario_keeps_one_reminder() -> None:
    none = [StepEdit(code, 3, is_active=False) for code in CLAIMS[:3]]
    told, issues = edited(FRENCH, none, version=2)

    assert told is None
    assert "scenario_ladder" in [issue.code for issue in issues]


def test_a_day_given_to_a_sleeping_step_bothers_nobody() -> None:
    told, issues = edited(FRENCH, [StepEdit("relance_2", 25, is_active=False)], version=2)

    assert issues == ()
    assert told is not None
    assert [step.code for step in told.ladder] == ["relance_1", "relance_3", "mise_en_demeure"]


# what the planner does of it


def test_a_sleeping_step_is_passed_over() -> None:
    told = book().line(1, 30).said("relance_1", 20, 1)

    assert steps(told.plan(asleep("relance_2"))) == [(1, "EUR", "relance_3", [1])]


def test_what_a_sleeping_step_said_still_counts() -> None:
    """The last reminder was put to sleep after it left: the formal notice follows it."""
    told = book().line(1, 40).said("relance_3", 20, 1)

    assert steps(told.plan(asleep("relance_3"))) == [(1, "EUR", "mise_en_demeure", [1])]


def test_a_reminder_put_to_sleep_was_still_read() -> None:
    """The only reminder that left is asleep now: its eight days count all the same."""
    told = book().line(1, 40).said("relance_3", 9, 1)
    kept = asleep("relance_1", "relance_3")

    assert steps(told.plan(kept)) == [(1, "EUR", "mise_en_demeure", [1])]


def test_a_step_woken_again_is_not_said_again() -> None:
    told = book().line(1, 22).said("relance_1", 17, 1).said("relance_2", 10, 1)

    assert steps(told.plan(FRENCH)) == [(1, "EUR", "relance_3", [1])]


def test_a_step_woken_behind_a_line_is_not_gone_back_to() -> None:
    told = book().line(1, 12).said("relance_2", 2, 1)

    assert fates(told.plan(FRENCH, today=TODAY + timedelta(days=7))) == {1: "waiting"}


def test_no_formal_notice_when_it_sleeps() -> None:
    told = book().line(1, 60).said("relance_3", 20, 1)

    assert fates(told.plan(asleep("mise_en_demeure"))) == {1: "ladder_done"}


def test_courtesies_sleep_too() -> None:
    early = book().line(1, -8)
    paid = book().said("relance_1", 5, 1).settled(1, 1)

    assert steps(early.plan(asleep("prevenance"))) == []
    assert steps(paid.plan(FRENCH))[0][2] == "remerciement"
    assert steps(paid.plan(asleep("remerciement"))) == []


awake = st.sets(st.sampled_from(CLAIMS))
gaps = st.tuples(st.integers(1, 6), *[st.integers(1, 12)] * 3)


@st.composite
def versions(draw: st.DrawFn) -> Scenario:
    """Return a version that the editor takes: some steps asleep, other days."""
    days, asleep_ones = 0, draw(awake)
    edits = []
    for code, gap in zip(CLAIMS, draw(gaps), strict=True):
        days += gap
        edits.append(StepEdit(code, days, is_active=code not in asleep_ones))
    told, _issues = edited(FRENCH, edits, version=2)
    return told or FRENCH


@settings(max_examples=15)
@given(changes=st.lists(st.tuples(st.integers(0, 40), versions()), min_size=1, max_size=4))
def test_whatever_the_changes_no_step_is_repeated_nor_skipped(
    changes: list[tuple[int, Scenario]],
) -> None:
    """One line never paid, day after day, the scenario changed under it now and then."""
    ledger, current, said = Book().customer().line(1, 0).ledger(), FRENCH, list[str]()
    for shift in range(55):
        current = next((one for day, one in changes if day == shift), current)
        now = moment(ago(-shift))
        decision = planner.decide(ledger, current, now)
        for step in decision.messages["step"]:
            place = CLAIMS.index(step)
            before = [one.code for one in current.ladder if CLAIMS.index(one.code) < place]
            assert step not in said
            assert all(CLAIMS.index(one) < place for one in said)
            lowest = [one for one in before if one not in said]
            assert all(any(CLAIMS.index(one) < CLAIMS.index(s) for s in said) for one in lowest)
            said.append(step)
        ledger = after(ledger, decision, now)
