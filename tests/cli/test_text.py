"""`text check`: one text, one text a line, or a JSON list of cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from encours.config.commands import application

DOCS = Path(__file__).parents[2] / "docs" / "contracts"
GOOD = "Merci de régler la facture FA-1 au plus tard le 15 décembre 2026."
BAD = "Un huissier se présentera demain à votre domicile."


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(application(["text"]), ["text", "check", *words], input=stdin)


def test_a_good_text_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "message.txt"
    path.write_text(GOOD, "utf-8")

    answered = run(str(path))

    assert (answered.exit_code, answered.output) == (0, "")


def test_a_bad_text_says_why_on_one_line() -> None:
    answered = run("-", stdin=BAD)

    assert answered.exit_code == 1
    (line,) = answered.stdout.splitlines()
    assert line.startswith("bloque officer « huissier » : ")
    assert "C. pén. 433-13" in line
    assert "Mieux : " in line


def test_a_warning_alone_does_not_block() -> None:
    answered = run(stdin="Merci de régler immédiatement la facture FA-1.")

    assert answered.exit_code == 0
    assert answered.stdout.startswith("avertit haste")


def test_a_file_of_sentences_is_numbered() -> None:
    answered = run("--lines", stdin=f"{GOOD}\n{BAD}\n")

    assert answered.exit_code == 1
    assert answered.stdout.startswith("2: bloque officer")


def test_the_class_decides(tmp_path: Path) -> None:
    owed = "Indemnité forfaitaire pour frais de recouvrement : 40 € par facture."

    assert run("--class", "business", stdin=owed).exit_code == 0
    assert run("--class", "consumer", stdin=owed).exit_code == 1
    assert run(stdin=owed).exit_code == 1


def test_json_of_one_text_and_of_lines() -> None:
    one = json.loads(run("--json", stdin=BAD).stdout)
    many = json.loads(run("--json", "--lines", stdin=f"{GOOD}\n{BAD}").stdout)

    assert one["blocked"] is True
    assert {
        "code",
        "severity",
        "excerpt",
        "reason",
        "better",
        "line",
        "column",
        "start",
        "end",
    } == (one["findings"][0].keys())
    assert [answer["blocked"] for answer in many] == [False, True]


def test_cases_in_answers_out() -> None:
    cases = [
        {"id": 1, "text": GOOD},
        {"id": 2, "text": BAD, "debtor_class": "consumer", "step": "relance_2", "has_title": True},
        {"id": 3, "text": BAD, "debtor_class": "martian"},
        {"id": 4, "said": BAD},
        {"id": 5, "text": BAD, "tone": "firm"},
        BAD,
    ]
    answered = run("--json", stdin=json.dumps(cases))
    answers = json.loads(answered.stdout)

    assert answered.exit_code == 1
    assert [one.get("id") for one in answers] == [1, 2, 3, 4, 5, None]
    assert [one.get("blocked") for one in answers] == [False, False, None, None, None, True]
    assert answers[2]["error"]["code"] == "invalid_case"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--class", "martian"), id="a class"),
        pytest.param(("--step", "relance_9"), id="a step"),
        pytest.param(("--sender", "nobody"), id="a sender"),
        pytest.param(("--lang", "de"), id="a language"),
        pytest.param(("nowhere.txt",), id="a file"),
    ],
)
def test_what_nobody_knows_is_wrong_usage(words: tuple[str, ...]) -> None:
    answered = run(*words, stdin=GOOD)

    assert answered.exit_code == 2
    assert answered.stderr


def test_a_bracket_may_begin_a_text() -> None:
    assert run(stdin="[Rappel] Merci de régler la facture FA-1.").exit_code == 0


def test_a_whole_notice_lacks_what_it_lacks() -> None:
    words = "Nous vous mettons en demeure de régler votre facture."
    asked = ("--class", "business", "--step", "mise_en_demeure")

    assert run(*asked, "--part", stdin=words).exit_code == 0
    answered = run(*asked, "--whole", stdin=words)
    assert answered.exit_code == 1
    assert "la somme ; le délai" in answered.stdout


def test_the_contract_shows_what_the_command_answers() -> None:
    contract = (DOCS / "text-check.md").read_text("utf-8")
    cases, answers = (block.split("```")[0] for block in contract.split("```json\n")[1:])

    assert json.loads(run("--json", stdin=cases).stdout) == json.loads(answers)
