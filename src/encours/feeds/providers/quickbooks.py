"""QuickBooks Online: customers, invoices, credit memos and payments by query, then by CDC.

Access tokens last an hour; each refresh may give a new refresh token, kept at once: the old one
opens nothing any more. https://developer.intuit.com/app/developer/qbo/docs/api/accounting
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx

from encours.feeds.ports import Page, Pulled, Unreachable
from encours.feeds.providers.web import Refused, asked, cents, listed

TOKENS: Final = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
HOSTS: Final = {
    "production": "https://quickbooks.api.intuit.com",
    "sandbox": "https://sandbox-quickbooks.api.intuit.com",
}
MINOR: Final = "75"
AT_ONCE: Final = 1_000
PAGES_MAX: Final = 10_000
LOOK_BACK: Final = timedelta(days=29)
ENTITIES: Final = {
    "Customer": "customer",
    "Invoice": "document",
    "CreditMemo": "document",
    "Payment": "payment",
}
Keep = Callable[[Mapping[str, str], Mapping[str, str]], None]


class QuickBooks:
    """`http` has the address of the company; `tokens` is where tokens are asked."""

    code = "quickbooks"

    def __init__(
        self, http: httpx.Client, *, realm: str, secrets: Mapping[str, str], keep: Keep,
        tokens: str = TOKENS,
    ) -> None:  # fmt: skip
        """Keep what refreshes the token; it is refreshed at the first call."""
        self._http, self._realm, self._secrets, self._keep = http, realm, dict(secrets), keep
        self._tokens, self._token = tokens, ""

    def check(self) -> str:
        """Say whose books these are."""
        told = self._get(f"companyinfo/{self._realm}", {})
        name = told.get("CompanyInfo", {}).get("CompanyName", "")
        return f"QuickBooks répond, société « {name} »."

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Yield everything by query, or what changed, deletions included."""
        if since is None or datetime.now(UTC) - since > LOOK_BACK:
            for entity in ENTITIES:
                yield from self._queried(entity)
            return
        for entity in ENTITIES:
            yield from self._changed(entity, since)

    def _queried(self, entity: str) -> Iterator[Page]:
        for page in range(PAGES_MAX):
            first = page * AT_ONCE + 1
            query = f"select * from {entity} startposition {first} maxresults {AT_ONCE}"
            told = self._get("query", {"query": query}).get("QueryResponse", {})
            items = listed(told.get(entity, []))
            if items:
                yield _page(entity, items)
            if len(items) < AT_ONCE:
                return

    def _changed(self, entity: str, since: datetime) -> Iterator[Page]:
        at = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = self._get("cdc", {"entities": entity, "changedSince": at})
        items = [
            one
            for answer in listed(told.get("CDCResponse", []))
            for query in listed(answer.get("QueryResponse", []))
            for one in listed(query.get(entity, []))
        ]
        if len(items) >= AT_ONCE:  # more may have changed than one answer holds
            yield from self._queried(entity)
        if items:
            yield _page(entity, items)

    def _get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        for is_last in (False, True):
            if not self._token:
                self._refresh()
            try:
                told = asked(
                    self._http,
                    "GET",
                    f"v3/company/{self._realm}/{path}",
                    params={**params, "minorversion": MINOR},
                    headers={"Authorization": f"Bearer {self._token}"},
                )
            except Refused:
                if is_last:
                    raise
                self._token = ""
                continue
            if not isinstance(told, dict):
                break
            return told
        raise Unreachable("La réponse de QuickBooks n'a pas la forme attendue.")

    def _refresh(self) -> None:
        told = asked(
            self._http,
            "POST",
            self._tokens,
            data={"grant_type": "refresh_token", "refresh_token": self._secrets["refresh_token"]},
            auth=(self._secrets["client_id"], self._secrets["client_secret"]),
        )
        token = told.get("access_token") if isinstance(told, dict) else None
        if not token:
            raise Unreachable("QuickBooks n'a pas donné de jeton : reconnectez la source.")
        fresh = str(told.get("refresh_token") or "")
        if fresh and fresh != self._secrets["refresh_token"]:
            self._keep({}, {"refresh_token": fresh})
            self._secrets["refresh_token"] = fresh
        self._token = str(token)


def _page(entity: str, items: list[dict[str, Any]]) -> Page:
    rows, gone = [], []
    for one in items:
        name = _id(entity, one["Id"])
        is_over = one.get("status") == "Deleted"
        if entity in ("Invoice", "CreditMemo") and not is_over:
            is_over = not cents(one.get("TotalAmt"))  # a voided document is left with nothing
        if is_over:
            gone.append((ENTITIES[entity], name))
            continue
        rows.append(Pulled(ENTITIES[entity], name, MAKERS[entity](one)))
    return Page(tuple(rows), tuple(gone))


def _id(entity: str, number: Any) -> str:
    return f"note-{number}" if entity == "CreditMemo" else str(number)


def _customer(one: dict[str, Any]) -> dict[str, Any]:
    address = one.get("BillAddr") or {}
    return {
        "code": f"QB{one['Id']}",
        "name": one.get("DisplayName") or f"Client {one['Id']}",
        "contact": " ".join(
            str(one.get(name) or "") for name in ("GivenName", "FamilyName")
        ).strip(),
        "email": (one.get("PrimaryEmailAddr") or {}).get("Address", ""),
        "phone": (one.get("PrimaryPhone") or {}).get("FreeFormNumber", ""),
        "line1": address.get("Line1", ""),
        "line2": address.get("Line2", ""),
        "postcode": address.get("PostalCode", ""),
        "city": address.get("City", ""),
    }


def _head(one: dict[str, Any]) -> dict[str, Any]:
    total = _home(one, one.get("TotalAmt"))
    vat = _home(one, (one.get("TxnTaxDetail") or {}).get("TotalTax"))
    return {
        "customer": str((one.get("CustomerRef") or {}).get("value") or ""),
        "number": one.get("DocNumber") or one.get("PaymentRefNum") or "",
        "on": str(one.get("TxnDate"))[:10],
        "cents": total,
        "net": total - vat,
        "vat": vat,
    }


def _invoice(one: dict[str, Any]) -> dict[str, Any]:
    head = _head(one)
    due = [[str(one["Id"]), one.get("DueDate"), head["cents"]]]
    return {**head, "kind": "invoice", "due": due}


def _note(one: dict[str, Any]) -> dict[str, Any]:
    return {**_head(one), "kind": "credit_note"}


def _payment(one: dict[str, Any]) -> dict[str, Any]:
    shares, notes = [], []
    for line in listed(one.get("Line", [])):
        for link in listed(line.get("LinkedTxn", [])):
            part, kind = _home(one, line.get("Amount")), link.get("TxnType")
            if kind == "Invoice":
                shares.append([str(link["TxnId"]), part, str(one.get("TxnDate"))[:10]])
            elif kind == "CreditMemo":
                notes.append([_id("CreditMemo", link["TxnId"]), part])
    head = _head(one)
    return {**head, "net": None, "vat": None, "shares": shares, "credits": notes}


def _home(one: dict[str, Any], amount: Any) -> int:
    """Return an amount in the company's own currency."""
    rate = Decimal(str(one.get("ExchangeRate") or 1))
    return cents(Decimal(str(amount or 0)) * rate)


MAKERS: Final[Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "Customer": _customer,
    "Invoice": _invoice,
    "CreditMemo": _note,
    "Payment": _payment,
}
