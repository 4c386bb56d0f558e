"""What a creditor's choices add to a message: discounts of lines, penalties claimed or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from encours.discounts.queries.in_force import terms_of
from encours.discounts.queries.offers import offers_of_lines
from encours.discounts.rules.offers import Discount, Terms, offered
from encours.dunning.models import Reminder
from encours.dunning.rules.scenario import Step
from encours.dunning.rules.wordings import DueLine
from encours.einvoicing.queries.policies import policy_of
from encours.tenancy.models import Creditor


@dataclass(frozen=True, slots=True)
class Offered:
    """The rule of each customer whose step offers a discount; the offers made, by lineage.

    `claims_penalties`: the creditor does bill them; otherwise no message claims any.
    """

    rules: Mapping[int, Terms]
    had: Mapping[int, Discount]
    today: date
    claims_penalties: bool = True

    @classmethod
    def of(
        cls,
        creditor: Creditor,
        reminders: Iterable[Reminder],
        steps: Mapping[int, Step],
        lines: Iterable[Sequence[Any]],
        today: date,
    ) -> Self:
        """Read both; `lines` = rows that begin with the id and the lineage of a due line."""
        asking = [one.customer_id for one in reminders if steps[one.pk].discount]
        rules: Mapping[int, Terms] = {}
        if asking:
            rules = terms_of(
                tenant_id=creditor.tenant_id,
                creditor_id=creditor.pk,
                customer_ids=asking,
                on=today,
            )
        lineages = [row[1] or row[0] for row in lines]
        had = offers_of_lines(tenant_id=creditor.tenant_id, lineages=lineages, on=today)
        billing = policy_of(tenant_id=creditor.tenant_id, creditor_id=creditor.pk)
        return cls(rules, had, today, claims_penalties=not billing.is_never)

    def told(self, lines: tuple[DueLine, ...], customer_id: int, step: Step) -> dict[str, Any]:
        """Return what a draft takes of both."""
        shown = self.on(lines, customer_id, step)
        return {"lines": shown, "claims_penalties": self.claims_penalties}

    def on(self, lines: tuple[DueLine, ...], customer_id: int, step: Step) -> tuple[DueLine, ...]:
        """Return the lines, each with its discount."""
        terms = self.rules.get(customer_id)
        if step.kind == "thank_you" or (terms is None and not self.had):
            return lines
        return tuple(replace(line, discount=self._of_line(line, step, terms)) for line in lines)

    def _of_line(self, line: DueLine, step: Step, terms: Terms | None) -> Discount | None:
        told = self.had.get(line.lineage_id)
        if told is not None and told.base_cents == line.open_cents:
            return told
        if not step.discount or not line.has_sure_date:
            return None
        return offered(
            terms,
            open_cents=line.open_cents,
            issued_on=line.issued_on,
            due_on=line.claim.due_on,
            today=self.today,
        )
