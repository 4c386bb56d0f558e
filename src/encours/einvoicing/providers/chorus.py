"""Chorus Pro through PISTE: the status of invoices sent to public bodies.

Two identities in each call: a bearer token of PISTE for the program, and the technical account of
the company in the header `cpro-account`. `codeRetour` other than 0 is a refusal even with HTTP 200.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

import httpx

from encours.einvoicing.ports import Access, PortalStatus, RefusedByPlatform
from encours.einvoicing.providers.tokens import Tokens, call

SEARCH: Final = "/factures/v1/rechercher/fournisseur"
PAGE: Final = 100
PAGES_MAX: Final = 200


class ChorusPro:
    """The supplier's side of the portal."""

    code = "chorus"

    def __init__(self, http: httpx.Client, access: Access) -> None:
        self._http, self._base = http, access.base_url.rstrip("/")
        self._tokens = Tokens(http, access, scope="openid")
        account = f"{access.login}:{access.password}".encode()
        self._account = b64encode(account).decode()

    def statuses(self, since: date, until: date) -> Sequence[PortalStatus]:
        """Return the current status of every invoice deposited within these days."""
        found: list[PortalStatus] = []
        for page in range(1, PAGES_MAX + 1):
            told = self._page(since, until, page)
            rows = told.get("listeFactures") or []
            found += [one for one in map(_status, rows) if one is not None]
            last = int((told.get("parametresRetour") or {}).get("pages") or 1)
            if page >= last or not rows:
                break
        return found

    def _page(self, since: date, until: date, page: int) -> Mapping[str, Any]:
        request = self._http.build_request(
            "POST",
            f"{self._base}{SEARCH}",
            json={
                "typeFacture": "FACTURE",
                "periodeDateDepotDu": since.isoformat(),
                "periodeDateDepotAu": until.isoformat(),
                "rechercheFactureParFournisseur": {
                    "pageResultatDemandee": page,
                    "nbResultatsParPage": PAGE,
                },
            },
            headers={"cpro-account": self._account},
        )
        told: Mapping[str, Any] = call(self._http, self._tokens, request).json()
        if told.get("codeRetour") not in (0, None):
            raise RefusedByPlatform(f"{told.get('codeRetour')} {told.get('libelle', '')}".strip())
        return told


def _status(row: Mapping[str, Any]) -> PortalStatus | None:
    number = str(row.get("numeroFacture") or "").strip()
    status = str(row.get("statut") or row.get("statutFacture") or "").strip()
    if not number or not status:
        return None
    deposited = _day(row.get("dateDepot"))
    at = _instant(row.get("dateHeureEtatCourant"))
    if at is None:
        at = datetime.combine(deposited or date.min, time(), UTC)
    return PortalStatus(number, status, at, deposited)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
