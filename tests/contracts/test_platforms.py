"""What every platform promises: taken once, found again, changes in order; refusals told apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

import httpx
import pytest
from tests.einvoicing.stubs import FIRST, Remote, remote

from encours.einvoicing.ports import (
    AccessDenied,
    Outgoing,
    Platform,
    RefusedByPlatform,
    TryLater,
)
from encours.einvoicing.providers.afnor import AfnorPlatform
from encours.einvoicing.providers.chorus import ChorusPro
from encours.einvoicing.providers.memory import MemoryPlatform

CONTENT = b"<CDAR>\xc3\xa9</CDAR>"
BEFORE = FIRST - timedelta(days=1)


@pytest.fixture
def end() -> Iterator[Remote]:
    with remote() as far:
        yield far


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=0.8) as client:
        yield client


@pytest.fixture(params=["memory", "afnor"])
def platform(request: pytest.FixtureRequest, end: Remote, http: httpx.Client) -> Platform:
    return MemoryPlatform() if request.param == "memory" else AfnorPlatform(http, end.access)


def outgoing(tracking: str = "11111111-1111-4111-8111-111111111111") -> Outgoing:
    return Outgoing(tracking, "212.xml", "CDAR", "B2B", CONTENT, sha256(CONTENT).hexdigest())


def test_a_file_is_taken_once_and_found_again(platform: Platform) -> None:
    assert platform.find(outgoing().tracking) is None
    handed = platform.submit(outgoing())

    assert handed.reference
    assert platform.submit(outgoing()).reference == handed.reference
    found = platform.find(outgoing().tracking)
    assert found is not None
    assert found.reference == handed.reference


def test_what_changed_comes_in_order_and_only_once(platform: Platform) -> None:
    handed = [platform.submit(outgoing(f"{n}1111111-1111-4111-8111-111111111111")) for n in "123"]

    seen, after = [], BEFORE
    while page := [one for one in platform.changed(after) if one.updated_at > after]:
        seen += page
        after = page[-1].updated_at
    assert [one.reference for one in seen] == [one.reference for one in handed]
    assert not any(one.is_incoming for one in seen)


def test_a_file_that_came_for_us_is_downloaded(end: Remote, http: httpx.Client) -> None:
    end.put_in("in-1", CONTENT)
    platform = AfnorPlatform(http, end.access)

    (seen,) = platform.changed(BEFORE)
    assert (seen.is_incoming, seen.syntax, seen.ack) == (True, "CDAR", "ok")
    assert platform.download("in-1") == CONTENT


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param(["422"], RefusedByPlatform, id="refused for good"),
        pytest.param(["413"], RefusedByPlatform, id="too large"),
        pytest.param(["403"], AccessDenied, id="not allowed"),
        pytest.param(["429"], TryLater, id="too many calls"),
        pytest.param(["503"], TryLater, id="closed for a while"),
        pytest.param(["500"], httpx.HTTPStatusError, id="broken"),
        pytest.param(["slow"], httpx.TimeoutException, id="slow"),
        pytest.param(["cut"], httpx.TransportError, id="cut"),
    ],
)
def test_refusals_are_told_apart(
    end: Remote, http: httpx.Client, answers: list[str], expected: type[Exception]
) -> None:
    end.next += answers

    with pytest.raises(expected) as told:
        AfnorPlatform(http, end.access).submit(outgoing())
    if isinstance(told.value, TryLater):
        assert told.value.after_s == (7 if answers == ["429"] else 60)


def test_a_call_cut_after_the_file_was_taken_is_found_by_its_tracking(
    end: Remote, http: httpx.Client
) -> None:
    platform = AfnorPlatform(http, end.access)
    end.next.append("cut")
    with pytest.raises(httpx.TransportError):
        platform.submit(outgoing())

    found = platform.find(outgoing().tracking)
    assert found is not None
    assert found.reference == "flow-0"
    assert end.faults == []


def test_a_token_that_ended_is_asked_again_once(end: Remote, http: httpx.Client) -> None:
    platform = AfnorPlatform(http, end.access)
    platform.find("x")
    end.tokens.clear()

    assert platform.submit(outgoing()).reference


def test_a_wrong_secret_is_said_at_once(end: Remote, http: httpx.Client) -> None:
    wrong = AfnorPlatform(http, type(end.access)(end.url, f"{end.url}/token", "encours", "faux"))

    with pytest.raises(AccessDenied):
        wrong.submit(outgoing())
    assert end.flows == []


def test_the_portal_gives_every_page_and_says_its_refusals(end: Remote, http: httpx.Client) -> None:
    end.invoices = [
        {"numeroFacture": f"F{n}", "statut": "SUSPENDUE", "dateDepot": f"2026-11-0{n}",
         "dateHeureEtatCourant": f"2026-11-1{n}T09:30:00"}
        for n in range(1, 6)
    ]  # fmt: skip
    end.invoices.append({"numeroFacture": "", "statut": "", "dateDepot": "2026-11-02"})
    portal = ChorusPro(http, end.access)

    found = portal.statuses(date(2026, 11, 2), date(2026, 11, 30))
    assert [(one.number, one.status, one.at.day) for one in found] == [
        (f"F{n}", "SUSPENDUE", 10 + n) for n in range(2, 6)
    ]
    other = type(end.access)(end.url, f"{end.url}/token", "encours", "s3cret", "autre", "x")
    with pytest.raises(RefusedByPlatform, match="20000 Compte technique inconnu"):
        ChorusPro(http, other).statuses(date(2026, 11, 1), date(2026, 11, 30))
