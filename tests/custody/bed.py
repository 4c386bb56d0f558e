"""A tenant with a customer, an invoice, a kept file and facts: what leaves and what goes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.conftest import House
from tests.documents import samples
from tests.documents.test_store import add_invoice

from encours.documents import actions
from encours.documents.actions import Kept, Subject
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


def make_bed(tmp_path: Path, settings: Any) -> Path:
    """Give files, seals and archives folders of their own."""
    for name in ("DOCUMENTS_ROOT", "IMPORTS_ROOT", "SEALS_ROOT", "EXPORTS_ROOT"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        setattr(settings, name, folder)
    return tmp_path


def keep(house: House, kind: str = "invoice", number: str = "FA-1") -> Kept:
    """Keep one file attached to an invoice."""
    with in_tenant(house.tenant_id):
        invoice = add_invoice(house, number)
        return actions.keep(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, name="x.pdf", kind=kind,
            chunks=[samples.pdf(kind, number)], subjects=[Subject("invoice", invoice.pk)],
            today=TODAY,
        )  # fmt: skip
