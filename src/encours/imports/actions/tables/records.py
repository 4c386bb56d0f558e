"""A list of customers as read, ready to be written: their records, their contacts, own fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as one_field
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from encours.imports.actions.keeping import COUNTS, NO_CONTROL, digest_of
from encours.imports.actions.tables.customers import Directory
from encours.imports.actions.tables.own_fields import OwnFields
from encours.imports.actions.tables.reading import OpenSheet
from encours.imports.actions.tables.salespeople import with_salespeople
from encours.imports.actions.writing import Place
from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import Totals
from encours.imports.rules.tables import records as rules
from encours.imports.rules.tables.fields import FIELDS
from encours.imports.rules.tables.mapping import TableMapping
from encours.imports.rules.tables.rows import RowReading
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.parties import usual_terms
from encours.parties.actions import records
from encours.parties.ports import MASTER_DATA, Change
from encours.parties.rules import plain
from encours.receivables.actions.due_dates import recompute_due_dates
from encours.receivables.rules import terms as terms_rules
from encours.receivables.rules.terms_text import parse_terms
from encours.tenancy.models import Creditor

KIND: Final = "master"
"""The kind of an applied import that is a list of customers: it says nothing of the ledger."""
CHANGES_SHOWN: Final = 20
UNNAMED: Final = "Un nouveau client doit avoir un nom : ligne laissée."
KEPT: Final = {
    "debtor_class": "Le type de ce client a été donné par une personne : il ne change pas.",
    "siren": "Ce client a un autre SIREN : il ne change pas.",
    "vat_number": "Ce client a un autre n° de TVA : il ne change pas.",
    "iban": "Ce client a un autre IBAN : il ne change pas.",
}


@dataclass(slots=True)
class RecordsExport:
    """A list of customers, read (`importing.Incoming`); `rows` are `rules.RECORDS`."""

    name: str
    sha256: str
    size_bytes: int
    mapping: TableMapping
    issues: tuple[Issue, ...]
    totals: Totals
    rows: pl.DataFrame
    kind: str = KIND
    changes: list[Change] = one_field(default_factory=list)
    """What the last writing changed beside the records themselves."""

    @property
    def first_on(self) -> date | None:
        """Return the day it was read: a list of customers has none of its own."""
        return self.totals.first_on

    @property
    def last_on(self) -> date | None:
        """Return the day it was read, None where nothing could be."""
        return self.totals.last_on

    @property
    def kept(self) -> dict[str, Any]:
        """Return what the import's row keeps."""
        return {"mapping": self.mapping.as_json()}

    def place(self, creditor: Creditor, batch_id: int) -> Place:
        """Say where it is written: it only adds."""
        assert self.totals.last_on is not None
        day = self.totals.last_on
        owner = (creditor.tenant_id, creditor.pk, batch_id, creditor.currency)
        return Place(*owner, day, day, is_whole=False)

    def write(self, place: Place) -> tuple[dict[str, int], tuple[Issue, ...]]:
        """Write records, then contacts, then own fields; what follows from terms follows."""
        findings = Findings()
        rows = _coded(self.rows, place)
        known = parties.customer_ids(**place.owner)
        rows = _named(rows, known, findings)
        rows = _with_terms(rows, place, findings)
        rows = with_salespeople(rows, place, findings)
        _told_twice(rows, findings)
        batch = {**place.owner, "batch_id": place.batch_id}
        kept = records.write_customers(records.each_once(rows), **batch)
        _say_kept(kept, rows, findings)
        ids = parties.customer_ids(**place.owner)
        told = records.contact_rows(_contacts(rows.join(ids, on="code")), **place.owner)
        records.write_contacts(told, tenant_id=place.tenant_id, batch_id=place.batch_id)
        elsewhere = self._elsewhere(
            rows.join(ids, on="code", maintain_order="left"), place, findings
        )
        own = OwnFields(place, self.mapping, findings)
        own.take(rows.rename({"code": "customer_code"}), _NO_INVOICES)
        done = records.written(tenant_id=place.tenant_id, batch_id=place.batch_id)
        if done.other_terms:
            recompute_due_dates(**place.owner, customer_ids=done.other_terms, today=place.last_on)
        counts = {
            **dict.fromkeys(COUNTS, 0),
            "customers": done.created,
            "customers_updated": done.updated,
            "contacts_created": done.contacts_created,
            "contacts_updated": done.contacts_updated,
            "classed": done.classed,
            **elsewhere,
        }
        return counts, findings.sealed()

    def _elsewhere(self, rows: pl.DataFrame, place: Place, findings: Findings) -> dict[str, int]:
        """Give what no record of a customer holds to who keeps it: limits, mandates; count it."""
        counts: dict[str, int] = {}
        for code in MASTER_DATA:
            done = MASTER_DATA[code].take(
                rows, **place.owner, batch_id=place.batch_id, today=place.last_on
            )
            self.changes += done.changes
            for issue in done.issues:
                findings.add(issue)
            if done.count:
                counts[code] = done.count
        return counts

    def control(self, place: Place) -> dict[str, Any]:
        """Return no control: nothing is owed. The first records that change are shown."""
        changes = records.first_changes(
            tenant_id=place.tenant_id, batch_id=place.batch_id, most=CHANGES_SHOWN
        )
        changes += [(one.customer, one.field, one.before, one.after) for one in self.changes]
        return {
            **NO_CONTROL,
            "lines": self.totals.lines,
            "changes": [
                {"customer": code, "field": field, "before": before, "after": after}
                for code, field, before, after in changes[:CHANGES_SHOWN]
            ],
        }


