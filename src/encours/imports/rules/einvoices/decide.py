"""What is done with each document of a file: entered, completed, left as it is, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from encours.imports.rules.einvoices import matching
from encours.imports.rules.einvoices.document import CORRECTED, Einvoice, Read
from encours.imports.rules.einvoices.matching import Known, Owner
from encours.kernel.issue import Issue
from encours.kernel.money import french_text

BLOCKING: Final = frozenset(
    {
        "unreadable",
        "no_data",
        "term_missing",
        "amount_unread",
        "date_unread",
        "status_unknown",
        "other_seller",
        "number_taken",
        "number_of_other",
    }
)
"""Errors that no « reste » lets in: without them there is nothing sure to enter."""


class Act(StrEnum):
    """What becomes of a document."""

    NEW = "new"
    COMPLETE = "complete"
    AGAIN = "again"
    SAME = "same"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """A document, what becomes of it, its customer (None: to be created), its twin if any."""

    read: Read
    act: Act
    customer: Owner | None = None
    twin: Known | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def invoice(self) -> Einvoice:
        """Return the document; only those that are invoices are decided on."""
        assert self.read.invoice is not None
        return self.read.invoice

    @property
    def is_wrong(self) -> bool:
        """Say whether an error keeps it out."""
        return any(issue.severity == "error" for issue in self.issues)

    @property
    def is_blocked(self) -> bool:
        """Say whether it cannot enter even when somebody accepts its broken rules."""
        return any(one.severity == "error" and one.code in BLOCKING for one in self.issues)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What decisions are taken against: the creditor, its customers, its documents by side."""

    creditor: Owner
    ibans: frozenset[str]
    customers: Sequence[Owner]
    invoices: Sequence[Known]
    credits: Sequence[Known]


def decide(reads: Sequence[Read], ledger: Ledger, *, any_seller: bool) -> list[Decision]:
    """Decide of every invoice of a file; one that comes twice in it enters once."""
    decisions: list[Decision] = []
    seen: set[str] = set()
    for read in reads:
        if read.invoice is None:
            continue
        decision = _decide(read, read.invoice, ledger, any_seller=any_seller)
        key = matching.key_of(read.invoice)
        if key in seen and decision.act in {Act.NEW, Act.AGAIN, Act.COMPLETE}:
            twice = _info("twice", "Ce document est deux fois dans le fichier.", read.invoice)
            decision = replace(decision, act=Act.SAME, issues=(*decision.issues, twice))
        seen.add(key)
        decisions.append(decision)
    return decisions


def _decide(read: Read, invoice: Einvoice, ledger: Ledger, *, any_seller: bool) -> Decision:
    issues = [*read.issues, *_seller_issues(invoice, ledger, any_seller=any_seller)]
    known = ledger.credits if invoice.is_credit else ledger.invoices
    twin = matching.twin(invoice, known)
    customer = matching.customer_of(invoice.buyer, ledger.customers)
    if invoice.totals.owed_cents == 0:
        issues.append(_info("nothing_owed", "Montant nul : rien à suivre.", invoice))
        return Decision(read, Act.NOTHING, customer, None, tuple(issues))
    issues.extend(_references(invoice, ledger))
    if twin is None:
        return Decision(read, Act.NEW, customer, None, tuple(issues))
    owner = next((one for one in ledger.customers if one.id == twin.customer_id), customer)
    act, more = _with_twin(invoice, twin, owner)
    return Decision(read, act, owner, twin, (*issues, *more))


def _with_twin(
    invoice: Einvoice, twin: Known, owner: Owner | None
) -> tuple[Act, tuple[Issue, ...]]:
    """Compare with the document that has this number already."""
    ours = twin.key == matching.key_of(invoice)
    if twin.is_rejected and twin.key.startswith("E|"):
        again = _info("issued_again", "Rejetée puis émise de nouveau : elle la remplace.", invoice)
        return Act.AGAIN, (again,)
    amount = abs(invoice.totals.owed_cents)
    if twin.amount_cents != amount or twin.currency != invoice.currency:
        what = "L'avoir" if invoice.is_credit else "La facture"
        return Act.SAME, (
            Issue(
                "number_taken",
                f"{what} {invoice.number} est déjà dans le registre, d'un autre montant.",
                column="BT-1",
                found=french_text(amount, invoice.currency),
                expected=french_text(twin.amount_cents, twin.currency),
            ),
        )
    if owner is not None and matching.differ(invoice.buyer, owner):
        return Act.SAME, (
            Issue(
                "number_of_other",
                f"Le numéro {invoice.number} est celui d'une facture d'un autre client.",
                column="BT-1",
                found=invoice.buyer.name,
                expected=owner.name,
            ),
        )
    if ours:
        known = _info("already_there", f"{invoice.number} est déjà dans le registre.", invoice)
        return Act.SAME, (known,)
    told = _info("completed", f"{invoice.number} était déjà dans le registre : complétée.", invoice)
    return Act.COMPLETE, (told,)


def _seller_issues(invoice: Einvoice, ledger: Ledger, *, any_seller: bool) -> list[Issue]:
    found = []
    is_own = matching.is_seller(invoice.seller, ledger.creditor)
    if not is_own:
        found.append(
            Issue(
                "other_seller",
                f"Le vendeur n'est pas {ledger.creditor.name}.",
                column="BT-27",
                found=" ".join(f"{invoice.seller.name} {invoice.seller.siren}".split()),
                expected=" ".join(f"{ledger.creditor.name} {ledger.creditor.siren}".split()),
                severity="warning" if any_seller else "error",
            )
        )
    if not ledger.ibans or invoice.is_credit:
        return found
    found.extend(
        Issue(
            "other_account",
            "Le compte à créditer n'est pas un de ceux de la société : vérifiez-le.",
            column="BT-84",
            found=iban,
            severity="warning",
        )
        for iban in invoice.ibans
        if iban not in ledger.ibans
    )
    return found


def _references(invoice: Einvoice, ledger: Ledger) -> list[Issue]:
    """Say of a credit note or a corrected invoice what it corrects, or that it is unknown."""
    found: list[Issue] = []
    for one in invoice.preceding:
        is_known = any(matching.same_number(known.number, one.number) for known in ledger.invoices)
        if invoice.is_credit and not is_known:
            found.append(
                _warning(
                    "corrects_unknown",
                    f"La facture corrigée {one.number} n'est pas dans le registre.",
                    "BT-25",
                )
            )
        elif invoice.type_code == CORRECTED and is_known:
            found.append(
                _warning(
                    "replaces",
                    f"Rectificative de {one.number}, qui reste due dans le registre : saisissez "
                    "son avoir ou annulez-la.",
                    "BT-25",
                )
            )
    return found


def _info(code: str, message: str, invoice: Einvoice) -> Issue:
    return Issue(code, message, column="BT-1", found=invoice.number, severity="info")


def _warning(code: str, message: str, term: str) -> Issue:
    return Issue(code, message, column=term, severity="warning")
