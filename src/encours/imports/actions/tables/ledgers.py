"""Tables of whole entries: the accounts that face the customers' say what each line is.

They are read as a ledger export is (`rules.derive`), but only add: a table need not hold all of
its period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from encours.imports.actions.correcting import correct
from encours.imports.actions.tables.controls import Control
from encours.imports.actions.tables.importing import KIND
from encours.imports.actions.tables.reading import OpenSheet
from encours.imports.actions.writing import Place, add_documents
from encours.imports.queries.holdings import held_live
from encours.imports.rules.derive import derive
from encours.imports.rules.derived import Derived
from encours.imports.rules.gather import Gathering
from encours.imports.rules.ledger import CUSTOMER_ROOTS, TYPED_LINES, Layout, Totals
from encours.imports.rules.tables.mapping import TableMapping
from encours.imports.rules.tables.rows import RowReading
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.tenancy.models import Creditor

NO_CUSTOMER: Final = Issue(
    code="no_customer_line",
    message="Aucune ligne de ce tableau n'est d'un compte client (411, 413, 416, 419).",
    expected="des comptes 411…",
)
NO_OWN_FIELDS: Final = Issue(
    code="custom_not_taken",
    message="Un tableau d'écritures entières ne renseigne pas vos champs : leurs colonnes sont "
    "laissées de côté.",
    severity="warning",
)


@dataclass(frozen=True, slots=True)
class LedgerExport:
    """A table of entries, derived; `importing.Incoming` says what it does."""

    name: str
    sha256: str
    size_bytes: int
    mapping: TableMapping
    derived: Derived
    kind: str = KIND

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Return what was found while reading and deriving."""
        return self.derived.issues

    @property
    def totals(self) -> Totals:
        """Return what all of its lines add up to."""
        return self.derived.totals

    @property
    def first_on(self) -> date | None:
        """Return its first day."""
        return self.totals.first_on

    @property
    def last_on(self) -> date | None:
        """Return its last day, None where nothing could be read."""
        return self.totals.last_on

    @property
    def kept(self) -> dict[str, Any]:
        """Return what the import's row keeps."""
        return {"mapping": self.mapping.as_json()}

    def place(self, creditor: Creditor, batch_id: int) -> Place:
        """Say where it is written: a table only adds."""
        assert self.totals.first_on is not None
        assert self.totals.last_on is not None
        return Place(
            creditor.tenant_id,
            creditor.pk,
            batch_id,
            creditor.currency,
            self.totals.first_on,
            self.totals.last_on,
            is_whole=False,
        )

    def write(self, place: Place) -> tuple[dict[str, int], tuple[Issue, ...]]:
        """Write what it changes."""
        ids = parties.customer_ids(**place.owner)
        mine = self.derived.customers.select("code")
        whose = ids.join(mine, on="code", how="semi")["customer_id"]
        known = held_live(**place.owner, customer_ids=whose)
        counts = add_documents(self.derived, self.derived.customers, place, known, {})
        for name, more in correct(place).items():
            counts[name] += more
        return counts, ()

    def control(self, place: Place) -> dict[str, Any]:
        """Compare its customer lines with the documents they became."""
        found = Control(self.totals)
        found.add(self.derived.control.select("customer_code", cents="net_cents"))
        keys = pl.concat([self.derived.claims["key"], self.derived.credits["key"]])
        found.add_ledger(keys, place)
        return found.as_json(place.last_on)


def is_ledger(mapping: TableMapping, table: OpenSheet) -> bool:
    """Say whether a table has entries whole: debits and credits, and other accounts than 411."""
    sided = {"debit", "credit", "side"} & mapping.columns.keys()
    label = mapping.columns.get("account")
    if mapping.meaning != "movements" or not sided or label not in table.labels:
        return False
    cells = table.rows()[f"c{table.labels.index(label)}"].drop_nulls()
    return bool((~cells.str.slice(0, 3).is_in(CUSTOMER_ROOTS)).any())


def read_ledger(
    table: OpenSheet, mapping: TableMapping, reading: RowReading, *, sha256: str, size_bytes: int
) -> LedgerExport:
    """Fold the entries of a table, and derive them."""
    gathering = Gathering()
    for block in _blocks(table, reading):
        gathering.take(block)
    layout = Layout("table", table.opened.encoding, table.opened.separator, table.labels)
    derived = derive(gathering.finish(layout, table.findings))
    if derived.claims.is_empty() and derived.credits.is_empty():
        derived = replace(derived, issues=(NO_CUSTOMER, *derived.issues))
    if mapping.own_fields:
        derived = replace(derived, issues=(NO_OWN_FIELDS, *derived.issues))
    return LedgerExport(table.name, sha256, size_bytes, mapping, derived)


def _blocks(table: OpenSheet, reading: RowReading) -> Iterator[pl.DataFrame]:
    for block in table.blocks():
        rows = reading.read(block)
        amount = pl.col("amount_cents").fill_null(0)
        told = {
            "entry_number": pl.coalesce("entry_number", "number"),
            "entry_on": pl.col("issued_on"),
            "aux": pl.col("customer_code"),
            "aux_label": pl.col("customer_name"),
            "piece": pl.col("number"),
            "debit": pl.max_horizontal(amount, pl.lit(0)),
            "credit": pl.max_horizontal(-amount, pl.lit(0)),
            "bad": pl.col("bad") | pl.col("issued_on").is_null() | pl.col("account").is_null(),
            **{
                name: pl.lit(None)
                for name in (
                    *("journal_label", "account_label", "piece_on", "foreign_cents", "currency"),
                )
            },
        }
        yield rows.select(
            told.get(name, pl.col(name)).cast(kind).alias(name)
            for name, kind in TYPED_LINES.items()
        )
