"""What a mapping screen is given: the columns proposed, the first rows as read, names that stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from tests.conftest import House

from encours.imports.actions import tables, uploads
from encours.imports.models import FileImport
from encours.imports.queries import mappings
from encours.tenancy.scope import in_tenant

USER, TODAY = 7, date(2026, 4, 2)
OPEN = (
    "Balance clients au 31/03/2026\n\n"
    "Code client;Nom;N° facture;Date;Échéance;Reste dû\n"
    "C1;Dupont SA;F1;05/01/2026;04/02/2026;1 200,00\n"
    "C2;Durand;F2;15/02/2026;17/03/2026;abc\n"
    "Total;;;;;1 200,00\n"
)
ODD = "Truc;Machin;Chose\nC1;F1;12,00\nC2;F2;24,50\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> None:
    settings.IMPORTS_ROOT = tmp_path / "uploads"  # type: ignore[attr-defined]


@pytest.fixture
def owner(house: House) -> Iterator[dict[str, int]]:
    with in_tenant(house.tenant_id):
        yield {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}


def received(owner: dict[str, int], text: str, name: str = "balance.csv") -> int:
    return uploads.receive(
        **owner, name=name, chunks=[text.encode("iso8859-15")], author_id=USER, kind=tables.KIND
    )


def waiting(owner: dict[str, int], import_id: int) -> None:
    FileImport.objects.of(owner["tenant_id"]).filter(pk=import_id).update(state="mapping")


def test_an_upload_is_described(owner: dict[str, int]) -> None:
    import_id = received(owner, OPEN)

    told = tables.describe(tenant_id=owner["tenant_id"], import_id=import_id)

    assert (told.header_line, told.encoding, told.separator) == (3, "ISO-8859-15", ";")
    assert (told.mapping["meaning"], told.mapping["as_of"]) == ("open_items", "2026-03-31")
    assert [row.line for row in told.rows] == [4, 5]
    assert told.rows[0].values["open"] == "1200.00"
    assert told.rows[0].values["due_on"] == "2026-02-04"
    assert told.rows[1].problems == ("Montant illisible dans « Reste dû ».",)
    assert told.as_json()["columns"][5]["field"] == "open_amount"


def test_a_persons_mapping_reads_the_rows_again(owner: dict[str, int]) -> None:
    import_id = received(owner, ODD)
    asked = {"tenant_id": owner["tenant_id"], "import_id": import_id}
    assert not tables.describe(**asked).is_sure
    mapping = {
        "meaning": "open_items",
        "columns": {"customer_code": "Truc", "number": "Machin", "open_amount": "Chose"},
    }

    told = tables.describe(**asked, mapping=mapping)

    assert told.is_sure
    assert told.rows[1].values == {"customer_code": "C2", "number": "F2", "open": "24.50"}


def test_a_saved_mapping_is_recognised_by_the_headings(owner: dict[str, int]) -> None:
    first = received(owner, ODD)
    waiting(owner, first)
    columns = {"customer_code": "Truc", "number": "Machin", "open_amount": "Chose"}
    tables.choose(
        tenant_id=owner["tenant_id"],
        import_id=first,
        mapping={"meaning": "open_items", "columns": columns},
        save_as="Export du lundi",
        author_id=USER,
        today=TODAY,
    )

    second = received(owner, ODD.replace("12,00", "13,00"))
    told = tables.describe(tenant_id=owner["tenant_id"], import_id=second)

    assert (told.saved_name, told.is_sure) == ("Export du lundi", True)
    assert told.mapping["columns"] == columns
    row = FileImport.objects.of(owner["tenant_id"]).get(pk=first)
    assert (row.state, row.mapping["columns"]) == ("running", columns)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from tenancy_fact where verb = 'mapping.saved'")
        assert cursor.fetchone()[0] == 1


def test_a_mapping_that_lacks_something_is_refused(owner: dict[str, int]) -> None:
    import_id = received(owner, ODD)
    waiting(owner, import_id)

    with pytest.raises(tables.UnusableMapping, match="montant"):
        tables.choose(
            tenant_id=owner["tenant_id"],
            import_id=import_id,
            mapping={"meaning": "movements", "columns": {"customer_code": "Truc"}},
            author_id=USER,
            today=TODAY,
        )


def test_a_name_is_of_one_layout(owner: dict[str, int]) -> None:
    saved = {
        **owner,
        "name": "Lundi",
        "definition": {"columns": {"customer_code": "A", "amount": "B", "issued_on": "C"}},
        "today": TODAY,
    }
    kept = tables.save_mapping(**saved, signature="one")

    assert tables.save_mapping(**saved, signature="one") == kept
    with pytest.raises(tables.NameTaken):
        tables.save_mapping(**saved, signature="two")
    tables.delete_mapping(tenant_id=owner["tenant_id"], mapping_id=kept, today=TODAY)
    assert mappings.mappings(**owner) == []


def test_what_is_no_table_says_so(owner: dict[str, int]) -> None:
    import_id = received(owner, "%PDF-1.7", "facture.csv")

    told = tables.describe(tenant_id=owner["tenant_id"], import_id=import_id)

    assert not told.is_readable
    assert [issue.code for issue in told.issues] == ["not_a_table"]
