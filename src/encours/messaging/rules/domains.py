"""What a domain's DNS says of who may write in its name: SPF, DKIM, DMARC.

RFC 7208 (SPF), RFC 6376 and 8301 (DKIM), RFC 7489 (DMARC). Records are looked up by whoever calls.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

Subject = Literal["spf", "dkim", "dmarc"]
State = Literal["ok", "weak", "missing", "wrong", "several", "too_many", "absent", "unknown"]
Look = Callable[[str], tuple[str, ...]]
"""Return the TXT records of a name, none when there is none, or raise Unreachable."""

LOOKUPS_MAX: Final = 10
RSA_MIN: Final = 1024
RSA_GOOD: Final = 2048
ED25519_BYTES: Final = 32
SELECTORS: Final = (
    *("selector1", "selector2", "google", "default", "dkim", "mail", "s1", "s2", "k1", "k2"),
    *("brevo1", "mailjet", "mailo", "pm", "ovhmo", "gm1"),
)
"""The names under which the common hosts publish their keys; a name is not listed anywhere."""
HOSTS: Final = {
    "office365.com": "spf.protection.outlook.com",
    "outlook.com": "spf.protection.outlook.com",
    "gmail.com": "_spf.google.com",
    "ovh.net": "mx.ovh.com",
    "gandi.net": "_mailcust.gandi.net",
    "ionos.fr": "_spf-eu.ionos.com",
    "brevo.com": "spf.brevo.com",
    "mailgun.org": "mailgun.org",
    "mailjet.com": "spf.mailjet.com",
    "sendgrid.net": "sendgrid.net",
    "amazonaws.com": "amazonses.com",
    "postmarkapp.com": "spf.mtasv.net",
}
"""What a known server's own documentation says to include."""
_NAME: Final = re.compile(
    r"^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]+$"
)
_SELECTOR: Final = re.compile(r"^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$")
_TERM: Final = re.compile(r"^[+?~-]?(all|include|a|mx|ptr|ip4|ip6|exists)(?:[:/].*)?$")
_MODIFIER: Final = re.compile(r"^[a-z][a-z0-9_.-]*=")


class Unreachable(Exception):
    """No DNS server answered, or it would not say: nothing is known."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one subject; `reason` is a code, `told` what its sentence names.

    `record` is what to publish, at `at`; empty when there is nothing to change, or nobody but the
    host knows it.
    """

    subject: Subject
    state: State
    reason: str
    records: tuple[str, ...] = ()
    told: str = ""
    at: str = ""
    record: str = ""


def is_selector(text: str) -> bool:
    """Say whether a DKIM selector may bear this name."""
    return bool(_SELECTOR.match(text.lower()))


def checked(domain: str, look: Look, *, host: str = "", selector: str = "") -> tuple[Found, ...]:
    """Look at what a domain says of its e-mails; what cannot be looked up is `unknown`.

    `host` is the server that sends, `selector` the name of its key where it is known.
    """
    asked: tuple[tuple[Subject, Callable[[], Found]], ...] = (
        ("spf", lambda: spf(domain, look, host=host)),
        ("dkim", lambda: dkim(domain, look, selector=selector)),
        ("dmarc", lambda: dmarc(domain, look)),
    )
    found = []
    for subject, ask in asked:
        try:
            found.append(ask())
        except Unreachable:
            found.append(Found(subject, "unknown", "unreachable"))
    return tuple(found)


def spf(domain: str, look: Look, *, host: str = "") -> Found:
    """Read who may send for a domain, and whether the server that sends is among them."""
    wanted = _include_of(host)
    suggested = f"v=spf1 include:{wanted} ~all" if wanted else "v=spf1 mx ~all"
    records = _spf_of(look(domain))
    if not records:
        return Found("spf", "missing", "spf_missing", at=domain, record=suggested)
    if len(records) > 1:
        return Found("spf", "several", "spf_several", records, at=domain, record=_joined(records))
    walk = _Walk(look)
    walk.through(domain, records[0])
    return _weighed(walk, records, domain, wanted)


def dkim(domain: str, look: Look, *, selector: str = "") -> Found:
    """Read the key that signs: under the selector that is given, else under the usual ones."""
    tried = (selector.lower(),) if selector else SELECTORS
    for one in tried:
        at = f"{one}._domainkey.{domain}"
        records = tuple(text for text in look(at) if "p=" in text.replace(" ", ""))
        if len(records) > 1:
            return Found("dkim", "several", "dkim_several", records, one, at)
        if records:
            return _key(one, at, records)
    reason = "dkim_not_there" if selector else "dkim_selector"
    at = f"{selector or 'sélecteur'}._domainkey.{domain}"
    return Found("dkim", "absent", reason, told=selector, at=at)


def dmarc(domain: str, look: Look) -> Found:
    """Read what others are asked to do with a false e-mail; a parent domain's word holds too."""
    at = f"_dmarc.{domain}"
    record = f"v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
    for name in _and_parents(domain):
        records = tuple(text for text in look(f"_dmarc.{name}") if _is(text, "v=dmarc1"))
        if len(records) > 1:
            return Found("dmarc", "several", "dmarc_several", records, at=f"_dmarc.{name}")
        if records:
            return _policy(records, is_parent=name != domain, at=f"_dmarc.{name}", record=record)
    return Found("dmarc", "missing", "dmarc_missing", at=at, record=record)


