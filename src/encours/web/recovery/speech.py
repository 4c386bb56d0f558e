"""What one says on this call: the script of `recovery`, filled with the figures of the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from encours.parties.queries import CustomerCard
from encours.receivables.queries.customers import OwnCustomer
from encours.recovery.queries.owed import PromiseRow
from encours.recovery.queries.planned import ToMake
from encours.recovery.queries.tasks import TaskRow
from encours.recovery.rules import scripts
from encours.recovery.rules.scripts import Asked, Figures, Language, Reason
from encours.web import formats


@dataclass(frozen=True, slots=True)
class Known:
    """What the sheet knows of a customer on the day of the call."""

    owner: OwnCustomer
    card: CustomerCard
    late: pl.DataFrame
    promises: Sequence[PromiseRow]
    going: ToMake
    actions: Sequence[TaskRow]
    profile: str
    day: date

    @property
    def broken(self) -> PromiseRow | None:
        """Return the last promise, when it was not kept."""
        last = self.promises[0] if self.promises else None
        return last if last is not None and last.state == "broken" else None


def script_of(known: Known) -> tuple[str, ...]:
    """Return what one says, in English to whoever is written to in English, else in French."""
    owner, late, broken = known.owner, known.late.sort("due_on"), known.broken
    language: Language = "en" if known.card.described["language"].startswith("en") else "fr"
    first = late.row(0, named=True) if late.height else {}
    figures = Figures(
        creditor=owner.creditor_name,
        amount=formats.money(int(late["open_cents"].sum()), owner.currency),
        lines=late.height,
        days=int(first.get("days_late") or 0),
        document=str(first.get("document") or ""),
        contact=next((one.name for one in known.card.contacts if one.name), ""),
        promised=formats.money(broken.amount_cents, owner.currency) if broken else "",
        promised_on=formats.day(broken.ends_on) if broken else "",
    )
    debtor = owner.debtor_class if owner.is_confirmed else "unknown"
    asked = Asked(debtor, _reason(known), known.profile, known.going.tone)
    return scripts.script(asked, figures, language)


def _reason(known: Known) -> Reason:
    if known.late.is_empty():
        return "current"
    if known.broken is not None:
        return "promise_broken"
    if known.going.calls:
        return "step"
    is_back = any(one.kind == "call" and one.due_on <= known.day for one in known.actions)
    return "call_back" if is_back else "task"
