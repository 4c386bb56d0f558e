"""SMS by OVHcloud (api.ovh.com/console, /sms/{serviceName}/jobs): each call signed, no key.

The job takes no idempotency key: a lost answer is a doubt; its `tag` carries the beginning of our
message's uuid, by which a person finds it again in the history of the service. `noStopClause`
says that this is no prospecting. OVHcloud keeps its own stop list, and tells code 23 of whoever
is on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha1
from time import time
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx

from encours.messaging.ports import (
    Forged,
    Knock,
    PermanentRefusal,
    Receipt,
    Report,
    ReportKind,
    Text,
)
from encours.messaging.providers.calls import handed

BASE: Final = "https://eu.api.ovh.com/1.0"
TAG_MAX: Final = 20
PTT: Final[Mapping[str, ReportKind]] = {
    "3": "sent",
    "4": "delivered",
    "23": "bounced",
    **dict.fromkeys(("5", "8", "20", "21", "24", "25", "26", "27", "28", "29"), "failed"),
    **dict.fromkeys(("33", "39", "73", "74", "76", "202"), "failed"),
}
"""Codes of delivery; 23: wrong, barred or on a stop list, "should not be used again". 1 and 2 say
that the network goes on trying, 6 that nobody knows: nothing to record."""


class OvhChannel:
    """One SMS service of OVHcloud, asked by an application that its owner allowed."""

    code = "ovh"

    def __init__(
        self,
        http: httpx.Client,
        *,
        service: str,
        application: str,
        secret: str,
        consumer: str,
        base: str = BASE,
        clock: Callable[[], float] = time,
    ) -> None:
        """Keep the keys; nothing is asked yet."""
        self._http, self._base = http, base.rstrip("/")
        self._service, self._application = service, application
        self._secret, self._consumer, self._clock = secret, consumer, clock

    def send(self, text: Text) -> Receipt:
        """Create a job of one receiver; one that is refused there is a bounce."""
        job = {
            "charset": "UTF-8",
            "class": "phoneDisplay",
            "coding": "8bit",
            "message": text.body,
            "noStopClause": True,
            "priority": "medium",
            "receivers": [text.recipient],
            "sender": text.sender,
            "senderForResponse": False,
            "tag": text.message_id.replace("-", "")[:TAG_MAX],
        }
        told = handed(self._http, self._request("POST", "jobs", job), refuse=_refusal)
        if told.get("invalidReceivers") or not told.get("ids"):
            raise PermanentRefusal(
                "Le prestataire refuse ce numéro.", phase="recipient", reply=json.dumps(told)[:300]
            )
        return Receipt(str(told["ids"][0]))

    def close(self) -> None:
        """Let the client go; a later send connects again."""

    def _request(self, method: str, path: str, body: Mapping[str, Any]) -> httpx.Request:
        url = f"{self._base}/sms/{self._service}/{path}"
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        at = str(int(self._clock()))
        said = f"{self._secret}+{self._consumer}+{method}+{url}+{content}+{at}"
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Ovh-Application": self._application,
            "X-Ovh-Consumer": self._consumer,
            "X-Ovh-Timestamp": at,
            "X-Ovh-Signature": "$1$" + sha1(said.encode()).hexdigest(),  # noqa: S324 - theirs
        }
        return self._http.build_request(method, url, content=content.encode(), headers=headers)


class OvhReports:
    """Reads the reports that OVHcloud sends: unsigned, the token of the address is all."""

    code = "ovh"

    def read(self, knock: Knock, secrets: Mapping[str, str]) -> Sequence[Report]:  # noqa: ARG002
        """Return the reports of a call: its fields are in the address or in the body."""
        told = dict(parse_qsl(urlsplit(knock.url).query))
        told |= dict(parse_qsl(knock.body.decode("utf-8", "replace")))
        if not told:
            raise Forged
        kind = PTT.get(told.get("ptt", ""))
        if kind is None or not told.get("id"):
            return []
        return [Report(kind, reference=told["id"], words=f"OVHcloud {told['ptt']}")]


def _refusal(told: Mapping[str, Any], _status: int) -> PermanentRefusal | None:
    words = str(told.get("message", ""))
    if "receiver" in words.lower():
        return PermanentRefusal("Le prestataire refuse ce numéro.", phase="recipient", reply=words)
    return None
