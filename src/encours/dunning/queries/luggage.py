"""What goes along with each reminder: the files of its invoices, a statement of the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from encours.documents.queries.joined import Joined, What, files_of
from encours.dunning.queries.outgoing import Outgoing, lines_of
from encours.dunning.rules.frames import ACCOUNT, Ledger
from encours.dunning.rules.luggage import Missing, packed
from encours.dunning.rules.scenario import Step
from encours.dunning.rules.wordings import Draft, DueLine
from encours.dunning.texts.shipped import shipped
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import Claim

STATEMENT: Final = Step("releve", "relevé de compte", 0, "reminder", 0)


ALL_THERE: Final = Missing()


@dataclass(frozen=True, slots=True)
class Luggage:
    """The files that fit, not opened yet, and the invoices that bring none."""

    files: tuple[Joined, ...] = ()
    missing: Missing = ALL_THERE

    @property
    def size_bytes(self) -> int:
        """Return what they weigh together."""
        return sum(one.size_bytes for one in self.files)


NOTHING = Luggage()


def whats_of(step: Step) -> list[What]:
    """Return which files of an invoice a step joins."""
    wanted: tuple[What, ...] = ("invoices", "delivery_proof")
    return [what for what in wanted if what in step.attachments]


def luggage_of(tenant_id: int, drafts: Sequence[Outgoing]) -> dict[int, Luggage]:
    """Return what goes along with each of these reminders, by its id, in one question a set."""
    found = dict[int, Luggage]()
    for whats in {tuple(whats_of(one.draft.step)) for one in drafts} - {()}:
        mine = [one for one in drafts if tuple(whats_of(one.draft.step)) == whats]
        invoices = {line.invoice_id for one in mine for line in one.draft.lines}
        files = files_of(tenant_id=tenant_id, invoice_ids=invoices, whats=whats)
        for one in mine:
            listed = {line.invoice_id: line.number or line.label for line in one.draft.lines}
            wanted = ((name, files.get(number, ())) for number, name in listed.items())
            found[one.reminder.pk] = Luggage(*packed(wanted))
    return found


def statements_of(tenant_id: int, drafts: Sequence[Outgoing], ledger: Ledger) -> dict[int, Draft]:
    """Return the statement that goes along with each of these reminders whose step joins one.

    It lists all that is open on the account, due or not, and what is received but not allocated.
    """
    mine = [one for one in drafts if "statement" in one.draft.step.attachments]
    accounts = {(one.reminder.customer_id, one.reminder.currency) for one in mine}
    asked = pl.DataFrame(list(accounts), schema=list(ACCOUNT), orient="row")
    if asked.is_empty():
        return {}
    asked = asked.cast({"customer_id": pl.Int64, "currency": pl.String})
    listed = ledger.lines.join(asked, on=ACCOUNT, how="semi").sort("due_on", "instalment_id")
    rows = lines_of(tenant_id, listed["instalment_id"].to_list())
    by_account = dict[tuple[int, str], list[DueLine]]()
    told = listed.select(*ACCOUNT, "instalment_id", "open_cents")
    for customer_id, currency, number, cents in told.iter_rows():
        if number in rows:
            line = _plain_line(rows[number], cents)
            by_account.setdefault((customer_id, currency), []).append(line)
    unallocated = _unallocated(ledger)
    found = dict[int, Draft]()
    for one in mine:
        key = one.reminder.customer_id, one.reminder.currency
        found[one.reminder.pk] = replace(
            one.draft,
            step=STATEMENT,
            text=shipped(STATEMENT.code, one.draft.language),
            lines=tuple(by_account.get(key, ())),
            credits_cents=unallocated.get(key, 0),
            reminders=(),
            is_attached=False,
            edited={},
        )
    return found


def _plain_line(row: tuple[Any, ...], open_cents: int) -> DueLine:
    """Return a line that claims nothing beside what is open."""
    _, _, invoice_id, number, label, issued_on, due_on, _, amount, *_ = row
    claim = Claim(amount_cents=amount, due_on=due_on, debtor_class=DebtorClass.UNKNOWN)
    return DueLine(invoice_id, number, issued_on, open_cents, claim, label="" if number else label)


def _unallocated(ledger: Ledger) -> Mapping[tuple[int, str], int]:
    rows = ledger.cover.select(*ACCOUNT, "unallocated_cents").iter_rows()
    return {(customer_id, currency): cents for customer_id, currency, cents in rows}
