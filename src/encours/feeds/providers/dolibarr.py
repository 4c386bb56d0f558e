"""Dolibarr, REST API: third parties, customer invoices and the payments of each.

A list without a row answers 404; dates are seconds since 1970, amounts texts.
https://wiki.dolibarr.org/index.php/Module_Web_Services_API_REST_(developer)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import httpx

from encours.feeds.ports import Page, Pulled, Unreachable
from encours.feeds.providers.web import NotThere, asked, cents, listed

LIMIT: Final = 100
PAGES_MAX: Final = 10_000
ZONE: Final = ZoneInfo("Europe/Paris")
OWED: Final = frozenset({"1", "2"})  # validated, paid; 0 is a draft, 3 was given up
CREDIT_NOTE: Final = "2"


class Dolibarr:
    """`http` has the address of `api/index.php` and the header DOLAPIKEY."""

    code = "dolibarr"

    def __init__(self, http: httpx.Client) -> None:
        """Keep the client."""
        self._http = http

    def check(self) -> str:
        """Say which version answers; a list proves the key's rights."""
        told = asked(self._http, "GET", "status")
        success = told.get("success", {}) if isinstance(told, dict) else {}
        self._list("invoices", 0, None)
        return f"Dolibarr {success.get('dolibarr_version', '')} répond."

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Yield third parties, then invoices, each with its payments."""
        for items in self._pages("thirdparties", since):
            yield Page(tuple(_customer(one) for one in items))
        for items in self._pages("invoices", since):
            yield self._invoices(items)

    def _invoices(self, items: list[dict[str, Any]]) -> Page:
        rows, gone = [], []
        for one in items:
            if str(one.get("status", one.get("statut"))) not in OWED or not cents(
                one.get("total_ttc")
            ):
                gone.append(("document", str(one["id"])))
                continue
            rows.append(_document(one))
            if cents(one.get("totalpaid")):
                rows += self._payments(one)
        return Page(tuple(rows), tuple(gone))

    def _payments(self, invoice: dict[str, Any]) -> list[Pulled]:
        try:
            told = listed(asked(self._http, "GET", f"invoices/{invoice['id']}/payments"))
        except NotThere:
            return []
        return [
            _payment(one, place, invoice)
            for place, one in enumerate(told)
            if cents(one["amount"]) > 0
        ]

    def _pages(self, path: str, since: datetime | None) -> Iterator[list[dict[str, Any]]]:
        for page in range(PAGES_MAX):
            items = self._list(path, page, since)
            if items:
                yield items
            if len(items) < LIMIT:
                return

    def _list(self, path: str, page: int, since: datetime | None) -> list[dict[str, Any]]:
        params = {"sortfield": "t.rowid", "sortorder": "ASC", "limit": LIMIT, "page": page}
        if path == "thirdparties":
            params["mode"] = 1
        if since is not None:
            at = since.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
            params["sqlfilters"] = f"(t.tms:>:'{at}')"
        try:
            return listed(asked(self._http, "GET", path, params=params))
        except NotThere:
            return []


def _customer(one: dict[str, Any]) -> Pulled:
    data = {
        "code": str(one.get("code_client") or f"DOL{one['id']}")[:60],
        "name": one.get("name") or f"Client {one['id']}",
        "email": one.get("email") or "",
        "phone": one.get("phone") or "",
        "line1": " ".join(str(one.get("address") or "").split())[:70],
        "postcode": one.get("zip") or "",
        "city": one.get("town") or "",
        "country": one.get("country_code") or "",
        "siren": str(one.get("idprof1") or "").replace(" ", "")[:9],
        "vat": str(one.get("tva_intra") or "").replace(" ", ""),
    }
    return Pulled("customer", str(one["id"]), data)


def _document(one: dict[str, Any]) -> Pulled:
    total = cents(one.get("total_ttc"))
    is_credit = str(one.get("type")) == CREDIT_NOTE or total < 0
    data: dict[str, Any] = {
        "customer": str(one.get("socid") or ""),
        "kind": "credit_note" if is_credit else "invoice",
        "number": one.get("ref") or "",
        "on": _day(one.get("date")),
        "cents": abs(total),
        "net": abs(cents(one.get("total_ht"))),
        "vat": abs(cents(one.get("total_tva"))),
        "label": one.get("ref_client") or one.get("ref_customer") or "",
    }
    if one.get("remaintopay") not in (None, ""):
        data["settled"] = max(abs(total) - abs(cents(one["remaintopay"])), 0)
    if is_credit:
        data["credited"] = str(one.get("fk_facture_source") or "")
    else:
        due = one.get("date_lim_reglement")
        data["due"] = [[str(one["id"]), _day(due) if due else None, total]]
    return Pulled("document", str(one["id"]), data)


def _payment(one: dict[str, Any], place: int, invoice: dict[str, Any]) -> Pulled:
    number = str(one.get("ref") or "")
    on, paid = _day(one.get("date")), cents(one["amount"])
    data = {
        "customer": str(invoice.get("socid") or ""),
        "on": on,
        "cents": paid,
        "number": number,
        "label": str(one.get("num") or ""),
        "shares": [[str(invoice["id"]), paid, on]],
    }
    return Pulled("payment", f"{invoice['id']}:{number or place}", data)


def _day(value: Any) -> str:
    text = str(value or "")
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), ZONE).date().isoformat()
        return datetime.fromisoformat(text).date().isoformat()
    except (ValueError, OverflowError, OSError) as problem:
        raise Unreachable(f"Dolibarr donne une date illisible : {text:.40}.") from problem
