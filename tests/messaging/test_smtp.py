"""Each outcome of an SMTP conversation, on loopback."""

from __future__ import annotations

import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.messaging.samples import email
from tests.messaging.scripted import CLOSE, scripted

from encours.messaging.ports import (
    Email,
    PermanentRefusal,
    TemporaryRefusal,
    Uncertain,
    Undelivered,
)
from encours.messaging.providers.sink import Fault, SmtpSink
from encours.messaging.providers.smtp import SmtpChannel, SmtpSettings
from encours.messaging.providers.tokens import LASTS_S, KeptToken

Channels = Callable[..., SmtpChannel]


@pytest.fixture
def channel() -> Iterator[Channels]:
    opened = list[SmtpChannel]()

    def make(port: int, **settings: object) -> SmtpChannel:
        said: dict[str, object] = {"timeout_s": 2.0, "reply_timeout_s": 2.0, "security": "none"}
        made = SmtpChannel(SmtpSettings("127.0.0.1", port, **{**said, **settings}))  # type: ignore[arg-type]
        opened.append(made)
        return made

    yield make
    for made in opened:
        made.close()


OUTCOMES = [
    pytest.param(
        {"": "554 5.7.1 go away"}, TemporaryRefusal, "connection", id="the server greets with a no"
    ),
    pytest.param({"": CLOSE}, TemporaryRefusal, "connection", id="it hangs up at once"),
    pytest.param({"EHLO": CLOSE}, TemporaryRefusal, "connection", id="it hangs up at EHLO"),
    pytest.param(
        {"MAIL": "550 5.7.1 not yours"}, PermanentRefusal, "policy", id="our sender is not allowed"
    ),
    pytest.param(
        {"MAIL": "553 5.1.8 no such domain"}, PermanentRefusal, "sender", id="our domain is unknown"
    ),
    pytest.param({"MAIL": "450 later"}, TemporaryRefusal, "sender", id="not now, for the sender"),
    pytest.param({"MAIL": CLOSE}, TemporaryRefusal, "sender", id="it hangs up at MAIL"),
    pytest.param({"RCPT": "450 4.2.0 greylisted"}, TemporaryRefusal, "recipient", id="greylisting"),
    pytest.param(
        {"RCPT": "550 5.1.1 unknown"}, PermanentRefusal, "recipient", id="nobody of that name"
    ),
    pytest.param({"RCPT": "550 no"}, PermanentRefusal, "recipient", id="refused without a reason"),
    pytest.param(
        {"RCPT": "554 5.7.1 relay denied"}, PermanentRefusal, "policy", id="we may not relay"
    ),
    pytest.param(
        {"RCPT": "421 4.3.2 closing"}, TemporaryRefusal, "recipient", id="it closes at RCPT"
    ),
    pytest.param({"RCPT": CLOSE}, TemporaryRefusal, "recipient", id="it hangs up at RCPT"),
    pytest.param({"DATA": "451 4.3.0 later"}, TemporaryRefusal, "content", id="not now, at DATA"),
    pytest.param({"DATA": "554 5.6.0 no"}, PermanentRefusal, "content", id="never, at DATA"),
    pytest.param({"DATA": CLOSE}, TemporaryRefusal, "content", id="it hangs up at DATA"),
    pytest.param(
        {"content": CLOSE}, TemporaryRefusal, "content", id="it hangs up inside the content"
    ),
    pytest.param({".": "452 4.3.1 disk full"}, TemporaryRefusal, "content", id="its disk is full"),
    pytest.param({".": "421 4.3.2 bye"}, TemporaryRefusal, "content", id="a no, then it closes"),
    pytest.param({".": "554 5.6.0 spam"}, PermanentRefusal, "content", id="taken for spam"),
    pytest.param(
        {".": "550 5.1.1 unknown"}, PermanentRefusal, "recipient", id="unknown, told at the end"
    ),
    pytest.param({".": CLOSE}, Uncertain, "content", id="it hangs up after the dot"),
    pytest.param({".": "hello"}, Uncertain, "content", id="it mumbles after the dot"),
    pytest.param({".": "354 again"}, Uncertain, "content", id="it answers beside the question"),
]


