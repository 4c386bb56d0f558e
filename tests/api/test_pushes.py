"""A program pushes a file to an address: kept, applied by a job, never twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.conftest import House
from tests.imports.test_uploads import fec

from encours.feeds import actions, jobs
from encours.feeds.actions.sources import Told
from encours.feeds.queries import sources as queries
from encours.imports.queries import history
from encours.receivables.models import Invoice
from encours.tenancy.scope import in_tenant


@pytest.fixture
def source_id(house: House, tmp_path: Path, settings: object) -> int:
    settings.IMPORTS_ROOT = tmp_path  # type: ignore[attr-defined]
    with in_tenant(house.tenant_id):
        return actions.create_source(
            tenant_id=house.tenant_id,
            kind="push",
            told=Told("ERP", house.creditor_id),
            actor_id=7,
            today=date(2026, 11, 30),
        )


@pytest.fixture
def address(house: House, source_id: int) -> str:
    with in_tenant(house.tenant_id):
        token = actions.new_token(
            tenant_id=house.tenant_id,
            source_id=source_id,
            actor_id=7,
            today=date(2026, 11, 30),
        )
    return f"/api/v1/feeds/{token}"


def invoices(house: House) -> int:
    with in_tenant(house.tenant_id):
        return Invoice.objects.of(house.tenant_id).filter(undone_at=None).count()


def test_what_is_pushed_is_applied_once(house: House, source_id: int, address: str) -> None:
    asked = {"data": fec(), "content_type": "application/octet-stream"}
    first = Client().post(address, **asked, headers={"x-file-name": "552100554FEC20261231.txt"})

    assert first.status_code == 202, first.content
    import_id = first.json()["import"]
    jobs.finish_push(tenant_id=house.tenant_id, source_id=source_id, import_id=import_id)
    assert invoices(house) == 2

    again = Client().post(address, {"file": SimpleUploadedFile("a.txt", fec())})

    assert again.json() == {"import": import_id, "known": True}
    with in_tenant(house.tenant_id):
        assert len(history.imports(tenant_id=house.tenant_id)) == 1
        (ran,) = queries.runs(tenant_id=house.tenant_id, source_id=source_id)
    assert (ran.trigger, ran.state) == ("push", "done")


def test_what_has_an_error_waits(house: House, source_id: int, address: str) -> None:
    answer = Client().post(address, {"file": SimpleUploadedFile("a.txt", fec(wrong=True))})
    import_id = answer.json()["import"]
    jobs.finish_push(tenant_id=house.tenant_id, source_id=source_id, import_id=import_id)

    assert invoices(house) == 0
    with in_tenant(house.tenant_id):
        found = history.one_import(tenant_id=house.tenant_id, import_id=import_id)
    assert found is not None
    assert found.state == "previewed"


def test_what_is_wrong_is_said(
    house: House, address: str, settings: object, source_id: int
) -> None:
    client = Client()
    assert client.get(address).status_code == 405
    assert client.post(address + "x", data=b"a", content_type="text/csv").status_code == 404
    assert client.post(address, data=b"", content_type="text/csv").status_code == 422
    assert client.post(address, {"other": "x"}).status_code == 422
    settings.UPLOAD_MAX_BYTES = 10  # type: ignore[attr-defined]
    assert client.post(address, data=b"x" * 11, content_type="text/csv").status_code == 413
    settings.FEED_PUSHES_PER_MINUTE = 1  # type: ignore[attr-defined]
    limited = client.post(address, data=b"x", content_type="text/csv")
    assert limited.status_code == 429
    assert limited["Retry-After"] == "60"


def test_a_new_token_ends_the_one_before(house: House, source_id: int, address: str) -> None:
    with in_tenant(house.tenant_id):
        asked = {"tenant_id": house.tenant_id, "source_id": source_id, "actor_id": 7}
        today = date(2026, 11, 30)
        actions.new_token(**asked, today=today)

    assert Client().post(address, data=b"x", content_type="text/csv").status_code == 404
