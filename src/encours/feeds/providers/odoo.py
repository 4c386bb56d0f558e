"""Odoo, external API by JSON-RPC: receivable lines of posted entries, and what reconciles them.

A due line is a line of the customer's account; what settles it is a partial reconciliation.
https://www.odoo.com/documentation/17.0/developer/reference/external_api.html
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from encours.feeds.ports import Page, Pulled, Unreachable
from encours.feeds.providers.web import Refused, asked, cents, listed

LIMIT: Final = 500
PAGES_MAX: Final = 20_000
RECEIVABLE: Final = ["account_id.account_type", "=", "asset_receivable"]
LINE: Final = [
    "id", "move_id", "partner_id", "date", "date_maturity", "debit", "credit", "name", "ref",
    "matched_debit_ids", "parent_state",
]  # fmt: skip
MOVE: Final = ["id", "name", "move_type", "state", "invoice_date", "date", "ref",
               "amount_untaxed_signed", "amount_tax_signed"]  # fmt: skip
PARTNER: Final = ["id", "name", "ref", "email", "phone", "street", "street2", "zip", "city",
                  "country_code", "vat", "company_registry"]  # fmt: skip
PARTIAL: Final = ["id", "debit_move_id", "credit_move_id", "amount", "max_date"]


class Odoo:
    """`http` has the address of the server; the key is that of a user, not a password."""

    code = "odoo"

    def __init__(self, http: httpx.Client, *, database: str, user: str, key: str) -> None:
        """Keep who asks; the number of the user is asked at the first call."""
        self._http, self._database, self._user, self._key = http, database, user, key
        self._uid = 0
        self._count = itertools.count(1)

    def check(self) -> str:
        """Say which version answers and that the accounts can be read."""
        told = self._call("common", "version", [])
        version = told.get("server_version", "") if isinstance(told, dict) else ""
        self._read("account.move.line", [RECEIVABLE], ["id"], limit=1)
        return f"Odoo {version} répond, base « {self._database} »."

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Yield partners, then the entries with a changed receivable line, each whole."""
        changed: list[Any] = []
        if since is not None:
            at = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
            changed = [["write_date", ">=", at]]
        for lines in self._pages("account.move.line", [RECEIVABLE, *changed], ["id", "move_id"]):
            moves = sorted({one["move_id"][0] for one in lines if one.get("move_id")})
            yield self._moves(moves)
        for moves in self._pages("account.move", [*changed, ["state", "!=", "posted"]], ["id"]):
            gone = [str(one["id"]) for one in moves]
            yield Page(gone=tuple((kind, one) for one in gone for kind in ("document", "payment")))
        partners = [["customer_rank", ">", 0], *changed]
        for found in self._pages("res.partner", partners, PARTNER):
            yield Page(tuple(_partner(one) for one in found))

    def _moves(self, ids: list[int]) -> Page:
        heads = {one["id"]: one for one in self._read("account.move", [["id", "in", ids]], MOVE)}
        of_moves = [RECEIVABLE, ["move_id", "in", ids], ["parent_state", "=", "posted"]]
        lines = self._read("account.move.line", of_moves, LINE)
        shares = self._shares([one["id"] for one in lines if cents(one["credit"])])
        partners = sorted({one["partner_id"][0] for one in lines if one.get("partner_id")})
        rows = [
            _partner(one) for one in self._read("res.partner", [["id", "in", partners]], PARTNER)
        ]
        by_move: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for line in lines:
            by_move[line["move_id"][0]].append(line)
        for move, own in by_move.items():
            rows += _entry(heads[move], own, shares)
        named = {(one.kind, one.id) for one in rows}
        every = {(kind, str(one)) for one in ids for kind in ("document", "payment")}
        return Page(tuple(rows), tuple(sorted(every - named)))

    def _shares(self, ids: list[int]) -> dict[int, list[list[Any]]]:
        found: dict[int, list[list[Any]]] = defaultdict(list)
        domain = [["credit_move_id", "in", ids]]
        for one in self._read("account.partial.reconcile", domain, PARTIAL) if ids else ():
            share = [
                str(one["debit_move_id"][0]),
                cents(one["amount"]),
                one.get("max_date") or None,
            ]
            found[one["credit_move_id"][0]].append(share)
        return found

    def _pages(
        self, model: str, domain: list[Any], fields: list[str]
    ) -> Iterator[list[dict[str, Any]]]:
        last = 0
        for _ in range(PAGES_MAX):
            found = self._read(model, [*domain, ["id", ">", last]], fields, limit=LIMIT)
            if not found:
                return
            yield found
            last = max(int(one["id"]) for one in found)

    def _read(
        self, model: str, domain: list[Any], fields: list[str], *, limit: int = 0
    ) -> list[dict[str, Any]]:
        how: dict[str, Any] = {"fields": fields, "order": "id"}
        if limit:
            how["limit"] = limit
        who = [self._database, self._number(), self._key]
        return listed(
            self._call("object", "execute_kw", [*who, model, "search_read", [domain], how])
        )

    def _number(self) -> int:
        if not self._uid:
            who = [self._database, self._user, self._key, {}]
            found = self._call("common", "authenticate", who)
            if not isinstance(found, int) or not found:
                raise Refused("Odoo refuse cet utilisateur, sa clé ou cette base.")
            self._uid = found
        return self._uid

    def _call(self, service: str, method: str, args: list[Any]) -> Any:
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": next(self._count),
            "params": {"service": service, "method": method, "args": args},
        }
        told = asked(self._http, "POST", "jsonrpc", json=body)
        if not isinstance(told, dict):
            raise Unreachable("La réponse d'Odoo n'a pas la forme attendue.")
        if error := told.get("error"):
            data = error.get("data") if isinstance(error, dict) else None
            message = data.get("message", "") if isinstance(data, dict) else ""
            raise Refused(f"Odoo refuse la demande : {str(message)[:200] or 'sans motif'}.")
        return told.get("result")


