"""The pages of sources: set up by those who may, no secret shown, tried and run."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.feeds.places import put
from tests.imports.test_uploads import fec
from tests.web.places import Place, add_user, place

from encours.feeds import actions
from encours.feeds.models import Source
from encours.feeds.ports import FILE_SOURCES
from encours.feeds.providers.folder import Folder
from encours.tenancy.models import User
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(transactional_db: None) -> Place:
    return place("SOURCES")


@pytest.fixture
def folder(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.IMPORTS_ROOT = tmp_path / "imports"  # type: ignore[attr-defined]
    filled = {"folder": lambda account: Folder(account, roots=[tmp_path], settle_s=0)}
    monkeypatch.setattr(FILE_SOURCES, "_filled", filled)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def client_of(mine: Place, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=mine.users[role]))
    return client


def source_of(mine: Place, name: str) -> Source:
    with in_tenant(mine.house.tenant_id):
        return Source.objects.of(mine.house.tenant_id).get(name=name, removed_at=None)


def test_a_folder_is_set_up_tried_and_run(mine: Place, folder: Path) -> None:
    client = client_of(mine, "admin")
    put(folder, "a.txt", fec())
    typed = {
        "name": "Exports",
        "creditor": mine.house.creditor_id,
        "path": str(folder),
        "after": "move",
        "schedule": "15",
        "fresh_hours": "24",
    }
    page = client.post(reverse("source_new", args=("folder",)), typed, follow=True)
    assert "essayez-la" in page.content.decode()
    source = source_of(mine, "Exports")

    tried = client.post(reverse("source_try", args=(source.pk,)), follow=True)
    assert "1 fichier(s) en attente" in tried.content.decode()

    asked = client.post(reverse("source_run", args=(source.pk,)), follow=True)
    assert "Passage en cours" in asked.content.decode()
    actions.run_source(tenant_id=mine.house.tenant_id, source_id=source.pk, trigger="hand")

    page = client.get(reverse("source_one", args=(source.pk,)))
    assert "« a.txt » est importé." in page.content.decode()
    assert "Exports" in client.get(reverse("sources")).content.decode()
    assert client.get(reverse("sources") + "?format=csv").status_code == 200

    client.post(reverse("source_pause", args=(source.pk,)))
    assert not source_of(mine, "Exports").is_enabled
    client.post(reverse("source_remove", args=(source.pk,)))
    assert client.get(reverse("source_one", args=(source.pk,))).status_code == 404


def test_a_secret_is_never_shown_again_and_stays_when_left_empty(mine: Place) -> None:
    client = client_of(mine, "credit_manager")
    typed = {
        "name": "Serveur",
        "creditor": mine.house.creditor_id,
        "host": "sftp.example",
        "user": "moi",
        "password": "chut-1234",
        "after": "move",
        "allows_private": "on",
    }
    client.post(reverse("source_new", args=("sftp",)), typed)
    source = source_of(mine, "Serveur")
    assert not source.allows_private, "only an administrator may say so"

    edit = reverse("source_edit", args=(source.pk,))
    assert "chut-1234" not in client.get(edit).content.decode()
    client.post(edit, {**typed, "password": "", "user": "nous"})
    again = source_of(mine, "Serveur")
    assert again.settings["user"] == "nous"
    assert actions.sources.account_of(again).secrets == {"password": "chut-1234"}  # type: ignore[attr-defined]

    moved = client.post(edit, {**typed, "password": "", "host": "other.example"})
    assert "saisissez de nouveau" in moved.content.decode(), "another server does not get it"
    assert source_of(mine, "Serveur").settings["host"] == "sftp.example"

    wrong = client.post(edit, {**typed, "schedule": "jamais"})
    assert "une heure" in wrong.content.decode()


def test_the_drop_address_is_shown_once(mine: Place) -> None:
    client = client_of(mine, "admin")
    typed = {"name": "Script", "creditor": mine.house.creditor_id}
    client.post(reverse("source_new", args=("push",)), typed)
    source = source_of(mine, "Script")

    page = client.post(reverse("source_token", args=(source.pk,)))

    assert "/api/v1/feeds/" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert (
        "/api/v1/feeds/"
        not in client.get(reverse("source_one", args=(source.pk,))).content.decode()
    )


def test_rights(mine: Place) -> None:
    with in_tenant(mine.house.tenant_id):
        elsewhere = add_user(mine.house, "credit_manager", "SOURCES", mine.second_id)
    admin = client_of(mine, "admin")
    typed = {"name": "Une", "creditor": mine.house.creditor_id}
    admin.post(reverse("source_new", args=("push",)), typed)
    source = source_of(mine, "Une")
    other = Client()
    other.force_login(elsewhere)

    assert other.get(reverse("source_one", args=(source.pk,))).status_code == 404
    assert other.post(reverse("source_token", args=(source.pk,))).status_code == 404
    assert "Une</a>" not in other.get(reverse("sources")).content.decode()
    reader = client_of(mine, "reader")
    assert reader.get(reverse("sources")).status_code == 403
    collector = client_of(mine, "collector")
    assert collector.get(reverse("source_one", args=(source.pk,))).status_code == 200
    assert collector.post(reverse("source_pause", args=(source.pk,))).status_code == 403
