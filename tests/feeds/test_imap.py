"""Attachments of a real mailbox (dovecot): allowed senders only, nothing marked, nothing twice."""

from __future__ import annotations

import imaplib
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.feeds import servers

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.providers.imap import Imap

CSV = b"client;montant\nC1;12,00\n"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, Path]]:
    folder = tmp_path_factory.mktemp("box")
    certificate = folder / "cert.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", str(certificate), "-out", str(folder / "only.pem"),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    with certificate.open("ab") as file:
        file.write((folder / "only.pem").read_bytes())
    with servers.mailbox(folder, certificate=certificate) as (port, tls_port):
        yield port, tls_port, folder / "only.pem"


@pytest.fixture
def account(box: tuple[int, int, Path]) -> Account:
    with imaplib.IMAP4("127.0.0.1", box[0]) as client:
        client.login("me", "secret")
        if int(client.select("INBOX")[1][0] or b"0"):
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()
    given = {
        "host": "127.0.0.1",
        "port": str(box[0]),
        "security": "none",
        "user": "me",
        "folder": "INBOX",
        "senders": "compta@cabinet.fr, @erp.example",
        "max_mb": "1",
    }
    return Account(given, {"password": "secret"}, private=True)


def mail(sender: str, *files: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "me@here.fr", "Export"
    message["Message-ID"] = f"<{abs(hash((sender, files)))}@test>"
    message.set_content("Bonjour")
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def deliver(account: Account, *messages: bytes) -> None:
    with imaplib.IMAP4("127.0.0.1", int(account.settings["port"])) as client:
        client.login("me", "secret")
        for one in messages:
            client.append("INBOX", "", "", one)


def taken(account: Account, position: dict[str, object] | None = None) -> tuple[list[object], dict]:
    source = Imap(Account(account.settings, account.secrets, position or {}, private=True))
    try:
        found: list[object] = [
            (one.name, b"".join(source.read(one))) if isinstance(one, Waiting) else one
            for one in source.waiting(lambda _: False)
        ]
        return found, dict(source.position())
    finally:
        source.close()


def flags(account: Account) -> list[bytes]:
    with imaplib.IMAP4("127.0.0.1", int(account.settings["port"])) as client:
        client.login("me", "secret")
        client.select("INBOX", readonly=True)
        _, data = client.fetch("1:*", "(FLAGS)")
        return [one for one in data if isinstance(one, bytes)]


def test_attachments_are_taken_and_the_rest_is_left(account: Account) -> None:
    deliver(
        account,
        mail("Compta <compta@cabinet.fr>", ("../../a.csv", CSV), ("photo.png", b"png")),
        mail("robot@erp.example", ("b.xlsx", b"PK")),
        mail("voleur@ailleurs.example", ("c.csv", b"no")),
        mail("compta@cabinet.fr.evil.example", ("d.csv", b"no")),
    )

    found, position = taken(account)

    assert found == [("a.csv", CSV), ("b.xlsx", b"PK")]
    assert all(b"\\Seen" not in one for one in flags(account)), "the box stays as it was"

    deliver(account, mail("compta@cabinet.fr", ("e.csv", b"next")))
    again, position = taken(account, position)

    assert again == [("e.csv", b"next")]
    assert taken(account, position)[0] == []


def test_another_uidvalidity_reads_the_box_again(account: Account) -> None:
    deliver(account, mail("compta@cabinet.fr", ("a.csv", CSV)))
    _, position = taken(account)

    assert taken(account, {**position, "uidvalidity": "1"})[0] == [("a.csv", CSV)]


def test_a_message_that_is_too_large_is_left_and_said(account: Account) -> None:
    deliver(
        account,
        mail("compta@cabinet.fr", ("big.csv", b"x" * 2_000_000)),
        mail("compta@cabinet.fr", ("a.csv", CSV)),
    )

    found, _ = taken(account)

    assert isinstance(found[0], Unreachable)
    assert "1 Mo" in str(found[0])
    assert found[1:] == [("a.csv", CSV)]


def test_hostile_messages_stop_nothing(account: Account) -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one)
        for one in range(300)
    )
    deliver(
        account,
        b"From: compta@cabinet.fr\r\nSubject: x\r\nMIME-Version: 1.0\r\n" + nested,
        b"From: compta@cabinet.fr\r\nContent-Type: application/x; name=a.csv\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!\r\n",
        b"From: compta@cabinet.fr\r\nContent-Type: text/csv; name*=utf-9''%FF%FE.csv\r\n\r\n\xff\xfe",
        mail("compta@cabinet.fr", ("a.csv", CSV)),
    )

    assert taken(account)[0][-1] == ("a.csv", CSV)


@pytest.mark.parametrize(
    ("settings", "secrets", "sentence"),
    [
        pytest.param({}, {"password": "wrong"}, "refuse cet utilisateur", id="a wrong password"),
        pytest.param({"folder": "Nowhere"}, {}, "n'existe pas dans cette boîte", id="no folder"),
        pytest.param({"security": "tls"}, {}, "ne parle pas TLS", id="TLS on the plain port"),
        pytest.param({"port": "1"}, {}, "refuse la connexion", id="nobody listens"),
    ],
)
def test_what_is_wrong_is_said(
    account: Account, settings: dict[str, str], secrets: dict[str, str], sentence: str
) -> None:
    wrong = Account({**account.settings, **settings}, {**account.secrets, **secrets}, private=True)

    with pytest.raises(Unreachable, match=sentence):
        Imap(wrong)


def test_tls_with_a_certificate_that_is_trusted_and_with_one_that_is_not(
    account: Account, box: tuple[int, int, Path]
) -> None:
    given = {**account.settings, "security": "tls", "port": str(box[1]), "host": "localhost"}
    secured = Account(given, account.secrets, private=True)

    with pytest.raises(Unreachable, match="certificat"):
        Imap(secured)

    trusting = ssl.create_default_context(cafile=str(box[2]))
    source = Imap(secured, context=trusting)
    assert source.check() == "Boîte ouverte : 0 message(s) à regarder."
    source.close()


def test_without_tls_only_this_machine(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "encours.feeds.providers.network.socket.getaddrinfo",
        lambda *_a, **_k: [(2, 1, 6, "", ("93.184.216.34", 143))],
    )

    with pytest.raises(Unreachable, match="Sans TLS"):
        Imap(Account({**account.settings, "host": "mail.example"}, account.secrets))
