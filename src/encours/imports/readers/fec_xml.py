"""The XML FEC: rows streamed to the same cells as the delimited one (LPF art. A47 A-1, VI).

`comptabilite / exercice / journal / ecriture / ligne`: what stands in a journal or an entry
holds for its lines. Entities and network are closed; nothing is kept of what was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

import polars as pl
from lxml import etree

from encours.imports.readers.fec_columns import OFFICIAL, named
from encours.imports.rules.findings import Findings
from encours.kernel.issue import Issue

ROWS_PER_BLOCK: Final = 50_000
_LEVELS: Final = ("exercice", "journal", "ecriture", "ligne")
_NAMES: Final = [name for name in OFFICIAL if name != "valid_on"]


class XmlRows:
    """The rows of an XML FEC, as blocks of text cells."""

    def __init__(self, findings: Findings) -> None:
        """Start outside any journal."""
        self._findings = findings
        self._held: dict[str, dict[str, str]] = {level: {} for level in _LEVELS}
        self.columns: set[str] = set()

    def blocks(self, stream: BinaryIO) -> Iterator[pl.DataFrame]:
        """Yield blocks of rows; a break in the XML is an issue, what came before is kept."""
        rows: list[dict[str, str | int]] = []
        try:
            for row in self._rows(stream):
                rows.append(row)
                if len(rows) >= ROWS_PER_BLOCK:
                    yield self._frame(rows)
                    rows = []
        except etree.XMLSyntaxError as broken:
            self._findings.add(
                Issue(
                    code="xml_broken",
                    message="Le XML est mal formé ou tronqué ; la suite n'a pas pu être lue.",
                    line=broken.lineno or 0,
                    found=str(broken.msg or ""),
                )
            )
        if rows:
            yield self._frame(rows)

    def _rows(self, stream: BinaryIO) -> Iterator[dict[str, str | int]]:
        parser = etree.iterparse(
            stream,
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in parser:
            level = _local(element.tag)
            if event == "start":
                if level in _LEVELS:
                    self._held[level] = {}
                continue
            if level == "ligne":
                yield self._row(element.sourceline or 0)
            elif level not in _LEVELS:
                self._hold(element, level)
            element.clear(keep_tail=False)
            _forget_elders(element)

    def _hold(self, element: etree._Element, tag: str) -> None:
        """Keep a leaf's text at the level of its parent."""
        parent = element.getparent()
        holder = _local(parent.tag) if parent is not None else ""
        name = next(iter(named([tag])), None)
        if name and holder in self._held:
            self._held[holder][name] = (element.text or "").strip()
            self.columns.add(name)

    def _row(self, line: int) -> dict[str, str | int]:
        row: dict[str, str | int] = {"line": line}
        for level in _LEVELS:
            row.update(self._held[level])
        return row

    def _frame(self, rows: list[dict[str, str | int]]) -> pl.DataFrame:
        schema = {"line": pl.UInt32, **dict.fromkeys(_NAMES, pl.String)}
        frame = pl.DataFrame(rows, schema=schema)
        amounts = {"amount", "side"} if "amount" in self.columns else {"debit", "credit"}
        absent = {"debit", "credit", "amount", "side"} - amounts
        return frame.drop(absent).with_columns(pl.col(pl.String).replace("", None))


def _local(tag: object) -> str:
    """Return a tag without its namespace, in lower case."""
    return str(tag).rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _forget_elders(element: etree._Element) -> None:
    """Drop what was read before this element, so that memory stays bounded."""
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
