"""What each outcome asks, and what becomes of the planned call."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from encours.recovery.rules.outcomes import OUTCOMES, Policy, Said, end_of, faults, is_policy

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(Said("reached"), [], id="joint : rien de plus"),
        pytest.param(Said("voicemail"), [], id="messagerie : rien de plus"),
        pytest.param(Said("bavard"), ["Choisissez l'issue de l'appel."], id="issue inconnue"),
        pytest.param(
            Said("promise"),
            ["Indiquez la date promise.", "Indiquez le montant promis."],
            id="une promesse a sa date et son montant",
        ),
        pytest.param(
            Said("promise", TODAY - timedelta(days=1), 100),
            ["La date promise est passée."],
            id="une promesse pour hier",
        ),
        pytest.param(Said("promise", TODAY, 100), [], id="une promesse pour aujourd'hui"),
        pytest.param(
            Said("dispute", cause="lune"), ["Choisissez la cause du litige."], id="cause inconnue"
        ),
        pytest.param(Said("dispute", cause="price"), [], id="un litige et sa cause"),
        pytest.param(
            Said("call_back", call_back_at=NOW),
            ["Indiquez quand rappeler : un moment à venir."],
            id="rappeler maintenant",
        ),
        pytest.param(Said("call_back", call_back_at=SOON), [], id="rappeler plus tard"),
        pytest.param(
            Said("wrong_number"),
            ["Choisissez l'interlocuteur dont le numéro est faux."],
            id="faux numéro de personne",
        ),
        pytest.param(Said("wrong_number", has_contact=True), [], id="faux numéro de quelqu'un"),
    ],
)
def test_faults(said: Said, expected: list[str]) -> None:
    assert list(faults(said, causes=("price",), now=NOW, today=TODAY)) == expected


THREE = Policy(tries=3)


@pytest.mark.parametrize(
    ("outcome", "asked", "expected"),
    [
        pytest.param("no_answer", {"tries": 1}, "waits", id="premier essai"),
        pytest.param("voicemail", {"tries": 2}, "waits", id="deuxième essai"),
        pytest.param("no_answer", {"tries": 3}, "done", id="troisième : l'étape est faite"),
        pytest.param(
            "no_answer", {"tries": 3, "has_next": True}, "falls_back", id="ou part autrement"
        ),
        pytest.param(
            "no_answer",
            {"tries": 3, "has_next": True, "policy": Policy(3, "done")},
            "done",
            id="la société ne veut pas d'autre canal",
        ),
        pytest.param("wrong_number", {"tries": 1}, "waits", id="un autre numéro reste"),
        pytest.param(
            "wrong_number", {"tries": 1, "has_number": False}, "done", id="plus aucun numéro"
        ),
        pytest.param(
            "wrong_number",
            {"tries": 1, "has_number": False, "has_next": True},
            "falls_back",
            id="plus aucun numéro, un autre canal",
        ),
        *(
            pytest.param(
                one, {"tries": 1, "has_next": True}, "done", id=f"{one} : l'étape est faite"
            )
            for one in ("reached", "promise", "dispute", "paid", "call_back")
        ),
    ],
)
def test_end_of(outcome: str, asked: dict[str, object], expected: str) -> None:
    assert end_of(outcome, **{"policy": THREE, **asked}) == expected  # type: ignore[arg-type]


def test_every_outcome_ends_somehow_in_the_end() -> None:
    ends = {end_of(one, tries=3, policy=THREE, has_number=False) for one in OUTCOMES}

    assert ends == {"done"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(Policy(), True, id="celle du programme"),
        pytest.param(Policy(tries=0), False, id="aucun essai"),
        pytest.param(Policy(tries=11), False, id="trop d'essais"),
        pytest.param(Policy(from_hour=19, until_hour=9), False, id="la nuit"),
        pytest.param(Policy(then="lune"), False, id="suite inconnue"),  # type: ignore[arg-type]
    ],
)
def test_is_policy(policy: Policy, expected: bool) -> None:
    assert is_policy(policy) is expected
