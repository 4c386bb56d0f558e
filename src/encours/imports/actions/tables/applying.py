"""A table as read, ready to be written like any other file: movements, or what is open on a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from encours.imports.actions.correcting import correct
from encours.imports.actions.held import held_of, known_claims
from encours.imports.actions.keeping import COUNTS, digest_of
from encours.imports.actions.tables import customers, ledgers
from encours.imports.actions.tables.controls import Control
from encours.imports.actions.tables.importing import KIND
from encours.imports.actions.tables.own_fields import OwnFields
from encours.imports.actions.tables.reading import OpenSheet
from encours.imports.actions.tables.spool import Spool, part_of
from encours.imports.actions.writing import Place, add_documents
from encours.imports.models import FileImport
from encours.imports.queries.holdings import held_live, without
from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import Layout, Totals
from encours.imports.rules.tables import listing, movements, open_items
from encours.imports.rules.tables.held import Days
from encours.imports.rules.tables.mapping import TableMapping
from encours.imports.rules.tables.rows import ROWS, RowReading
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.receivables.actions import bulk
from encours.tenancy.models import Creditor


@dataclass(slots=True)
class TableExport:
    """A table read with a mapping; its rows wait in a spool (`importing.Incoming`)."""

    name: str
    sha256: str
    size_bytes: int
    mapping: TableMapping
    issues: tuple[Issue, ...]
    totals: Totals
    layout: Layout
    spool: Spool
    found: Control
    kind: str = KIND

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
        """Return what the import's row keeps: the mapping, with the day of the list."""
        return {"mapping": self.mapping.as_json()}

    def place(self, creditor: Creditor, batch_id: int) -> Place:
        """Say where it is written: a table only adds."""
        assert self.totals.last_on is not None
        return Place(
            creditor.tenant_id,
            creditor.pk,
            batch_id,
            creditor.currency,
            self.totals.first_on or self.totals.last_on,
            self.totals.last_on,
            is_whole=False,
        )

    def write(self, place: Place) -> tuple[dict[str, int], tuple[Issue, ...]]:
        """Write it part by part; return counts, and what was found meanwhile."""
        self.found = Control(self.totals)
        findings, counts = Findings(), Counter[str](dict.fromkeys(COUNTS, 0))
        names = customers.Directory(place)
        days = days_of(place, self.mapping)
        own = OwnFields(place, self.mapping, findings)
        for part, rows in self.spool.read():
            good = good_rows(customers.resolved(rows, names, place.currency, findings))
            if self.mapping.meaning == "open_items":
                counts.update(self._write_list(part, good, place, days, findings, own=own))
            else:
                counts.update(self._write_movements(good, place, own))
            if part + 1 < self.spool.parts and part & (part + 1) == 0:
                bulk.refresh_statistics()  # the ledger has twice the rows since the last time
        if self.mapping.meaning == "movements":
            counts.update(correct(place))
        return dict(counts), findings.sealed()

    def control(self, place: Place) -> dict[str, Any]:
        """Compare it with the ledger, customer by customer."""
        if self.mapping.meaning == "open_items":
            return self.found.of_list(place)
        return self.found.as_json(place.last_on)

    @property
    def _is_signed(self) -> bool:
        return bool({"debit", "credit", "side"} & self.mapping.columns.keys())

    def _write_movements(self, rows: pl.DataFrame, place: Place, own: OwnFields) -> dict[str, int]:
        if rows.is_empty():
            return {}
        moves = movements.moves_of(rows, is_signed=self._is_signed)
        ids = parties.customer_ids(**place.owner)
        whose = ids.join(rows.select(code="customer_code").unique(), on="code", how="semi")
        known = held_live(**place.owner, customer_ids=whose["customer_id"])
        documents = movements.documents_of(moves, known_claims(known, whose))
        counts = add_documents(documents, customers.named(rows), place, known, {})
        own.take(rows, documents.claims.select("line", "key"))
        self.found.add(moves.select("customer_code", cents="amount"))
        keys = pl.concat([documents.claims["key"], documents.credits["key"]])
        self.found.add_ledger(keys, place)
        return counts

    def _write_list(
        self,
        part: int,
        rows: pl.DataFrame,
        place: Place,
        days: Days,
        findings: Findings,
        *,
        own: OwnFields,
    ) -> dict[str, int]:
        ids = parties.customer_ids(**place.owner)
        whose = ids.filter(part_of(pl.col("code"), self.spool.parts) == part)
        known = held_live(**place.owner, customer_ids=whose["customer_id"])
        held = held_of(known, whose)
        items = listing.items_of(rows, held.documents, is_signed=self._is_signed)
        found = open_items.difference(items, held, days)
        gone = found.withdrawn
        stays = without(known, gone)
        counts = add_documents(found.documents, customers.named(rows), place, stays, gone)
        own.take(rows, items.filter(pl.col("side") == "D").select("line", "key"))
        signed = pl.when(pl.col("side") == "D").then("open").otherwise(-pl.col("open"))
        self.found.add(items.select("customer_code", cents=signed))
        for number, code in found.kept_settled.select("number", "customer_code").iter_rows():
            findings.add(_settled_here(number, code))
        return counts


