"""A ZIP of invoice PDFs gives their numbers to the invoices that the accounts do not number."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.documents import samples
from tests.imports.test_numbering import brought, fec, give, live

from encours.documents.actions.archives import Received, receive_archive
from encours.documents.queries import lists
from encours.documents.queries.lists import Asked
from encours.tenancy.scope import in_tenant

TODAY = date(2024, 12, 31)
FIRST = samples.pdf("FACTURE N° F-2024-120", "Date : 05/01/2024", "Total TTC 120,00 EUR")
SECOND = samples.pdf("Facture F-2024-050 du 6 janvier 2024", "Net à payer 50,00")


@pytest.fixture
def sold(house: House, tmp_path: Path, settings: Any) -> House:
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    brought(house, fec(tmp_path))
    return house


def taken(house: House, files: dict[str, bytes], **more: Any) -> Received:
    return receive_archive(
        io.BytesIO(samples.zipped(files)), tenant_id=house.tenant_id,
        creditor_id=house.creditor_id, name="factures.zip", today=TODAY, **more,
    )  # fmt: skip


def links(house: House) -> dict[str, int]:
    with in_tenant(house.tenant_id):
        rows = lists.documents(tenant_id=house.tenant_id, asked=Asked())
        return {row.name: len(row.links) for row in rows}


def test_the_pdf_gives_its_number_and_is_attached(sold: House) -> None:
    received = taken(sold, {"a.pdf": FIRST, "b.pdf": SECOND, "c.pdf": samples.pdf("Notice")})

    assert received.counts["numbered"] == received.counts["attached"] == 2
    assert received.counts["left"] == 1
    assert live(sold) == {120: "F-2024-120", 50: "F-2024-050", 70: "", 30: "FA-77"}
    assert links(sold) == {"a.pdf": 1, "b.pdf": 1, "c.pdf": 0}


def test_again_nothing_changes(sold: House) -> None:
    taken(sold, {"a.pdf": FIRST})
    again = taken(sold, {"a.pdf": FIRST})

    assert (again.counts["known"], again.counts["numbered"]) == (1, 0)
    assert links(sold) == {"a.pdf": 1}


def test_a_trial_says_it_and_writes_nothing(sold: House) -> None:
    assert taken(sold, {"a.pdf": FIRST}, dry_run=True).counts["numbered"] == 1
    assert live(sold)[120] == ""


def test_one_file_under_two_names_is_one_proof(sold: House) -> None:
    assert taken(sold, {"a.pdf": FIRST, "copie.pdf": FIRST}).counts["numbered"] == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            samples.pdf("Facture F-999", "05/01/2024", "Total TTC 120,00"), id="two files, one sale"
        ),
        pytest.param(
            samples.pdf("Facture F-2024-120", "06/01/2024", "Total TTC 50,00"), id="one number"
        ),
    ],
)
def test_what_two_files_claim_is_left_to_a_person(sold: House, other: bytes) -> None:
    received = taken(sold, {"a.pdf": FIRST, "b.pdf": other})

    assert received.counts["numbered"] == 0
    assert received.counts["left"] == 2
    assert live(sold)[120] == ""


def test_a_number_that_another_invoice_bears_is_not_given(sold: House) -> None:
    give(sold, 70, "F2024120")
    # the number is known: the file is that invoice's, whatever its total
    received = taken(sold, {"a.pdf": FIRST})

    assert received.counts["numbered"] == 0
    assert live(sold)[120] == ""
