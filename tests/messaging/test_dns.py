"""TXT records over real UDP and TCP: a name that answers, or not, or badly, and never for long."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from encours.messaging.providers.dns import QUESTIONS_MAX, DnsRecords
from encours.messaging.rules.domains import Unreachable

TEXTS = {
    "one.example.": ['"v=spf1 -all"'],
    "parts.example.": ['"v=DKIM1; p=abc" "def"'],
    "long.example.": [f'"{"x" * 250}" "{"y" * 250}"'] * 20,
}
Answer = Callable[[dns.message.Message, bool], bytes | None]


def answered(asked: dns.message.Message, is_tcp: bool) -> bytes | None:
    """Answer as a name server would; `silent` never, `broken` with rubbish."""
    name = str(asked.question[0].name)
    reply = dns.message.make_response(asked)
    if name == "silent.example.":
        return None
    if name == "broken.example.":
        return b"\x00\x01rubbish"
    if name == "servfail.example.":
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif name == "empty.example.":
        pass
    elif name in TEXTS:
        if name == "long.example." and not is_tcp:
            reply.flags |= dns.flags.TC
        else:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *set(TEXTS[name])))
    else:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


@contextmanager
def server() -> Iterator[int]:
    """Serve on loopback, by UDP and by TCP, on one port."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
    ):
        udp.bind(("127.0.0.1", 0))
        port: int = udp.getsockname()[1]
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(("127.0.0.1", port))
        tcp.listen()
        udp.settimeout(0.1)
        tcp.settimeout(0.1)
        stop = threading.Event()
        hands = [
            threading.Thread(target=_by_udp, args=(udp, stop)),
            threading.Thread(target=_by_tcp, args=(tcp, stop)),
        ]
        for hand in hands:
            hand.start()
        try:
            yield port
        finally:
            stop.set()
            for hand in hands:
                hand.join()


def _by_udp(udp: socket.socket, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            wire, asker = udp.recvfrom(4096)
        except TimeoutError:
            continue
        reply = answered(dns.message.from_wire(wire), is_tcp=False)
        if reply is not None:
            udp.sendto(reply, asker)


def _by_tcp(tcp: socket.socket, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            asker, _ = tcp.accept()
        except TimeoutError:
            continue
        with asker:
            asker.settimeout(1)
            (size,) = struct.unpack("!H", asker.recv(2))
            reply = answered(dns.message.from_wire(asker.recv(size)), is_tcp=True) or b""
            asker.sendall(struct.pack("!H", len(reply)) + reply)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server() as opened:
        yield opened


def records(port: int, *, all_s: float = 3.0) -> DnsRecords:
    return DnsRecords([("127.0.0.1", port)], all_s=all_s)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("one.example", ("v=spf1 -all",), id="one text"),
        pytest.param("parts.example", ("v=DKIM1; p=abcdef",), id="parts are joined"),
        pytest.param("empty.example", (), id="a name without texts"),
        pytest.param("nobody.example", (), id="no such name"),
        pytest.param("long.example", ("x" * 250 + "y" * 250,), id="too long for UDP"),
    ],
)
def test_records_are_read(port: int, name: str, expected: tuple[str, ...]) -> None:
    assert records(port).look(name) == expected


@pytest.mark.parametrize("name", ["silent.example", "servfail.example", "broken.example"])
def test_what_is_not_answered_is_unreachable_and_soon(port: int, name: str) -> None:
    begun = monotonic()
    with pytest.raises(Unreachable):
        records(port, all_s=1.0).look(name)

    assert monotonic() - begun < 3


def test_no_server_at_all_is_unreachable() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            records(taken.getsockname()[1], all_s=0.5).look("one.example")


def test_a_check_has_a_time_and_a_number_of_questions(port: int) -> None:
    late = records(port, all_s=0.0)
    with pytest.raises(Unreachable):
        late.look("one.example")
    curious = records(port)
    for _ in range(QUESTIONS_MAX):
        curious.look("one.example")
    with pytest.raises(Unreachable):
        curious.look("one.example")


@pytest.mark.parametrize("name", ["..", "a" * 64 + ".example", "x" * 300])
def test_a_name_that_is_none_is_unreachable(port: int, name: str) -> None:
    with pytest.raises(Unreachable):
        records(port).look(name)
