"""Whose ledger an e-invoice file is written in, by which act, on which day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from encours.imports.rules.einvoices.decide import Decision
from encours.kernel.issue import Issue
from encours.receivables.actions.acts import Act


@dataclass(frozen=True, slots=True)
class Place:
    """The tenant, the creditor, the batch that every row carries, who did it and when."""

    tenant_id: int
    creditor_id: int
    batch_id: int
    actor_id: int | None
    today: date

    @property
    def owner(self) -> dict[str, int]:
        """Return the tenant and creditor as keyword arguments."""
        return {"tenant_id": self.tenant_id, "creditor_id": self.creditor_id}

    @property
    def act(self) -> Act:
        """Return the batch as an act of the ledger."""
        return Act(
            tenant_id=self.tenant_id,
            creditor_id=self.creditor_id,
            customer_id=None,
            batch_id=self.batch_id,
            actor_id=self.actor_id,
            today=self.today,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the file and the rows it became: customer, invoice or credit, deposit."""

    decision: Decision
    customer_id: int
    invoice_id: int | None = None
    credit_id: int | None = None
    deposit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: every document with its rows, counts, control, what was doubtful."""

    documents: tuple[Document, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    control: dict[str, Any] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
