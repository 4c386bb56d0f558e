"""The sink keeps what it is sent and reads it back, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.messaging.samples import email

from encours.messaging.providers.sink import MailFolder, SmtpSink, last_port
from encours.messaging.providers.smtp import SmtpChannel, SmtpSettings
from encours.messaging.rules.mime import Attachment


def test_a_mail_is_listed_and_opened(tmp_path: Path) -> None:
    with SmtpSink(tmp_path) as sink:
        channel = SmtpChannel(SmtpSettings("127.0.0.1", sink.port, "none"))
        channel.send(email("un@x.example", subject="Premier"))
        channel.send(
            email("deux@x.example", number=2, attachments=(Attachment("Relevé.pdf", b"%PDF-1"),))
        )
        channel.close()

    mails = MailFolder(tmp_path)
    latest, first = mails.stored()
    assert mails.count() == 2
    assert [mail.key for mail in mails.stored(limit=1, offset=1)] == [first.key]
    assert (first.subject, first.recipients) == ("Premier", ("un@x.example",))
    assert latest.subject == "Facture échue : 1 540,50 €"
    assert latest.sender == "compta@lenoir.example"
    assert latest.message_id == email(number=2).message_id

    opened = mails.opened(latest.key)
    assert opened is not None
    assert opened.text.startswith("Bonjour,")
    assert opened.html.startswith("<p>")
    assert opened.attachments == (("Relevé.pdf", "application/pdf", b"%PDF-1"),)
    assert ("Auto-Submitted", "auto-generated") in opened.headers
    mails.clear()
    assert mails.count() == 0


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "1.2.3", "1.2.3/../x", "a\x00b"])
def test_a_key_of_nobody_opens_nothing(tmp_path: Path, key: str) -> None:
    assert MailFolder(tmp_path).opened(key) is None
    assert list(MailFolder(tmp_path).stored()) == []


def test_the_port_is_written_and_taken_again(tmp_path: Path) -> None:
    assert last_port(tmp_path) is None
    with SmtpSink(tmp_path) as sink:
        port = sink.port
        with SmtpSink(tmp_path, port=port) as second:
            assert second.port != port
        (tmp_path / "smtp.port").write_text(f"{port}\n")
    with SmtpSink(tmp_path) as again:
        assert again.port == last_port(tmp_path) == port


def test_a_sink_that_never_started_stops(tmp_path: Path) -> None:
    SmtpSink(tmp_path).stop()


@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_can_be_listed_and_opened(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "1.1.1").write_bytes(content)
    mails = MailFolder(tmp_path)

    assert len(mails.stored()) == 1
    assert mails.opened("1.1.1") is not None
