"""A ZIP of invoice PDFs that comes by mail or by a push: attached, and no import for that."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.conftest import House
from tests.documents import samples
from tests.feeds.test_imap import account, box, deliver, mail
from tests.imports.test_numbering import brought, fec, live

from encours.documents.models import Attachment, Document
from encours.feeds import actions, jobs
from encours.feeds.actions.sources import Told
from encours.feeds.models import TakenFile
from encours.feeds.ports import Account
from encours.feeds.queries import sources as queries
from encours.imports.models import FileImport
from encours.tenancy.scope import in_tenant

__all__ = ("account", "box")
TODAY = date(2026, 11, 30)
PIECES = samples.zipped(
    {
        "FA-77.pdf": samples.pdf("Facture"),
        "janvier.pdf": samples.pdf("Facture F-2024-120 du 05/01/2024", "Total TTC 120,00"),
        "notice.pdf": samples.pdf("Mode d'emploi"),
    }
)


@pytest.fixture
def sold(house: House, tmp_path: Path, settings: Any) -> House:
    settings.IMPORTS_ROOT = tmp_path / "imports"
    settings.DOCUMENTS_ROOT = tmp_path / "documents"
    brought(house, fec(tmp_path))
    return house


def source(house: House, kind: str, **told: Any) -> int:
    with in_tenant(house.tenant_id):
        return actions.create_source(
            tenant_id=house.tenant_id,
            kind=kind,
            told=Told("Pièces", house.creditor_id, **told),
            actor_id=7,
            today=TODAY,
        )


def assert_attached(house: House, imports: int) -> None:
    """One PDF found its invoice by number, one by its total and day, one waits for a person."""
    assert live(house) == {120: "F-2024-120", 50: "", 70: "", 30: "FA-77"}
    with in_tenant(house.tenant_id):
        links = Attachment.objects.of(house.tenant_id).select_related("invoice", "document")
        found = {one.document.name: one.invoice.number for one in links if one.invoice}
        assert found == {"FA-77.pdf": "FA-77", "janvier.pdf": "F-2024-120"}
        assert Document.objects.of(house.tenant_id).count() == 3
        assert FileImport.objects.of(house.tenant_id).count() == imports


def test_by_mail_from_a_sender_that_is_allowed(sold: House, account: Account) -> None:
    deliver(
        account,
        mail("inconnu@ailleurs.example", ("pieces.zip", samples.zipped({"x.pdf": b"%PDF-1.4"}))),
        mail("compta@cabinet.fr", ("pieces.zip", PIECES)),
    )
    source_id = source(
        sold,
        "imap",
        settings=account.settings,
        secrets=account.secrets,
        schedule="15",
        allows_private=True,
    )
    ran = actions.run_source(tenant_id=sold.tenant_id, source_id=source_id)

    assert ran is not None
    assert "2 pièces attachées" in ran.sentence
    assert "1 à attacher par une personne" in ran.sentence
    assert_attached(sold, imports=1)
    again = actions.run_source(tenant_id=sold.tenant_id, source_id=source_id)
    assert again is not None
    assert again.state == "nothing"
    deliver(account, mail("compta@cabinet.fr", ("encore.zip", PIECES)))
    actions.run_source(tenant_id=sold.tenant_id, source_id=source_id)
    assert_attached(sold, imports=1)
    with in_tenant(sold.tenant_id):
        taken = TakenFile.objects.of(sold.tenant_id)
        assert {one.import_id for one in taken} == {None}


def test_by_a_push(sold: House) -> None:
    source_id = source(sold, "push")
    asked = {"tenant_id": sold.tenant_id, "source_id": source_id}
    with in_tenant(sold.tenant_id):
        token = actions.new_token(**asked, actor_id=7, today=TODAY)
    address = f"/api/v1/feeds/{token}"
    sent: dict[str, Any] = {"data": PIECES, "content_type": "application/zip"}
    answer = Client().post(address, **sent, headers={"x-file-name": "pieces.zip"})

    assert answer.status_code == 202, answer.content
    jobs.finish_push(**asked, import_id=answer.json()["import"])
    assert_attached(sold, imports=1)
    with in_tenant(sold.tenant_id):
        (ran,) = queries.runs(**asked)
    assert (ran.trigger, ran.state) == ("push", "done")
    assert "2 pièces attachées" in ran.sentence
    again = Client().post(address, **sent, headers={"x-file-name": "encore.zip"})
    assert again.status_code == 202
    if not again.json()["known"]:
        jobs.finish_push(**asked, import_id=again.json()["import"])
    assert_attached(sold, imports=1)
