"""Opens a table with the mapping that fits: given, saved for its headings, or surely proposed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from encours.imports.actions.tables.applying import read_table
from encours.imports.actions.tables.importing import Incoming
from encours.imports.actions.tables.mappings import UnusableMapping, mark_used, usable
from encours.imports.actions.tables.own_fields import labels_of
from encours.imports.actions.tables.reading import NO_HEADER, OpenSheet, open_sheet
from encours.imports.actions.tables.records import read_records
from encours.imports.ports import Progress, Unreadable
from encours.imports.queries import mappings as saved
from encours.imports.queries.mappings import SavedMapping
from encours.imports.rules.tables.mapping import Meaning, TableMapping, from_json
from encours.kernel.issue import Issue
from encours.tenancy.scope import in_tenant


class Unsure(Exception):
    """A table whose columns a person must look at first; `issues` say what is not sure."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        """Keep what is not sure."""
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


def read(
    path: Path,
    *,
    tenant_id: int,
    creditor_id: int,
    name: str = "",
    mapping: dict[str, Any] | None = None,
    meaning: Meaning | None = None,
    sheet: str = "",
    header: int | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
    today: date,
) -> Incoming:
    """Read a table for `importing.import_table`; outside any transaction.

    Without a mapping, the one saved for its headings, else the proposal when it is sure. Raises
    Unsure when it is not, Unreadable on what is no table, UnusableMapping on a mapping that does
    not fit the file.
    """
    given = usable(mapping) if mapping else None
    chosen = sheet or (given.sheet if given else "")
    line = given.header if given and header is None else header
    opening: dict[str, Any] = {"name": name, "sheet": chosen, "progress": progress}
    try:
        table = open_sheet(path, **opening, header=line)
    except Unreadable as unreadable:
        if unreadable.issue.code != NO_HEADER.code or line is not None:
            raise
        table = open_sheet(path, **opening, header=0)
    own: dict[str, str] = {}
    if given is None:
        with in_tenant(tenant_id):
            given, table = _known(table, tenant_id, creditor_id, meaning)
            own = labels_of(tenant_id=tenant_id)
    if given is None and table.chosen_line == 0 and line is None:
        raise Unreadable(NO_HEADER)
    if given is None:
        proposal = table.proposal(meaning, own)
        if not proposal.is_sure:
            raise Unsure(tuple(_doubt(said) for said in proposal.doubts))
        given = proposal.mapping
    _assert_fits(given, table)
    if given.meaning == "master":
        return read_records(path, table, given, today=today)
    return read_table(path, table, given, as_of=as_of, today=today)


def _known(
    table: OpenSheet, tenant_id: int, creditor_id: int, meaning: Meaning | None
) -> tuple[TableMapping | None, OpenSheet]:
    """Return the mapping saved for these headings, and the sheet read with its headings."""
    found, table = recognised(table, tenant_id=tenant_id, creditor_id=creditor_id)
    if found is None or meaning not in (None, found.definition.get("meaning")):
        return None, table
    mark_used(tenant_id=tenant_id, mapping_id=found.id)
    return from_json(found.definition), table


def recognised(
    table: OpenSheet, *, tenant_id: int, creditor_id: int
) -> tuple[SavedMapping | None, OpenSheet]:
    """Find the mapping saved for a table: by its headings, or by those of the line it says."""
    known = saved.mappings(tenant_id=tenant_id, creditor_id=creditor_id)
    for one in known:
        line = one.definition.get("header") or None
        placed = table if line is None else table.with_header(line)
        if placed is not None and placed.signature == one.signature:
            return one, placed
    return None, table


def _assert_fits(mapping: TableMapping, table: OpenSheet) -> None:
    absent = [label for label in mapping.columns.values() if label not in table.labels]
    if absent:
        named = ", ".join(f"« {label} »" for label in absent[:5])
        raise UnusableMapping(f"Ce fichier n'a pas de colonne {named}.")


def _doubt(said: str) -> Issue:
    return Issue(
        code="mapping_unsure",
        message=said,
        expected="une correspondance des colonnes (--mapping)",
    )
