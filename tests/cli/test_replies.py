"""`reply classify`, as typed: a text, lines, cases, a mail; JSON as its contract says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.shapes import faults
from typer.testing import CliRunner

from encours.cli import replies

GOLDEN = Path(__file__).parents[1] / "golden" / "replies"
RECEIVED = ("--received", "2026-03-10")


def run(*words: str, typed: str | bytes = "") -> Any:
    return CliRunner().invoke(replies.app, ["reply", "classify", *words], input=typed)


def test_one_text_gives_one_object() -> None:
    text = "La facture 2024-113 sera payée vendredi, 1 250,50 € par virement."
    result = run("-", "--json", *RECEIVED, typed=text)
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert faults(told, "reply-classify") == []
    assert (told["class"], told["date"], told["amount"], told["invoices"]) == (
        "promise", "2026-03-13", "1250.50", ["2024-113"],
    )  # fmt: skip
    assert told["abstained"] is False
    assert told["why"]


def test_lines_give_an_array(tmp_path: Path) -> None:
    file = tmp_path / "replies.txt"
    file.write_text("C'est payé\n\nJe suis absent jusqu'au 16 mars\n", "utf-8")
    told = json.loads(run(str(file), "--lines", "--json", *RECEIVED).stdout)

    assert [one["class"] for one in told] == ["payment_proof", "out_of_office"]
    assert [faults(one, "reply-classify") for one in told] == [[], []]


def test_cases_are_answered_in_their_order() -> None:
    asked = [
        {"id": 7, "text": "Payé hier", "received": "2026-01-02"},
        "Nous contestons cette facture",
    ]
    told = json.loads(run("--json", *RECEIVED, typed=json.dumps(asked)).stdout)

    assert [one["class"] for one in told] == ["payment_proof", "dispute"]
    assert (told[0]["id"], told[0]["date"]) == (7, "2026-01-01")
    assert [faults(one, "reply-classify") for one in told] == [[], []]


def test_a_mail_is_taken_whole() -> None:
    told = json.loads(run(str(GOLDEN / "dsn_definitive.eml"), "--json").stdout)

    assert faults(told, "reply-classify") == []
    assert told["bounce"] == {
        "recipient": "compta@ancien-client.example", "permanent": True, "status": "5.1.1",
    }  # fmt: skip


def test_a_person_reads_a_table() -> None:
    result = run("-", *RECEIVED, typed="Je vous paie 500 € demain")

    assert result.exit_code == 0
    assert "promise" in result.stdout
    assert "2026-03-11" in result.stdout
    assert "500.00" in result.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ('[{"txt": "payé"}]', "Cas illisible"),
        ('[{"text": "payé", "received": "hier"}]', "Date illisible"),
        ("[3]", "Cas illisible"),
    ],
)
def test_a_case_that_is_none_is_refused(typed: str, said: str) -> None:
    result = run("--json", typed=typed)

    assert result.exit_code == 1
    assert said in result.stderr


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    result = run(str(tmp_path / "none.eml"))

    assert result.exit_code == 1
    assert "Réponse illisible" in result.stderr


def test_old_encodings_are_read() -> None:
    told = json.loads(run("-", "--json", *RECEIVED, typed="Réglé hier".encode("cp1252")).stdout)

    assert told["date"] == "2026-03-09"
