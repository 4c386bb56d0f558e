"""The envelope of a mail: what threads it; and nothing that somebody writes breaks anything."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.replies.house import reply_mail

from encours.replies.rules.envelope import IDS_MAX, envelope_of
from encours.replies.rules.threading import Clues, Known, Thread, thread

OURS = UUID("0123456789abcdef0123456789abcdef")


def test_our_messages_are_known_in_references_and_addresses() -> None:
    raw = reply_mail(
        "x",
        answers=f"<{OURS.hex}@durand.example>",
        to=f"Compta <compta+r{OURS.hex}@durand.example>",
    )
    found = envelope_of(raw)

    assert found.ours() == (OURS,)
    assert found.tokens == (OURS,)
    assert (found.message_id, found.sender) == ("m1@adam.example", "compta@adam.example")


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        pytest.param(b"From: =?utf-8?B?Q29tcHRh?= <A@B.fr>\n\n", "a@b.fr", id="an encoded name"),
        pytest.param(b"From: =?utf-8?B?!!!?= <a@b.fr>\n\n", "a@b.fr", id="badly encoded"),
        pytest.param(b"From: nobody\n\n", "", id="no address"),
        pytest.param(b'From: "a@b.fr" <c@d.fr>\n\n', "c@d.fr", id="an address as a name"),
        pytest.param(b"", "", id="nothing at all"),
        pytest.param(b"From: " + b"x@y.fr, " * 5_000 + b"\n\n", "x@y.fr", id="five thousand"),
    ],
)
def test_who_wrote(raw: bytes, sender: str) -> None:
    assert envelope_of(raw).sender == sender


def test_lists_are_bounded() -> None:
    many = " ".join(f"<{number}@x.fr>" for number in range(5_000))
    found = envelope_of(f"References: {many}\n\nx".encode())

    assert len(found.references) <= 2 * IDS_MAX
    assert found.references[-1] == "4999@x.fr", "the last ones are kept"


@given(raw=st.binary(max_size=400))
def test_whatever_is_written_an_envelope_comes_back(raw: bytes) -> None:
    assert isinstance(envelope_of(raw).subject, str)


KNOWN = Known(7, 1, (10, 11))


@pytest.mark.parametrize(
    ("clues", "expected"),
    [
        pytest.param(Clues(), Thread(), id="nothing is known"),
        pytest.param(Clues(by_reference=(KNOWN,), senders=(2,)),
                     Thread(1, 7, (10, 11), "reference"), id="our message outweighs the sender"),
        pytest.param(Clues(by_reference=(KNOWN,), numbers={1: (12,)}),
                     Thread(1, 7, (12,), "reference"), id="the invoice cited, not all those listed"),
        pytest.param(Clues(by_token=(KNOWN,)), Thread(1, 7, (10, 11), "token"), id="a token"),
        pytest.param(Clues(senders=(2, 2)), Thread(2, None, (), "sender"), id="one customer"),
        pytest.param(Clues(senders=(2, 3), numbers={3: (30,)}),
                     Thread(3, None, (30,), "sender"), id="two, and an invoice of one"),
        pytest.param(Clues(senders=(2, 3)), Thread(None, None, (), "sender", (2, 3)),
                     id="two: a person decides"),
        pytest.param(Clues(senders=(2, 3), numbers={2: (20,), 3: (30,)}),
                     Thread(None, None, (), "sender", (2, 3)), id="two, and invoices of both"),
        pytest.param(Clues(numbers={4: (40,)}), Thread(4, None, (40,), "invoice"),
                     id="an unknown sender who cites an invoice"),
        pytest.param(Clues(numbers={4: (40,), 5: (50,)}),
                     Thread(None, None, (), "invoice", (4, 5)), id="a number that two have"),
    ],
)  # fmt: skip
def test_where_it_belongs(clues: Clues, expected: Thread) -> None:
    assert thread(clues) == expected
    assert thread(clues).is_ours is bool(expected.customer_id or expected.candidates)
