"""Master data of customers kept elsewhere: limits, mandates, consents (docs/decisions/0068).

A list of customers brings columns that no record of a customer holds. Whoever keeps them takes them
through this port, in the act of the import, and gives back what was before when it is undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from encours.kernel.issue import Issue
from encours.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Change:
    """What one row changed, for the preview: texts as a person reads them."""

    customer: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many records were written, the first changes, and what was left with a word."""

    count: int
    changes: tuple[Change, ...] = ()
    issues: tuple[Issue, ...] = ()


class MasterData(Protocol):
    """Keeps one kind of master data; `code` names its count in an import.

    `table` is where it is kept (bitemporal): what is withdrawn there goes with its customer.
    """

    code: str
    table: str

    def take(
        self, rows: pl.DataFrame, *, tenant_id: int, creditor_id: int, batch_id: int, today: date
    ) -> Taken:
        """Take what rows say, in file order: a blank erases nothing, the same again is nothing.

        `rows`: line, code, customer_id, then as text or null credit_limit (cents), currency,
        mandate_reference, mandate_signed_on (ISO day), mandate_scheme, iban, bic,
        lre_consent_on (ISO day), lre_consent_source, contact_email.
        """
        ...

    def rests_on(self, *, tenant_id: int, batch_id: int) -> set[int]:
        """Return the later batches that changed what this one wrote: they are undone first."""
        ...

    def take_back(self, *, tenant_id: int, batch_id: int, leaving: list[int]) -> None:
        """Give back what was before a batch; `leaving` are the customers that it created.

        What a person said since stays. No row may name a leaving customer any more.
        """
        ...


MASTER_DATA: Registry[MasterData] = Registry("master data")
