"""Who hears what, how it is signed, when it is tried again, and which addresses are never called."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.webhooks import rules

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "verb", "heard"),
    [
        pytest.param("*", "invoice.recorded", True, id="everything"),
        pytest.param("invoice.*", "invoice.recorded", True, id="a family"),
        pytest.param("invoice.*", "invoices.seen", False, id="a family is a whole word"),
        pytest.param("invoice.recorded", "invoice.recorded", True, id="one fact"),
        pytest.param("invoice.recorded", "invoice.reversed", False, id="another fact"),
        pytest.param("standing.dispute.*", "standing.dispute.ended", True, id="a narrow family"),
    ],
)
def test_what_is_heard(pattern: str, verb: str, heard: bool) -> None:
    assert rules.is_pattern(pattern)
    assert rules.hears([pattern], verb) is heard


@pytest.mark.parametrize("text", ["", "*.*", "invoice.", "Invoice.*", "in*", "a b", "invoice.*.x"])
def test_what_names_no_fact(text: str) -> None:
    assert not rules.is_pattern(text)


def test_a_signature_covers_time_number_and_body() -> None:
    told = {"timestamp": 1_700_000_000, "delivery": "d-1", "body": b"{}"}
    expected = hmac.new(b"whsec_x", b"1700000000.d-1.{}", sha256).hexdigest()
    signed = rules.signature("whsec_x", **told)  # type: ignore[arg-type]

    assert signed == f"v1={expected}"
    for change in ({"timestamp": 1_700_000_001}, {"delivery": "d-2"}, {"body": b"{ }"}):
        assert rules.signature("whsec_x", **{**told, **change}) != signed  # type: ignore[arg-type]


@given(failures=st.integers(1, 60), elapsed=st.integers(0, 4 * 24 * 60))
def test_it_is_tried_again_for_three_days_and_no_more(failures: int, elapsed: int) -> None:
    now = NOW + timedelta(minutes=elapsed)
    after = rules.next_attempt(failures=failures, first_at=NOW, now=now)

    if elapsed < 3 * 24 * 60:
        assert after is not None
        assert now < after <= NOW + timedelta(days=3)
    else:
        assert after is None


def test_attempts_grow_apart() -> None:
    waits = []
    for failures in range(1, 9):
        after = rules.next_attempt(failures=failures, first_at=NOW, now=NOW)
        assert after is not None
        waits.append((after - NOW).total_seconds() / 60)

    assert waits == [1, 5, 15, 30, 60, 120, 240, 360]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "fd00:ec2::254", "ff02::1",
        "2001:0:0:0:0:0:f5ff:fffe", "192.0.2.1", "240.0.0.1",
    ],
)  # fmt: skip
def test_private_addresses_in_every_guise(address: str) -> None:
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses(address: str) -> None:
    assert rules.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://exemple.fr/", id="not encrypted"),
        pytest.param("https://user:pass@exemple.fr/", id="an identity"),
        pytest.param("https://exemple.fr/#x", id="an anchor"),
        pytest.param("https://exemple.fr:22/", id="another service's port"),
        pytest.param("https://exemple.fr:99999/", id="no port"),
        pytest.param("https://127.0.0.1/", id="loopback"),
        pytest.param("https://[::1]/", id="loopback, sixth version"),
        pytest.param("https://localhost/", id="a local name"),
        pytest.param("https://db.internal/", id="an internal name"),
        pytest.param("https://intranet/", id="a bare name"),
        pytest.param("https://metadata.local./", id="a local name with its dot"),
        pytest.param("https://169.254.169.254/latest", id="a cloud's metadata"),
        pytest.param("https://exemple.fr/" + "x" * 500, id="endless"),
        pytest.param("ftp://exemple.fr/", id="another protocol"),
        pytest.param("https:///x", id="no host"),
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    assert rules.url_fault(url)


def test_addresses_that_are_taken() -> None:
    assert not rules.url_fault("https://exemple.fr/encours?x=1")
    assert not rules.url_fault("https://exemple.fr:8443/")
    assert not rules.url_fault("http://127.0.0.1:8000/", loopback=True)
    assert rules.url_fault("http://10.0.0.1:8000/", loopback=True)
