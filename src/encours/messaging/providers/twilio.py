"""SMS and WhatsApp by Twilio's Messages resource (www.twilio.com/docs/messaging/api).

The resource takes no idempotency key: a lost answer is a doubt. What is done instead: the status
callback carries our message's uuid, and the first report that names it settles the doubt.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from encours.messaging.ports import (
    Forged,
    Knock,
    OptedOut,
    PermanentRefusal,
    Phase,
    Receipt,
    Report,
    ReportKind,
    Text,
)
from encours.messaging.providers.calls import handed

BASE: Final = "https://api.twilio.com"
WHATSAPP: Final = "whatsapp:"
UNSUBSCRIBED: Final = 21610
NO_SUCH_NUMBER: Final = frozenset({21211, 21214, 21217, 21614, 30005, 30006, 63003, 63024})
KINDS: Final[Mapping[str, ReportKind]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "opened",
    "undelivered": "failed",
    "failed": "failed",
}
OPT_OUT: Final[Mapping[str, ReportKind]] = {"STOP": "opted_out", "START": "opted_in"}
STOP_WORDS: Final = frozenset({"STOP", "ARRET", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS: Final = frozenset({"START", "UNSTOP"})


class TwilioChannel:
    """One Twilio account; `callback` is the public address of the reports, or nothing."""

    code = "twilio"

    def __init__(
        self, http: httpx.Client, *, sid: str, token: str, callback: str = "", base: str = BASE
    ) -> None:
        """Keep the account; nothing is asked yet."""
        self._http, self._sid, self._token = http, sid, token
        self._callback, self._base = callback, base.rstrip("/")

    def send(self, text: Text) -> Receipt:
        """Create the message; a lost answer is Uncertain."""
        prefix = WHATSAPP if text.channel == "whatsapp" else ""
        form = {"To": prefix + text.recipient, "From": prefix + text.sender}
        if text.template:
            form["ContentSid"] = text.template
            form["ContentVariables"] = json.dumps(dict(text.variables), ensure_ascii=False)
        else:
            form["Body"] = text.body
        if self._callback:
            form["StatusCallback"] = f"{self._callback}?m={text.message_id}"
        request = self._http.build_request(
            "POST", f"{self._base}/2010-04-01/Accounts/{self._sid}/Messages.json", data=form
        )
        signed = b64encode(f"{self._sid}:{self._token}".encode()).decode()
        request.headers["Authorization"] = f"Basic {signed}"
        told = handed(self._http, request, refuse=_refusal)
        if told.get("status") in ("failed", "undelivered"):
            raise _permanent(_number(told.get("error_code")), str(told.get("error_message") or ""))
        return Receipt(str(told.get("sid", "")))

    def close(self) -> None:
        """Let the client go; a later send connects again."""


class TwilioReports:
    """Reads what Twilio tells: reports of messages, and STOP and START that people answer."""

    code = "twilio"

    def read(self, knock: Knock, secrets: Mapping[str, str]) -> Sequence[Report]:
        """Return the reports of a call, or raise Forged when it is not signed by the account."""
        form = dict(parse_qsl(knock.body.decode("utf-8", "replace"), keep_blank_values=True))
        if not _is_signed(knock, form, secrets.get("token", "")):
            raise Forged
        number = form.get("From", "").removeprefix(WHATSAPP)
        if "MessageStatus" not in form:
            kind = OPT_OUT.get(form.get("OptOutType", "")) or _said(form.get("Body", ""))
            return [Report(kind, number=number)] if kind else []
        kind = KINDS.get(form["MessageStatus"])
        if kind is None:
            return []
        code = _number(form.get("ErrorCode"))
        if kind == "failed" and code in NO_SUCH_NUMBER:
            kind = "bounced"
        if kind == "failed" and code == UNSUBSCRIBED:
            kind = "opted_out"
        asked = dict(parse_qsl(urlsplit(knock.url).query))
        return [
            Report(
                kind,
                message_id=asked.get("m", ""),
                reference=form.get("MessageSid", ""),
                number=form.get("To", "").removeprefix(WHATSAPP),
                words=f"Twilio {code}" if code else "",
            )
        ]


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """Return X-Twilio-Signature: HMAC-SHA1 of the address and the sorted fields, in base64."""
    said = url + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.new(token.encode(), said.encode(), "sha1").digest()).decode()


def _is_signed(knock: Knock, form: Mapping[str, str], token: str) -> bool:
    given = knock.headers.get("x-twilio-signature", "")
    return bool(token) and hmac.compare_digest(given, signature(knock.url, form, token))


def _said(body: str) -> ReportKind | None:
    word = body.strip().upper().rstrip(".!")
    if word in STOP_WORDS:
        return "opted_out"
    return "opted_in" if word in START_WORDS else None


def _refusal(told: Mapping[str, Any], _status: int) -> PermanentRefusal | None:
    code = _number(told.get("code"))
    known = code in NO_SUCH_NUMBER or code == UNSUBSCRIBED
    return _permanent(code, str(told.get("message", ""))) if known else None


def _permanent(code: int, words: str) -> PermanentRefusal:
    if code == UNSUBSCRIBED:
        return OptedOut(code=code, reply=words)
    phase: Phase = "recipient" if code in NO_SUCH_NUMBER else "policy"
    return PermanentRefusal(
        "Le prestataire refuse le message.", phase=phase, code=code, reply=words
    )


def _number(code: object) -> int:
    return int(str(code)) if str(code).isdecimal() else 0
