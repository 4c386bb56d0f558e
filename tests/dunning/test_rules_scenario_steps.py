"""Steps added, removed, doubled and reordered: places and codes stay one each, and days climb."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.ledgers import FRENCH, book, moment, steps

from encours.dunning.rules import planning
from encours.dunning.rules import scenario_steps as rules
from encours.dunning.rules.difference import difference
from encours.dunning.rules.gallery import gallery
from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_edit import changed, issues_of
from encours.dunning.rules.shelf import Shelf


def step_of(scenario: Scenario, code: str) -> Step:
    found = scenario.step(code)
    assert found is not None
    return found


def turns(scenario: Scenario) -> list[str]:
    return [step.code for step in scenario.claims]


@pytest.mark.parametrize(
    ("key", "after", "code", "day"),
    [
        pytest.param("email", "relance_1", "relance_4", 6, id="halfway to the next step"),
        pytest.param("call", "relance_1", "appel", 6, id="a call has a code of its own"),
        pytest.param("sms", "relance_3", "sms", 25, id="before the formal notice"),
        pytest.param("letter", "", "relance_4", 25, id="after the last reminder"),
        pytest.param("email", "mise_en_demeure", "relance_4", 25, id="never after the notice"),
    ],
)
def test_a_reminder_is_added_after_another(key: str, after: str, code: str, day: int) -> None:
    told, made = rules.added(FRENCH, key, after=after)
    step = step_of(told, made)

    assert (made, step.offset_days) == (code, day)
    assert issues_of(told) == ()
    assert turns(told)[-1] == "mise_en_demeure"
    if after in turns(FRENCH)[:3]:
        assert turns(told).index(made) == turns(FRENCH).index(after) + 1


@pytest.mark.parametrize("one", gallery(), ids=lambda one: one.scenario.code)
def test_whatever_the_menu_offers_makes_sense_in_every_shipped_scenario(one: object) -> None:
    scenario = one.scenario  # type: ignore[attr-defined]
    for offer in rules.offers(scenario):
        told, code = rules.added(scenario, offer.key)
        step = step_of(told, code)
        assert step.kind == offer.kind
        if scenario.claims or offer.kind in ("thank_you", "pre_due", "reminder"):
            assert issues_of(told) == (), offer.key


def test_what_comes_once_is_offered_once_and_keeps_its_code() -> None:
    assert {one.key for one in rules.offers(FRENCH)} == {
        "email",
        "letter",
        "sms",
        "call",
        "statement",
    }
    without = rules.removed(FRENCH, "mise_en_demeure")
    told, code = rules.added(without, "formal_notice", taken=("mise_en_demeure",))
    assert code == "mise_en_demeure"
    assert step_of(told, code).offset_days == 30
    assert issues_of(told) == ()


def test_a_new_step_never_takes_the_code_of_one_that_left() -> None:
    without = rules.removed(FRENCH, "relance_2")
    told, code = rules.added(without, "email", taken=[step.code for step in FRENCH.steps])

    assert code == "relance_4"
    assert step_of(told, code).name == "relance 4"


def test_the_draft_that_comes_back_to_what_it_was_changes_nothing() -> None:
    told, code = rules.added(FRENCH, "email", after="relance_1")

    assert [one.field for one in difference(FRENCH, told)] == ["added"]
    assert difference(FRENCH, rules.removed(told, code)) == []


def test_a_reminder_is_doubled_later_and_a_variant_shares_its_day() -> None:
    told, code = rules.doubled(FRENCH, "relance_2")
    twin = step_of(told, code)
    assert (code, twin.name, twin.offset_days) == ("relance_4", "relance 2 bis", 15)
    assert (twin.tone, twin.channels) == ("neutral", ("email",))
    variant, other = rules.doubled(FRENCH, "relance_2", is_variant=True)
    assert step_of(variant, other).rank == step_of(variant, "relance_2").rank
    assert variant.alternatives[2][0].code == "relance_2"
    assert issues_of(told) == issues_of(variant) == ()


def test_variants_move_together_and_change_their_turn() -> None:
    told, other = rules.doubled(FRENCH, "relance_2", is_variant=True)
    moved = changed(told, "relance_2", {"offset_days": 12})
    assert step_of(moved, other).offset_days == 12
    assert issues_of(moved) == ()
    turned = rules.reordered(moved, other, later=False)
    assert [one.code for one in turned.alternatives[2]] == [other, "relance_2"]
    assert "vient après « relance 2 (variante) »" in " ".join(
        one.sentence for one in difference(moved, turned)
    )


def test_two_reminders_exchange_their_turns_and_days() -> None:
    told = rules.reordered(FRENCH, "relance_2", later=False)

    assert turns(told) == ["relance_2", "relance_1", "relance_3", "mise_en_demeure"]
    days = {code: step_of(told, code).offset_days for code in ("relance_1", "relance_2")}
    assert days == {"relance_2": 3, "relance_1": 10}
    assert issues_of(told) == ()
    assert rules.reordered(told, "relance_2", later=True) == FRENCH


def test_what_counts_from_an_event_keeps_its_day() -> None:
    event = replace(step_of(FRENCH, "relance_2"), anchor="promise", offset_days=1)
    told = replace(
        FRENCH, steps=tuple(event if one.code == event.code else one for one in FRENCH.steps)
    )
    turned = rules.reordered(told, "relance_2", later=True)

    assert turns(turned)[:3] == ["relance_1", "relance_3", "relance_2"]
    assert step_of(turned, "relance_2").offset_days == 1
    after, code = rules.added(told, "email", after="relance_2")
    assert (step_of(after, code).anchor, step_of(after, code).offset_days) == ("previous", 7)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("relance_1", (False, True)),
        ("relance_2", (True, True)),
        ("relance_3", (True, False)),
        ("mise_en_demeure", (False, False)),
        ("prevenance", (False, False)),
    ],
)
def test_who_may_change_turns(code: str, expected: tuple[bool, bool]) -> None:
    assert rules.orderings(FRENCH, code) == expected


def test_a_scenario_begins_with_one_reminder() -> None:
    blank = rules.blank_scenario()

    assert issues_of(blank) == ()
    assert steps(book().line(1, 7).plan(blank)) == [(1, "EUR", "relance_1", [1])]


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Relances d'été", set(), "relances_d_ete"),
        ("Relances d'été", {"relances_d_ete"}, "relances_d_ete_2"),
        ("★", set(), "scenario"),
    ],
)
def test_a_name_makes_a_code(name: str, taken: set[str], expected: str) -> None:
    assert rules.free_code(name, taken) == expected


def test_a_message_of_a_step_that_is_no_more_is_still_told() -> None:
    """Version 2, which moved everybody, has no such step; what version 1 planned keeps its name."""
    without = replace(rules.removed(FRENCH, "relance_2"), version=2)
    shelf = Shelf(default=without, gone=(FRENCH,))

    assert shelf.step("france", 1, "relance_2") == FRENCH.step("relance_2")
    told = book().line(1, 22).said("relance_1", 15, 1).said("relance_2", 9, 1)
    plan = planning.plan(told.ledger(), shelf, moment())
    assert plan.messages["step"].to_list() == ["relance_3"]


deeds = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "double", "variant", "earlier", "later"]),
        st.integers(0, 20),
        st.sampled_from([one.key for one in rules.OFFERS]),
    ),
    max_size=12,
)


def done(scenario: Scenario, deed: str, place: int, key: str, ever: set[str]) -> Scenario:
    step = scenario.steps[place % len(scenario.steps)]
    if deed == "add" and key in {one.key for one in rules.offers(scenario)}:
        return rules.added(scenario, key, after=step.code, taken=ever)[0]
    if deed == "remove" and len(scenario.steps) > 1:
        return rules.removed(scenario, step.code)
    if deed in ("double", "variant") and step.kind == "reminder":
        return rules.doubled(scenario, step.code, taken=ever, is_variant=deed == "variant")[0]
    later = deed == "later"
    if deed in ("earlier", "later") and rules.orderings(scenario, step.code)[later]:
        return rules.reordered(scenario, step.code, later=later)
    return scenario


@given(deeds)
def test_codes_and_places_stay_one_each_whatever_is_done(
    done_in_turn: list[tuple[str, int, str]],
) -> None:
    """No code is given twice, no place is shared but by variants, and what stays is unchanged."""
    scenario, ever = FRENCH, {step.code for step in FRENCH.steps}
    for deed in done_in_turn:
        scenario = done(scenario, *deed, ever)
        codes = [step.code for step in scenario.steps]
        assert len(set(codes)) == len(codes)
        ever |= set(codes)
        assert not {one.code for one in issues_of(scenario)} & {
            "scenario_repeated",
            "scenario_kinds",
            "scenario_name",
            "scenario_value",
        }
        if scenario.formal_rung:
            assert turns(scenario)[-1] == "mise_en_demeure"
