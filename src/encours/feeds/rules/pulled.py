"""What a software holds, as the frames of an export: the same path into the ledger as a file.

Values, by kind (amounts in cents of the accounting currency, days ISO):
customer: code, name, and contact, email, phone, line1, line2, postcode, city, country, siren, vat.
document: customer, kind (invoice, credit_note), number, on, cents; net, vat, label; for an invoice
`due`: [[line, day or null, cents]]; `settled`: what the software says is settled; for a credit
note `credited`: the invoice it corrects; `shares`: [[line, cents, day]].
payment: customer, on, cents; number, label; `shares`; `credits`: [[credit note, cents]] that settle
the same shares, before the payment itself.
A line is named by its own id, or by its document's when it has one.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from encours.imports.rules.derive import BUCKET_LINES, Derivation
from encours.imports.rules.derived import (
    ALLOCATIONS,
    CLAIMS,
    CONTROL,
    CREDITS,
    CUSTOMERS,
    DROPPED,
    INSTALMENTS,
    PROPOSALS,
    RECLASSIFICATIONS,
    SALES,
    Derived,
    Documents,
)
from encours.imports.rules.ledger import Layout, Totals
from encours.kernel.issue import Issue
from encours.parties.rules import TEMPLATE_COLUMNS

UNKNOWN: Final = "A-IDENTIFIER"
CONTACT: Final = (
    "code", "name", "contact", "", "email", "phone", "line1", "line2", "postcode", "city",
    "country", "", "siren", "vat",
)  # fmt: skip
Rows = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Open:
    """A due line or a credit while it is being settled: what is left of it."""

    key: str
    customer: str
    left: int
    on: date
    position: int = 0


@dataclass(slots=True)
class Books:
    """The documents of a software, as they are laid out; `codes` of customers by their id."""

    prefix: str
    codes: Mapping[str, str]
    claims: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    credits: list[dict[str, Any]] = field(default_factory=list)
    shares: dict[tuple[str, str, int], dict[str, Any]] = field(default_factory=dict)
    open: dict[str, Open] = field(default_factory=dict)
    lent: dict[str, Open] = field(default_factory=dict)
    lost: int = 0


class PulledLedger(Derivation):
    """What a software holds, taken by an import as an export of the whole; all at once."""

    def __init__(self, derived: Derived) -> None:
        """Show what was derived already; nothing is read from a ledger's lines."""
        self.totals, self.layout = derived.totals, derived.layout
        self.customers, self.control = derived.customers, derived.control
        self.sales, self.dropped = derived.sales, derived.dropped
        self.first_on, self.has_openings = derived.totals.first_on, False
        self._derived = derived

    def issues(self) -> tuple[Issue, ...]:
        """Return what was found."""
        return self._derived.issues

    def buckets(self, lines: int = BUCKET_LINES) -> Iterator[Documents]:  # noqa: ARG002 - its shape
        """Yield the documents of every customer: one may pay for another."""
        own = self._derived
        yield Documents(
            own.claims,
            own.instalments,
            own.credits,
            own.allocations,
            own.proposals,
            own.reclassifications,
        )


def derive(
    rows: Mapping[str, Rows], *, prefix: str, first_on: date | None, last_on: date
) -> Derived:
    """Return all that a software holds as an export of the whole of it.

    `first_on` and `last_on` are what it spoke of before: what it no longer has is withdrawn.
    """
    customers = rows.get("customer", {})
    codes = {one: str(data["code"])[:60] for one, data in customers.items()}
    books = Books(prefix, codes)
    for one, data in sorted(rows.get("document", {}).items()):
        _lay_document(books, one, data)
    for one, data in sorted(rows.get("payment", {}).items()):
        _lay_credit(books, f"payment:{one}", data, kind="payment")
    _settle(books, rows)
    days = [one["issued_on"] for one in books.claims]
    days += [one["received_on"] for one in books.credits]
    known = {data["code"]: data for data in customers.values()}
    return Derived(
        claims=pl.DataFrame(books.claims, schema=CLAIMS),
        instalments=pl.DataFrame(books.lines, schema=INSTALMENTS),
        credits=pl.DataFrame(books.credits, schema=CREDITS),
        allocations=pl.DataFrame(list(books.shares.values()), schema=ALLOCATIONS),
        proposals=pl.DataFrame(schema=PROPOSALS),
        reclassifications=pl.DataFrame(schema=RECLASSIFICATIONS),
        customers=_customers(books, known),
        sales=pl.DataFrame(schema=SALES),
        control=_control(books),
        dropped=pl.DataFrame(schema=DROPPED),
        totals=Totals(
            lines=len(books.lines) + len(books.credits),
            entries=len(books.claims) + len(books.credits),
            debit_cents=sum(one["amount_cents"] for one in books.claims),
            credit_cents=sum(one["amount_cents"] for one in books.credits),
            first_on=min([*days, *([first_on] if first_on else []), last_on]),
            last_on=max([*days, last_on]),
        ),
        layout=Layout(kind=prefix),
        issues=tuple(_issues(books)),
    )