@dataclass(slots=True)
class _Walk:
    """A walk through an SPF record and those it includes, counting what a receiver looks up."""

    look: Look
    count: int = 0
    ends: bool = False
    fault: str = ""
    culprit: str = ""
    seen: set[str] = field(default_factory=set)

    def through(self, domain: str, record: str, *, is_top: bool = True) -> None:
        """Follow each term; the walk stops at the first fault and past the limit."""
        for term in record.lower().split()[1:]:
            if self.fault or self.count > LOOKUPS_MAX:
                return
            if _MODIFIER.match(term):
                if term.startswith("redirect="):
                    self._follow(domain, term.removeprefix("redirect="), is_top=is_top)
            elif _TERM.match(term):
                self._term(domain, term, is_top=is_top)
            else:
                self.fault, self.culprit = "spf_unreadable", term[:80]

    def _term(self, domain: str, term: str, *, is_top: bool) -> None:
        bare = term.lstrip("+?~-")
        name, _, value = bare.partition(":")
        kind = name.partition("/")[0]
        if kind == "all" and is_top:
            self.ends = not term.startswith("?")
            if not term.startswith(("-", "~", "?")):
                self.fault, self.culprit = "spf_everybody", term
        elif kind == "include":
            self._follow(domain, value, is_top=False)
        elif kind in ("a", "mx", "ptr", "exists"):
            self.count += 1

    def _follow(self, domain: str, other: str, *, is_top: bool) -> None:
        """Read the record of another domain; one with macros depends on the message."""
        self.count += 1
        other = other.rstrip(".")
        if "%" in other or other in self.seen or self.count > LOOKUPS_MAX:
            return
        self.seen.add(other)
        records = _spf_of(self.look(other)) if _NAME.match(other) and other != domain else ()
        if len(records) != 1:
            self.fault, self.culprit = "spf_include", other[:80]
            return
        self.through(other, records[0], is_top=is_top)


def _weighed(walk: _Walk, records: tuple[str, ...], domain: str, wanted: str) -> Found:
    """Say what a walk came to: a fault first, then what may be better."""
    if walk.fault:
        return Found("spf", "wrong", walk.fault, records, told=walk.culprit)
    if walk.count > LOOKUPS_MAX:
        return Found("spf", "too_many", "spf_too_many", records, told=str(walk.count))
    if wanted and wanted not in walk.seen:
        record = _including(records[0], wanted)
        return Found("spf", "wrong", "spf_not_ours", records, wanted, domain, record)
    if not walk.ends:
        return Found("spf", "weak", "spf_open", records, at=domain, record=_ended(records[0]))
    return Found("spf", "ok", "spf_ok", records)


def _ended(record: str) -> str:
    kept = [term for term in record.split() if term.lower() != "?all"]
    return " ".join((*kept, "~all"))


def _spf_of(records: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in records if text.lower().split(" ")[0] == "v=spf1")


def _include_of(host: str) -> str:
    host = host.lower().rstrip(".")
    return next(
        (name for end, name in HOSTS.items() if host == end or host.endswith(f".{end}")), ""
    )


def _joined(records: tuple[str, ...]) -> str:
    """Return one record that says what several said: their terms, then the strictest end."""
    terms = [term for text in records for term in text.split()[1:]]
    ends = [term for term in terms if term.lower().lstrip("+?~-") == "all"]
    kept = dict.fromkeys(term for term in terms if term not in ends)
    return " ".join(("v=spf1", *kept, "-all" if "-all" in ends else "~all"))


def _including(record: str, name: str) -> str:
    head, *terms = record.split()
    return " ".join((head, f"include:{name}", *terms))


def _is(text: str, start: str) -> bool:
    return text.replace(" ", "").lower().startswith(start)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _key(selector: str, at: str, records: tuple[str, ...]) -> Found:
    tags = _tags(records[0])
    packed = re.sub(r"\s", "", tags.get("p", ""))
    if not packed:
        return Found("dkim", "wrong", "dkim_revoked", records, selector, at)
    bits = _bits(packed, tags.get("k", "rsa").lower())
    if bits is None:
        return Found("dkim", "wrong", "dkim_unreadable", records, selector, at)
    if bits < RSA_MIN:
        return Found("dkim", "wrong", "dkim_short", records, selector, at)
    if bits < RSA_GOOD:
        return Found("dkim", "weak", "dkim_1024", records, selector, at)
    return Found("dkim", "ok", "dkim_ok", records, selector, at)


def _bits(packed: str, kind: str) -> int | None:
    """Return how strong a key is, None when it cannot be read; Ed25519 counts as a good one."""
    try:
        raw = base64.b64decode(packed, validate=True)
        if kind == "ed25519":
            return RSA_GOOD if len(raw) == ED25519_BYTES else None
        key = load_der_public_key(raw)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def _and_parents(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[cut:]) for cut in range(len(labels) - 1)]


def _policy(records: tuple[str, ...], *, is_parent: bool, at: str, record: str) -> Found:
    tags = _tags(records[0])
    policy = tags.get("sp" if is_parent and "sp" in tags else "p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        return Found("dmarc", "wrong", "dmarc_unreadable", records, at=at, record=record)
    if policy == "none":
        return Found("dmarc", "weak", "dmarc_none", records, policy, at)
    return Found("dmarc", "ok", "dmarc_ok", records, policy, at)
