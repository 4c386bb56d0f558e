"""Scenarios as data: the shipped one, its round trip, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.dunning.ledgers import FRENCH

from encours.dunning.rules.scenario import Scenario, Step
from encours.dunning.rules.scenario_data import read_scenario
from encours.dunning.rules.scenario_sense import LADDER_MAX
from encours.kernel.issue import Issue


def data(**given: Any) -> dict[str, Any]:
    """Return the French scenario as data, with something changed."""
    return {**json.loads(json.dumps(FRENCH.as_json())), **given}


def changed(place: int, **given: Any) -> dict[str, Any]:
    """Return the French scenario as data, with one step changed (from 1)."""
    told = data()
    told["steps"][place - 1].update(given)
    return told


def without(*codes: str) -> dict[str, Any]:
    """Return the French scenario as data without some steps."""
    return data(steps=[step for step in data()["steps"] if step["code"] not in codes])


def test_the_french_ladder() -> None:
    told = [(step.code, step.rank, step.kind, step.offset_days) for step in FRENCH.steps]

    assert told == [
        ("prevenance", 1, "pre_due", -15),
        ("relance_1", 2, "reminder", 3),
        ("relance_2", 3, "reminder", 10),
        ("relance_3", 4, "reminder", 20),
        ("mise_en_demeure", 5, "formal_notice", 30),
        ("remerciement", 6, "thank_you", 0),
    ]


def test_the_french_tones_channels_and_papers() -> None:
    told = {
        step.code: (step.name, step.tone, step.channels, step.fallback, step.attachments)
        for step in FRENCH.steps
    }

    assert told == {
        "prevenance": ("prévenance", "friendly", ("email",), (), ()),
        "relance_1": ("relance 1", "friendly", ("email",), ("letter",), ()),
        "relance_2": ("relance 2", "neutral", ("email",), ("letter",), ()),
        "relance_3": ("relance 3", "firm", ("email",), ("letter",), ("statement",)),
        "mise_en_demeure": (
            "mise en demeure",
            "formal",
            ("letter", "email"),
            (),
            ("letter", "statement"),
        ),
        "remerciement": ("remerciement", "grateful", ("email",), (), ()),
    }


def test_the_french_limits() -> None:
    assert (FRENCH.code, FRENCH.version, FRENCH.name) == ("france", 1, "Relances françaises")
    assert FRENCH.thank_you is not None
    assert (FRENCH.thank_you.anchor, FRENCH.thank_you.lapse_days) == ("settlement", 30)
    assert {step.anchor for step in FRENCH.ladder} == {"due"}


def test_the_ladder_is_what_claims_money_by_rank() -> None:
    shuffled = Scenario("x", 1, "x", tuple(reversed(FRENCH.steps)))

    assert shuffled.rungs == {
        "relance_1": 1,
        "relance_2": 2,
        "relance_3": 3,
        "mise_en_demeure": 4,
    }
    assert shuffled.ladder == FRENCH.ladder
    assert shuffled.formal_rung == 4


def test_a_scenario_of_one_reminder_is_enough() -> None:
    short = Scenario("x", 1, "x", (Step("rappel", "rappel", 1, "reminder", 3),))

    assert (short.formal_rung, short.pre_due, short.thank_you) == (0, None, None)
    assert (short.step("rappel"), short.step("autre")) == (short.steps[0], None)
    assert read_scenario(short.as_json()) == (short, ())


def test_round_trip() -> None:
    scenario, issues = read_scenario(data())

    assert scenario == FRENCH
    assert issues == ()
    assert hash(scenario) == hash(FRENCH)


def test_what_is_not_said_takes_its_usual_value() -> None:
    short = {
        "code": "x",
        "version": 2,
        "name": "x",
        "steps": [
            {"code": "r", "name": "r", "rank": 1, "kind": "reminder", "offset_days": 3},
        ],
    }
    scenario, issues = read_scenario(short)

    assert issues == ()
    assert scenario == Scenario("x", 2, "x", (Step("r", "r", 1, "reminder", 3),))


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(without("prevenance"), id="no pre-due notice"),
        pytest.param(without("mise_en_demeure"), id="no formal notice"),
        pytest.param(without("remerciement"), id="no thank-you"),
        pytest.param(data(minimum_cents={"EUR": 0, "USD": 500}), id="minimum by currency"),
        pytest.param(data(min_spacing_days=0), id="no spacing"),
        pytest.param(data(min_spacing_days=400), id="the longest spacing"),
        pytest.param(changed(1, offset_days=-400), id="the earliest notice"),
        pytest.param(changed(6, offset_days=3, lapse_days=0), id="a thank-you in three days"),
        pytest.param(changed(1, rank=0), id="ranks from zero"),
    ],
)
def test_accepted(told: dict[str, Any]) -> None:
    scenario, issues = read_scenario(told)

    assert issues == ()
    assert scenario is not None


WHOLE = "Un nombre entier de {} à 400 est attendu."
MAXIMUM = "Le montant maximum se donne par devise, en centimes."
MINIMUM = "Le montant minimum se donne par devise, en centimes."
REPEATED = "Deux étapes ne peuvent porter le même code ni le même rang."
OFFSET = "Une prévenance précède l'échéance, les autres étapes la suivent."
CHANNELS = "email, letter, registered, eregistered, sms, whatsapp, call"
ANCHORS = "due, month_end, previous, settlement, promise, plan, dispute_closed"
START = "Un scénario commence par une relance ; une mise en demeure vient après elle."
SPOKEN = "Une mise en demeure s'écrit : ni SMS, ni WhatsApp, ni appel."
EFFECTS = "hold_orders, task, hand_over"
BEHAVIOURS = "opened, clicked, answered, promised, promise_broken, disputed, part_paid, bounced"
EXTRA = {"code": "r4", "name": "r4", "rank": 9, "kind": "reminder", "offset_days": 40}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            data(colour="red"),
            [Issue("scenario_name", "Rubrique inconnue.", 0, "colour", "colour")],
            id="an unknown name",
        ),
        pytest.param(
            changed(2, colour="red"),
            [Issue("scenario_name", "Rubrique inconnue.", 2, "colour", "colour")],
            id="an unknown name in a step",
        ),
        pytest.param(
            data(code=" ", name=3),
            [
                Issue("scenario_value", "Un texte est attendu.", 0, "code", " "),
                Issue("scenario_value", "Un texte est attendu.", 0, "name", "3"),
            ],
            id="texts that are none",
        ),
        pytest.param(
            changed(2, code="", name=None),
            [
                Issue("scenario_value", "Un texte est attendu.", 2, "code", ""),
                Issue("scenario_value", "Un texte est attendu.", 2, "name", "None"),
            ],
            id="texts that are none in a step",
        ),
        pytest.param(
            data(version=0, min_spacing_days=-1, stale_after_hours=401, formal_notice_gap_days=8.0),
            [
                Issue("scenario_value", WHOLE.format(1), 0, "version", "0"),
                Issue("scenario_value", WHOLE.format(0), 0, "min_spacing_days", "-1"),
                Issue("scenario_value", WHOLE.format(0), 0, "formal_notice_gap_days", "8.0"),
                Issue("scenario_value", WHOLE.format(0), 0, "stale_after_hours", "401"),
            ],
            id="numbers out of their range",
        ),
        pytest.param(
            changed(6, rank=-1, offset_days=True, lapse_days=-1),
            [
                Issue("scenario_value", WHOLE.format(0), 6, "rank", "-1"),
                Issue("scenario_value", WHOLE.format(-400), 6, "offset_days", "True"),
                Issue("scenario_value", WHOLE.format(0), 6, "lapse_days", "-1"),
            ],
            id="numbers out of their range in a step",
        ),
        pytest.param(
            data(minimum_cents=[1]),
            [Issue("scenario_value", MINIMUM, 0, "minimum_cents", "[1]")],
            id="a minimum that is no mapping",
        ),
        pytest.param(
            data(minimum_cents={"EUR": -1}),
            [Issue("scenario_value", MINIMUM, 0, "minimum_cents", "{'EUR': -1}")],
            id="a negative minimum",
        ),
        pytest.param(
            data(minimum_cents={"EUR": 1.5}),
            [Issue("scenario_value", MINIMUM, 0, "minimum_cents", "{'EUR': 1.5}")],
            id="a minimum that is not in cents",
        ),
        pytest.param(
            data(minimum_cents={1: 1}),
            [Issue("scenario_value", MINIMUM, 0, "minimum_cents", "{1: 1}")],
            id="a minimum of no currency",
        ),
        pytest.param(
            data(steps=[]),
            [Issue("scenario_steps", "Un scénario a au moins une étape.", 0, "steps")],
            id="no step",
        ),
        pytest.param(
            data(steps="relance"),
            [Issue("scenario_steps", "Un scénario a au moins une étape.", 0, "steps")],
            id="steps that are no list",
        ),
        pytest.param(
            data(steps=[*data()["steps"], "relance"]),
            [Issue("scenario_steps", "Étape illisible.", 7, "steps")],
            id="a step that is none",
        ),
        pytest.param(
            changed(2, kind="rappel", tone="rude", approval=None, channels=["fax"], fallback="x"),
            [
                Issue(
                    "scenario_value",
                    "Valeur inconnue.",
                    2,
                    "kind",
                    "rappel",
                    "pre_due, reminder, formal_notice, thank_you, statement",
                ),
                Issue(
                    "scenario_value",
                    "Valeur inconnue.",
                    2,
                    "tone",
                    "rude",
                    "friendly, neutral, firm, formal, grateful",
                ),
                Issue(
                    "scenario_value",
                    "Valeur inconnue.",
                    2,
                    "approval",
                    "None",
                    "auto, manual, each",
                ),
                Issue("scenario_value", "Valeur inconnue.", 2, "channels", "['fax']", CHANNELS),
                Issue("scenario_value", "Valeur inconnue.", 2, "fallback", "x", CHANNELS),
            ],
            id="values out of their lists",
        ),
        pytest.param(
            changed(2, attachments=["email"], anchor="issue"),
            [
                Issue("scenario_value", "Valeur inconnue.", 2, "anchor", "issue", ANCHORS),
                Issue(
                    "scenario_value",
                    "Valeur inconnue.",
                    2,
                    "attachments",
                    "['email']",
                    "letter, statement, invoices, delivery_proof",
                ),
            ],
            id="papers out of their list",
        ),
        pytest.param(
            changed(2, discount=None, interest="oui", texts=3, maximum_cents={"EUR": "12"}),
            [
                Issue("scenario_value", "Un texte est attendu.", 2, "texts", "3"),
                Issue("scenario_value", MAXIMUM, 2, "maximum_cents", "{'EUR': '12'}"),
                Issue("scenario_value", "Valeur inconnue.", 2, "discount", "None", "true, false"),
                Issue(
                    "scenario_value", "Valeur inconnue.", 2, "interest", "oui", "true, false, null"
                ),
            ],
            id="words and amounts of a step",
        ),
        pytest.param(
            changed(2, when=["fled"], effects=["sue"]),
            [
                Issue("scenario_value", "Valeur inconnue.", 2, "effects", "['sue']", EFFECTS),
                Issue("scenario_value", "Valeur inconnue.", 2, "when", "['fled']", BEHAVIOURS),
            ],
            id="behaviours and effects that nobody knows",
        ),
        pytest.param(
            changed(5, channels=["sms"], fallback=["call"]),
            [Issue("scenario_channels", SPOKEN, 5, "channels", "call, sms")],
            id="a formal notice that is not written",
        ),
        pytest.param(
            changed(3, code="relance_1"),
            [Issue("scenario_repeated", REPEATED, 3, "code", "relance_1")],
            id="a code twice",
        ),
        pytest.param(
            changed(6, rank=1),
            [Issue("scenario_repeated", REPEATED, 6, "rank", "1")],
            id="a rank twice",
        ),
        pytest.param(
            changed(2, kind="pre_due", offset_days=-5),
            [Issue("scenario_kinds", "Un scénario a une seule prévenance.", 0, "kind")],
            id="two pre-due notices",
        ),
        pytest.param(
            changed(2, kind="thank_you", anchor="settlement"),
            [Issue("scenario_kinds", "Un scénario a un seul remerciement.", 0, "kind")],
            id="two thank-yous",
        ),
        pytest.param(
            changed(4, kind="formal_notice"),
            [
                Issue("scenario_kinds", "Un scénario a une seule mise en demeure.", 0, "kind"),
                Issue(
                    "scenario_ladder",
                    "La mise en demeure est la dernière étape avant une personne.",
                    0,
                    "rank",
                ),
            ],
            id="two formal notices",
        ),
        pytest.param(
            changed(2, anchor="settlement"),
            [
                Issue(
                    "scenario_anchor",
                    "Seul un remerciement se compte depuis le règlement.",
                    2,
                    "anchor",
                    "settlement",
                )
            ],
            id="a reminder counted from a payment",
        ),
        pytest.param(
            changed(6, anchor="due"),
            [
                Issue(
                    "scenario_anchor",
                    "Seul un remerciement se compte depuis le règlement.",
                    6,
                    "anchor",
                    "due",
                )
            ],
            id="a thank-you counted from the due date",
        ),
        pytest.param(
            changed(2, channels=[]),
            [Issue("scenario_channels", "Une étape part par au moins un canal.", 2, "channels")],
            id="no channel",
        ),
        pytest.param(
            changed(1, offset_days=0),
            [Issue("scenario_offset", OFFSET, 1, "offset_days", "0")],
            id="a pre-due notice on the due date",
        ),
        pytest.param(
            changed(2, offset_days=-1),
            [Issue("scenario_offset", OFFSET, 2, "offset_days", "-1")],
            id="a reminder before the due date",
        ),
        pytest.param(
            changed(2, offset_days=0),
            [
                Issue(
                    "scenario_offset",
                    "Le jour de l'échéance, rien n'est en retard.",
                    2,
                    "offset_days",
                    "0",
                )
            ],
            id="a reminder on the due date",
        ),
        pytest.param(
            without("relance_1", "relance_2", "relance_3"),
            [Issue("scenario_ladder", START, 0, "steps")],
            id="a formal notice without any reminder",
        ),
        pytest.param(
            without("relance_1", "relance_2", "relance_3", "mise_en_demeure"),
            [Issue("scenario_ladder", START, 0, "steps")],
            id="no reminder at all",
        ),
        pytest.param(
            data(steps=[*data()["steps"], EXTRA]),
            [
                Issue(
                    "scenario_ladder",
                    "La mise en demeure est la dernière étape avant une personne.",
                    0,
                    "rank",
                )
            ],
            id="a reminder after the formal notice",
        ),
        pytest.param(
            changed(3, offset_days=3),
            [
                Issue(
                    "scenario_ladder",
                    "« relance 2 » doit tomber après « relance 1 ».",
                    3,
                    "offset_days",
                    "3",
                )
            ],
            id="two steps on the same day",
        ),
    ],
)
def test_refused(told: dict[str, Any], expected: list[Issue]) -> None:
    assert read_scenario(told) == (None, tuple(expected))


def test_a_ladder_has_a_top() -> None:
    rungs = [
        {"code": f"r{day}", "name": "r", "rank": day, "kind": "reminder", "offset_days": day}
        for day in range(1, LADDER_MAX + 2)
    ]

    assert read_scenario(data(steps=rungs[:-1]))[1] == ()
    assert read_scenario(data(steps=rungs))[1] == (
        Issue("scenario_ladder", "Un scénario a au plus 12 relances.", 0, "steps", "13"),
    )


def test_a_step_without_kind_is_refused() -> None:
    told = data()
    del told["steps"][0]["kind"]

    assert [issue.column for issue in read_scenario(told)[1]] == ["kind"]
