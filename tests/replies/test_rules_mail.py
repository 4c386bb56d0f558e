"""E-mails as they come: golden pairs, notices of non-delivery, machines that answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from encours.replies.rules.abbreviations import spelt_out
from encours.replies.rules.bounces import bounce_of_status, bounce_of_text
from encours.replies.rules.cases import answers_of
from encours.replies.rules.folding import fold
from encours.replies.rules.mail import is_mail, mail_of
from encours.replies.rules.values import Bounce

GOLDEN = Path(__file__).parents[1] / "golden" / "replies"
RECEIVED = date(2030, 1, 1)
PLAIN = b"From: a@b.example\nSubject: x\nDate: Tue, 10 Mar 2026 08:00:00 +0100\n"


@pytest.mark.parametrize("mail", sorted(GOLDEN.glob("*.eml")), ids=lambda path: path.stem)
def test_golden_mails(mail: Path) -> None:
    (answer,) = answers_of(mail.read_bytes(), received=RECEIVED)
    expected = json.loads(mail.with_suffix(".json").read_text("utf-8"))

    assert {name: answer[name] for name in expected} == expected


def test_every_golden_mail_has_its_answer() -> None:
    assert {one.stem for one in GOLDEN.glob("*.eml")} == {one.stem for one in GOLDEN.glob("*.json")}


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        (b"Auto-Submitted: auto-replied", True),
        (b"Auto-Submitted: auto-generated; owner-email=x", True),
        (b"Auto-Submitted: no", False),
        (b"X-Autoreply: yes", True),
        (b"X-Autorespond: 1", True),
        (b"Precedence: auto_reply", True),
        (b"Precedence: bulk", False),
        (b"X-Other: auto", False),
    ],
)
def test_a_machine_that_answers(header: bytes, *, automatic: bool) -> None:
    assert mail_of(PLAIN + header + b"\n\nBonjour").is_automatic is automatic


@pytest.mark.parametrize(
    ("subject", "automatic"),
    [
        (b"=?utf-8?Q?R=C3=A9ponse_automatique_=3A?= facture", True),
        (b"Automatic reply: invoice", True),
        (b"Out of office", True),
        (b"RE: facture", False),
    ],
)
def test_a_subject_that_a_machine_writes(subject: bytes, *, automatic: bool) -> None:
    raw = b"From: a@b.example\nSubject: " + subject + b"\n\nBonjour"
    assert mail_of(raw).is_automatic is automatic


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        pytest.param(
            {"action": "failed", "status": "5.1.1", "final-recipient": "rfc822; A@B.example"},
            Bounce("a@b.example", is_permanent=True, status="5.1.1"),
            id="for good",
        ),
        pytest.param(
            {"action": "failed", "status": "4.2.2", "final-recipient": "rfc822;a@b.example"},
            Bounce("a@b.example", is_permanent=False, status="4.2.2"),
            id="full",
        ),
        pytest.param(
            {"action": "delayed", "status": "4.4.1", "original-recipient": "rfc822;a@b.example"},
            Bounce("a@b.example", is_permanent=False, status="4.4.1"),
            id="late",
        ),
        pytest.param({"action": "delivered", "status": "2.0.0"}, None, id="delivered"),
        pytest.param(
            {"action": "failed"}, Bounce("", is_permanent=True, status=""), id="no status"
        ),
        pytest.param({"reporting-mta": "dns; x"}, None, id="the report's own block"),
    ],
)
def test_delivery_status(block: dict[str, str], expected: Bounce | None) -> None:
    assert bounce_of_status([block]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 <a@b.example> user unknown", Bounce("a@b.example", is_permanent=True, status="5.1.1")),
        ("452 4.2.2 mailbox full", Bounce("", is_permanent=False, status="4.2.2")),
        ("552 5.2.2 over quota", Bounce("", is_permanent=False, status="5.2.2")),
        ("L'adresse n'existe pas : a@b.example", Bounce("a@b.example", is_permanent=True, status="")),
        ("Boîte pleine", Bounce("", is_permanent=False, status="")),
        ("Remise différée, nouvelle tentative", Bounce("", is_permanent=False, status="")),
    ],
)  # fmt: skip
def test_notices_in_words(text: str, expected: Bounce) -> None:
    assert bounce_of_text(text, spelt_out(fold(text))) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (PLAIN + b"\nBonjour", True),
        (b"Received: from x\n\tby y\nMessage-ID: <1@x>\n\nok", True),
        (b"Bonjour, je paie demain", False),
        (b"Objet: facture\nBonjour", False),
        (b"Note: je paie demain\n\nmerci", False),
        (b"", False),
    ],
)
def test_what_is_a_message(raw: bytes, *, expected: bool) -> None:
    assert is_mail(raw) is expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Content-Type: text/plain; charset=no-such\n\nPay\xe9 hier", id="no charset"),
        pytest.param(b"Content-Transfer-Encoding: base64\n\n!!!", id="bad base64"),
        pytest.param(b"Content-Type: multipart/mixed\n\nx", id="no boundary"),
        pytest.param(b"Content-Type: \xff\xfe\n\nx", id="bad type"),
        pytest.param(b"Content-Type: message/delivery-status\n\nx", id="a status of no fields"),
        pytest.param(b"Date: 99 Foo 99999 99:99\n\nx", id="bad date"),
        pytest.param(b"Subject: =?x?y?z?=\n\nx", id="bad subject"),
    ],
)
def test_broken_mails_are_read_as_far_as_they_go(body: bytes) -> None:
    raw = b"From: a@b.example\nMIME-Version: 1.0\n" + body
    (answer,) = answers_of(raw, received=RECEIVED)

    assert answer["class"]


def test_the_subject_speaks_where_the_message_is_empty() -> None:
    raw = b"From: a@b.example\nSubject: facture payee hier par virement\nMIME-Version: 1.0\n\n\n"
    (answer,) = answers_of(raw, received=RECEIVED)

    assert (answer["class"], answer["date"]) == ("payment_proof", "2029-12-31")


def test_attachments_are_not_the_message() -> None:
    raw = (
        b'From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nlitige\n"
        b"--b\nContent-Type: text/html\n\n<p>vu</p>\n--b--\n"
    )

    assert mail_of(raw).text == "vu"
