"""Maileva (La Poste): ordinary, registered and electronic registered letters.

Written after Maileva's published OpenAPI descriptions: mail v2.9, registered_mail v4.9,
electronic_qualified_registered_mail v1.3, electronic_mail_emitter v1.48, OAuth 2 password tokens.
Not checked against the real service (« non vérifié en réel »).

A sending is a draft until it is submitted: our uuid is its `custom_id`, a draft found again is
finished, one already submitted is not made twice. Only the submission can leave a doubt, and one
look at the sending often lifts it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import httpx

from encours.messaging.ports import (
    Account,
    Letter,
    LetterKind,
    PermanentRefusal,
    Phase,
    Receipt,
    TemporaryRefusal,
    Uncertain,
)
from encours.messaging.providers import maileva_states
from encours.messaging.providers import postal_calls as calls
from encours.messaging.providers.bearer import Password
from encours.messaging.rules.postal import Unreadable, address_of, folded, person
from encours.messaging.rules.tracking import ProofRef, Tracked

API: Final = "https://api.maileva.com"
TOKENS: Final = "https://connexion.maileva.com/auth/realms/services/protocol/openid-connect/token"
SANDBOX_API: Final = "https://api.sandbox.maileva.net"
SANDBOX_TOKENS: Final = (
    "https://connexion.sandbox.maileva.net/auth/realms/services/protocol/openid-connect/token"
)
PRODUCTS: Final[Mapping[LetterKind, str]] = {
    "letter": "mail/v2",
    "registered": "registered_mail/v4",
    "eregistered": "electronic_qualified_registered_mail/v1",
}
SENDERS: Final = "electronic_mail_emitter/v1/senders"
PAGE: Final = 500
PAGES_MAX: Final = 400  # 200,000 sendings: read once while the outbox works
GONE: Final = frozenset({"REJECTED", "CANCELED"})
BETWEEN: Final = 5
ADDRESSES: Final = ("ADDRESS_LINE", "COUNTRY_CODE", "RECIPIENT", "EMAIL")


@dataclass(slots=True)
class Maileva:
    """One creditor's account; a token and the list of its own sendings are kept while it works."""

    http: httpx.Client
    account: Account
    api: str = ""
    tokens: str = ""
    code: str = field(default="maileva", init=False)
    _given: dict[str, str] = field(default_factory=dict, init=False)
    _known: dict[LetterKind, dict[str, dict[str, Any]]] = field(default_factory=dict, init=False)
    _token: Password | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Read the account's settings."""
        self._given = dict(self.account.settings)
        is_sandbox = self._given.get("environment") == "sandbox"
        self.api = (self.api or (SANDBOX_API if is_sandbox else API)).rstrip("/")
        url = self.tokens or (SANDBOX_TOKENS if is_sandbox else TOKENS)
        self._token = Password(self.http, url, self._given)

    def send(self, letter: Letter, /) -> Receipt:
        """Make, or finish, the sending of this letter; raises the refusals of a channel."""
        known = self._sendings(letter.channel)
        sending = known.get(letter.message_id)
        if sending is None or sending["status"] in GONE:
            sending = self._created(letter)
            known[letter.message_id] = sending
        where = f"{PRODUCTS[letter.channel]}/sendings/{sending['id']}"
        if sending["status"] != "DRAFT":
            return Receipt(f"{sending['id']}/{self._recipients(where)[0]['id']}")
        recipient = self._completed(where, letter)
        self._submit(where, sending)
        return Receipt(f"{sending['id']}/{recipient}")

    def close(self) -> None:
        """Leave the connections to the next call."""
        self._known.clear()

    def authenticate(self, one_time_code: str) -> str:
        """Open an hour of electronic registered letters; returns until when, as Maileva says."""
        path = f"{SENDERS}/{self._given.get('sender_id', '')}/authenticate_by_otp"
        answer = self._call("POST", path, params={"otp_code": one_time_code})
        return str(calls.json_of(answer).get("expiration_date", ""))

    def follow(self, reference: str, channel: LetterKind, *, today: date) -> Tracked:  # noqa: ARG002
        """Return what Maileva says of a letter now."""
        answer = self._call("GET", self._place(reference, channel))
        return maileva_states.tracked(calls.json_of(answer), channel)

    def fetch(self, reference: str, channel: LetterKind, proof: ProofRef) -> bytes:
        """Return the PDF of a proof."""
        place = self._place(reference, channel)
        return calls.proof(self._call("GET", f"{place}/{proof.where}"))

    def _place(self, reference: str, channel: LetterKind) -> str:
        sending, _, recipient = reference.partition("/")
        return f"{PRODUCTS[channel]}/sendings/{sending}/recipients/{recipient}"

    def _sendings(self, channel: LetterKind) -> dict[str, dict[str, Any]]:
        """Return the account's own sendings by our uuid, read whole once: none is asked by it.

        The list takes no filter and promises no order (OpenAPI, `get-all-sendings`).
        """
        found = self._known.get(channel)
        if found is not None:
            return found
        found = {}
        for page in range(PAGES_MAX):
            asked = {"start_index": page * PAGE + 1, "count": PAGE}
            answer = self._call("GET", f"{PRODUCTS[channel]}/sendings", params=asked)
            told = calls.json_of(answer)
            rows = told.get("sendings") or []
            for row in rows:
                name = row.get("custom_id")
                if name and (name not in found or found[name]["status"] in GONE):
                    found[str(name)] = {"id": str(row["id"]), "status": str(row["status"])}
            total = int((told.get("paging") or {}).get("total_results") or 0)
            if not rows or (page + 1) * PAGE >= total:
                self._known[channel] = found
                return found
        raise TemporaryRefusal(
            "Le compte Maileva a trop d'envois pour y retrouver les nôtres.", phase="connection"
        )

    def _created(self, letter: Letter) -> dict[str, Any]:
        body: dict[str, Any] = {"name": letter.message_id, "custom_id": letter.message_id}
        options = {**self._given, **dict(letter.options)}
        if letter.channel == "eregistered":
            body["sender_id"] = options.get("sender_id", "")
        else:
            body |= {
                "color_printing": options.get("color") == "1",
                "duplex_printing": options.get("duplex") == "1",
                "optional_address_sheet": options.get("address_sheet") == "1",
                "postage_type": options.get("postage", "FAST"),
                "print_sender_address": True,
                **_lines("sender_address_line", letter.sender),
            }
            body["sender_country_code"] = address_of(letter.sender).country
        if letter.channel == "registered":
            body |= {"acknowledgement_of_receipt": True, "returned_mail_scanning": True}
        if letter.channel == "letter":
            body["treat_undelivered_mail"] = True
        path = f"{PRODUCTS[letter.channel]}/sendings"
        told = calls.json_of(self._call("POST", path, json=body, whose="sender"))
        return {"id": str(told["id"]), "status": str(told.get("status") or "DRAFT")}

    def _completed(self, where: str, letter: Letter) -> str:
        """Give a draft what it lacks; return its recipient."""
        if not calls.json_of(self._call("GET", f"{where}/documents")).get("documents"):
            metadata = json.dumps({"name": "courrier.pdf", "priority": 1})
            self._call(
                "POST",
                f"{where}/documents",
                files={
                    "document": ("courrier.pdf", letter.pdf, "application/pdf"),
                    "metadata": (None, metadata, "application/json"),
                },
            )
        recipients = self._recipients(where)
        if recipients:
            return str(recipients[0]["id"])
        body = _person(letter) if letter.channel == "eregistered" else _addressee(letter)
        made = self._call("POST", f"{where}/recipients", json=body, whose="recipient")
        return str(calls.json_of(made)["id"])

    def _recipients(self, where: str) -> list[dict[str, Any]]:
        return list(calls.json_of(self._call("GET", f"{where}/recipients")).get("recipients") or [])

    def _submit(self, where: str, sending: dict[str, Any]) -> None:
        try:
            self._call("POST", f"{where}/submit", commits=True)
        except Uncertain:
            if not self._has_left(where):
                raise
        sending["status"] = "PENDING"

    def _has_left(self, where: str) -> bool:
        """Look once whether a submission whose answer was lost was taken."""
        try:
            told = calls.json_of(self._call("GET", where))
        except (TemporaryRefusal, PermanentRefusal):
            return False
        return str(told.get("status") or "DRAFT") not in {"DRAFT", *GONE}

    def _call(
        self, method: str, path: str, *, commits: bool = False, whose: Phase = "content", **how: Any
    ) -> httpx.Response:
        """Ask with a token, once more when it had ended."""

        def phase_of(said: str) -> Phase:
            is_address = any(word in said.upper() for word in ADDRESSES)
            return whose if whose != "content" or not is_address else "recipient"

        assert self._token is not None, "made when the account was read"
        for is_last in (False, True):
            headers = {"Authorization": f"Bearer {self._token.bearer()}"}
            request = self.http.build_request(method, f"{self.api}/{path}", headers=headers, **how)
            answer = calls.sent(self.http, request, commits=commits)
            if answer.status_code != httpx.codes.UNAUTHORIZED or is_last:
                break
            self._token.forget()
        return calls.accepted(answer, commits=commits, phase_of=phase_of)


def _lines(name: str, lines: tuple[str, ...]) -> dict[str, str]:
    address = address_of(lines)
    every = folded(address, most=BETWEEN)
    return {
        **{f"{name}_{place}": line for place, line in enumerate(every, start=1)},
        f"{name}_6": address.last_line,
    }


def _addressee(letter: Letter) -> dict[str, Any]:
    try:
        address = address_of(letter.recipient)
        lines = _lines("address_line", letter.recipient)
    except Unreadable as problem:
        raise PermanentRefusal(str(problem), phase="recipient") from problem
    return {"custom_id": letter.message_id, **lines, "country_code": address.country}


def _person(letter: Letter) -> dict[str, Any]:
    options = dict(letter.options)
    first, last = person(options.get("contact", "") or letter.recipient[0])
    is_professional = options.get("professional") == "1"
    return {
        "custom_id": letter.message_id,
        "legal_status": "PROFESSIONAL" if is_professional else "INDIVIDUAL",
        "first_name": (first or last)[:50],
        "last_name": last[:50],
        "email": letter.email,
        **({"company": letter.recipient[0][:38]} if is_professional else {}),
    }
