"""Pennylane, API v2: customers and customer invoices, by pages; then by its change logs.

It says what is left to pay of an invoice, not which payment paid it: the payment is supposed, on
the day the invoice was last changed. https://pennylane.readme.io
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from encours.feeds.ports import Page, Pulled, Unreachable
from encours.feeds.providers.web import NotThere, asked, cents, listed

BASE: Final = "https://app.pennylane.com/api/external/v2"
LIMIT: Final = 100
PAGES_MAX: Final = 10_000
NOT_OWED: Final = frozenset({"draft", "cancelled", "archived", "incomplete"})
KINDS: Final = {"customers": "customer", "customer_invoices": "document"}


class Pennylane:
    """`http` has the base address and the bearer token."""

    code = "pennylane"

    def __init__(self, http: httpx.Client) -> None:
        """Keep the client."""
        self._http = http

    def check(self) -> str:
        """Say whose books these are."""
        told = asked(self._http, "GET", "me")
        company = told.get("company") if isinstance(told, dict) else None
        name = company.get("name", "") if isinstance(company, dict) else ""
        return f"Pennylane répond, société « {name} »."

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Yield everything, or what the change logs name."""
        for resource in KINDS:
            if since is None:
                for items in self._pages(resource, {}):
                    yield _page(resource, items)
            else:
                yield from self._changed(resource, since)

    def _changed(self, resource: str, since: datetime) -> Iterator[Page]:
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        last: dict[str, str] = {}
        for items in self._pages(f"changelogs/{resource}", {"start_date": start}):
            last |= {str(one.get("id")): str(one.get("operation", "")) for one in items}
        for one, operation in last.items():
            if operation == "delete":
                yield Page(gone=((KINDS[resource], one),))
                continue
            try:
                yield _page(resource, [asked(self._http, "GET", f"{resource}/{one}")])
            except NotThere:
                yield Page(gone=((KINDS[resource], one),))

    def _pages(self, path: str, params: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
        cursor = ""
        for _ in range(PAGES_MAX):
            # a cursor and a first day exclude each other
            where = {"cursor": cursor} if cursor else params
            told = asked(self._http, "GET", path, params={"limit": str(LIMIT), **where})
            if not isinstance(told, dict):
                raise Unreachable("La réponse de Pennylane n'a pas la forme attendue.")
            yield listed(told.get("items"))
            cursor = str(told.get("next_cursor") or "")
            if not told.get("has_more") or not cursor:
                return


def _page(resource: str, items: list[dict[str, Any]]) -> Page:
    if resource == "customers":
        return Page(tuple(_customer(one) for one in items))
    owed = [one for one in items if _is_owed(one)]
    gone = tuple(("document", str(one["id"])) for one in items if not _is_owed(one))
    return Page(tuple(_document(one) for one in owed), gone)


def _is_owed(one: dict[str, Any]) -> bool:
    is_over = one.get("draft") or one.get("status") in NOT_OWED or not one.get("date")
    return not is_over and cents(one.get("amount")) != 0


def _customer(one: dict[str, Any]) -> Pulled:
    address = one.get("billing_address") or {}
    emails = one.get("emails") or []
    number = str(one.get("reg_no") or "").replace(" ", "")
    data = {
        "code": str(one.get("external_reference") or f"PL{one['id']}")[:60],
        "name": one.get("name") or f"Client {one['id']}",
        "email": emails[0] if emails else "",
        "phone": one.get("phone") or "",
        "line1": address.get("address") or "",
        "postcode": address.get("postal_code") or "",
        "city": address.get("city") or "",
        "country": address.get("country_alpha2") or "",
        "siren": number[:9] if number[:9].isdecimal() else "",
        "vat": str(one.get("vat_number") or "").replace(" ", ""),
    }
    return Pulled("customer", str(one["id"]), data)


def _document(one: dict[str, Any]) -> Pulled:
    total, left = cents(one.get("amount")), cents(one.get("remaining_amount_with_tax"))
    vat = cents(one.get("tax"))
    customer = one.get("customer") or {}
    credited = one.get("credited_invoice") or {}
    data: dict[str, Any] = {
        "customer": str(customer.get("id") or ""),
        "kind": "invoice" if total > 0 else "credit_note",
        "number": one.get("invoice_number") or "",
        "on": str(one["date"])[:10],
        "cents": abs(total),
        "net": abs(total - vat),
        "vat": abs(vat),
        "label": one.get("label") or "",
        "settled": max(abs(total) - abs(left), 0),
        "settled_on": str(one.get("updated_at") or one["date"])[:10],
    }
    if total > 0:
        data["due"] = [[str(one["id"]), one.get("deadline"), total]]
    else:
        data["credited"] = str(credited.get("id") or "")
    return Pulled("document", str(one["id"]), data)
