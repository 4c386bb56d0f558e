"""An uploaded file: shown first, applied on a yes, forgotten on a no."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import House

from encours.imports import actions, jobs
from encours.imports.actions import uploads
from encours.imports.models import FileImport
from encours.imports.queries import history
from encours.receivables.models import Invoice
from encours.tenancy.scope import in_tenant

HEADER = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)
USER = 7


def fec(*, wrong: bool = False) -> bytes:
    rows = [HEADER]
    for number, cents in enumerate((12000, 24000), start=1):
        amount = f"{cents // 100},00"
        net = f"{cents // 120},00"
        vat = f"{cents // 100 - cents // 120},00"
        head = f"VE\tVentes\t{number}\t20260{number}05"
        tail = f"F{number}\t20260{number}05\tFacture F{number}"
        end = f"\t\t20260{number}28\t\t"
        owed = "1,00" if wrong and number == 2 else amount
        rows.append(f"{head}\t411000\tClients\tC1\tClient un\t{tail}\t{owed}\t0,00{end}")
        rows.append(f"{head}\t707000\tVentes\t\t\t{tail}\t0,00\t{net}{end}")
        rows.append(f"{head}\t445710\tTVA\t\t\t{tail}\t0,00\t{vat}{end}")
    return "\r\n".join(rows).encode() + b"\r\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> None:
    settings.IMPORTS_ROOT = tmp_path  # type: ignore[attr-defined]


def received(house: House, content: bytes) -> int:
    with in_tenant(house.tenant_id):
        return uploads.receive(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            name="552100554FEC20261231.txt",
            chunks=[content[:100], content[100:]],
            author_id=USER,
        )


def shown(house: House, import_id: int) -> history.PastImport:
    with in_tenant(house.tenant_id):
        found = history.one_import(tenant_id=house.tenant_id, import_id=import_id)
    assert found is not None
    return found


def accept(house: House, import_id: int, *, rest: bool = False) -> None:
    asked = {"tenant_id": house.tenant_id, "import_id": import_id}
    with in_tenant(house.tenant_id):
        uploads.accept(**asked, accept_rest=rest, author_id=USER)
    jobs.apply(**asked)


def invoices(house: House) -> int:
    with in_tenant(house.tenant_id):
        return Invoice.objects.of(house.tenant_id).filter(undone_at=None).count()


def test_a_preview_changes_nothing_and_a_yes_applies_it(house: House) -> None:
    import_id = received(house, fec())
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)

    before = shown(house, import_id)
    assert (before.state, before.counts["invoices"], before.control["ok"]) == ("previewed", 2, True)
    assert invoices(house) == 0

    accept(house, import_id)

    after = shown(house, import_id)
    assert (after.state, after.counts, after.author_id) == ("applied", before.counts, USER)
    assert invoices(house) == 2
    with in_tenant(house.tenant_id):
        assert FileImport.objects.of(house.tenant_id).count() == 1


def test_errors_need_a_second_yes(house: House) -> None:
    import_id = received(house, fec(wrong=True))
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)

    before = shown(house, import_id)
    assert before.state == "previewed"
    assert before.errors > 0
    with pytest.raises(uploads.HasErrors):
        accept(house, import_id)

    accept(house, import_id, rest=True)
    assert shown(house, import_id).state == "applied"
    assert invoices(house) == 1


def test_what_is_no_ledger_is_refused(house: House) -> None:
    import_id = received(house, b"%PDF-1.7 not a ledger")
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)

    assert shown(house, import_id).state == "refused"
    with pytest.raises(uploads.NotWaiting):
        accept(house, import_id)


def test_the_same_file_again_is_refused_with_its_reason(house: House) -> None:
    first = received(house, fec())
    jobs.preview(tenant_id=house.tenant_id, import_id=first)
    accept(house, first)

    again = received(house, fec())
    jobs.preview(tenant_id=house.tenant_id, import_id=again)

    row = shown(house, again)
    assert row.state == "refused"
    assert [issue["code"] for issue in row.issues] == ["already_imported"]


def test_a_cancelled_upload_leaves_neither_row_nor_file(house: House, tmp_path: Path) -> None:
    import_id = received(house, fec())
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)
    with in_tenant(house.tenant_id):
        uploads.cancel(tenant_id=house.tenant_id, import_id=import_id)

    with in_tenant(house.tenant_id):
        assert history.imports(tenant_id=house.tenant_id) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_crash_of_the_program_is_said(house: House, tmp_path: Path) -> None:
    import_id = received(house, fec())
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.unlink()

    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)

    row = shown(house, import_id)
    assert (row.state, row.errors) == ("failed", 1)


def test_a_job_run_twice_does_its_work_once(house: House) -> None:
    import_id = received(house, fec())
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)
    accept(house, import_id)

    jobs.apply(tenant_id=house.tenant_id, import_id=import_id)
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)

    assert shown(house, import_id).state == "applied"
    assert invoices(house) == 2


def test_undo_after_a_page_import(house: House) -> None:
    import_id = received(house, fec())
    jobs.preview(tenant_id=house.tenant_id, import_id=import_id)
    accept(house, import_id)
    with in_tenant(house.tenant_id):
        actions.undo(
            tenant_id=house.tenant_id, import_id=import_id, user_id=USER, today=date(2026, 3, 1)
        )

    assert shown(house, import_id).state == "undone"
    assert invoices(house) == 0