@pytest.mark.parametrize(("script", "expected", "phase"), OUTCOMES)
def test_an_outcome_is_told_exactly(
    channel: Channels, script: dict[str, str], expected: type[Undelivered], phase: str
) -> None:
    draft = email()
    if "content" in script:
        draft = replace(draft, content=draft.content * 40_000)
    with scripted({"EHLO": "250 scripted", **script}) as server, pytest.raises(expected) as raised:
        channel(server.port).send(draft)

    assert type(raised.value) is expected
    assert raised.value.phase == phase
    bounced = phase == "recipient" and expected is PermanentRefusal
    assert getattr(raised.value, "is_bounce", False) == bounced


def test_a_refusal_leaves_the_connection_to_the_next_message(channel: Channels) -> None:
    with scripted({"RCPT": "550 5.1.1 unknown"}) as server:
        sending = channel(server.port)
        for _ in range(2):
            with pytest.raises(PermanentRefusal):
                sending.send(email())

    assert [said[:4] for said in server.heard].count("ehlo") == 1
    assert [said.upper() for said in server.heard].count("RSET") == 2


def test_a_connection_closed_meanwhile_is_opened_again(channel: Channels) -> None:
    with scripted({}, {}) as server:
        sending = channel(server.port)
        sending.send(email())
        sending._client.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        sending.send(email(number=2))

    assert len(server.contents) == 2


def test_a_goodbye_before_anything_was_given_costs_nothing(channel: Channels) -> None:
    with scripted({}, {}) as server:
        sending = channel(server.port)
        sending.send(email())
        sending._client.docmd("QUIT")  # type: ignore[union-attr]
        sending.send(email(number=2))

    assert len(server.contents) == 2


def test_an_idle_connection_is_not_trusted(channel: Channels) -> None:
    with scripted({}, {}) as server:
        sending = channel(server.port, idle_s=0.0)
        sending.send(email())
        sending.send(email(number=2))

    assert server.heard.count("ehlo " + server.heard[0].split()[1]) == 2


def test_nobody_listens(channel: Channels) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
    with pytest.raises(TemporaryRefusal, match="joignable") as raised:
        channel(port).send(email())

    assert raised.value.phase == "connection"


def test_a_silent_server_is_given_up(channel: Channels) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(TemporaryRefusal) as raised,
    ):
        channel(mute.getsockname()[1], timeout_s=0.2).send(email())

    assert raised.value.phase == "connection"


def test_a_message_too_big_is_not_given(channel: Channels) -> None:
    with (
        scripted({"EHLO": "250-x\r\n250 SIZE 500"}) as server,
        pytest.raises(PermanentRefusal, match="trop gros") as raised,
    ):
        channel(server.port).send(email())

    assert raised.value.phase == "size"
    assert not server.contents


def test_lines_of_dots_arrive_as_they_were(channel: Channels, tmp_path: Path) -> None:
    draft = email()
    dotted = Email(draft.message_id, draft.sender, draft.recipients, b"A: b\r\n\r\n.\r\n..\r\n.x")
    with SmtpSink(tmp_path) as sink:
        channel(sink.port).send(dotted)
        (stored,) = sink.mails.stored()

        assert (tmp_path / "new" / stored.key).read_bytes().endswith(b"\r\n.\r\n..\r\n.x\r\n")


def test_an_accent_before_the_at_needs_a_server_that_knows(
    channel: Channels, tmp_path: Path
) -> None:
    with SmtpSink(tmp_path) as sink:
        channel(sink.port).send(email("zoé@dupain.example"))
        assert sink.mails.stored()[0].recipients == ("zoé@dupain.example",)

    with scripted() as server, pytest.raises(PermanentRefusal) as raised:
        channel(server.port).send(email("zoé@dupain.example"))
    assert raised.value.is_bounce


def test_a_slow_reply_is_waited_for_and_a_lost_one_is_uncertain(
    channel: Channels, tmp_path: Path
) -> None:
    with SmtpSink(tmp_path) as sink:
        sending = channel(sink.port, reply_timeout_s=0.5)
        sink.faults["lente@x.example"] = Fault("data", "250 2.0.0 OK", stores=True, delay_s=0.1)
        sink.faults["muette@x.example"] = Fault("data", stores=True, delay_s=5.0)
        sending.send(email("lente@x.example"))
        with pytest.raises(Uncertain):
            sending.send(email("muette@x.example", number=2))
        sending.send(email(number=3))

        assert sink.mails.count() == 3


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def allowed(
    _server: object, _session: object, _envelope: object, _kind: str, said: object
) -> AuthResult:
    return AuthResult(success=getattr(said, "password", b"") == b"secret", handled=False)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[SmtpSink, ssl.SSLContext]]:
    both = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    options: dict[str, Any] = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": allowed,
    }
    with SmtpSink(tmp_path / "mails", **options, auth_required=True) as sink:
        yield sink, ssl.create_default_context(cafile=both)


