"""When an e-invoice falls due, and for how much: the due lines it becomes in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from encours.imports.rules.einvoices.document import Einvoice, Term
from encours.kernel.issue import Issue
from encours.kernel.money import french_text


@dataclass(frozen=True, slots=True)
class Part:
    """A due line to be: its date, None where the customer's terms say it, and its amount."""

    due_on: date | None
    cents: int


def parts(invoice: Einvoice) -> tuple[tuple[Part, ...], tuple[Issue, ...]]:
    """Return the due lines of a claim, and what is doubtful about them.

    They add up to what the document adds to the account: what was paid before was paid on the
    first ones. Several dates without amounts are one claim due at the last of them: nobody is
    reminded too early (a discount has a date of its own, which is not due).
    """
    owed, due = invoice.totals.owed_cents, invoice.totals.due_cents
    said = [term for term in invoice.terms if term.due_on is not None]
    amounts = [term.cents for term in said if term.cents is not None]
    if len(said) > 1 and len(amounts) == len(said):
        return _several(said, amounts, owed=owed, due=due, currency=invoice.currency)
    last = max((term.due_on for term in said if term.due_on), default=None)
    return (Part(last, owed),), ()


def _several(
    said: Sequence[Term], amounts: Sequence[int], *, owed: int, due: int, currency: str
) -> tuple[tuple[Part, ...], tuple[Issue, ...]]:
    order = sorted(zip(said, amounts, strict=True), key=lambda one: one[0].due_on or date.max)
    paid_before = owed - due if sum(amounts) == due else 0
    lines = [Part(term.due_on, cents) for term, cents in order if cents > 0]
    if lines and paid_before > 0:
        lines[0] = Part(lines[0].due_on, lines[0].cents + paid_before)
    if sum(one.cents for one in lines) == owed:
        return tuple(lines), ()
    last = order[-1][0].due_on
    issue = Issue(
        "terms_unequal",
        "Les échéances ne font pas le montant dû : une seule est retenue, la dernière.",
        column="BT-9",
        found=french_text(sum(amounts), currency),
        expected=french_text(due, currency),
        severity="warning",
    )
    return (Part(last, owed),), (issue,)
