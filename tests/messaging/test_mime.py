"""The bytes of an e-mail, read back by the standard library."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.messaging.samples import UUID_ONE, mail

from encours.messaging.rules.address import Mailbox, needs_utf8, wire_address
from encours.messaging.rules.mime import Attachment, Mail, message_id, mime_bytes, recipients

HEADERS = {
    *("Date", "Message-ID", "From", "To", "Cc", "Reply-To", "Subject", "In-Reply-To"),
    *("References", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"),
    *("Content-Transfer-Encoding",),
}


def read(raw: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(raw)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return cast("str", part.get_content()).replace("\r\n", "\n")


def test_an_ordinary_mail_reads_back() -> None:
    pdf = bytes(range(256)) * 40
    message = read(
        mime_bytes(
            mail(
                copies=(Mailbox("vente@lenoir.example"),),
                reply_to=Mailbox("reponse@lenoir.example", "Crédit"),
                attachments=(Attachment("Relevé d'août.pdf", pdf),),
                answers=("<un@lenoir.example>", "<deux@lenoir.example>"),
            )
        )
    )

    assert message["Subject"] == "Facture échue : 1 540,50 €"
    assert message["From"].addresses[0].display_name == "Maison Lenoir & Fils"
    assert message["To"].addresses[0].display_name == "Zoé Lefèvre"
    assert message["To"].addresses[0].addr_spec == "zoe@dupain.example"
    assert message["Cc"] == "vente@lenoir.example"
    assert message["Reply-To"].addresses[0].addr_spec == "reponse@lenoir.example"
    assert message["Message-ID"] == "<0198a7f0000070008000000000000001@lenoir.example>"
    assert message["In-Reply-To"] == "<deux@lenoir.example>"
    assert message["References"] == "<un@lenoir.example> <deux@lenoir.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == mail().prepared_at
    assert "List-Unsubscribe" not in message
    assert body(message, "plain") == "Bonjour,\n\nUn mot.\n"
    assert body(message, "html").strip() == "<p>Bonjour,</p>"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "Relevé d'août.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == pdf


def test_the_same_message_has_the_same_bytes() -> None:
    assert mime_bytes(mail()) == mime_bytes(mail())
    assert message_id(UUID_ONE, "a@x.example") == message_id(UUID_ONE, "b@X.example")


def test_the_envelope_names_each_address_once() -> None:
    draft = mail(
        to=(Mailbox("A@café.example"), Mailbox("b@x.example")), copies=(Mailbox("b@X.EXAMPLE"),)
    )

    assert recipients(draft) == ("A@xn--caf-dma.example", "b@x.example")


def well_formed(raw: bytes) -> bool:
    lines = raw.split(b"\r\n")
    return all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in lines)


nasty = st.text(max_size=120) | st.sampled_from(
    [
        "a\r\nBcc: intrus@x.example",
        "a\n\n<script>",
        "=?utf-8?B?QQ==?=",
        '"guillemets" \\ et, virgules; @',
        "é" * 200,
        "x" * 1500,
        "\u202e0005",
        ".\r\n.\r\n",
        "😀 漢字 שלום",
        "",
    ]
)


@given(name=nasty, subject=nasty, text=nasty, html=nasty, file=nasty)
def test_nothing_a_user_writes_changes_the_structure(
    name: str, subject: str, text: str, html: str, file: str
) -> None:
    draft = mail(
        sender=Mailbox("compta@lenoir.example", name),
        to=(Mailbox("zoe@dupain.example", name), Mailbox("b@dupain.example", name)),
        subject=subject,
        text=text,
        html="<p></p>" + html,
        attachments=(Attachment(file, b"%PDF"),),
    )

    raw = mime_bytes(draft)
    message = read(raw)

    assert well_formed(raw)
    assert raw.isascii()
    assert set(message.keys()) <= HEADERS
    assert [box.addr_spec for box in message["To"].addresses] == [box.address for box in draft.to]
    assert message["From"].addresses[0].addr_spec == "compta@lenoir.example"
    assert [part.get_content_type() for part in message.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        "application/pdf",
    ]
    (attached,) = message.iter_attachments()
    assert attached.get_content() == b"%PDF"
    assert "/" not in (attached.get_filename() or "")


words = st.text(
    st.characters(blacklist_categories=("C", "Z")) | st.just(" ") | st.just("\n"), max_size=400
)


@given(text=words)
def test_a_text_is_kept_to_the_letter(text: str) -> None:
    read_back = body(read(mime_bytes(mail(text=text, html=""))), "plain")

    assert read_back == text + "\n"


@given(subject=st.text(st.characters(blacklist_categories=("C", "Z")) | st.just(" "), max_size=300))
def test_a_subject_is_kept_to_the_letter(subject: str) -> None:
    message = read(mime_bytes(mail(subject=subject)))

    assert " ".join(message["Subject"].split()) == " ".join(subject.split())


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        pytest.param(" zoe@Dupain.FR ", "zoe@dupain.fr", id="spaces and a shouted domain"),
        pytest.param("Zoe.L+x@dupain.fr", "Zoe.L+x@dupain.fr", id="a local part keeps its case"),
        pytest.param("z@crème.fr", "z@xn--crme-6oa.fr", id="a domain with an accent"),
        pytest.param("zoé@dupain.fr", "zoé@dupain.fr", id="an accent before the @"),
    ],
)
def test_an_address_on_the_wire(written: str, wire: str) -> None:
    assert wire_address(written) == wire
    assert needs_utf8(wire) == (wire == "zoé@dupain.fr")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="nothing"),
        pytest.param("dupain.fr", id="no @"),
        pytest.param("@dupain.fr", id="no local part"),
        pytest.param("zoe@dupain", id="no top domain"),
        pytest.param("zoe@-dupain.fr", id="a hyphen first"),
        pytest.param("zoe@dupain..fr", id="an empty label"),
        pytest.param("zoe..l@dupain.fr", id="two dots"),
        pytest.param("zoe l@dupain.fr", id="a space"),
        pytest.param("zoe@dupain.fr, a@b.fr", id="two addresses"),
        pytest.param("zoe@[127.0.0.1]", id="an address literal"),
        pytest.param("zoe>@dupain.fr", id="an angle bracket"),
        pytest.param("zoe@dupain.fr\r\nDATA", id="a line end"),
        pytest.param('"a b"@dupain.fr', id="a quoted local part"),
        pytest.param("x" * 65 + "@dupain.fr", id="a local part too long"),
        pytest.param("x@" + "a." * 130 + "fr", id="an address too long"),
    ],
)
def test_an_address_nobody_can_write_to(written: str) -> None:
    with pytest.raises(ValueError, match=r"illisible|254"):
        wire_address(written)


def test_a_message_names_its_zone_and_somebody() -> None:
    with pytest.raises(AssertionError):
        mime_bytes(mail(prepared_at=mail().prepared_at.replace(tzinfo=None)))
    with pytest.raises(AssertionError):
        mime_bytes(mail(to=()))
    with pytest.raises(AssertionError):
        mime_bytes(mail(message_id="<a b>"))


def test_a_file_without_a_name_gets_one() -> None:
    draft: Mail = mail(attachments=(Attachment("\n", b"", "text/csv"), Attachment("漢", b"x")))
    names = [part.get_filename() for part in read(mime_bytes(draft)).iter_attachments()]

    assert names == ["document", "漢"]
