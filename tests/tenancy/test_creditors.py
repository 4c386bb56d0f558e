"""What describes a legal entity, and how its messages leave or stop."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conftest import House

from encours.tenancy import vault
from encours.tenancy.actions import creditors, sending
from encours.tenancy.models import Creditor, Fact, Tenant
from encours.tenancy.queries import creditors as queries
from encours.tenancy.queries import places
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


def png(width: int = 8, height: int = 4) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    return creditors.PNG + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 8, height: int = 4) -> bytes:
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\0" * 9
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8" + app + frame + b"\xff\xd9"


def update(house: House, **described: Any) -> list[str]:
    return creditors.update_creditor(
        tenant_id=house.tenant_id,
        creditor_id=house.creditor_id,
        actor_id=1,
        today=TODAY,
        **described,
    )


@pytest.mark.parametrize(
    ("described", "refusal"),
    [
        pytest.param({"siren": "552100555"}, creditors.InvalidSiren, id="SIREN, wrong key"),
        pytest.param({"siren": "55210055"}, creditors.InvalidSiren, id="SIREN, eight digits"),
        pytest.param({"vat_number": "FR00552100554"}, creditors.InvalidVatNumber, id="VAT, wrong"),
    ],
)
def test_what_is_false_is_refused(
    house: House, described: dict[str, Any], refusal: type[Exception]
) -> None:
    with in_tenant(house.tenant_id), pytest.raises(refusal):
        update(house, **described)


def test_only_what_changed_is_written_and_journaled(house: House) -> None:
    with in_tenant(house.tenant_id):
        assert update(house, siren="732 829 320", vat_number="FR 44 732829320", city="Lyon") == [
            "city", "siren", "vat_number",
        ]  # fmt: skip
        assert update(house, siren="732829320", city="Lyon") == []
        found = queries.creditor_settings(tenant_id=house.tenant_id, creditor_id=house.creditor_id)
        facts = Fact.objects.of(house.tenant_id).filter(verb="creditor.updated")

        assert found is not None
        assert found.described["vat_number"] == "FR44732829320"
        assert [fact.data for fact in facts] == [{"fields": ["city", "siren", "vat_number"]}]


def test_a_new_creditor_starts_in_rehearsal_under_a_code_of_its_own(house: House) -> None:
    asked: dict[str, Any] = {"tenant_id": house.tenant_id, "actor_id": 1, "today": TODAY}
    with in_tenant(house.tenant_id):
        creditors.create_creditor(code="NEUF", name="Neuf SARL", siren="", **asked)
        with pytest.raises(creditors.CodeTaken):
            creditors.create_creditor(code="NEUF", name="Autre", **asked)
        names = {one.code: one.is_live for one in places.creditors(house.tenant_id)}

    assert names == {house.code: False, "NEUF": False}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(png(), ("image/png", 8, 4), id="a PNG"),
        pytest.param(jpeg(), ("image/jpeg", 8, 4), id="a JPEG"),
        pytest.param(png(4001, 1), None, id="a PNG too wide"),
        pytest.param(png(0, 4), None, id="a PNG of no width"),
        pytest.param(png() + b"\0" * 500_000, None, id="too heavy"),
        pytest.param(png()[:-8], None, id="a PNG cut short"),
        pytest.param(b"<svg onload=alert(1)>", None, id="an SVG, whatever its name"),
        pytest.param(b"GIF89a" + b"\0" * 20, None, id="a GIF"),
        pytest.param(b"\xff\xd8\xff\xe0\0\0\0\0", None, id="a JPEG without a frame"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_a_logo_is_what_its_bytes_say(content: bytes, expected: tuple[Any, ...] | None) -> None:
    if expected is None:
        with pytest.raises(creditors.InvalidLogo):
            creditors.read_logo(content)
        return
    logo = creditors.read_logo(content)

    assert (logo.media_type, logo.width, logo.height) == expected


def test_a_logo_is_kept_and_removed(house: House) -> None:
    about: dict[str, Any] = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        creditors.set_logo(**about, content=png(), actor_id=1, today=TODAY)
        assert queries.logo(**about) == (png(), "image/png")
        creditors.set_logo(**about, content=None, actor_id=1, today=TODAY)
        assert queries.logo(**about) is None


def server(house: House, **changes: Any) -> None:
    asked: dict[str, Any] = {
        "host": "smtp.example.org",
        "port": 587,
        "security": "starttls",
        "user": "u",
        "password": "secret é",
    }
    sending.set_mail_server(
        tenant_id=house.tenant_id,
        creditor_id=house.creditor_id,
        actor_id=1,
        now=NOW,
        **{**asked, **changes},
    )


def test_the_smtp_password_is_encrypted_kept_and_never_journaled(house: House) -> None:
    with in_tenant(house.tenant_id):
        server(house)
        stored = Creditor.objects.of(house.tenant_id).get(id=house.creditor_id)
        assert "secret" not in stored.smtp_password + str(stored.smtp)
        assert vault.opened(stored.smtp_password) == "secret é"

        server(house, password=None, port=2525)
        again = Creditor.objects.of(house.tenant_id).get(id=house.creditor_id)
        assert vault.opened(again.smtp_password) == "secret é"
        assert again.smtp["port"] == 2525

        server(house, host="")
        gone = Creditor.objects.of(house.tenant_id).get(id=house.creditor_id)
        assert (gone.smtp, gone.smtp_password) == ({}, "")
        assert "secret" not in str(list(Fact.objects.of(house.tenant_id).values()))


def test_no_password_travels_in_clear(house: House) -> None:
    with in_tenant(house.tenant_id):
        with pytest.raises(sending.Unencrypted):
            server(house, security="")
        with pytest.raises(sending.InvalidServer):
            server(house, port=0)


def test_a_new_address_must_be_tested_again(house: House) -> None:
    addresses: dict[str, Any] = {
        "tenant_id": house.tenant_id,
        "creditor_id": house.creditor_id,
        "sender_name": "Compta",
        "sender_email": "compta@example.org",
        "reply_to": "",
        "rehearsal_email": "moi@example.org",
        "actor_id": 1,
        "now": NOW,
    }
    tested = {key: addresses[key] for key in ("tenant_id", "creditor_id", "actor_id", "now")}
    with in_tenant(house.tenant_id):
        sending.set_sender(**addresses)
        sending.record_sender_check(**tested, problem="")
        sending.set_sender(**{**addresses, "sender_name": "Comptabilité"})
        assert Creditor.objects.of(house.tenant_id).get().sender_checked_at == NOW
        sending.set_sender(**{**addresses, "sender_email": "autre@example.org"})
        assert Creditor.objects.of(house.tenant_id).get().sender_checked_at is None
        sending.record_sender_check(**tested, problem="550 non")
        assert Creditor.objects.of(house.tenant_id).get().settings["sender_test"] == {
            "at": NOW.isoformat(),
            "problem": "550 non",
        }


@pytest.mark.parametrize("whole", [False, True], ids=["one creditor", "the whole tenant"])
def test_one_button_stops_everything_once(house: House, whole: bool) -> None:
    about: dict[str, Any] = {
        "tenant_id": house.tenant_id,
        "creditor_id": None if whole else house.creditor_id,
        "actor_id": 1,
        "now": NOW,
    }
    with in_tenant(house.tenant_id):
        for _again in range(2):
            sending.stop_sending(**about)
        stopped = (Tenant if whole else Creditor).objects.get()  # type: ignore[attr-defined]
        assert stopped.sending_stopped_at == NOW
        for _again in range(2):
            sending.resume_sending(**about)
        running = (Tenant if whole else Creditor).objects.get()  # type: ignore[attr-defined]
        assert running.sending_stopped_at is None
        facts = Fact.objects.of(house.tenant_id).order_by("id").values_list("verb", flat=True)

        assert list(facts) == ["sending.stopped", "sending.resumed"]
