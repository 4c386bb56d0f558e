"""The tenant's own fields that a table's columns go to: of a row's customer, of its invoice."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.attributes import queries
from encours.attributes.actions import values
from encours.attributes.rules import SUBJECTS, Field, Subject
from encours.imports.actions.writing import Place
from encours.imports.rules.customers import UNKNOWN
from encours.imports.rules.findings import Findings
from encours.imports.rules.tables.fields import CUSTOM_PREFIX
from encours.imports.rules.tables.mapping import TableMapping
from encours.kernel.issue import Issue

OURS: Final = ("line", "key")
"""Names of the frame that is read: no field of these codes can be."""


def labels_of(*, tenant_id: int) -> dict[str, str]:
    """Return the tenant's own fields in use, label by code."""
    return {
        one.code: one.label
        for subject in SUBJECTS
        for one in queries.fields(tenant_id=tenant_id, subject=subject)
    }


class OwnFields:
    """What columns mapped to `custom.<code>` say, written part by part.

    A code that customers and invoices both have is said of both.
    """

    def __init__(self, place: Place, mapping: TableMapping, findings: Findings) -> None:
        """Find the fields; a code that is no field in use is told, and left aside."""
        self._place, self._findings = place, findings
        codes = set(mapping.own_fields)
        self._fields: dict[Subject, dict[str, Field]] = {}
        for subject in SUBJECTS if codes else ():
            known = queries.fields(tenant_id=place.tenant_id, subject=subject)
            self._fields[subject] = {
                one.code: one for one in known if one.code in codes and one.code not in OURS
            }
        for code in sorted(codes.difference(*self._fields.values())):
            findings.add(_unknown(code))

    def take(self, rows: pl.DataFrame, invoices: pl.DataFrame) -> None:
        """Write what some rows say; `invoices`: the first line of each, and its `key`."""
        customers = rows.select("line", key="customer_code").filter(pl.col("key") != UNKNOWN)
        keys: dict[Subject, pl.DataFrame] = {"customer": customers, "invoice": invoices}
        for subject, fields in self._fields.items():
            if fields and not rows.is_empty():
                self._say(subject, fields, rows.join(keys[subject], on="line"))

    def _say(self, subject: Subject, fields: dict[str, Field], rows: pl.DataFrame) -> None:
        cells = rows.select(
            "line", "key", *(pl.col(f"{CUSTOM_PREFIX}{code}").alias(code) for code in fields)
        )
        read, issues = values.read_columns(cells, fields)
        self._findings.extend(issues)
        values.take(read, **self._place.owner, subject=subject, batch_id=self._place.batch_id)


def _unknown(code: str) -> Issue:
    return Issue(
        code="custom_unknown",
        message=f"Aucun de vos champs n'a le code « {code} » : la colonne est laissée de côté.",
        found=code,
        severity="warning",
    )