def read_table(
    path: Path,
    table: OpenSheet,
    mapping: TableMapping,
    *,
    as_of: date | None = None,
    today: date,
) -> TableExport | ledgers.LedgerExport:
    """Read an opened table with a mapping; `as_of` is the day of a list, whatever its titles say.

    Nothing is written; rows wait on disk. A table of whole entries (sales and bank accounts beside
    the customers') is read as a ledger export is.
    """
    assert mapping.meaning != "master", "a list of customers moves no money"
    mapping = table.completed(mapping)
    is_dated = bool(mapping.as_of or table.as_of or as_of)
    if mapping.meaning == "open_items":
        day = as_of or mapping.day or table.as_of or today
        mapping = replace(mapping, as_of=day.isoformat())
    findings = table.findings
    reading = RowReading(mapping, table.labels, findings, header_line=table.header.line)
    sha256, size = digest_of(path), path.stat().st_size
    if ledgers.is_ledger(mapping, table):
        return ledgers.read_ledger(table, mapping, reading, sha256=sha256, size_bytes=size)
    by_name = "customer_code" not in mapping.columns and not mapping.has_groups
    spool = Spool(size, is_whole=mapping.meaning == "open_items" and by_name)
    tally = _Tally(mapping, is_dated=is_dated)
    for block in table.blocks():
        rows = tally.checked(reading.read(block), findings)
        spool.take(rows)
    return TableExport(
        name=table.name,
        sha256=sha256,
        size_bytes=size,
        mapping=mapping,
        issues=(*_said(mapping, tally), *findings.sealed()),
        totals=tally.totals(),
        layout=Layout("table", table.opened.encoding, table.opened.separator, table.labels),
        spool=spool,
        found=Control(tally.totals()),
    )


class _Tally:
    """What a table adds up to, and rows that lack what their meaning needs."""

    def __init__(self, mapping: TableMapping, *, is_dated: bool) -> None:
        self.is_dated = is_dated
        self._mapping = mapping
        self._lines = 0
        self._first: date | None = None
        self._last: date | None = None

    def checked(self, rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
        """Count a block; say which rows lack a day or an amount."""
        rows = rows.with_columns(issued_on=pl.coalesce("issued_on", self._other_day()))
        rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in _TELLING))
        no_amount = pl.all_horizontal(
            pl.col(name).is_null() for name in ("amount_cents", "open_cents", "paid_cents")
        )
        no_day = pl.col("issued_on").is_null() & (self._mapping.meaning == "movements")
        rows = _say(rows, no_amount, findings, "amount_missing", "Aucun montant sur cette ligne.")
        rows = _say(rows, no_day, findings, "date_missing", "Aucune date sur cette ligne.")
        self._lines += len(rows)
        days = pl.concat([rows["issued_on"], rows["settled_on"]]).drop_nulls()
        if len(days):
            first, last = days.min(), days.max()
            assert isinstance(first, date)
            assert isinstance(last, date)
            self._first = min(first, self._first or first)
            self._last = max(last, self._last or last)
        return rows

    def _other_day(self) -> pl.Expr:
        """Return the day that stands for a missing one: a list does without."""
        if self._mapping.meaning == "movements" and "issued_on" not in self._mapping.columns:
            return pl.coalesce("due_on", "settled_on")
        return pl.lit(None, pl.Date)

    def totals(self) -> Totals:
        """Return lines and period; a list's only day is its own."""
        if self._mapping.meaning == "open_items":
            return Totals(lines=self._lines, first_on=self._mapping.day, last_on=self._mapping.day)
        return Totals(lines=self._lines, first_on=self._first, last_on=self._last)


_TELLING: Final = tuple(name for name in ROWS if name not in ("line", "bad", "currency", "kind"))


def _say(
    rows: pl.DataFrame, where: pl.Expr, findings: Findings, code: str, message: str
) -> pl.DataFrame:
    lines = rows.filter(where & ~pl.col("bad"))["line"]
    shown = lines.head(findings.room(code))
    for line in shown:
        findings.add(Issue(code, message, line))
    findings.count(code, len(lines) - len(shown), "error")
    return rows.with_columns(bad=pl.col("bad") | where)


def _said(mapping: TableMapping, tally: _Tally) -> tuple[Issue, ...]:
    """Say what a person should know of how the whole was read."""
    said = []
    if not tally.totals().lines:
        said.append(Issue("no_rows", "Ce tableau n'a aucune ligne.", expected="des lignes"))
    if mapping.meaning == "open_items" and not tally.is_dated:
        day = mapping.day
        message = f"Rien dans le fichier ne dit sa date : pris comme l'état du {day:%d/%m/%Y}."
        said.append(Issue("as_of_assumed", message, expected="--as-of", severity="info"))
    if "currency" in mapping.defaults:
        message = f"Montants en {mapping.defaults['currency']}, d'après les en-têtes."
        said.append(Issue("currency_assumed", message, severity="info"))
    return tuple(said)


def _settled_here(number: str, code: str) -> Issue:
    return Issue(
        code="settled_here",
        message=f"La pièce {number} du client {code} est ouverte dans le fichier, mais un "
        "règlement reçu l'a soldée ici : elle reste soldée.",
        found=number,
        severity="warning",
    )


def good_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out bad rows, and with them all rows of the same document: it enters whole or not."""
    bad = rows.filter("bad").select("customer_code", "number").drop_nulls().unique()
    kept = rows.filter(~pl.col("bad"))
    return kept.join(bad, on=["customer_code", "number"], how="anti", maintain_order="left")


def days_of(place: Place, mapping: TableMapping) -> Days:
    """Return the day of a list, and of its neighbours in the ledger."""
    on = mapping.day or place.last_on
    lists = FileImport.objects.of(place.tenant_id).filter(
        creditor_id=place.creditor_id, kind=KIND, state="applied", mapping__meaning="open_items"
    )
    before = lists.filter(last_on__lt=on).order_by("-last_on").values_list("last_on", flat=True)
    after = lists.filter(last_on__gt=on).order_by("last_on").values_list("last_on", flat=True)
    return Days(on, before.first(), after.first())
