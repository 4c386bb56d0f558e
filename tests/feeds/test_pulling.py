"""A software's books in the ledger: open to the cent, changed, withdrawn, undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from tests.conftest import House
from tests.feeds.places import TODAY, USER, source_of

from encours.feeds import actions
from encours.feeds.actions.sources import Told
from encours.feeds.ports import CONNECTORS, Account, Page, Pulled, Unreachable
from encours.imports import actions as imports
from encours.imports.models import FileImport
from encours.parties.models import Contact
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.moment import Moment
from encours.tenancy.scope import in_tenant


class Memory:
    """A software in memory: all it holds, and what changed since it was last asked."""

    code = "memory"

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict] = {}
        self.gone: set[tuple[str, str]] = set()
        self.asked: list[datetime | None] = []
        self.problem: Unreachable | None = None

    def check(self) -> str:
        return "ok"

    def pull(self, since: datetime | None) -> Iterator[Page]:
        self.asked.append(since)
        rows = [Pulled(kind, one, data) for (kind, one), data in self.rows.items()]
        yield Page(tuple(rows), tuple(self.gone))
        if self.problem:
            raise self.problem


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Memory:
    found = Memory()
    found.rows = {
        ("customer", "3"): {"code": "C3", "name": "Client trois", "email": "compta@c3.example"},
        ("document", "1"): {
            "customer": "3", "kind": "invoice", "number": "F1", "on": "2026-09-01", "cents": 12000,
            "net": 10000, "vat": 2000, "due": [["11", "2026-10-01", 5000], ["12", "2026-11-01", 7000]],
        },
        ("document", "2"): {
            "customer": "3", "kind": "invoice", "number": "F2", "on": "2026-09-02", "cents": 3000,
            "due": [["2", "2026-10-02", 3000]], "settled": 1000, "settled_on": "2026-09-20",
        },
        ("payment", "9"): {
            "customer": "3", "on": "2026-10-05", "cents": 6000, "number": "VIR",
            "shares": [["11", 5000, "2026-10-05"], ["12", 500, "2026-10-05"]],
        },
    }  # fmt: skip
    monkeypatch.setattr(CONNECTORS, "_filled", {"pennylane": lambda _account: found})
    return found


@pytest.fixture
def source_id(house: House, books: Memory) -> int:
    with in_tenant(house.tenant_id):
        return actions.create_source(
            tenant_id=house.tenant_id,
            kind="pennylane",
            told=Told("Pennylane", house.creditor_id, {}, {"token": "k"}, schedule="60"),
            actor_id=USER,
            today=TODAY,
        )


def run(house: House, source_id: int) -> actions.Ran:
    found = actions.run_source(tenant_id=house.tenant_id, source_id=source_id, trigger="hand")
    assert found is not None
    return found


def _moment(house: House, on: date) -> Moment:
    owner = {"tenant_id": house.tenant_id, "creditor_ids": (house.creditor_id,)}
    return Moment(**owner, as_of=on, currency="EUR")


def totals(house: House, on: date = date(2026, 11, 30)) -> tuple[int, int]:
    with in_tenant(house.tenant_id):
        found = aged_balance(_moment(house, on)).totals
    return found["open"], found["unallocated"]


def test_the_ledger_is_what_the_software_holds(house: House, source_id: int, books: Memory) -> None:
    ran = run(house, source_id)

    assert (ran.state, ran.rows) == ("done", 4), ran.sentence
    assert totals(house) == (12000 - 5500 + 3000 - 1000, -500)
    with in_tenant(house.tenant_id):
        (row,) = FileImport.objects.of(house.tenant_id)
        assert row.control["ok"], row.control
        assert Contact.objects.of(house.tenant_id).get().email == "compta@c3.example"
    assert books.asked == [None]

    again = run(house, source_id)
    assert again.state == "nothing"
    assert books.asked[1] is not None, "only what changed is asked"
    assert source_of(house, source_id).ledger_at is not None


def test_what_changes_and_what_is_deleted_follows(
    house: House, source_id: int, books: Memory
) -> None:
    run(house, source_id)
    del books.rows["document", "2"]
    books.gone = {("document", "2")}
    books.rows["payment", "9"] = {
        **books.rows["payment", "9"],
        "shares": [["12", 6000, "2026-10-06"]],
    }
    run(house, source_id)

    assert totals(house) == (6000, 0)


def test_undone_it_stays_away_until_a_person_resumes_it(
    house: House, source_id: int, books: Memory
) -> None:
    run(house, source_id)
    with in_tenant(house.tenant_id):
        (row,) = FileImport.objects.of(house.tenant_id)
        imports.undo(tenant_id=house.tenant_id, import_id=row.pk, user_id=USER, today=TODAY)
    assert totals(house) == (0, 0)

    assert "annulé" in run(house, source_id).sentence
    assert totals(house) == (0, 0)

    asked = {"tenant_id": house.tenant_id, "source_id": source_id, "actor_id": USER, "today": TODAY}
    with in_tenant(house.tenant_id):
        actions.set_enabled(**asked, is_enabled=False)
        actions.set_enabled(**asked, is_enabled=True)
    assert run(house, source_id).state == "done"
    assert totals(house) == (8500, -500)


def test_a_pull_that_breaks_changes_nothing(house: House, source_id: int, books: Memory) -> None:
    books.problem = Unreachable("coupé")

    assert run(house, source_id).state == "failed"
    assert totals(house) == (0, 0)
    assert source_of(house, source_id).position == {}


def test_two_ledgers_of_one_company_are_refused(
    house: House, source_id: int, books: Memory
) -> None:
    run(house, source_id)
    with in_tenant(house.tenant_id):
        other = actions.create_source(
            tenant_id=house.tenant_id,
            kind="pennylane",
            told=Told("Deuxième", house.creditor_id, {}, {"token": "k"}),
            actor_id=USER,
            today=TODAY,
        )

    assert "compté deux fois" in run(house, other).sentence
    assert totals(house) == (8500, -500)


def test_an_account_is_opened_with_its_secrets(
    house: House, source_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Account] = []

    def opened(account: Account) -> Memory:
        seen.append(account)
        return Memory()

    monkeypatch.setattr(CONNECTORS, "_filled", {"pennylane": opened})

    assert actions.try_source(tenant_id=house.tenant_id, source_id=source_id) == (True, "ok")
    assert seen[0].secrets == {"token": "k"}
    seen[0].keep({}, {"token": "newer"})
    actions.try_source(tenant_id=house.tenant_id, source_id=source_id)
    assert seen[1].secrets == {"token": "newer"}
