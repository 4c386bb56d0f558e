"""A run: what is right is applied by itself, what is wrong waits for a person, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import House
from tests.documents import samples
from tests.feeds.places import TODAY, USER, fec, put, source_of, watch

from encours.documents.models import Attachment
from encours.dunning.queries.day import day_of
from encours.dunning.queries.moment import setting
from encours.feeds import actions
from encours.feeds.actions.sources import InvalidSource, Told
from encours.feeds.models import Source, SourceRun, TakenFile
from encours.feeds.ports import FILE_SOURCES, SlowDown
from encours.feeds.providers.folder import Folder
from encours.feeds.queries import sources as queries
from encours.imports.models import FileImport
from encours.receivables.models import Invoice
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant


@pytest.fixture
def folder(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.IMPORTS_ROOT = tmp_path / "imports"  # type: ignore[attr-defined]
    settings.FEED_ROOTS = [tmp_path]  # type: ignore[attr-defined]
    filled = {"folder": lambda account: Folder(account, roots=[tmp_path], settle_s=0)}
    monkeypatch.setattr(FILE_SOURCES, "_filled", filled)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def run(house: House, source_id: int, **how: object) -> actions.Ran:
    found = actions.run_source(tenant_id=house.tenant_id, source_id=source_id, **how)  # type: ignore[arg-type]
    assert found is not None
    return found


def invoices(house: House) -> int:
    with in_tenant(house.tenant_id):
        return Invoice.objects.of(house.tenant_id).filter(undone_at=None).count()


def test_a_file_without_error_is_applied_by_itself(house: House, folder: Path) -> None:
    put(folder, "552100554FEC20261231.txt", fec())
    source_id = watch(house, folder)

    ran = run(house, source_id)

    assert (ran.state, ran.files) == ("done", 1)
    assert ran.rows > 0
    assert invoices(house) == 2
    source = source_of(house, source_id)
    assert source.fresh_at is not None
    assert source.next_run_at is not None
    assert source.running_since is None
    assert run(house, source_id).state == "nothing"
    with in_tenant(house.tenant_id):
        (row,) = FileImport.objects.of(house.tenant_id)
        assert row.state == "applied"
        assert row.author_id is None


def test_a_file_with_an_error_waits_and_the_others_go_in(house: House, folder: Path) -> None:
    put(folder, "a.txt", fec(wrong=True))
    put(folder, "b.txt", fec())
    source_id = watch(house, folder)

    ran = run(house, source_id)

    assert ran.files == 2
    assert "attend une décision" in ran.sentence
    assert invoices(house) == 2
    with in_tenant(house.tenant_id):
        states = dict(TakenFile.objects.of(house.tenant_id).values_list("name", "state"))
        waiting = queries.waiting_files(tenant_id=house.tenant_id, creditor_ids=None)
    assert states == {"a.txt": "waiting", "b.txt": "applied"}
    assert waiting == 1


def test_the_same_content_again_changes_nothing(house: House, folder: Path) -> None:
    put(folder, "a.txt", fec())
    source_id = watch(house, folder)
    run(house, source_id)
    put(folder, "b.txt", fec())

    assert "déjà reçu" in run(house, source_id).sentence
    assert invoices(house) == 2


def test_a_file_says_whose_it_is(house: House, folder: Path) -> None:
    with in_tenant(house.tenant_id):
        other = Creditor.objects.create(
            tenant_id=house.tenant_id, code="NORD", name="Nord", siren="732829320"
        )
    put(folder, "732829320FEC20261231.txt", fec())
    put(folder, "export.txt", fec(wrong=True))
    source_id = watch(house, folder, creditor_id=None)

    ran = run(house, source_id)

    assert ran.state == "partial"
    assert "quelle société" in ran.sentence
    with in_tenant(house.tenant_id):
        owners = set(FileImport.objects.of(house.tenant_id).values_list("creditor_id", flat=True))
    assert owners == {other.pk}


def test_a_source_out_of_reach_says_why_and_tries_again_later(house: House, folder: Path) -> None:
    source_id = watch(house, folder / "nowhere")

    first, second = run(house, source_id), run(house, source_id)
    source = source_of(house, source_id)

    assert first.state == second.state == "failed"
    assert "n'existe pas" in source.failure
    assert source.failures == 2
    (folder / "nowhere").mkdir()
    assert run(house, source_id).state == "nothing"
    assert source_of(house, source_id).failures == 0
    with in_tenant(house.tenant_id):
        verbs = list(
            Fact.objects.of(house.tenant_id)
            .filter(subject_type="source")
            .order_by("pk")
            .values_list("verb", flat=True)
        )
    assert verbs == ["source.created", "source.failed", "source.recovered"]


def test_an_error_of_the_program_is_kept_as_a_failure(
    house: House,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_account: object) -> Folder:
        raise RuntimeError("bug")

    monkeypatch.setattr(FILE_SOURCES, "_filled", {"folder": broken})
    source_id = watch(house, folder)

    assert "erreur du programme" in run(house, source_id).sentence
    assert source_of(house, source_id).running_since is None


def test_asked_to_wait(house: House, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_account: object) -> Folder:
        raise SlowDown(7200)

    monkeypatch.setattr(FILE_SOURCES, "_filled", {"folder": busy})
    source_id = watch(house, folder)
    before = datetime.now(UTC)
    run(house, source_id)
    planned = source_of(house, source_id).next_run_at

    assert planned is not None
    assert planned - before >= timedelta(hours=2)


def test_one_run_at_a_time_and_a_dead_one_is_taken_over(house: House, folder: Path) -> None:
    source_id = watch(house, folder)
    with in_tenant(house.tenant_id):
        Source.objects.of(house.tenant_id).update(running_since=datetime.now(UTC))

    assert actions.run_source(tenant_id=house.tenant_id, source_id=source_id) is None

    with in_tenant(house.tenant_id):
        past = datetime.now(UTC) - timedelta(hours=3)
        Source.objects.of(house.tenant_id).update(running_since=past)
        SourceRun.objects.create(tenant_id=house.tenant_id, source_id=source_id)

    assert run(house, source_id).state == "nothing"
    with in_tenant(house.tenant_id):
        states = [one.state for one in queries.runs(tenant_id=house.tenant_id, source_id=source_id)]
    assert states == ["nothing", "failed"]


def test_a_paused_source_runs_only_when_somebody_asks(house: House, folder: Path) -> None:
    source_id = watch(house, folder)
    with in_tenant(house.tenant_id):
        asked = {"tenant_id": house.tenant_id, "source_id": source_id}
        actions.set_enabled(**asked, is_enabled=False, actor_id=USER, today=TODAY)

        assert queries.due(tenant_id=house.tenant_id, now=datetime.now(UTC)) == []

    assert actions.run_source(tenant_id=house.tenant_id, source_id=source_id) is None
    assert run(house, source_id, trigger="hand").state == "nothing"


def test_what_is_due_is_queued_once(house: House, folder: Path) -> None:
    source_id = watch(house, folder)
    with in_tenant(house.tenant_id):
        now = datetime.now(UTC) + timedelta(seconds=1)
        assert queries.due(tenant_id=house.tenant_id, now=now) == [source_id]


def test_secrets_are_sealed_and_kept_when_left_out(house: House, folder: Path) -> None:
    told = Told(
        "Serveur",
        house.creditor_id,
        {"host": "sftp.example", "user": "me"},
        {"password": "hush"},
    )
    with in_tenant(house.tenant_id):
        asked = {"tenant_id": house.tenant_id, "actor_id": USER, "today": TODAY}
        source_id = actions.create_source(kind="sftp", told=told, **asked)
        again = Told("Serveur 2", house.creditor_id, {"host": "sftp.example", "user": "me"})
        actions.update_source(source_id=source_id, told=again, **asked)
        moved = replace(again, settings={"host": "other.example", "user": "me"})
        with pytest.raises(InvalidSource) as refused:
            actions.update_source(source_id=source_id, told=moved, **asked)
    assert set(refused.value.by_field) == {"password"}, "another server does not get it"
    source = source_of(house, source_id)

    assert "hush" not in source.secrets + str(source.settings)
    from encours.feeds.actions.sources import account_of  # noqa: PLC0415

    assert account_of(source).secrets == {"password": "hush"}
    with in_tenant(house.tenant_id), pytest.raises(InvalidSource) as wrong:
        actions.create_source(kind="sftp", told=Told("Serveur 2", None, {}, schedule="1"), **asked)
    assert set(wrong.value.by_field) == {"host", "user", "name", "schedule"}


def test_late_data_is_named(house: House, folder: Path) -> None:
    watch(house, folder)
    with in_tenant(house.tenant_id):
        asked = {"tenant_id": house.tenant_id, "creditor_ids": [house.creditor_id]}
        assert queries.late(**asked, now=datetime.now(UTC)) == []
        assert queries.late(**asked, now=datetime.now(UTC) + timedelta(hours=49)) == ["Exports"]


def test_a_late_source_holds_the_plan_whatever_else_came_in(house: House, folder: Path) -> None:
    put(folder, "a.txt", fec())
    source_id = watch(house, folder)
    run(house, source_id)
    later = datetime.now(UTC) + timedelta(hours=49)
    owner = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}

    with in_tenant(house.tenant_id):
        asked = {**owner, "on": later.date(), "now": later}
        assert setting(**asked).moment.is_stale(10_000)
        assert not setting(**asked, allow_stale=True).moment.is_stale(10_000)
        assert day_of(**owner, now=later).is_stale
        assert not day_of(**owner, now=datetime.now(UTC)).is_stale


def test_a_zip_of_plain_pdfs_is_attached_by_number(
    house: House, folder: Path, tmp_path: Path, settings: object
) -> None:
    settings.DOCUMENTS_ROOT = tmp_path / "documents"  # type: ignore[attr-defined]
    put(folder, "552100554FEC20261231.txt", fec())
    source_id = watch(house, folder)
    run(house, source_id)
    with in_tenant(house.tenant_id):
        number = "FA2026-001"  # long enough to be found in a name
        first = Invoice.objects.of(house.tenant_id).order_by("pk")[0].pk
        Invoice.objects.of(house.tenant_id).filter(pk=first).update(number=number)
        imports = FileImport.objects.of(house.tenant_id).count()
    pieces = {
        "facture FA2026-001.pdf": samples.pdf("Facture"),
        "inconnue.pdf": samples.pdf("Autre"),
    }
    put(folder, "pieces.zip", samples.zipped(pieces))

    ran = run(house, source_id)

    assert "1 pièces attachées" in ran.sentence
    assert "1 à attacher par une personne" in ran.sentence
    with in_tenant(house.tenant_id):
        (attached,) = Attachment.objects.of(house.tenant_id)
        assert attached.invoice is not None
        assert attached.invoice.number == number
        assert FileImport.objects.of(house.tenant_id).count() == imports, "it is no import"
        taken = TakenFile.objects.of(house.tenant_id).get(name="pieces.zip")
    assert (taken.state, taken.import_id) == ("applied", None)
    put(folder, "encore.zip", samples.zipped(pieces))
    assert invoices(house) == 2
    assert run(house, source_id).state == "done"
    with in_tenant(house.tenant_id):
        assert Attachment.objects.of(house.tenant_id).count() == 1
