"""Customers that may be one: same SIREN, VAT number or IBAN, same name, or names that look alike.

Nothing is merged by a rule: each pair comes with its reasons, a person decides. A whole ledger is
compared by blocks of names that share a rare word, their beginning or their end, so that the work
stays near linear in customers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl
from rapidfuzz import fuzz

from encours.receivables.rules.classes import LEGAL_FORMS, words_of

CUSTOMERS: Final = pl.Schema(
    {
        "customer_id": pl.Int64,
        "creditor_id": pl.Int64,
        "name": pl.String,
        "siren": pl.String,  # "" when unknown, as the next three
        "vat_number": pl.String,
        "iban": pl.String,
        "postcode": pl.String,
    }
)
"""What is compared; customers already merged are left out by the caller."""

PAIRS: Final = pl.Schema(
    {
        "customer_id": pl.Int64(),
        "other_id": pl.Int64(),  # always the greater id of the two
        "reasons": pl.List(pl.String()),  # of REASONS, the strongest first
        "score": pl.Int64(),  # out of 100: how sure
    }
)
REASONS: Final = {"siren": 100, "vat": 98, "iban": 95, "name": 88, "alike": 80}
"""What two customers share, and how sure it makes us."""

OTHER_TOWN: Final = 15
"""What a different postcode takes off a resemblance of names only."""

ALIKE_MIN: Final = 90
BLOCK_MAX: Final = 60
SHORT: Final = 4
_SMALL_WORDS: Final = frozenset(
    ["ET", "DE", "DU", "DES", "LA", "LE", "LES", "L", "D", "EN", "AU", "AUX", "THE", "AND", "OF"]
)
_TITLES: Final = frozenset(
    ["M", "MR", "MM", "MME", "MMES", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE"]
)
_COMPANY_WORDS: Final = frozenset(
    ["STE", "SOCIETE", "ETS", "ETABLISSEMENT", "ETABLISSEMENTS", "CIE", "COMPAGNIE", "GROUPE"]
)
_INITIALS: Final = re.compile(r"\b(?:[A-Z] ){1,5}[A-Z]\b")
_LEFT_OUT: Final = LEGAL_FORMS | _SMALL_WORDS | _TITLES | _COMPANY_WORDS


def plain_name(name: str) -> str:
    """Return what makes a name itself: words in order of the alphabet, forms and titles left out.

    `S.A.R.L. Ets Dupont & Fils`, `DUPONT ET FILS SARL` and `Dupont Fils` are one. A name that is
    nothing but such words keeps them.
    """
    joined = _INITIALS.sub(lambda found: found[0].replace(" ", ""), words_of(name))
    words = joined.split()
    kept = [word for word in words if word not in _LEFT_OUT]
    return " ".join(sorted(kept or words))


def duplicates(customers: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of customers of one creditor that may be one: `PAIRS`, the surest first.

    Reads `CUSTOMERS`. Two known SIRENs that differ are two companies, whatever their names.
    """
    known = _keyed(customers)
    found = pl.concat([*_same_keys(known), _same_names(known), _alike(known)])
    apart = ("creditor_id", "siren_key", "postcode")
    mine = known.select("customer_id", *apart)
    theirs = mine.rename({name: f"other_{name.removeprefix('customer_')}" for name in mine.columns})
    by_name = pl.col("reason").is_in(["name", "alike"])
    both_siren = (pl.col("siren_key") != "") & (pl.col("other_siren_key") != "")
    moved = (pl.col("postcode") != pl.col("other_postcode")) & (
        (pl.col("postcode") != "") & (pl.col("other_postcode") != "")
    )
    return (
        found.join(mine, on="customer_id")
        .join(theirs, on="other_id")
        .filter(pl.col("creditor_id") == pl.col("other_creditor_id"))
        .filter(~(both_siren & (pl.col("siren_key") != pl.col("other_siren_key"))))
        .with_columns(
            score=pl.col("score") - pl.when(by_name & moved).then(OTHER_TOWN).otherwise(0)
        )
        .sort("score", "reason", descending=[True, False])
        .group_by("customer_id", "other_id", maintain_order=True)
        .agg(pl.col("reason").alias("reasons"), pl.col("score").max())
        .sort("score", "customer_id", "other_id", descending=[True, False, False])
        .select(pl.col(name).cast(kind) for name, kind in PAIRS.items())
    )


def same_company(customers: pl.DataFrame) -> pl.DataFrame:
    """Return customers of several creditors that are one company: customer_id, siren.

    One company that buys from several of the group's entities: one exposure, not a duplicate.
    """
    known = _keyed(customers).filter(pl.col("siren_key") != "")
    shared = known.filter(pl.col("creditor_id").n_unique().over("siren_key") > 1)
    return shared.select("customer_id", siren="siren_key").sort("siren", "customer_id")


