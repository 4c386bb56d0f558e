"""An e-invoice dropped on the page: known by its content, shown, then entered on a yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import House
from tests.imports.einvoices import samples

from encours.imports import jobs
from encours.imports.actions import uploads
from encours.imports.queries import history
from encours.imports.queries.history import PastImport
from encours.receivables.models import Invoice
from encours.tenancy.scope import in_tenant

USER = 7


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> None:
    settings.IMPORTS_ROOT = tmp_path  # type: ignore[attr-defined]


def dropped(house: House, content: bytes, name: str) -> PastImport:
    with in_tenant(house.tenant_id):
        import_id = uploads.receive(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            name=name,
            chunks=[content],
            author_id=USER,
        )
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)
    return shown(house, import_id)


def shown(house: House, import_id: int) -> PastImport:
    with in_tenant(house.tenant_id):
        found = history.one_import(tenant_id=house.tenant_id, import_id=import_id)
    assert found is not None
    return found


def test_it_is_shown_then_entered(house: House) -> None:
    before = dropped(house, samples.pdf(samples.cii()), "facture.pdf")
    assert (before.kind, before.state, before.counts["invoices"]) == ("einvoice", "previewed", 1)

    asked = {"tenant_id": house.tenant_id, "import_id": before.id}
    with in_tenant(house.tenant_id):
        assert not Invoice.objects.of(house.tenant_id).exists()
        uploads.accept(**asked, accept_rest=False, author_id=USER)
    jobs.apply(**asked)

    after = shown(house, before.id)
    assert (after.state, after.counts) == ("applied", before.counts)


def test_a_pdf_without_data_is_refused_with_what_to_do(house: House) -> None:
    row = dropped(house, samples.pdf(None), "scan.pdf")

    assert row.state == "refused"
    assert "pourra lui être joint" in row.issues[0]["message"]