def contacts_file(customers: Iterable[Mapping[str, Any]]) -> bytes:
    """Return what is known of customers as a file of contacts."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(TEMPLATE_COLUMNS)
    for one in customers:
        writer.writerow([str(one.get(name) or "") if name else "" for name in CONTACT])
    return out.getvalue().encode()


def _lay_document(books: Books, one: str, data: Mapping[str, Any]) -> None:
    if data["kind"] == "credit_note":
        _lay_credit(books, f"document:{one}", data, kind="credit_note")
        return
    head = _head(books, f"document:{one}", data, "invoice")
    books.claims.append(head)
    due: Sequence[Sequence[Any]] = data.get("due") or [[one, None, data["cents"]]]
    for position, (line, day, cents) in enumerate(due, start=1):
        due_on = date.fromisoformat(day) if day else None
        books.open[str(line)] = Open(
            head["key"], head["customer_code"], cents, head["issued_on"], position
        )
        books.lines.append(
            {
                "claim_key": head["key"],
                "position": position,
                "due_on": due_on,
                "due_source": "read" if due_on else None,
                "amount_cents": cents,
                "state": "ordinary",
            }
        )


def _lay_credit(
    books: Books,
    name: str,
    data: Mapping[str, Any],
    *,
    kind: str,
) -> None:
    if data["cents"] <= 0:
        return
    head = _head(books, name, data, kind)
    head["received_on"] = head.pop("issued_on")
    books.credits.append(head)
    books.lent[name] = Open(head["key"], head["customer_code"], data["cents"], head["received_on"])


def _head(books: Books, name: str, data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    on = date.fromisoformat(data["on"])
    number = str(data.get("number") or "")
    return {
        "key": f"{books.prefix}:{name}",
        "customer_code": books.codes.get(str(data.get("customer") or ""), UNKNOWN),
        "kind": kind,
        "number": number,
        "issued_on": on,
        "amount_cents": data["cents"],
        "net_cents": data.get("net"),
        "vat_cents": data.get("vat"),
        "foreign_currency": None,
        "foreign_cents": None,
        "journal": "",
        "entry_number": "",
        "entry_on": on,
        "piece": number,
        "label": str(data.get("label") or ""),
        "line": 0,
        "is_opening": False,
    }


def _settle(books: Books, rows: Mapping[str, Rows]) -> None:
    """Set what the software says against what: named shares first, then what it says is settled."""
    documents = rows.get("document", {})
    for one, data in sorted(rows.get("payment", {}).items()):
        sources = [(f"document:{note}", cents) for note, cents in data.get("credits") or ()]
        sources.append((f"payment:{one}", data["cents"]))
        _spread(books, sources, data.get("shares") or ())
    for one, data in sorted(documents.items()):
        _spread(books, [(f"document:{one}", data["cents"])], data.get("shares") or ())
    before = _settled(books)
    for one, data in sorted(documents.items()):
        credited = str(data.get("credited") or "")
        if data["kind"] == "credit_note" and credited in documents:
            lines = [str(line[0]) for line in documents[credited].get("due") or [[credited]]]
            told = documents[credited].get("settled")
            most = data["cents"] if told is None else told - before[credited]
            used = _to_lines(books, f"document:{one}", lines, min(most, data.get("settled", most)))
            before[credited] += used
    for one, data in sorted(documents.items()):
        missing = (data.get("settled") or 0) - before[one]
        if data["kind"] == "invoice" and missing > 0:
            _suppose(books, one, data, missing)


def _suppose(books: Books, one: str, data: Mapping[str, Any], missing: int) -> None:
    """Write the payment that must be, where a software only says what is left to pay."""
    supposed = {
        "customer": data.get("customer"),
        "on": max(data.get("settled_on") or data["on"], data["on"]),
        "cents": missing,
        "number": data.get("number"),
        "label": "Réglé selon le logiciel",
    }
    name = f"settled:{one}"
    _lay_credit(books, name, supposed, kind="payment")
    lines = [str(line[0]) for line in data.get("due") or [[one]]]
    _to_lines(books, name, lines, missing)


def _settled(books: Books) -> dict[str, int]:
    """Return what is set against each document so far."""
    found: dict[str, int] = defaultdict(int)
    for share in books.shares.values():
        found[share["claim_key"].partition(":document:")[2]] += share["amount_cents"]
    return found


def _spread(
    books: Books, sources: Sequence[tuple[str, int]], shares: Iterable[Sequence[Any]]
) -> None:
    """Set credits against lines in their order; what no line is known for is counted as lost."""
    left = dict(sources)
    for line, cents, day in shares:
        wanted = int(cents)
        if str(line) not in books.open:
            books.lost += 1
            continue
        for credit, offered in left.items():
            part = min(wanted, offered)
            if part > 0:
                used = _share(books, credit, str(line), part, day)
                left[credit] -= used
                wanted -= used


def _to_lines(books: Books, credit: str, lines: Iterable[str], most: int) -> int:
    used = 0
    for line in lines:
        used += _share(books, credit, line, most - used, None)
    return used


def _share(books: Books, credit: str, line: str, cents: int, day: str | None) -> int:
    """Set a part of a credit against a line, never more than is left of either."""
    lent, owed = books.lent.get(credit), books.open.get(line)
    if lent is None or owed is None:
        return 0
    part = min(cents, lent.left, owed.left)
    if part <= 0:
        return 0
    lent.left, owed.left = lent.left - part, owed.left - part
    on = max(lent.on, owed.on, date.fromisoformat(day) if day else lent.on)
    name = (lent.key, owed.key, owed.position)
    known = books.shares.get(name)
    if known is not None:
        known["amount_cents"] += part
        known["effective_on"] = max(known["effective_on"], on)
        return part
    books.shares[name] = {
        "credit_key": lent.key,
        "claim_key": owed.key,
        "position": owed.position,
        "customer_code": owed.customer,
        "amount_cents": part,
        "effective_on": on,
        "letter": None,
        "lettered_on": None,
        "origin": "reference",
    }
    return part


def _customers(books: Books, known: Mapping[str, Mapping[str, Any]]) -> pl.DataFrame:
    used = {one["customer_code"] for one in (*books.claims, *books.credits)}
    return pl.DataFrame(
        [
            {
                "code": code,
                "name": str(known[code]["name"] if code in known else "Client à identifier")[:200],
                "account": "",
                "identified_by": "code",
                "needs_confirmation": code not in known,
            }
            for code in sorted(used | set(known))
        ],
        schema=CUSTOMERS,
    )


def _control(books: Books) -> pl.DataFrame:
    net: dict[str, int] = defaultdict(int)
    for one in books.claims:
        net[one["customer_code"]] += one["amount_cents"]
    for one in books.credits:
        net[one["customer_code"]] -= one["amount_cents"]
    rows = [{"customer_code": code, "net_cents": cents} for code, cents in sorted(net.items())]
    return pl.DataFrame(rows, schema=CONTROL)


def _issues(books: Books) -> Iterator[Issue]:
    if books.lost:
        yield Issue(
            code="unknown_line",
            message=f"{books.lost} imputation(s) désignent une facture que le logiciel n'a pas "
            "donnée : elles sont laissées de côté.",
            severity="warning",
        )
