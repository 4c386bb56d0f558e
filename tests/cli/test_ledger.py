"""The reading commands: the shapes they promise, their exit codes, their sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from tests.cli.shapes import faults, schema
from tests.conftest import House, found_house
from tests.receivables.ledger_rows import write
from tests.receivables.test_queries_ageing import SMALL
from tests.receivables.test_rules_ageing import TODAY
from typer.testing import CliRunner

from encours.cli.ledger import STATUSES, app
from encours.standing import rules
from encours.tenancy.scope import in_tenant

DAY = TODAY.isoformat()
Run = Callable[..., Result]


@pytest.fixture
def run(house: House) -> Run:
    with in_tenant(house.tenant_id):
        write(house, SMALL)

    def call(*words: str, creditor: str = house.code) -> Result:
        return CliRunner().invoke(app, [words[0], "--creditor", creditor, *words[1:]])

    return call


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("words", "contract"),
    [
        pytest.param(("aged-balance", "--as-of", DAY), "aged-balance", id="aged balance"),
        pytest.param(("aged-balance", "--group-by", "group"), "aged-balance", id="by group"),
        pytest.param(("aged-balance", "--by", "issued"), "aged-balance", id="by date of issue"),
        pytest.param(("open-items", "--as-of", "22/11/2026"), "open-items", id="open items"),
        pytest.param(("open-items", "--all"), "open-items", id="settled ones too"),
        pytest.param(("statement", "--customer", "A", "--to", DAY), "statement", id="statement"),
    ],
)
def test_json_keeps_its_contract(run: Run, words: tuple[str, ...], contract: str) -> None:
    assert faults(answer(run(*words, "--json")), contract) == []


def test_the_aged_balance_in_figures(run: Run) -> None:
    told = answer(run("aged-balance", "--as-of", DAY, "--json"))

    assert told["totals"]["net"] == "11.70"
    assert [one["code"] for one in told["customers"]] == ["A", "B"]


def test_another_currency_is_another_balance(run: Run) -> None:
    told = answer(run("aged-balance", "--currency", "usd", "--json"))

    assert (told["currency"], told["customers"]) == ("USD", [])


def test_the_statement_closes_on_what_is_owed(run: Run) -> None:
    told = answer(
        run("statement", "--customer", "A", "--from", "2026-01-01", "--to", DAY, "--json")
    )

    assert told["closing"] == told["ageing"]["net"] == "1.70"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("aged-balance",), id="aged balance"),
        pytest.param(("aged-balance", "--group-by", "currency"), id="by currency"),
        pytest.param(("open-items",), id="open items"),
        pytest.param(("statement", "--customer", "A"), id="statement"),
    ],
)
def test_a_table_for_people(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)

    assert result.exit_code == 0
    assert "€" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        pytest.param(("statement", "--customer", "X"), 1, "Aucun client", id="no such customer"),
        pytest.param(("aged-balance", "--as-of", "hier"), 2, "date illisible", id="a date nobody can read"),
    ],
)  # fmt: skip
def test_refusals(run: Run, words: tuple[str, ...], code: int, sentence: str) -> None:
    result = run(*words)

    assert (result.exit_code, sentence in result.stderr) == (code, True)


def test_an_unknown_creditor_is_refused_with_a_sentence(run: Run) -> None:
    result = run("aged-balance", creditor="PERSONNE")

    assert result.exit_code == 1
    assert "Aucune société" in result.stderr


def test_an_ambiguous_creditor_asks_for_the_tenant(transactional_db: None) -> None:
    code = f"TWICE{date.today():%f}"  # noqa: DTZ011
    found_house(code)
    found_house(code)

    result = CliRunner().invoke(app, ["aged-balance", "--creditor", code])

    assert result.exit_code == 2
    assert "--tenant" in result.stderr


def test_every_status_has_its_words() -> None:
    assert set(STATUSES) == {"open", "partial", "paid", *rules.STATUSES.values()}
    assert set(STATUSES) == set(schema("open-items")["$defs"]["status"]["enum"])
