"""`encours score --creditor`: what it writes today, what it only shows of another day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from tests.conftest import House
from tests.receivables.ledger_rows import write
from tests.scoring.test_running import TODAY, ledger
from typer.testing import CliRunner

from encours.cli.scoring import app
from encours.scoring.models import Score
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def books(house: House) -> House:
    with in_tenant(house.tenant_id):
        write(house, ledger)
    return house


def ask(books: House, *words: str) -> Any:
    with time_machine.travel(NOW, tick=False):
        run = CliRunner().invoke(app, ["--creditor", books.code, *words])
    assert run.exit_code == 0, run.stderr
    return json.loads(run.stdout) if "--json" in words else run.stdout


def written(books: House) -> int:
    with in_tenant(books.tenant_id):
        return Score.objects.of(books.tenant_id).count()


def test_today_is_written_and_told(books: House) -> None:
    first, second, third = ask(books, "--json")

    assert written(books) == 3
    assert (first["customer"], first["profile"], first["segment"]) == ("A", "deteriorating", None)
    assert first["figures"]["last_delays"] == [9, 14, 15]
    assert first["sentence"].startswith("Paie en moyenne 7 jours après l'échéance")
    assert second["figures"]["overdue"] == "5.00"
    assert third["sentence"].startswith("Pas encore d'échéance réglée")


def test_another_day_is_shown_as_it_was_known_and_not_written(books: House) -> None:
    before = TODAY - timedelta(days=190)
    first, *_others = ask(books, "--as-of", before.isoformat(), "--json")

    assert written(books) == 0
    assert first["figures"]["last_delays"] == [0, 2, 1]
    unknown = ask(books, "--as-of", "2024-06-01", "--known-at", "2024-06-02", "--json")
    assert {one["profile"] for one in unknown} == {"new"}


def test_people_read_a_table(books: House) -> None:
    shown = ask(books)

    assert "se dégrade" in shown
    assert "3 score(s) mis à jour, 3 profil(s) changé(s)." in shown
