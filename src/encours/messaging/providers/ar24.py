"""AR24: electronic registered letters, qualified when a one-time code opened the hour.

Written after AR24's public documentation (developers.ar24.fr, knowledge base of ar24.fr) as it is
quoted there and used by public clients: form fields in, AES-256-CBC answers out, errors in clear.
Not checked against the real service (« non vérifié en réel »); of the list `user/mail` only its
existence and its rows are known, so that a letter is looked for there and never assumed absent
for good: a call cut after the letter was given stays uncertain.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

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
from encours.messaging.providers import postal_calls as calls
from encours.messaging.rules.postal import person
from encours.messaging.rules.tracking import Happened, ProofKind, ProofRef, State, Tracked

API: Final = "https://app.ar24.fr/api"
SANDBOX_API: Final = "https://sandbox.ar24.fr/api"
PARIS: Final = ZoneInfo("Europe/Paris")
KEY: Final = 32
IV: Final = 16
ENDS: Final[tuple[tuple[str, State, str, ProofKind], ...]] = (
    ("ts_ev_date", "deposited", "proof_ev_url", "deposit"),
    ("view_date", "delivered", "proof_ar_url", "receipt"),
    ("refused_date", "refused", "proof_rf_url", "refusal"),
    ("negligence_date", "not_claimed", "proof_ng_url", "not_claimed"),
    ("bounced_date", "rejected", "proof_bc_url", "returned"),
)


@dataclass(slots=True)
class Ar24:
    """One creditor's account; `now` is the clock of Paris that signs each call."""

    http: httpx.Client
    account: Account
    api: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    code: str = field(default="ar24", init=False)
    _given: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Read the account's settings: token, private_key, user_id."""
        self._given = dict(self.account.settings)
        is_sandbox = self._given.get("environment") == "sandbox"
        self.api = (self.api or (SANDBOX_API if is_sandbox else API)).rstrip("/")

    def send(self, letter: Letter, /) -> Receipt:
        """Give the letter once; `ref_dossier` carries our uuid and finds it again."""
        known = self._found(letter.message_id)
        if known:
            return Receipt(known)
        file = {"file": ("courrier.pdf", letter.pdf, "application/pdf")}
        attached = self._post("attachment", {}, files=file)
        made = self._post("mail", self._fields(letter, str(attached["file_id"])), commits=True)
        return Receipt(str(made["id"]))

    def close(self) -> None:
        """Do nothing: each call stands alone."""

    def authenticate(self, one_time_code: str) -> str:
        """Open an hour of qualified letters for the sender."""
        self._post("user/auth_otp", {"otp": one_time_code})
        return ""

    def follow(self, reference: str, channel: LetterKind, *, today: date) -> Tracked:  # noqa: ARG002
        """Return what AR24 says of a letter now."""
        told = self._get("mail", {"id": reference})
        return Tracked(tuple(_happened(told)), tuple(_proofs(told)))

    def fetch(self, reference: str, channel: LetterKind, proof: ProofRef) -> bytes:  # noqa: ARG002
        """Return the PDF of a proof; its address is AR24's own, or it is refused."""
        host = httpx.URL(proof.where).host
        if not (host == httpx.URL(self.api).host or host.endswith(".ar24.fr")):
            raise PermanentRefusal("La preuve n'est pas chez AR24.")
        answer = calls.sent(self.http, self.http.build_request("GET", proof.where))
        return calls.proof(calls.accepted(answer, phase_of=lambda _said: "content"))

    def _found(self, uuid: str) -> str:
        try:
            listed = self._get("user/mail", {}).get("result")
        except PermanentRefusal:
            return ""
        for row in listed if isinstance(listed, list) else []:
            if isinstance(row, dict) and row.get("ref_dossier") == uuid:
                return str(row["id"])
        return ""

    def _fields(self, letter: Letter, file_id: str) -> dict[str, str]:
        options = {**self._given, **dict(letter.options)}
        first, last = person(options.get("contact", "") or letter.recipient[0])
        is_professional = options.get("professional") == "1"
        fields = {
            "to_email": letter.email,
            "to_firstname": first or last,
            "to_lastname": last,
            "dest_statut": "professionnel" if is_professional else "particulier",
            "ref_dossier": letter.message_id,
            "attachment[0]": file_id,
            "eidas": "1" if options.get("qualified", "1") == "1" else "0",
        }
        return fields | ({"to_company": letter.recipient[0]} if is_professional else {})

    def _post(
        self, path: str, fields: Mapping[str, str], *, commits: bool = False, **how: Any
    ) -> dict[str, Any]:
        date_, headers = self._signed()
        form = {**self._common(date_), **fields}
        request = self.http.build_request(
            "POST", f"{self.api}/{path}", data=form, headers=headers, **how
        )
        return self._read(calls.sent(self.http, request, commits=commits), date_, commits=commits)

    def _get(self, path: str, asked: Mapping[str, str]) -> dict[str, Any]:
        date_, headers = self._signed()
        request = self.http.build_request(
            "GET", f"{self.api}/{path}", params={**self._common(date_), **asked}, headers=headers
        )
        return self._read(calls.sent(self.http, request), date_)

    def _common(self, date_: str) -> dict[str, str]:
        return {
            "token": self._given.get("token", ""),
            "date": date_,
            "id_user": self._given.get("user_id", ""),
        }

    def _signed(self) -> tuple[str, dict[str, str]]:
        date_ = f"{self.now().astimezone(PARIS):%Y-%m-%d %H:%M:%S}"
        return date_, {"signature": signature(date_, self._given.get("private_key", ""))}

    def _read(self, answer: httpx.Response, date_: str, *, commits: bool = False) -> dict[str, Any]:
        """Return the result of an answer: in clear it is a refusal, ciphered it is a yes."""
        calls.accepted(answer, commits=commits, phase_of=lambda _said: "content")
        told = _clear(answer.text)
        if told is None:
            try:
                told = json.loads(opened(answer.text, date_, self._given.get("private_key", "")))
            except ValueError as problem:
                if commits:
                    raise Uncertain(reply=type(problem).__name__) from problem
                raise calls.unreachable(problem) from problem
        if told.get("status") != "SUCCESS":
            raise _refusal(told)
        result = told.get("result")
        return result if isinstance(result, dict) else {"result": result}