_NO_INVOICES: Final = pl.DataFrame(schema={"line": pl.UInt32, "key": pl.String})


def read_records(
    path: Path, table: OpenSheet, mapping: TableMapping, *, today: date
) -> RecordsExport:
    """Read a list of customers; nothing is written."""
    findings = table.findings
    reading = RowReading(mapping, table.labels, findings, header_line=table.header.line)
    blocks = [
        rules.of_nobody(rules.read_cells(reading.table(one), mapping, findings), findings)
        for one in table.blocks()
    ]
    rows = pl.concat(blocks)
    issues = [*rules.homeless(mapping.columns)]
    if rows.is_empty():
        issues.append(Issue("no_rows", "Ce tableau n'a aucune ligne.", expected="des lignes"))
    day = None if rows.is_empty() else today
    return RecordsExport(
        name=table.name,
        sha256=digest_of(path),
        size_bytes=path.stat().st_size,
        mapping=mapping,
        issues=(*issues, *findings.sealed()),
        totals=Totals(lines=rows.height, first_on=day, last_on=day),
        rows=rows,
    )


def _coded(rows: pl.DataFrame, place: Place) -> pl.DataFrame:
    """Give every row a code: its own, else that of the customer of its name, else its name."""
    names = Directory(place)
    nameless = rows.filter(pl.col("code").is_null())["name"].unique()
    codes = {name: names.code_of(name) for name in nameless}
    found = pl.col("name").replace_strict(codes, default=None, return_dtype=pl.String)
    return rows.with_columns(code=pl.coalesce("code", found) if codes else pl.col("code"))


def _named(rows: pl.DataFrame, known: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Leave out the new customers that no row names."""
    fresh = rows.join(known, on="code", how="anti")
    unnamed = fresh.group_by("code").agg(
        pl.col("name").drop_nulls().len().alias("names"), pl.col("line").first()
    )
    unnamed = unnamed.filter(pl.col("names") == 0).sort("line")
    for line, code in unnamed.select("line", "code").iter_rows():
        findings.add(Issue("name_missing", UNNAMED, line, found=code, severity="warning"))
    return rows.join(unnamed, on="code", how="anti", maintain_order="left")


def _with_terms(rows: pl.DataFrame, place: Place, findings: Findings) -> pl.DataFrame:
    """Find the payment terms that rows name: by code, by name, else by what they say."""
    by_word: dict[str, int] = {}
    by_rule: list[tuple[dict[str, Any], int]] = []
    for one in usual_terms.usable(place.tenant_id, place.creditor_id):
        for word in (one.code, one.name):
            by_word.setdefault(plain(word), one.pk)
        by_rule.append((terms_rules.as_json(terms_rules.from_json(one.definition)), one.pk))
    found: dict[str, int] = {}
    for text in rows["terms"].drop_nulls().unique():
        terms_id = by_word.get(plain(text))
        if terms_id is None:
            read = parse_terms(text)
            said = None if isinstance(read, Issue) else terms_rules.as_json(read)
            terms_id = next((pk for rule, pk in by_rule if rule == said), None)
        if terms_id is not None:
            found[text] = terms_id
    unknown = rows.filter(pl.col("terms").is_not_null() & ~pl.col("terms").is_in(list(found)))
    for text, line in unknown.group_by("terms").agg(pl.col("line").min()).sort("line").iter_rows():
        findings.add(_terms_unknown(text, line))
    read_ids = pl.col("terms").replace_strict(found, default=None, return_dtype=pl.Int64)
    return rows.with_columns(terms_id=read_ids if found else pl.lit(None, pl.Int64))


def _told_twice(rows: pl.DataFrame, findings: Findings) -> None:
    """Say which customers several rows describe differently: the last word counts."""
    fields = ("name", "siren", "vat_number", "debtor_class", "address_line1", "terms_id")
    several = (
        rows.group_by("code")
        .agg(
            *(pl.col(name).drop_nulls().n_unique().alias(name) for name in fields),
            pl.col("line").last(),
        )
        .filter(pl.any_horizontal(pl.col(name) > 1 for name in fields))
        .sort("line")
    )
    for code, line in several.select("code", "line").iter_rows():
        message = "Plusieurs lignes décrivent ce client autrement : la dernière compte."
        findings.add(Issue("told_twice", message, line, found=code, severity="warning"))


def _say_kept(kept: pl.DataFrame, rows: pl.DataFrame, findings: Findings) -> None:
    lines = rows.group_by("code").agg(pl.col("line").last())
    for code, field, found, line in kept.join(lines, on="code").sort("line", "field").iter_rows():
        said = f"{KEPT[field]} (client {code})"
        label = FIELDS[field].label
        findings.add(Issue(f"{field}_kept", said, line, label, found, severity="warning"))


def _contacts(rows: pl.DataFrame) -> Iterator[tuple[int, dict[str, str | None]]]:
    names = list(rules.OF_CONTACT.values())
    for customer_id, *said in rows.select("customer_id", *names).iter_rows():
        yield customer_id, dict(zip(rules.OF_CONTACT, said, strict=True))


def _terms_unknown(text: str, line: int) -> Issue:
    return Issue(
        "terms_unknown",
        "Ces conditions de règlement ne sont pas dans vos réglages : laissées.",
        line,
        FIELDS["payment_terms"].label,
        text,
        "le code ou le nom de conditions existantes",
        "warning",
    )
