"""Un client de l'API d'encours, sans dépendance : clé, pages, idempotence, attente du débit.

    ENCOURS_URL=http://localhost:8000 ENCOURS_CLE=enc_… python api_client.py D

Montre l'encours de la société D, puis ses échéances ouvertes.
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

TIMEOUT_S = 30


class Encours:
    """Une connexion à `/api/v1` ; une création qui échoue en route se renvoie sans doublon."""

    def __init__(self, url: str, key: str) -> None:
        """Garde l'adresse du serveur et la clé."""
        self.base, self.key = f"{url.rstrip('/')}/api/v1", key

    def get(self, path: str, **query: Any) -> Any:
        """Lit une adresse."""
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        return self._call("GET", f"{path}{asked}")

    def post(self, path: str, body: Any, *, once: str = "") -> Any:
        """Crée ou agit ; `once` est la clé d'idempotence, la même à chaque nouvel essai."""
        return self._call("POST", path, body, {"Idempotency-Key": once or str(uuid.uuid4())})

    def every(self, path: str, **query: Any) -> Iterator[Any]:
        """Parcourt toutes les pages d'une liste."""
        cursor = ""
        while cursor is not None:
            page = self.get(path, limit=500, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next"]

    def _call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}{path}", data, method=method)  # noqa: S310
        request.add_header("Authorization", f"Bearer {self.key}")
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        while True:
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                    return json.loads(answer.read() or "null")
            except urllib.error.HTTPError as refusal:
                if refusal.code != 429:  # noqa: PLR2004 - trop de demandes
                    raise SystemExit(_sentence(refusal)) from refusal
                time.sleep(int(refusal.headers["Retry-After"]))


def is_signed(secret: str, headers: dict[str, str], body: bytes, *, now: float) -> bool:
    """Dit si un webhook vient bien d'encours, et date de moins de cinq minutes."""
    timestamp, number = headers["Encours-Timestamp"], headers["Encours-Delivery"]
    signed = f"{timestamp}.{number}.".encode() + body
    expected = "v1=" + hmac.new(secret.encode(), signed, sha256).hexdigest()
    is_recent = abs(now - int(timestamp)) < 300  # noqa: PLR2004 - cinq minutes
    return is_recent and hmac.compare_digest(expected, headers["Encours-Signature"])


def _sentence(refusal: urllib.error.HTTPError) -> str:
    problem = json.loads(refusal.read())
    lines = [f"{one['line'] or ''} {one['column']} : {one['message']}" for one in problem["issues"]]
    return "\n".join([problem["detail"], *lines])


def main() -> None:
    """Montre l'encours d'une société."""
    encours = Encours(os.environ["ENCOURS_URL"], os.environ["ENCOURS_CLE"])
    creditor = sys.argv[1]
    totals = encours.get("/aged-balance", creditor=creditor)["totals"]
    print(f"Encours {totals['open']}, non imputé {totals['unallocated']}")  # noqa: T201
    for item in encours.every("/open-items", creditor=creditor):
        print(item["due_on"], item["customer"], item["document"], item["open"])  # noqa: T201


if __name__ == "__main__":
    main()