def siren_of(siren: str, vat_number: str) -> str:
    """Return the SIREN, or the one inside a French VAT number; nothing when neither says it."""
    if siren:
        return siren
    plain = re.sub(r"[^0-9A-Z]", "", vat_number.upper())
    inside = plain[4:]
    is_french = plain.startswith("FR") and len(inside) == 9 and inside.isdecimal()  # noqa: PLR2004
    return inside if is_french else ""


def _keyed(customers: pl.DataFrame) -> pl.DataFrame:
    """Add the keys that are compared: `siren_key`, `vat_key`, `iban_key`, `plain`."""
    numbers = zip(customers["siren"], customers["vat_number"], strict=True)
    sirens = [siren_of(siren or "", vat or "") for siren, vat in numbers]
    plain = [plain_name(name or "") for name in customers["name"]]
    return customers.with_columns(
        pl.Series("siren_key", sirens, dtype=pl.String),
        pl.col("vat_number").str.to_uppercase().str.replace_all("[^0-9A-Z]", "").alias("vat_key"),
        pl.col("iban").str.to_uppercase().str.replace_all("[^0-9A-Z]", "").alias("iban_key"),
        pl.Series("plain", plain, dtype=pl.String),
    )


def _same_keys(known: pl.DataFrame) -> Iterable[pl.DataFrame]:
    for reason in ("siren", "vat", "iban"):
        column = f"{reason}_key"
        yield _with_first(known.filter(pl.col(column) != ""), column, reason)


def _same_names(known: pl.DataFrame) -> pl.DataFrame:
    return _with_first(known.filter(pl.col("plain") != ""), "plain", "name")


def _with_first(rows: pl.DataFrame, column: str, reason: str) -> pl.DataFrame:
    """Pair each row with the oldest of its creditor that has the same key: n - 1 pairs, not n²."""
    first = pl.col("customer_id").min().over("creditor_id", column)
    return (
        rows.select(customer_id=first, other_id="customer_id")
        .filter(pl.col("customer_id") != pl.col("other_id"))
        .with_columns(reason=pl.lit(reason), score=pl.lit(REASONS[reason], pl.Int64))
    )


def _alike(known: pl.DataFrame) -> pl.DataFrame:
    """Pair the names that differ by a letter or two: each spelling once, by its oldest customer."""
    names = known.filter(pl.col("plain").str.len_chars() >= SHORT)
    names = names.group_by("creditor_id", "plain").agg(pl.col("customer_id").min())
    blocks = _blocks(names)
    pairs = (
        blocks.join(blocks, on=("creditor_id", "block"), suffix="_other")
        .filter(pl.col("customer_id") < pl.col("customer_id_other"))
        .unique(("customer_id", "customer_id_other"))
        .sort("customer_id", "customer_id_other")
    )
    close = [
        (one, other, score)
        for one, other, first, second in pairs.select(
            "customer_id", "customer_id_other", "plain", "plain_other"
        ).iter_rows()
        if (score := fuzz.ratio(first, second, score_cutoff=ALIKE_MIN))
        and _same_figures(first, second)
    ]
    schema = {"customer_id": pl.Int64, "other_id": pl.Int64, "likeness": pl.Float64}
    found = pl.DataFrame(close, schema=schema, orient="row")
    return found.select(
        "customer_id",
        "other_id",
        reason=pl.lit("alike"),
        score=(pl.col("likeness") * REASONS["alike"] / 100).cast(pl.Int64),
    )


def _blocks(names: pl.DataFrame) -> pl.DataFrame:
    """Return each name under the blocks it belongs to; a block too large tells nothing."""
    compact = pl.col("plain").str.replace_all(" ", "", literal=True)
    keys = pl.concat_list(
        pl.col("plain")
        .str.split(" ")
        .list.eval(pl.element().filter(pl.element().str.len_chars() >= SHORT)),
        pl.concat_str(pl.lit("^"), compact.str.head(SHORT)),
        pl.concat_str(compact.str.tail(SHORT), pl.lit("$")),
    )
    blocks = names.with_columns(block=keys).explode("block").unique(("customer_id", "block"))
    return blocks.filter(pl.len().over("creditor_id", "block") <= BLOCK_MAX)


def _same_figures(first: str, second: str) -> bool:
    """Say whether the numbers in two names agree: shop 12 is not shop 13."""
    figures = re.compile(r"\d+")
    return figures.findall(first) == figures.findall(second)
