"""Whose a row is: its code, else a customer of that name, else the name itself, else nobody."""

from __future__ import annotations

import polars as pl

from encours.imports.actions.writing import Place
from encours.imports.rules.customers import UNKNOWN, UNKNOWN_NAME
from encours.imports.rules.derived import CUSTOMERS
from encours.imports.rules.findings import Findings
from encours.kernel.issue import Issue
from encours.parties import bulk as parties
from encours.parties.rules import plain

CODE_MAX = 60


class Directory:
    """The creditor's customers by name, read when a file has no codes."""

    def __init__(self, place: Place) -> None:
        """Remember whose."""
        self._place = place
        self._codes: dict[str, str] | None = None

    def code_of(self, name: str) -> str:
        """Return the code of the only customer of that name, else a code made of it."""
        if self._codes is None:
            self._codes = {}
            twice = set()
            known = parties.customer_names(**self._place.owner)
            for code, known_name in known.iter_rows():
                word = plain(known_name)
                twice.update({word} & self._codes.keys())
                self._codes[word] = code
            for word in twice:
                del self._codes[word]
        word = plain(name)
        return self._codes.get(word, word[:CODE_MAX] or name[:CODE_MAX])


def resolved(
    rows: pl.DataFrame, names: Directory, currency: str, findings: Findings
) -> pl.DataFrame:
    """Give every row a customer code and a currency."""
    nameless = rows.filter(pl.col("customer_code").is_null())
    spoken = nameless["customer_name"].drop_nulls().unique()
    codes = {name: names.code_of(name) for name in spoken}
    unknown = nameless.filter(pl.col("customer_name").is_null())
    if unknown.height:
        findings.add(_of_nobody(unknown.height, int(unknown["line"][0])))
    rows = rows.with_columns(
        customer_code=pl.coalesce(
            "customer_code",
            pl.col("customer_name").replace_strict(codes, default=None, return_dtype=pl.String)
            if codes
            else pl.lit(None, pl.String),
            pl.lit(UNKNOWN),
        )
    )
    is_known = pl.col("currency").str.contains(r"^[A-Z]{3}$").fill_null(value=False)
    odd = rows.filter(~is_known & pl.col("currency").is_not_null())
    if odd.height:
        findings.add(_odd_currency(odd, currency))
    return rows.with_columns(
        currency=pl.when(is_known).then("currency").otherwise(pl.lit(currency))
    )


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the customers of rows, with the name written last."""
    is_nobody = pl.col("code") == UNKNOWN
    return (
        rows.group_by(code="customer_code")
        .agg(name=pl.col("customer_name").drop_nulls().last())
        .with_columns(
            name=pl.when(is_nobody)
            .then(pl.lit(UNKNOWN_NAME))
            .otherwise(pl.coalesce("name", "code")),
            account=pl.lit(""),
            identified_by=pl.when(is_nobody).then(pl.lit("none")).otherwise(pl.lit("aux")),
            needs_confirmation=is_nobody,
        )
        .sort("code")
        .select(pl.col(name).cast(kind) for name, kind in CUSTOMERS.items())
    )


def _of_nobody(number: int, line: int) -> Issue:
    return Issue(
        code="customer_unknown",
        message=f"{number} lignes ne nomment aucun client : elles sont portées au compte "
        f"« {UNKNOWN_NAME} ».",
        line=line,
        severity="warning",
    )


def _odd_currency(odd: pl.DataFrame, currency: str) -> Issue:
    return Issue(
        code="currency_unknown",
        message=f"{odd.height} lignes ont une devise illisible : prises en {currency}.",
        line=int(odd["line"][0]),
        found=str(odd["currency"][0]),
        expected="code ISO, par exemple EUR",
        severity="warning",
    )
