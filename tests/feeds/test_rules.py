"""Schedules, names, freshness, addresses: pure rules of sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.feeds.rules import addresses, attachments, names
from encours.feeds.rules.freshness import Health
from encours.feeds.rules.kinds import KINDS, faults
from encours.feeds.rules.schedule import BACK_OFF, Schedule, next_run, read_schedule

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Schedule(), id="only when asked"),
        pytest.param("15", Schedule(minutes=15), id="minutes"),
        pytest.param("13h00, 6:30", Schedule(hours=("06:30", "13:00")), id="hours, sorted"),
    ],
)
def test_read_schedule(text: str, expected: Schedule) -> None:
    assert read_schedule(text) == expected
    assert read_schedule(expected.as_text()) == expected


@pytest.mark.parametrize("text", ["1", "0", "99999", "25:00", "6.30", "demain", "15, 20"])
def test_what_is_no_schedule_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"minutes|heure"):
        read_schedule(text)


@pytest.mark.parametrize(
    ("schedule", "failures", "wait_s", "expected"),
    [
        pytest.param(Schedule(), 0, 0, None, id="none"),
        pytest.param(Schedule(minutes=15), 0, 0, "20:15", id="every fifteen minutes"),
        pytest.param(Schedule(minutes=15), 1, 0, "20:05", id="a first failure is tried again soon"),
        pytest.param(Schedule(minutes=15), 9, 0, "00:00", id="then later each time"),
        pytest.param(Schedule(minutes=15), 0, 3600, "21:00", id="asked to wait"),
        pytest.param(Schedule(hours=("06:30",)), 0, 0, "05:30", id="an hour of Paris in winter"),
        pytest.param(
            Schedule(hours=("06:30",)), 2, 0, "20:15", id="not a whole day after a failure"
        ),
    ],
)
def test_next_run(schedule: Schedule, failures: int, wait_s: int, expected: str | None) -> None:
    found = next_run(schedule, after=NOW, zone=PARIS, failures=failures, wait_s=wait_s)

    assert (found and f"{found:%H:%M}") == expected


def test_an_hour_is_kept_over_the_change_of_clock() -> None:
    eve = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    found = next_run(Schedule(hours=("06:30",)), after=eve, zone=PARIS)

    assert found is not None
    assert f"{found.astimezone(PARIS):%d %H:%M}" == "25 06:30"


@given(
    minutes=st.integers(5, 7 * 24 * 60),
    failures=st.integers(0, 50),
    wait_s=st.integers(0, 10_000),
)
def test_a_source_always_runs_again_and_never_before_it_may(
    minutes: int, failures: int, wait_s: int
) -> None:
    found = next_run(
        Schedule(minutes=minutes), after=NOW, zone=PARIS, failures=failures, wait_s=wait_s
    )

    assert found is not None
    assert found >= NOW + timedelta(seconds=wait_s)
    assert found > NOW
    assert found <= NOW + max(timedelta(minutes=minutes), BACK_OFF[-1], timedelta(seconds=wait_s))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("../../etc/passwd", "passwd", id="a path"),
        pytest.param("C:\\export\\a.csv", "a.csv", id="a path of Windows"),
        pytest.param("a\x00b\n.csv", "a b .csv", id="control characters"),
        pytest.param("....", "fichier", id="nothing left"),
    ],
)
def test_safe_name(name: str, expected: str) -> None:
    assert names.safe_name(name) == expected


@given(st.text(max_size=400))
def test_a_name_never_leaves_its_folder(text: str) -> None:
    found = names.safe_name(text)

    assert found
    assert len(found) <= names.NAME_MAX
    assert not set(found) & set("/\\\0\n")
    assert found not in (".", "..")


OWNERS = (names.Owner(1, "SUD", "552100554"), names.Owner(2, "NORD", "732829320"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("732829320FEC20261231.txt", 2, id="the SIREN of a FEC"),
        pytest.param("export-552100554.csv", 1, id="a SIREN"),
        pytest.param("nord_factures.csv", 2, id="a code"),
        pytest.param("nordique.csv", None, id="another word"),
        pytest.param("export.csv", None, id="nothing"),
        pytest.param("552100554-732829320.csv", None, id="two of them"),
    ],
)
def test_owner_of(name: str, expected: int | None) -> None:
    assert names.owner_of(name, OWNERS) == expected
    assert names.owner_of(name, OWNERS[:1]) == 1


def health(**hours: int | None) -> Health:
    at = {
        name: None if back is None else NOW - timedelta(hours=back) for name, back in hours.items()
    }
    return Health(
        is_enabled=True,
        fresh_hours=24,
        created_at=at.get("created") or NOW,
        fresh_at=at.get("fresh"),
        succeeded_at=at.get("ok"),
        failed_at=at.get("failed"),
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(health(), "waiting", id="new"),
        pytest.param(health(created=25), "late", id="never brought anything for a day"),
        pytest.param(health(fresh=23, ok=1), "fresh", id="fresh"),
        pytest.param(health(fresh=25, ok=1), "late", id="it answers, and nothing comes"),
        pytest.param(
            health(fresh=2, ok=2, failed=1), "failing", id="it fails, data is still fresh"
        ),
        pytest.param(health(fresh=1, ok=1, failed=2), "fresh", id="it works again"),
    ],
)
def test_state(one: Health, expected: str) -> None:
    assert one.state(NOW) == expected
    assert one.is_stale(NOW) == (expected == "late")


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        pytest.param("93.184.216.34", True, True, id="public"),
        pytest.param("10.0.0.1", False, True, id="a private network"),
        pytest.param("127.0.0.1", False, True, id="this machine"),
        pytest.param("::1", False, True, id="this machine, IPv6"),
        pytest.param("::ffff:127.0.0.1", False, True, id="wrapped"),
        pytest.param("64:ff9b::7f00:1", False, True, id="NAT64"),
        pytest.param("169.254.169.254", False, False, id="where clouds keep their keys"),
        pytest.param("::ffff:169.254.169.254", False, False, id="the same, wrapped"),
        pytest.param("0.0.0.0", False, False, id="nowhere"),
        pytest.param("224.0.0.1", False, False, id="everybody"),
    ],
)
def test_is_allowed(address: str, public: bool, private: bool) -> None:
    assert addresses.is_allowed(address, private=False) == public
    assert addresses.is_allowed(address, private=True) == private


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        pytest.param("Compta <compta@a.fr>", True, id="an address"),
        pytest.param("X@B.FR", True, id="a domain, whatever its case"),
        pytest.param("x@sub.b.fr", False, id="not a sub-domain"),
        pytest.param("compta@a.fr <v@evil.fr>", False, id="an address in a name"),
        pytest.param("", False, id="nobody"),
    ],
)
def test_is_from(sender: str, expected: bool) -> None:
    assert attachments.is_from(sender, "compta@a.fr; @b.fr") == expected
    assert not attachments.is_from(sender, "")


@given(st.binary(max_size=2_000))
def test_any_message_gives_files_with_safe_names(raw: bytes) -> None:
    for one in attachments.attachments(raw):
        assert one.content
        assert "/" not in one.name


def test_what_a_kind_needs_is_said() -> None:
    wrong = faults(KINDS["imap"], {"host": "mail.fr", "security": "no"}, {})

    assert set(wrong) == {"user", "senders", "security"}
