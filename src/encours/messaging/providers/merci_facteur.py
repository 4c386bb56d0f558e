"""Merci Facteur: ordinary, registered and electronic registered letters, printed and posted.

Written after the provider's own public repository (API 1.2: HMAC-SHA256 access tokens,
`sendCourrier`, `getSuiviEnvoi`, `getProof`) and its answers as it describes them. Not checked
against the real service (« non vérifié en réel »).

`antidoublon` carries our uuid: for thirty days a second call with it prints nothing. There is no
way to ask whether a letter was taken, and the code of that refusal is not published: one that
speaks of a « doublon » is read as "already taken". Registered letters leave as `lrare`, whose
receipt is scanned; letters outside France are refused here, their spelling being a list of theirs.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Iterator, Mapping
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
from encours.messaging.providers import postal_calls as calls
from encours.messaging.rules.postal import FRANCE, Address, Unreadable, address_of, folded
from encours.messaging.rules.tracking import Happened, ProofKind, ProofRef, State, Tracked

API: Final = "https://www.merci-facteur.com/api/1.2/prod/service"
NO_RESTRICTION: Final = "111.111.111"
MARGIN_S: Final = 60
LIFE_S: Final = 24 * 3600
MODES: Final[Mapping[LetterKind, str]] = {
    "letter": "normal", "registered": "lrare", "eregistered": "ere_otp_mail",
}  # fmt: skip
STATES: Final[Mapping[str, State]] = {
    "imprime": "accepted", "envoye": "accepted",
    "pris_en_charge": "deposited", "scan_pdd": "deposited",
    "attente_au_guichet": "presented",
    "distribue": "delivered", "retour_are": "delivered",
    "accepted": "delivered", "accepted_downloaded": "delivered",
    "non_distribuable": "returned", "retour_expediteur": "returned",
    "distribue_expediteur": "returned", "archivage_pnd": "returned",
    "accept_notification_error": "rejected", "expired": "not_claimed", "refused": "refused",
}  # fmt: skip
PROOFS: Final[Mapping[str, tuple[ProofKind, ...]]] = {
    "lrare": ("deposit", "receipt"), "lrar": ("deposit",), "suivi": ("deposit",),
    "ere_otp_mail": ("deposit", "receipt"), "ere_otp_sms": ("deposit", "receipt"),
}  # fmt: skip
DOCUMENTS: Final[Mapping[ProofKind, str]] = {"deposit": "depot", "receipt": "reception"}
ADDRESS_WIDTH: Final = 90
ADDRESS_LINES: Final = 4


@dataclass(slots=True)
class MerciFacteur:
    """One creditor's account; its access token lives a day."""

    http: httpx.Client
    account: Account
    api: str = ""
    code: str = field(default="merci_facteur", init=False)
    _given: dict[str, str] = field(default_factory=dict, init=False)
    _token: str = field(default="", init=False)
    _until: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Read the account's settings: service_id, secret_key, user_id."""
        self._given = dict(self.account.settings)
        self.api = (self.api or API).rstrip("/")

    def send(self, letter: Letter, /) -> Receipt:
        """Have a letter printed and posted, once for its uuid."""
        form = {
            "idUser": self._given.get("user_id", ""),
            "modeEnvoi": MODES[letter.channel],
            "adress": json.dumps(self._addresses(letter), ensure_ascii=False),
            "content": json.dumps(self._content(letter)),
            "antidoublon": letter.message_id,
        }
        if letter.channel == "letter":
            form["gestionNpai"] = "1"
        try:
            told = self._call("POST", "sendCourrier", commits=True, data=form)
        except PermanentRefusal as refusal:
            if "doublon" in refusal.reply.lower():
                return Receipt()
            raise
        return Receipt(str(told.get("envoi_id") or ""))

    def close(self) -> None:
        """Do nothing: each call stands alone."""

    def follow(self, reference: str, channel: LetterKind, *, today: date) -> Tracked:  # noqa: ARG002
        """Return what Merci Facteur says of a letter now; it dates nothing here: the day asked."""
        told = self._call("GET", "getSuiviEnvoi", params={"idEnvoi": reference})
        rows = told.get("suiviCourrier") or []
        row = rows[0] if isinstance(rows, list) and rows else {}
        number = str(row.get("refTracking") or "")
        return Tracked(tuple(_happened(row, today)), tuple(_proofs(row, number)), number)

    def fetch(self, reference: str, channel: LetterKind, proof: ProofRef) -> bytes:  # noqa: ARG002
        """Return a proof, PDF or JPEG; there is none before its event."""
        document = DOCUMENTS[proof.kind]
        if channel == "eregistered" and proof.kind == "receipt":
            document = "telechargement"
        asked = {"trackingNumber": proof.where, "document": document}
        told = self._call("GET", "getProof", params=asked)
        try:
            content = base64.b64decode(str(told.get("document") or ""), validate=True)
        except binascii.Error as problem:
            raise calls.unreachable(problem) from problem
        if not 0 < len(content) <= calls.PROOF_MAX:
            raise TemporaryRefusal("La preuve n'est pas lisible.", phase="connection")
        return content

    def _addresses(self, letter: Letter) -> dict[str, Any]:
        options = {**self._given, **dict(letter.options)}
        try:
            sender, to = address_of(letter.sender), address_of(letter.recipient)
            both = (_address(sender), _address(to))
        except Unreadable as problem:
            raise PermanentRefusal(str(problem), phase="recipient") from problem
        if {sender.country, to.country} != {FRANCE}:
            raise PermanentRefusal(
                "Merci Facteur n'est réglé ici que pour les courriers de France vers la France.",
                phase="policy",
            )
        return {
            "exp": {**both[0], "email": options.get("sender_email", ""), "phone": ""},
            "dest": [
                {
                    **both[1],
                    "email": letter.email,
                    "phone": "",
                    "consent": 1 if letter.channel == "eregistered" else 0,
                    "reference": letter.message_id.replace("-", "")[:30],
                }
            ],
        }

    def _content(self, letter: Letter) -> dict[str, Any]:
        options = {**self._given, **dict(letter.options)}
        return {
            "letter": {
                "files": "",
                "base64files": [base64.b64encode(letter.pdf).decode()],
                "print_sides": "rectoverso" if options.get("duplex") == "1" else "recto",
                "final_filename": "courrier",
            },
            "photo": "",
            "card": "",
        }

    def _call(self, method: str, path: str, *, commits: bool = False, **how: Any) -> dict[str, Any]:
        for is_last in (False, True):
            headers = {
                "ww-service-id": self._given.get("service_id", ""),
                "ww-access-token": self._access(),
            }
            request = self.http.build_request(method, f"{self.api}/{path}", headers=headers, **how)
            answer = calls.sent(self.http, request, commits=commits)
            if answer.status_code != httpx.codes.UNAUTHORIZED or is_last:
                break
            self._token = ""
        return _read(calls.accepted(answer, commits=commits, phase_of=_phase), commits=commits)

    def _access(self) -> str:
        if self._token and time.time() < self._until:
            return self._token
        service, now = self._given.get("service_id", ""), str(int(time.time()))
        secret = self._given.get("secret_key", "").encode()
        headers = {
            "ww-service-signature": _signature(secret, service, now),
            "ww-timestamp": now,
            "ww-service-id": service,
            "ww-authorized-ip": self._given.get("authorized_ip") or NO_RESTRICTION,
        }
        request = self.http.build_request("GET", f"{self.api}/getToken", headers=headers)
        answer = calls.sent(self.http, request)
        if answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            raise calls.denied(calls.words(answer), answer.status_code)
        told = calls.json_of(calls.accepted(answer, phase_of=_phase))
        if told.get("success") is not True or not told.get("token"):
            raise calls.denied(_said(told))
        self._token = str(told["token"])
        self._until = float(told.get("expire") or time.time() + LIFE_S) - MARGIN_S
        return self._token


