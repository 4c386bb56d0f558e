"""Letters: which customer lines were settled together, told apart when a letter served twice.

A letter belongs to one customer and one account. It takes effect at the latest entry date of its
group; DateLet only says when somebody recorded it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from encours.kernel.issue import Issue
from encours.kernel.money import french_text

_PAIR: Final = 2
_LETTER: Final = ["customer", "account_no", "letter"]


def with_groups(lines: pl.DataFrame) -> pl.DataFrame:
    """Add `group` (null where no letter): the lines lettered together.

    A letter used again over the year is split where DateLet splits it into balanced parts, then
    wherever the running balance of the days comes back to zero. A letter that only balances over
    several accounts of its customer (411 and 413 say) is one group.
    """
    keyed = lines.with_columns(
        group=pl.when(pl.col("letter").is_not_null()).then(pl.struct(_LETTER).hash())
    )
    keyed = _split_by_lettering_date(keyed)
    keyed = _split_by_days(keyed)
    return _joined_over_accounts(keyed)


def sums_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Return per group: sum, number of lines, latest entry date and latest lettering date."""
    return (
        lines.filter(pl.col("group").is_not_null())
        .group_by("group")
        .agg(
            pl.col("amount").sum().alias("sum"),
            pl.len().alias("number"),
            pl.col("entry_on").max().alias("latest_on"),
            pl.col("lettered_on").max(),
        )
    )


def _regrouped(lines: pl.DataFrame, new: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Replace the group of the lines that `new` (on…, new_group) names."""
    if new.is_empty():
        return lines
    return (
        lines.join(new, on=on, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(group=pl.coalesce("new_group", "group"))
        .drop("new_group")
    )


def _split_by_lettering_date(lines: pl.DataFrame) -> pl.DataFrame:
    """Split the groups whose every lettering date balances by itself."""
    dates = (
        lines.filter(pl.col("group").is_not_null())
        .group_by("group", "lettered_on")
        .agg(pl.col("amount").sum())
    )
    several = (
        dates.group_by("group")
        .agg(number=pl.len(), apart=(pl.col("amount") == 0).all())
        .filter((pl.col("number") > 1) & pl.col("apart"))
    )
    new = dates.join(several.select("group"), on="group", how="semi").select(
        "group", "lettered_on", new_group=pl.struct("group", "lettered_on").hash()
    )
    return _regrouped(lines, new, ["group", "lettered_on"])


def _split_by_days(lines: pl.DataFrame) -> pl.DataFrame:
    """Split the groups whose balance returns to zero at the end of some day before the last.

    A payment that comes back opens the same group again: no split before it.
    """
    large = (
        lines.filter(pl.col("group").is_not_null())
        .group_by("group")
        .agg(number=pl.len())
        .filter(pl.col("number") > _PAIR)
    )
    days = (
        lines.join(large.select("group"), on="group", how="semi")
        .group_by("group", "entry_on")
        .agg(
            pl.col("amount").sum(),
            reopens=(pl.col("kind") == "returned_payment").all(),
        )
        .sort("group", "entry_on")
        .with_columns(run=pl.col("amount").cum_sum().over("group"))
        .with_columns(ended=(pl.col("run") == 0).shift().over("group").fill_null(value=False))
        .with_columns(section=(pl.col("ended") & ~pl.col("reopens")).cum_sum().over("group"))
    )
    new = days.filter(pl.col("section") > 0).select(
        "group", "entry_on", new_group=pl.struct("group", "section").hash()
    )
    return _regrouped(lines, new, ["group", "entry_on"])


def _joined_over_accounts(lines: pl.DataFrame) -> pl.DataFrame:
    """Join the groups of one letter that only balance over several accounts of a customer."""
    uneven = sums_of(lines).filter(pl.col("sum") != 0).select("group")
    if uneven.is_empty():
        return lines
    loose = lines.join(uneven, on="group", how="semi")
    over = (
        loose.group_by("customer", "letter")
        .agg(pl.col("amount").sum(), accounts=pl.col("account_no").n_unique())
        .filter((pl.col("amount") == 0) & (pl.col("accounts") > 1))
    )
    new = (
        loose.join(over, on=["customer", "letter"], how="semi")
        .select("group", new_group=pl.struct("customer", "letter").hash())
        .unique()
    )
    return _regrouped(lines, new, ["group"])


def uneven(lines: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Return the groups that do not balance: customer, account_no, letter, amount, line."""
    keys = pl.col("customer", "account_no", "letter").first()
    return (
        lines.join(sums.filter(pl.col("sum") != 0).select("group"), on="group", how="semi")
        .group_by("group")
        .agg(keys, pl.col("amount").sum(), pl.col("line").min())
        .drop("group")
    )


def uneven_issues(
    loose: pl.DataFrame, customers: pl.DataFrame, accounts: pl.DataFrame
) -> Iterator[Issue]:
    """Yield an info for each letter that does not balance, or only does over several customers."""
    named = loose.join(customers.select("customer", "code"), on="customer", how="left").join(
        accounts, on="account_no", how="left"
    )
    across = (
        named.group_by("account", "letter")
        .agg(
            pl.col("amount").sum(),
            codes=pl.col("code").unique().sort(),
            line=pl.col("line").min(),
        )
        .filter((pl.col("codes").list.len() > 1) & (pl.col("amount") == 0))
        .sort("line")
    )
    for row in across.iter_rows(named=True):
        yield Issue(
            code="letter_across_customers",
            message="Cette lettre ne s'équilibre qu'entre plusieurs clients : "
            f"{', '.join(row['codes'][:4])} ; leurs soldes restent à chacun.",
            line=row["line"],
            column="EcritureLet",
            found=row["letter"],
            severity="info",
        )
    alone = named.join(across, on=["account", "letter"], how="anti").sort("line")
    for row in alone.iter_rows(named=True):
        yield Issue(
            code="letter_partial",
            message=f"Lettrage partiel du client {row['code']} : "
            f"reste {french_text(row['amount'])}.",
            line=row["line"],
            column="EcritureLet",
            found=row["letter"],
            severity="info",
        )
