"""Everything leaves: every table, every file, a journal that anybody can verify; nobody else's."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from tests.conftest import House
from tests.custody.bed import keep, make_bed
from tests.horizon import let_others_end
from typer.testing import CliRunner

from encours.config.commands import application
from encours.custody.actions import export
from encours.custody.queries import catalogue
from encours.parties.models import Customer
from encours.tenancy import sealing
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    return make_bed(tmp_path, settings)


def exported(house: House, to: Path) -> zipfile.ZipFile:
    with to.open("wb") as handle:
        export.write_export(handle, tenant_id=house.tenant_id, today=TODAY)
    return zipfile.ZipFile(to)


def verified(place: Path, *words: str) -> tuple[int, str]:
    """Run the script of an unfolded archive with a bare Python."""
    done = subprocess.run(
        [sys.executable, "-I", str(place / "verifier.py"), str(place), *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def full(house: House) -> House:
    keep(house)
    with in_tenant(house.tenant_id):
        Customer.objects.create(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="C9", name='=1+1 "x"\n'
        )
    let_others_end()
    sealing.seal(
        house.tenant_id, key=django_settings.SEAL_KEY, folder=Path(django_settings.SEALS_ROOT)
    )
    return house


def test_every_table_of_the_tenant_is_there_and_nobody_else_s(
    full: House, other_house: House, tmp_path: Path
) -> None:
    with in_tenant(other_house.tenant_id):
        Customer.objects.create(
            tenant_id=other_house.tenant_id, creditor_id=other_house.creditor_id, code="X",
            name="ETRANGER",
        )  # fmt: skip
    archive = exported(full, tmp_path / "a.zip")
    names = set(archive.namelist())
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns where column_name = 'tenant_id'"
            " and table_schema = 'public'"
        )
        carrying = {row[0] for row in cursor.fetchall()}

    assert {f"tables/{name}.csv" for name in carrying} <= names
    assert all(b"ETRANGER" not in archive.read(name) for name in names)
    rows = list(csv.DictReader(io.StringIO(archive.read("tables/parties_customer.csv").decode())))
    assert '=1+1 "x"\n' in {row["name"] for row in rows}


def test_no_secret_leaves(full: House, tmp_path: Path) -> None:
    with in_tenant(full.tenant_id):
        hidden = {(one.name, column) for one in catalogue.tables() for column in one.left_out}
    archive = exported(full, tmp_path / "a.zip")

    assert ("tenancy_creditor", "smtp_password") in hidden
    assert ("tenancy_invitation", "token_digest") in hidden
    assert ("documents_document", "sealed_key") in hidden
    head = archive.read("tables/tenancy_creditor.csv").decode().splitlines()[0]
    assert "smtp_password" not in head
    assert "password" not in archive.read("tables/tenancy_user.csv").decode()


def test_files_leave_opened_with_their_index(full: House, tmp_path: Path) -> None:
    archive = exported(full, tmp_path / "a.zip")
    [row] = csv.DictReader(io.StringIO(archive.read("documents/index.csv").decode()))

    assert archive.read(row["fichier"]).startswith(b"%PDF")
    assert "FA-1" in row["prouve"]


def test_the_journal_is_verified_without_the_program(full: House, tmp_path: Path) -> None:
    exported(full, tmp_path / "a.zip").extractall(tmp_path / "out")
    key = tmp_path / "key"
    key.write_bytes(django_settings.SEAL_KEY)

    assert verified(tmp_path / "out")[0] == 0
    code, said = verified(tmp_path / "out", "--cle", str(key))
    assert (code, "authentiques" in said) == (0, True)
    key.write_bytes(b"another")
    assert verified(tmp_path / "out", "--cle", str(key))[0] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda lines: [lines[0].replace(b"kept", b"lost"), *lines[1:]], "modifié",
                     id="a fact changed"),
        pytest.param(lambda lines: lines[1:], "supprimé", id="a fact removed"),
        pytest.param(lambda lines: [lines[0], _again(lines[0]), *lines[1:]], "ajouté",
                     id="a fact added"),
    ],
)  # fmt: skip
def test_a_touched_journal_is_found(full: House, tmp_path: Path, change: Any, said: str) -> None:
    exported(full, tmp_path / "a.zip").extractall(tmp_path / "out")
    path = tmp_path / "out" / "journal" / "faits.jsonl"
    path.write_bytes(b"\n".join(change(path.read_bytes().splitlines())) + b"\n")

    code, told = verified(tmp_path / "out")
    assert code == 1
    assert said in told
    assert "n'est pas celui du manifeste" in told


def _again(line: bytes) -> bytes:
    row = json.loads(line)
    row[1] += 900_000
    return json.dumps(row).encode()


def test_a_missing_seal_and_a_touched_file_are_found(full: House, tmp_path: Path) -> None:
    exported(full, tmp_path / "a.zip").extractall(tmp_path / "out")
    (tmp_path / "out" / "journal" / "scelles.jsonl").write_bytes(b"")
    (tmp_path / "out" / "LISEZMOI.md").write_text("x")

    code, told = verified(tmp_path / "out")
    assert code == 1
    assert "du fichier des scellés manque" in told
    assert "LISEZMOI.md" in told


def test_the_command_writes_the_archive_and_a_fact(full: House, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select slug from encours_tenants() where tenant_id = %s", [full.tenant_id])
        slug = cursor.fetchone()[0]
    words = ["export", "--tenant", slug, "--to", str(tmp_path / "tout.zip")]
    done = CliRunner().invoke(application(words), [*words, "--json"])

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["files"] > 20
    again = CliRunner().invoke(application(words), words)
    assert again.exit_code == 1
    words[2] = "personne"
    assert CliRunner().invoke(application(words), words).exit_code == 1
