"""Who sells to each customer: the person of the tenant that a list names, else just a name."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.imports.actions.writing import Place
from encours.imports.rules.findings import Findings
from encours.imports.rules.tables.fields import FIELDS
from encours.kernel.issue import Issue
from encours.parties.rules import plain
from encours.tenancy.queries import people

UNKNOWN: Final = (
    "Ce commercial n'a pas d'accès ici, ou ce nom est celui de plusieurs : seul son nom est noté."
)


def with_salespeople(rows: pl.DataFrame, place: Place, findings: Findings) -> pl.DataFrame:
    """Add `salesperson_id`: the person of this e-mail address, or the only one of this name.

    An address is kept as the person's name; a name that nobody bears stays as it is written.
    """
    said = rows["salesperson_name"].drop_nulls().unique()
    if said.is_empty():
        return rows.with_columns(salesperson_id=pl.lit(None, pl.Int64))
    by_word: dict[str, set[int]] = {}
    names: dict[int, str] = {}
    for user_id, name, email in people.known(place.tenant_id, place.creditor_id):
        names[user_id] = name
        turned = " ".join(reversed(name.split(maxsplit=1)))
        for word in {plain(name), plain(turned), email.casefold()}:
            by_word.setdefault(word, set()).add(user_id)
    found: dict[str, int] = {}
    for text in said:
        met = by_word.get(text.casefold() if "@" in text else plain(text), set())
        if len(met) == 1:
            found[text] = next(iter(met))
    unknown = rows.filter(
        pl.col("salesperson_name").is_not_null() & ~pl.col("salesperson_name").is_in(list(found))
    )
    firsts = unknown.group_by("salesperson_name").agg(pl.col("line").min()).sort("line")
    for text, line in firsts.iter_rows():
        label = FIELDS["salesperson"].label
        findings.add(Issue("salesperson_unknown", UNKNOWN, line, label, text, severity="info"))
    shown = {text: names[user_id] for text, user_id in found.items() if "@" in text}
    column = pl.col("salesperson_name")
    ids = column.replace_strict(found, default=None, return_dtype=pl.Int64)
    return rows.with_columns(
        salesperson_id=ids if found else pl.lit(None, pl.Int64),
        salesperson_name=column.replace(shown) if shown else column,
    )
