from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encours.cli.scoring import app

CONTRACT = Path("docs/contracts/score-cases.md").read_text("utf-8")
CASES = re.findall(r"```json\n(.*?)```", CONTRACT, re.DOTALL)[0]


def test_the_case_of_the_contract_is_answered_as_it_says(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(CASES, "utf-8")
    run = CliRunner().invoke(app, ["--cases", str(file), "--as-of", "2026-11-30", "--json"])

    (answer,) = json.loads(run.stdout)
    assert run.exit_code == 0
    assert (answer["id"], answer["profile"]) == ("late", "slightly_late")
    assert answer["figures"]["mean_days"] == 13.3
    assert answer["sentence"] in " ".join(CONTRACT.split())


def test_cases_come_from_the_standard_input_with_thresholds(tmp_path: Path) -> None:
    limits = tmp_path / "limits.json"
    limits.write_text('{"on_time_days": 14}', "utf-8")
    asked = ["--cases", "-", "--as-of", "30/11/2026", "--thresholds", str(limits)]
    run = CliRunner().invoke(app, [*asked, "--language", "en"], input=CASES)

    (answer,) = json.loads(run.stdout)
    assert answer["profile"] == "on_time"
    assert answer["sentence"].startswith("Pays 13 days after the due date")


@pytest.mark.parametrize(
    ("asked", "typed", "code"),
    [
        pytest.param(["--cases", "-"], CASES, 2, id="no date"),
        pytest.param([], "", 2, id="neither cases nor creditor"),
        pytest.param(["--cases", "-", "--as-of", "2026-11-30"], "{", 1, id="not JSON"),
        pytest.param(["--cases", "-", "--as-of", "2026-11-30"], "{}", 1, id="not a list"),
        pytest.param(["--cases", "/nowhere", "--as-of", "2026-11-30"], "", 1, id="no file"),
    ],
)
def test_what_cannot_be_asked(asked: list[str], typed: str, code: int) -> None:
    assert CliRunner().invoke(app, asked, input=typed).exit_code == code