def test_a_secured_connection_is_kept_without_stalling(
    channel: Channels, secure: tuple[SmtpSink, ssl.SSLContext]
) -> None:
    sink, trust = secure
    known = {"security": "starttls", "context": trust, "user": "lenoir", "password": "secret"}
    sending = channel(sink.port, **known)
    for number in range(3):
        sending.send(email(number=number))

    assert sink.mails.count() == 3
    nodelay = sending._client.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # type: ignore[union-attr]
    assert nodelay
    assert "secret" not in repr(sending._settings)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"password": "guess"}, "mot de passe", id="a wrong password"),
        pytest.param({"context": None}, "joignable", id="a certificate nobody vouches for"),
        pytest.param({"security": "tls"}, "joignable", id="TLS at once on a plain port"),
    ],
)
def test_a_mistake_of_settings_says_nothing_of_the_message(
    channel: Channels,
    secure: tuple[SmtpSink, ssl.SSLContext],
    wrong: dict[str, object],
    said: str,
) -> None:
    sink, trust = secure
    known = {"security": "starttls", "context": trust, "user": "lenoir", "password": "secret"}
    sending = channel(sink.port, **{**known, **wrong})
    with pytest.raises(TemporaryRefusal, match=said) as raised:
        sending.send(email())
    with pytest.raises(TemporaryRefusal, match=said):
        sending.check()

    assert raised.value.phase == "connection"
    assert sink.mails.count() == 0


def test_a_server_without_tls_is_refused_rather_than_trusted(channel: Channels) -> None:
    with scripted() as server, pytest.raises(TemporaryRefusal) as raised:
        channel(server.port, security="starttls").send(email())

    assert raised.value.phase == "connection"
    assert not server.contents


CHALLENGE = "334 " + b64encode(b'{"status":"401","schemes":"Bearer"}').decode()


def test_a_mailbox_opens_with_a_token_and_no_password(channel: Channels) -> None:
    with scripted({"AUTH": "235 2.7.0 welcome"}) as server:
        channel(server.port, user="compta@durand.example", token=lambda: "a1").send(email())
    (auth,) = [line for line in server.heard if line.startswith("AUTH")]
    said = b64decode(auth.removeprefix("AUTH XOAUTH2 "))

    assert said == b"user=compta@durand.example\x01auth=Bearer a1\x01\x01"
    assert len(server.contents) == 1


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"AUTH": "535 5.7.3 no"}, id="at once"),
        pytest.param(
            {"AUTH": CHALLENGE, "noth": "535", "nothing": "535 5.7.3 no"}, id="challenged"
        ),
    ],
)
def test_a_token_that_is_refused_blames_nobody(channel: Channels, answers: dict[str, str]) -> None:
    with scripted(answers) as server, pytest.raises(TemporaryRefusal) as raised:
        channel(server.port, user="x@y.example", token=lambda: "a1").send(email())

    assert raised.value.phase == "connection"
    assert "l'accès donné à la boîte" in str(raised.value)
    assert server.contents == []


def test_a_consent_taken_back_is_said_before_anything_is_given(channel: Channels) -> None:
    def gone() -> str:
        raise TemporaryRefusal("L'accès a été retiré.", phase="connection")

    with scripted({}) as server, pytest.raises(TemporaryRefusal, match="retiré"):
        channel(server.port, user="x@y.example", token=gone).send(email())

    assert not [line for line in server.heard if line.startswith(("AUTH", "MAIL"))]


def test_a_token_is_kept_a_while() -> None:
    asked, now = list[int](), [0.0]

    def ask() -> str:
        asked.append(1)
        return f"a{len(asked)}"

    token = KeptToken(ask, clock=lambda: now[0])
    first = [token(), token()]
    now[0] = LASTS_S + 1

    assert (first, token()) == (["a1", "a1"], "a2")
