"""A backup put back gives the same house, verified, in a new era of the journal."""

from __future__ import annotations

import tarfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.conftest import House

from encours.config import home
from encours.config.operations import backups, journals
from encours.tenancy import journal
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for files and keys; the database stays the suite's."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(home, "home", lambda: folder)
    monkeypatch.setattr(settings, "SEAL_KEY", home.key("seal"))
    home.files("imports").joinpath("kept.txt").write_text("kept")
    return folder


def write(house: House) -> None:
    with in_tenant(house.tenant_id):
        journal.record(
            "creditor.founded",
            tenant_id=house.tenant_id,
            subject=("creditor", house.creditor_id),
            effective_on=date(2026, 1, 1),
        )


def test_a_backup_comes_back_whole(house: House, own_home: Path) -> None:
    write(house)
    journals.seal_all()
    archive = backups.backup()
    with in_tenant(house.tenant_id):
        Creditor.objects.filter(pk=house.creditor_id).update(name="Autre nom")
    (own_home / "files" / "imports" / "kept.txt").unlink()

    said = backups.restore(archive, replace=True)

    assert "intact" in said
    assert (own_home / "files" / "imports" / "kept.txt").read_text() == "kept"
    assert archive.stat().st_mode & 0o077 == 0
    with in_tenant(house.tenant_id):
        assert Creditor.objects.get(pk=house.creditor_id).name == "Maison Durand"
        assert Fact.objects.of(house.tenant_id).count() == 1
    write(house)
    journals.seal_all()
    mine = [one for one in journals.verify_all() if one.tenant_id == house.tenant_id]
    assert [one.ok for one in mine] == [True]
    with connection.cursor() as cursor:
        cursor.execute("select era from tenancy_era")
        assert cursor.fetchone()[0] > 1


def test_data_is_not_replaced_unasked(house: House, own_home: Path) -> None:
    archive = backups.backup()

    with pytest.raises(backups.NotEmpty):
        backups.restore(archive, replace=False)


@pytest.mark.parametrize("damage", ["not a tar", "cut", "changed"])
def test_a_damaged_archive_touches_nothing(house: House, own_home: Path, damage: str) -> None:
    archive = backups.backup()
    data = archive.read_bytes()
    if damage == "not a tar":
        archive.write_bytes(b"hello")
    elif damage == "cut":
        archive.write_bytes(data[: len(data) // 2])
    else:
        with tarfile.open(archive) as opened:
            offset = opened.getmember("database.dump").offset_data
        archive.write_bytes(data[: offset + 100] + b"#" + data[offset + 101 :])

    with pytest.raises(backups.NotAnArchive):
        backups.restore(archive, replace=True)

    with in_tenant(house.tenant_id):
        assert Creditor.objects.filter(pk=house.creditor_id).exists()
