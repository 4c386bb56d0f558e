"""A provider of letters that knows idempotency keys, as a test's channel speaks to it."""

from __future__ import annotations

from base64 import b64encode

import httpx

from encours.messaging.ports import Letter, Receipt
from encours.messaging.providers.calls import handed


class PostingChannel:
    """Posts once: the message's uuid is the key, so a lost answer is tried again."""

    code = "posting"

    def __init__(self, http: httpx.Client, base: str) -> None:
        self._http, self._base = http, base

    def send(self, letter: Letter) -> Receipt:
        request = self._http.build_request(
            "POST",
            f"{self._base}/letters",
            json={"to": letter.recipient, "pdf": b64encode(letter.pdf).decode()},
            headers={"Idempotency-Key": letter.message_id},
        )
        told = handed(self._http, request, refuse=lambda told, status: None, has_key=True)
        return Receipt(str(told["tracking"]))

    def close(self) -> None:
        """Keep nothing."""