def signature(date_: str, private_key: str) -> str:
    """Return the date ciphered by the private key: what AR24 knows its caller by."""
    key, start = _secrets(private_key)
    padder = padding.PKCS7(128).padder()
    padded = padder.update(date_.encode()) + padder.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return base64.b64encode(cipher.update(padded) + cipher.finalize()).decode()


def opened(text: str, date_: str, private_key: str) -> str:
    """Return an answer deciphered; the date of the call is half of its key."""
    _key, start = _secrets(private_key)
    key = sha256(f"{date_}{private_key}".encode()).hexdigest()[:KEY].encode()
    try:
        content = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as problem:
        raise ValueError("no base64") from problem
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    plain = unpadder.update(cipher.update(content) + cipher.finalize()) + unpadder.finalize()
    return plain.decode()


def _secrets(private_key: str) -> tuple[bytes, bytes]:
    """Return key and initial vector as OpenSSL cuts the hexadecimal digests."""
    hashed = sha256(private_key.encode()).hexdigest()
    return hashed[:KEY].encode(), sha256(hashed.encode()).hexdigest()[:IV].encode()


def _clear(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _refusal(told: Mapping[str, Any]) -> TemporaryRefusal | PermanentRefusal:
    if told.get("status") == "maintenance":
        return TemporaryRefusal("AR24 est en maintenance.", phase="connection")
    slug, said = str(told.get("slug") or ""), str(told.get("message") or "")
    reply = f"{slug} {said}".strip()[: calls.SAID_MAX]
    if "otp" in slug:
        return TemporaryRefusal(
            "AR24 attend un code à usage unique : ouvrez l'heure d'envoi sur la page Courriers.",
            phase="connection",
            reply=reply,
        )
    if any(word in slug for word in ("token", "signature", "date", "user", "payment")):
        return calls.denied(reply)
    phase: Phase = "recipient" if "email" in slug or slug.startswith("to_") else "content"
    return PermanentRefusal("AR24 refuse ce courrier.", phase=phase, reply=reply)


def _happened(told: Mapping[str, Any]) -> Iterator[Happened]:
    for when, state, _where, _kind in ENDS:
        if on := _day(told.get(when)):
            yield Happened(state, on)


def _proofs(told: Mapping[str, Any]) -> Iterator[ProofRef]:
    for when, _state, where, kind in ENDS:
        on = _day(told.get(when))
        if on and told.get(where):
            yield ProofRef(kind, str(told[where]), on)


def _day(text: Any) -> date | None:
    try:
        return datetime.fromisoformat(str(text)).date() if text else None
    except ValueError:
        return None