def _entry(
    move: dict[str, Any], lines: list[dict[str, Any]], shares: dict[int, list[list[Any]]]
) -> list[Pulled]:
    """Return the debits of an entry as an invoice, its credits as a credit note or a payment."""
    owed = [one for one in lines if cents(one["debit"])]
    paid = [one for one in lines if cents(one["credit"])]
    rows = []
    if owed:
        due = [
            [str(one["id"]), one.get("date_maturity") or None, cents(one["debit"])] for one in owed
        ]
        data = {**_head(move, owed), "kind": "invoice", "due": due}
        data["cents"] = sum(line[2] for line in due)
        rows.append(Pulled("document", str(move["id"]), data))
    if paid:
        data = {**_head(move, paid), "cents": sum(cents(one["credit"]) for one in paid)}
        data["shares"] = [share for one in paid for share in shares.get(one["id"], ())]
        is_note = move.get("move_type") == "out_refund" and not owed
        kind = "document" if is_note else "payment"
        rows.append(Pulled(kind, str(move["id"]), {**data, "kind": "credit_note"}))
    return rows


def _head(move: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    partner = next((one["partner_id"][0] for one in lines if one.get("partner_id")), "")
    is_invoice = move.get("move_type") in ("out_invoice", "out_refund")
    return {
        "customer": str(partner),
        "number": move.get("name") or "",
        "on": str(move.get("invoice_date") or move.get("date") or lines[0]["date"]),
        "label": move.get("ref") or lines[0].get("name") or "",
        "net": abs(cents(move.get("amount_untaxed_signed"))) if is_invoice else None,
        "vat": abs(cents(move.get("amount_tax_signed"))) if is_invoice else None,
    }


def _partner(one: dict[str, Any]) -> Pulled:
    number = str(one.get("company_registry") or "").replace(" ", "")
    data = {
        "code": str(one.get("ref") or f"ODOO{one['id']}")[:60],
        "name": one.get("name") or f"Client {one['id']}",
        "email": one.get("email") or "",
        "phone": one.get("phone") or "",
        "line1": one.get("street") or "",
        "line2": one.get("street2") or "",
        "postcode": one.get("zip") or "",
        "city": one.get("city") or "",
        "country": one.get("country_code") or "",
        "siren": number[:9] if number[:9].isdecimal() else "",
        "vat": str(one.get("vat") or "").replace(" ", ""),
    }
    return Pulled("customer", str(one["id"]), data)
