"""A ZIP of pieces: attached by number, the rest listed; bombs and rubbish refused one by one."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.documents import samples
from tests.documents.test_store import add_invoice
from typer.testing import CliRunner

from encours.config.commands import application
from encours.documents import jobs
from encours.documents.actions import intakes
from encours.documents.actions.archives import Received, receive_archive
from encours.documents.queries import intakes as queries
from encours.documents.queries import lists
from encours.documents.queries.lists import Asked
from encours.documents.rules.content import NotTaken
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
ZIP = samples.zipped(
    {
        "2026/FA-2026-0001.pdf": samples.pdf("sans rien"),
        "scan-a.pdf": samples.pdf("Facture FA-2026-0002", "Total 120,00"),
        "scan-b.pdf": samples.pdf("Relance de FA-2026-0001 et FA-2026-0002"),
        "notice.pdf": samples.pdf("Mode d'emploi"),
        "virus.pdf": b"MZ\x90",
        "__MACOSX/._x.pdf": b"x",
        ".DS_Store": b"x",
    }
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    settings.IMPORTS_ROOT = tmp_path / "imports"


@pytest.fixture
def books(house: House) -> House:
    with in_tenant(house.tenant_id):
        for number in ("FA-2026-0001", "FA-2026-0002"):
            add_invoice(house, number)
    return house


def taken(house: House, content: bytes = ZIP, **more: Any) -> Received:
    return receive_archive(
        io.BytesIO(content), tenant_id=house.tenant_id, creditor_id=house.creditor_id,
        name="pieces.zip", today=TODAY, **more,
    )  # fmt: skip


def listed(house: House, **asked: Any) -> list[lists.DocumentRow]:
    with in_tenant(house.tenant_id):
        return list(lists.documents(tenant_id=house.tenant_id, asked=Asked(**asked)))


def test_each_piece_goes_to_the_invoice_whose_number_it_bears(books: House) -> None:
    received = taken(books)

    assert received.counts == {
        "files": 5, "attached": 2, "numbered": 0, "known": 0, "ambiguous": 1, "left": 1, "refused": 1,
    }  # fmt: skip
    assert {one["file"]: one["invoice"] for one in received.attached} == {
        "FA-2026-0001.pdf": "FA-2026-0001",
        "scan-a.pdf": "FA-2026-0002",
    }
    loose = {row.name: len(row.candidates) for row in listed(books, is_loose=True)}
    assert loose == {"scan-b.pdf": 2, "notice.pdf": 0}
    assert len(listed(books)) == 4


def test_the_same_archive_twice_changes_nothing(books: House) -> None:
    taken(books)
    again = taken(books)

    assert again.counts["known"] == 4
    assert len(listed(books)) == 4
    assert sum(len(row.links) for row in listed(books)) == 2


def test_a_trial_keeps_nothing(books: House) -> None:
    assert taken(books, dry_run=True).counts["attached"] == 2
    assert listed(books) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"PK\x03\x04 rubbish", "abîmée", id="no archive"),
        pytest.param(samples.zipped({"a.pdf": b"\0" * 20_000_000}), "bombe", id="a bomb"),
    ],
)
def test_an_archive_that_is_refused(books: House, content: bytes, said: str) -> None:
    with pytest.raises(NotTaken, match=said):
        taken(books, content)


def test_the_page_s_job_says_how_it_ended(books: House) -> None:
    asked = {"tenant_id": books.tenant_id}
    with in_tenant(books.tenant_id):
        intake_id = intakes.receive(
            **asked, creditor_id=books.creditor_id, name="pieces.zip", chunks=[ZIP], actor_id=7
        )
    jobs.take_in(**asked, intake_id=intake_id)
    jobs.take_in(**asked, intake_id=intake_id)

    with in_tenant(books.tenant_id):
        row = queries.intake(**asked, intake_id=intake_id)
    assert row is not None
    assert (row.state, row.counts["attached"]) == ("done", 2)
    assert {one["file"] for one in row.leftovers} == {"scan-b.pdf", "notice.pdf", "virus.pdf"}


def test_the_command(books: House, tmp_path: Path) -> None:
    path = tmp_path / "pieces.zip"
    path.write_bytes(ZIP)
    words = ["import", "documents", str(path), "--creditor", books.code]
    done = CliRunner().invoke(application(words), [*words, "--json"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["counts"]["attached"] == 2
    bad = tmp_path / "mauvais.zip"
    bad.write_bytes(b"rien")
    words[2] = str(bad)
    refused = CliRunner().invoke(application(words), words)
    assert refused.exit_code == 1
    assert "abîmée" in refused.output