def _signature(secret: bytes, service: str, now: str) -> str:
    return hmac.new(secret, f"{service}{now}".encode(), "sha256").hexdigest()


def _address(address: Address) -> dict[str, str]:
    lines = folded(address, most=ADDRESS_LINES, width=ADDRESS_WIDTH)
    given = {f"adresse{place}": line for place, line in enumerate(lines[1:], start=1)}
    return {
        "civilite": "", "nom": "", "prenom": "", "societe": lines[0],
        "adresse1": "", "adresse2": "", "adresse3": "", **given,
        "cp": address.postcode, "ville": address.town, "pays": "france",
    }  # fmt: skip


def _read(answer: httpx.Response, *, commits: bool) -> dict[str, Any]:
    """Return an answer that says yes; one that cannot be read then leaves a doubt."""
    try:
        told = answer.json()
    except ValueError as problem:
        if commits:
            raise Uncertain(reply="réponse illisible") from problem
        raise calls.unreachable(problem) from problem
    if isinstance(told, dict) and told.get("success") is True:
        return told
    said = _said(told if isinstance(told, dict) else {})
    raise PermanentRefusal("Merci Facteur refuse ce courrier.", phase=_phase(said), reply=said)


def _said(told: Mapping[str, Any]) -> str:
    error = told.get("error")
    if isinstance(error, dict):
        error = f"{error.get('code', '')} {error.get('text', '')}"
    return str(error or "").strip()[: calls.SAID_MAX]


def _phase(said: str) -> Phase:
    return "recipient" if "ADDRESS" in said.upper() or "ADRESS" in said.upper() else "content"


def _happened(row: Mapping[str, Any], today: date) -> Iterator[Happened]:
    said = str(row.get("lastState") or "")
    state = STATES.get(said)
    if state is None and str(row.get("pnd")) == "1":
        state = "returned"
    receipt = row.get("areBase64Jpeg")
    if state is None and receipt and receipt != "pending":
        state = "delivered"
    if state is not None:
        yield Happened(state, today, "" if said in STATES else said)


def _proofs(row: Mapping[str, Any], number: str) -> Iterator[ProofRef]:
    if number:
        for kind in PROOFS.get(str(row.get("modeEnvoi")), ()):
            yield ProofRef(kind, number)
