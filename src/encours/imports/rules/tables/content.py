"""What a column holds, from its cells: days, amounts, SIREN, IBAN, e-mail, sides, currencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren, siret

from encours.imports.rules.tables.amounts import LIKE_AMOUNT, Decimals, decimals_of
from encours.imports.rules.tables.days import NO_DAY, DayOrder, order_of, read_day
from encours.imports.rules.tables.fields import Holds

SAMPLE: Final = 2_000
CHECKED: Final = 60
MOSTLY: Final = 0.8
_LIKE_DAY: Final = (
    r"(?i)^\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}(?:[T ].*)?$|^\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}(?: .*)?$"
    r"|^(?:19|20)\d{6}(?:\.0)?$|^[0-3]\d[01]\d(?:19|20)\d{2}$"
    r"|^\d{1,2}(?:er)?[-/. ]+[a-zéû]{3,9}\.?[-/., ]+\d{2,4}$|^[a-z]{3,9}\.? \d{1,2},? \d{4}$"
)
_SERIAL: Final = r"^[2-6]\d{4}(?:\.0)?$"
_EMAIL: Final = r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}$"
_SIDE: Final = r"(?i)^(?:d|c|s|h|db|cr|dr|d[eé]bit|cr[eé]dit)$"
_CODES: Final = r"^[A-Z]{3}$|^[€$£]$"
_CURRENCIES: Final = frozenset(
    (
        *(
            "EUR",
            "USD",
            "GBP",
            "CHF",
            "CAD",
            "JPY",
            "CNY",
            "MAD",
            "TND",
            "DZD",
            "XOF",
            "XAF",
            "XPF",
        ),
        *("SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "AUD", "€", "$", "£"),
    )
)


@dataclass(frozen=True, slots=True)
class Content:
    """What the cells of one column are: shares from 0 to 1 of those that are not blank."""

    filled: float
    days: float = 0.0
    serials: float = 0.0
    amounts: float = 0.0
    negative: float = 0.0
    wide: float = 0.0
    distinct: float = 0.0
    kinds: Mapping[Holds, float] = ()  # type: ignore[assignment]
    order: DayOrder | None = None
    decimals: Decimals | None = None
    examples: tuple[str, ...] = ()

    def holds(self, what: Holds) -> float:
        """Say how well the cells fit what a field holds, from 0 to 1; a blank column fits all."""
        if not self.filled:
            return 1.0
        if what == "day":
            return max(self.days, self.serials)
        if what == "amount":
            return self.amounts
        if what in ("text", "code"):
            return 1.0
        return dict(self.kinds).get(what, 0.0)


def content_of(cells: pl.Series) -> Content:
    """Look at a sample of a column's cells, as text."""
    known = cells.drop_nulls()
    if known.is_empty():
        return Content(filled=0.0)
    sample = known.sample(SAMPLE, seed=1) if len(known) > SAMPLE else known
    frame = pl.DataFrame({"text": sample})
    text = pl.col("text")
    day = text.str.contains(_LIKE_DAY) | text.str.contains(NO_DAY)
    shares = frame.select(
        days=day.mean(),
        serials=text.str.contains(_SERIAL).mean(),
        amounts=text.str.contains(LIKE_AMOUNT).mean(),
        negative=(text.str.contains(r"^[(-]|-$") & text.str.contains(LIKE_AMOUNT)).mean(),
        wide=text.str.contains(r"[A-Za-zÀ-ÿ]{2,}.* |[a-zà-ÿ]{3,}").mean(),
        email=text.str.contains(_EMAIL).mean(),
        side=text.str.contains(_SIDE).mean(),
        currency=(text.str.contains(_CODES) & text.is_in(list(_CURRENCIES))).mean(),
    ).row(0, named=True)
    return Content(
        filled=len(known) / max(len(cells), 1),
        days=_believed_days(sample, shares["days"]),
        serials=shares["serials"],
        amounts=shares["amounts"],
        negative=shares["negative"],
        wide=shares["wide"],
        distinct=sample.n_unique() / len(sample),
        kinds={
            "email": shares["email"],
            "side": shares["side"],
            "currency": shares["currency"],
            **_identifiers(sample),
        },
        order=order_of(known) if shares["days"] >= MOSTLY else None,
        decimals=decimals_of(known) if shares["amounts"] >= MOSTLY else None,
        examples=tuple(known.unique(maintain_order=True).head(3)),
    )


def _believed_days(sample: pl.Series, share: float) -> float:
    """Believe what looks like days only where they are in the calendar."""
    if share < MOSTLY:
        return share
    some = sample.unique(maintain_order=True).head(CHECKED)
    order = order_of(some)
    real = sum(read_day(text, order) is not None for text in some)
    return share * real / len(some) if real else 0.0


def _identifiers(sample: pl.Series) -> dict[Holds, float]:
    """Check numbers by their key, on some cells: nothing else has one by chance."""
    some = [text.replace(" ", "") for text in sample.head(CHECKED)]
    number = len(some)
    return {
        "siren": sum(len(one) == 9 and siren.is_valid(one) for one in some) / number,  # noqa: PLR2004
        "siret": sum(len(one) == 14 and siret.is_valid(one) for one in some) / number,  # noqa: PLR2004
        "vat": sum(one[:2].isalpha() and vat.is_valid(one) for one in some) / number,
        "iban": sum(one[:2].isalpha() and iban.is_valid(one) for one in some) / number,
    }
