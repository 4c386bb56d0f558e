"""The Flow Service that every plateforme agréée offers (AFNOR XP Z12-013, annex A, 1.1.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx

from encours.einvoicing.ports import Access, Ack, Handed, Outgoing, RefusedByPlatform, Seen
from encours.einvoicing.providers.tokens import BODY_MAX, Tokens, call

ACKS: Final[Mapping[str, Ack]] = {"Pending": "pending", "Ok": "ok", "Error": "error"}
PAGE: Final = 100
ALREADY: Final = "AlreadyExistingFlow"


class AfnorPlatform:
    """One creditor's platform; `tracking` finds again what a cut call may have handed over."""

    code = "afnor"

    def __init__(self, http: httpx.Client, access: Access) -> None:
        self._http, self._base = http, access.base_url.rstrip("/")
        self._tokens = Tokens(http, access)

    def submit(self, outgoing: Outgoing) -> Handed:
        """Hand a file over; what is there already under this tracking id is found, not sent."""
        info = {
            "trackingId": outgoing.tracking,
            "name": outgoing.name,
            "processingRule": outgoing.rule,
            "flowSyntax": outgoing.syntax,
            "sha256": outgoing.sha256,
        }
        kind = "application/pdf" if outgoing.syntax == "Factur-X" else "application/xml"
        request = self._http.build_request(
            "POST",
            f"{self._base}/v1/flows",
            files={
                "flowInfo": ("flowInfo.json", json.dumps(info).encode(), "application/json"),
                "file": (outgoing.name, outgoing.content, kind),
            },
            headers={"X-Request-Id": outgoing.tracking},
        )
        try:
            told = call(self._http, self._tokens, request).json()
        except RefusedByPlatform as refusal:
            known = self.find(outgoing.tracking) if ALREADY in str(refusal) else None
            if known is None:
                raise
            return known
        return Handed(str(told["flowId"]), _instant(told.get("submittedAt")))

    def find(self, tracking: str) -> Handed | None:
        """Look for our own flow by its tracking id."""
        where = {"trackingId": tracking, "flowDirection": ["Out"]}
        found = [one for one in self._search(where) if one.get("trackingId") == tracking]
        if not found:
            return None
        return Handed(str(found[0]["flowId"]), _instant(found[0].get("submittedAt")))

    def changed(self, after: datetime) -> Sequence[Seen]:
        """Return what changed since, both directions; the caller asks again from the last one."""
        found = self._search({"updatedAfter": after.isoformat()})
        seen = [_seen(one) for one in found]
        return sorted(seen, key=lambda one: (one.updated_at, one.reference))

    def download(self, reference: str) -> bytes:
        """Return the original file; one that is too large is refused."""
        request = self._http.build_request(
            "GET", f"{self._base}/v1/flows/{reference}", params={"docType": "Original"}
        )
        content = call(self._http, self._tokens, request).content
        if len(content) > BODY_MAX:
            raise RefusedByPlatform("Le fichier reçu dépasse 25 Mo.")
        return content

    def _search(self, where: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        request = self._http.build_request(
            "POST", f"{self._base}/v1/flows/search", json={"limit": PAGE, "where": where}
        )
        return list(call(self._http, self._tokens, request).json().get("results") or [])


def _seen(flow: Mapping[str, Any]) -> Seen:
    acknowledged = flow.get("acknowledgement") or {}
    reasons = [
        f"{one.get('reasonCode', '')} : {one.get('reasonMessage', '')}"
        for one in acknowledged.get("details") or []
    ]
    updated = _instant(flow.get("updatedAt") or flow.get("submittedAt"))
    assert updated is not None, "the platform dates every flow"
    return Seen(
        reference=str(flow["flowId"]),
        tracking=str(flow.get("trackingId") or ""),
        is_incoming=flow.get("flowDirection") == "In",
        syntax=str(flow.get("flowSyntax") or ""),
        ack=ACKS.get(str(acknowledged.get("status")), "pending"),
        reasons=tuple(reasons),
        updated_at=updated,
    )


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
