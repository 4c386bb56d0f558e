"""Which invoice a file proves: the number found in its name, else in its text; longest wins.

Numbers are compared by their letters and digits alone (`FA-2026/001` is `FA2026001`). Frames: what
a file says is `file` (its position), `token`, `from_name`; invoices are `invoice_id`, `number`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

import polars as pl

LENGTH_MIN: Final = 4
LENGTH_MAX: Final = 35
WORDS_MAX: Final = 5
TOKENS_MAX: Final = 20_000
_WORD: Final = re.compile(r"[A-Z0-9]+")
TOKENS: Final = {"file": pl.Int64, "token": pl.String, "from_name": pl.Boolean}


def tokens(text: str) -> frozenset[str]:
    """Return every run of neighbouring words that could be a document number."""
    return frozenset(islice(_runs(_WORD.findall(text.upper())), TOKENS_MAX))


def _runs(words: list[str]) -> Iterator[str]:
    for start in range(len(words)):
        joined = ""
        for word in words[start : start + WORDS_MAX]:
            joined += word
            if len(joined) > LENGTH_MAX:
                break
            if len(joined) >= LENGTH_MIN and any(char.isdigit() for char in joined):
                yield joined


def known(invoices: pl.DataFrame) -> pl.DataFrame:
    """Return the invoices whose number can be told in a text, with its `token`; asked once."""
    return invoices.with_columns(
        pl.col("number").str.to_uppercase().str.replace_all("[^A-Z0-9]", "").alias("token")
    ).filter(
        (pl.col("token").str.len_chars() >= LENGTH_MIN) & pl.col("token").str.contains("[0-9]")
    )


def matches(said: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Return the invoices each file may prove: one row is an answer, several are a question.

    The name of a file counts before its text; among the numbers found the longest wins, so that
    `FA-2026-0012` is never taken for `2026-001`. `numbers` is what `known` gave.
    """
    return (
        said.join(numbers, on="token", how="inner")
        .with_columns(length=pl.col("token").str.len_chars())
        .filter(pl.col("from_name") == pl.col("from_name").max().over("file"))
        .filter(pl.col("length") == pl.col("length").max().over("file"))
        .select("file", "invoice_id", "number")
        .unique()
        .sort("file", "invoice_id")
    )
