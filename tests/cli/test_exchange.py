"""`import rates`, and `import fec` without a creditor, as typed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from tests.cli.shapes import faults
from tests.conftest import House
from tests.imports.test_uploads import fec
from typer.testing import CliRunner

from encours.cli import exchange, imports
from encours.tenancy.models import Creditor, Tenant
from encours.tenancy.scope import in_tenant

YESTERDAY = date.today() - timedelta(days=1)  # noqa: DTZ011 - a day long past is as good


def slug(house: House) -> str:
    with in_tenant(house.tenant_id):
        return Tenant.objects.get(id=house.tenant_id).slug


def test_rates_once_then_nothing_new(house: House, tmp_path: Path) -> None:
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(f"Date,USD,\n{YESTERDAY},1.0823,\n")
    words = ["import", "rates", str(file), "--tenant", slug(house), "--json"]
    first, again = (CliRunner().invoke(exchange.app, words) for _time in range(2))

    told = json.loads(first.stdout)
    assert faults(told, "import-rates") == []
    assert (told["applied"], told["counts"]) == (True, {"rates": 1, "corrected": 0})
    assert json.loads(again.stdout)["applied"] is False
    assert (first.exit_code, again.exit_code) == (0, 0)


def test_another_file_is_refused_in_a_sentence(house: House, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("client;montant\n")
    result = CliRunner().invoke(
        exchange.app, ["import", "rates", str(file), "--tenant", slug(house)]
    )

    assert result.exit_code == 1
    assert "Banque centrale" in result.stdout


def test_each_fec_to_its_creditor_by_its_siren(house: House, tmp_path: Path) -> None:
    with in_tenant(house.tenant_id):
        other = Creditor.objects.create(
            tenant_id=house.tenant_id, code="AUTRE", name="Autre", siren="443061841"
        )
    names = (
        "552100554FEC20251231.txt",
        "443061841FEC20251231.txt",
        "732829320FEC20251231.txt",
        "x.txt",
    )
    files = [tmp_path / name for name in names]
    for file in files:
        file.write_bytes(fec())
    words = ["import", "fec", *map(str, files), "--tenant", slug(house), "--json"]
    result = CliRunner().invoke(imports.app, words)

    told = json.loads(result.stdout)
    assert [one["applied"] for one in told] == [True, True, False, False]
    assert [one["issues"][0]["code"] for one in told[2:]] == ["creditor_unknown"] * 2
    assert result.exit_code == 1, "some were refused"
    with in_tenant(house.tenant_id):
        from encours.imports.models import FileImport  # noqa: PLC0415 - read here alone

        assert set(FileImport.objects.values_list("creditor_id", flat=True)) == {
            house.creditor_id, other.pk
        }  # fmt: skip
