"""What a domain says of its e-mails: each fault has its name, and silence is no fault."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.providers.memory_records import MemoryRecords
from encours.messaging.rules import domains
from encours.messaging.rules.domains import LOOKUPS_MAX, Found

US = "durand.example"
OVH = "v=spf1 ip4:1.2.3.0/24 ~all"
CHAIN = {f"i{n}.example": (f"v=spf1 include:i{n + 1}.example ~all",) for n in range(1, 12)}
CHAIN["i12.example"] = ("v=spf1 ip4:1.2.3.4 -all",)


def key(bits: int) -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    packed = made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(packed).decode()}"


EDWARDS = base64.b64encode(
    ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
).decode()


def spf(host: str = "", **records: str) -> Found:
    named = {US: (records.pop("own"),)} if "own" in records else {}
    return domains.spf(US, MemoryRecords({**named, **CHAIN}).look, host=host)


@pytest.mark.parametrize(
    ("records", "host", "expected"),
    [
        pytest.param((OVH,), "", ("ok", "spf_ok"), id="in order"),
        pytest.param(("google-site=1", OVH), "", ("ok", "spf_ok"), id="beside other texts"),
        pytest.param(("V=SPF1 MX -ALL",), "", ("ok", "spf_ok"), id="in capitals"),
        pytest.param((), "", ("missing", "spf_missing"), id="nothing"),
        pytest.param(("v=spf10 -all",), "", ("missing", "spf_missing"), id="another version"),
        pytest.param((OVH, "v=spf1 mx -all"), "", ("several", "spf_several"), id="two"),
        pytest.param(("v=spf1 ipv4:1.2.3.4 ~all",), "", ("wrong", "spf_unreadable"), id="a typo"),
        pytest.param(("v=spf1 mx +all",), "", ("wrong", "spf_everybody"), id="everybody"),
        pytest.param(("v=spf1 mx all",), "", ("wrong", "spf_everybody"), id="everybody, unsaid"),
        pytest.param(("v=spf1 mx",), "", ("weak", "spf_open"), id="no end"),
        pytest.param(("v=spf1 mx ?all",), "", ("weak", "spf_open"), id="an end that says nothing"),
        pytest.param(
            ("v=spf1 include:none.example ~all",), "", ("wrong", "spf_include"), id="empty include"
        ),
        pytest.param(
            (f"v=spf1 include:{US} ~all",), "", ("wrong", "spf_include"), id="includes itself"
        ),
        pytest.param(
            ("v=spf1 include:i1.example ~all",), "", ("too_many", "spf_too_many"), id="11"
        ),
        pytest.param(("v=spf1 include:i3.example ~all",), "", ("ok", "spf_ok"), id="ten"),
        pytest.param(("v=spf1 redirect=i12.example",), "", ("ok", "spf_ok"), id="redirected"),
        pytest.param(("v=spf1 exists:%{i}.x.example -all",), "", ("ok", "spf_ok"), id="a macro"),
        pytest.param((OVH,), "ssl0.ovh.net", ("wrong", "spf_not_ours"), id="not our server"),
        pytest.param((OVH,), "smtp.durand.example", ("ok", "spf_ok"), id="a server nobody knows"),
    ],
)
def test_spf(records: tuple[str, ...], host: str, expected: tuple[str, str]) -> None:
    dns = MemoryRecords({US: records, **CHAIN})
    found = domains.spf(US, dns.look, host=host)

    assert (found.state, found.reason) == expected


def test_what_to_publish_is_a_record_that_would_be_in_order() -> None:
    every = {**CHAIN, "mx.ovh.com": (OVH,)}
    for records in ((), (OVH, "v=spf1 mx -all"), (OVH,), ("v=spf1 include:mx.ovh.com",)):
        found = domains.spf(US, MemoryRecords({**every, US: records}).look, host="ssl0.ovh.net")
        after = MemoryRecords({**every, US: (found.record,)})
        again = domains.spf(US, after.look, host="ssl0.ovh.net")
        again = domains.spf(
            US, MemoryRecords({**every, US: (again.record or found.record,)}).look,
            host="ssl0.ovh.net",
        )  # fmt: skip

        assert again.state == "ok", (records, found, again)


terms = st.sampled_from(
    [
        "a",
        "mx",
        "include:i1.example",
        "include:i9.example",
        "ptr",
        "exists:x.example",
        "ip4:1.2.3.4",
    ]
)


@given(chosen=st.lists(terms, max_size=40), loops=st.booleans())
def test_a_walk_always_ends(chosen: list[str], loops: bool) -> None:
    records = dict(CHAIN)
    if loops:
        records["i12.example"] = ("v=spf1 include:i1.example -all",)
    dns = MemoryRecords({**records, US: (f"v=spf1 {' '.join(chosen)} ~all",)})
    found = domains.spf(US, dns.look)

    assert found.state in ("ok", "too_many")
    assert len(dns.asked) <= LOOKUPS_MAX + 2


@pytest.mark.parametrize(
    ("records", "selector", "expected"),
    [
        pytest.param({"google": (key(2048),)}, "", ("ok", "dkim_ok"), id="under a usual name"),
        pytest.param({"x9": (key(2048),)}, "x9", ("ok", "dkim_ok"), id="under its own name"),
        pytest.param({"x9": (key(2048),)}, "X9", ("ok", "dkim_ok"), id="in capitals"),
        pytest.param({"x9": (key(2048),)}, "", ("absent", "dkim_selector"), id="unguessable"),
        pytest.param({}, "x9", ("absent", "dkim_not_there"), id="not there"),
        pytest.param({"s1": (key(1024),)}, "s1", ("weak", "dkim_1024"), id="1024 bits"),
        pytest.param({"s1": ("v=DKIM1; p=",)}, "s1", ("wrong", "dkim_revoked"), id="revoked"),
        pytest.param({"s1": ("p=abc!",)}, "s1", ("wrong", "dkim_unreadable"), id="badly copied"),
        pytest.param({"s1": ("p=AAAA",)}, "s1", ("wrong", "dkim_unreadable"), id="no key"),
        pytest.param({"s1": ("p=A", "p=B")}, "s1", ("several", "dkim_several"), id="two keys"),
        pytest.param({"s1": ("hello",)}, "s1", ("absent", "dkim_not_there"), id="another text"),
        pytest.param({"s1": (f"k=ed25519; p={EDWARDS}",)}, "s1", ("ok", "dkim_ok"), id="Ed25519"),
    ],
)
def test_dkim(
    records: Mapping[str, tuple[str, ...]], selector: str, expected: tuple[str, str]
) -> None:
    named = {f"{name}._domainkey.{US}": texts for name, texts in records.items()}
    found = domains.dkim(US, MemoryRecords(named).look, selector=selector)

    assert (found.state, found.reason) == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param({US: ("v=DMARC1; p=reject",)}, ("ok", "dmarc_ok", "reject"), id="reject"),
        pytest.param({US: ("v=DMARC1;p=NONE",)}, ("weak", "dmarc_none", "none"), id="observe"),
        pytest.param({}, ("missing", "dmarc_missing", ""), id="nothing"),
        pytest.param({US: ("v=spf1 -all",)}, ("missing", "dmarc_missing", ""), id="another text"),
        pytest.param(
            {US: ("v=DMARC1; p=reject", "v=DMARC1; p=none")},
            ("several", "dmarc_several", ""),
            id="two",
        ),
        pytest.param({US: ("v=DMARC1; rua=x",)}, ("wrong", "dmarc_unreadable", ""), id="no policy"),
    ],
)
def test_dmarc(records: Mapping[str, tuple[str, ...]], expected: tuple[str, str, str]) -> None:
    named = {f"_dmarc.{name}": texts for name, texts in records.items()}
    found = domains.dmarc(US, MemoryRecords(named).look)

    assert (found.state, found.reason, found.told) == expected


def test_a_subdomain_is_held_by_the_word_of_its_parent() -> None:
    dns = MemoryRecords({f"_dmarc.{US}": ("v=DMARC1; p=reject; sp=quarantine",)})
    found = domains.dmarc(f"compta.{US}", dns.look)

    assert (found.state, found.told, found.at) == ("ok", "quarantine", f"_dmarc.{US}")


def test_silence_is_no_fault_and_the_rest_is_still_said() -> None:
    dns = MemoryRecords({f"_dmarc.{US}": ("v=DMARC1; p=reject",)}, silent={US})
    found = domains.checked(US, dns.look, selector="s1")

    assert [one.state for one in found] == ["unknown", "absent", "ok"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("s1", True), ("a.b-c", True), ("-x", False), ("x y", False), ("é", False), ("a" * 64, False)],
)
def test_a_selector_is_a_name(text: str, expected: bool) -> None:
    assert domains.is_selector(text) is expected
