"""Amounts and dates of a FEC block: typed at once, the odd ones read with a warning.

LPF art. A47 A-1: comma decimal, no thousands separator, sign first or last; dates AAAAMMJJ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from encours.imports.readers.fec_columns import OFFICIAL
from encours.imports.rules.findings import Findings
from encours.imports.rules.ledger import TYPED_LINES
from encours.kernel.issue import Issue, Severity

_EXACT: Final = pl.Decimal(18, 4)
_TEXTS: Final = (
    "journal",
    "journal_label",
    "entry_number",
    "account",
    "account_label",
    "aux",
    "aux_label",
    "piece",
    "label",
    "letter",
    "currency",
)
_YEARS: Final = (date(1950, 1, 1), date(2099, 12, 31))
_NO_DAY: Final = r"^[0\s/.-]*$|^19000101$|^18991230$"
_SPACES: Final = r"[\s\u00a0\u202f\u2009'’€\"]"


@dataclass(frozen=True, slots=True)
class Oddity:
    """What to say of some cells of a column."""

    code: str
    severity: Severity
    expected: str
    message: str


_DOT: Final = Oddity(
    "amount_dot", "warning", "1234,56", "Point décimal au lieu de la virgule ; montant lu."
)
_FORMAT: Final = Oddity(
    "amount_format", "warning", "1234,56", "Montant écrit autrement que la loi le veut ; lu."
)
_SUB_CENT: Final = Oddity(
    "amount_sub_cent", "warning", "1234,56", "Plus de deux décimales ; arrondi au centime."
)
_NO_AMOUNT: Final = Oddity("amount_unreadable", "error", "1234,56", "Montant illisible.")
_NO_SIDE: Final = Oddity("side_unreadable", "error", "D ou C", "Sens illisible.")
_DATE_FORMAT: Final = Oddity(
    "date_format", "warning", "AAAAMMJJ", "Date écrite autrement que AAAAMMJJ ; lue."
)
_NO_DATE: Final = Oddity("date_unreadable", "error", "AAAAMMJJ", "Date d'écriture illisible.")
_NO_OTHER_DATE: Final = Oddity(
    "date_ignored", "warning", "AAAAMMJJ", "Date illisible ; la ligne est lue sans elle."
)
_NO_FOREIGN: Final = Oddity(
    "foreign_ignored", "warning", "1234,56", "Montant en devise illisible ; ignoré."
)
_NO_ACCOUNT: Final = Oddity("account_missing", "error", "411…", "Numéro de compte absent.")


def type_block(raw: pl.DataFrame, findings: Findings, *, iso: bool = False) -> pl.DataFrame:
    """Return a block of `TYPED_LINES` from cells as text, trimmed, empty ones null.

    `iso` where the format itself writes dates and decimals the international way (XML).
    """
    cells = _Cells(raw, findings, iso=iso)
    debit, credit = cells.debit_and_credit()
    entry_on = cells.dates("entry_on", _NO_DATE)
    account = cells.text("account")
    cells.say(account.is_null(), "account", _NO_ACCOUNT)
    typed = {
        "line": raw["line"],
        **{name: cells.text(name) for name in _TEXTS},
        "entry_on": entry_on,
        "piece_on": cells.dates("piece_on", _NO_OTHER_DATE),
        "lettered_on": cells.dates("lettered_on", _NO_OTHER_DATE),
        "due_on": cells.dates("due_on", _NO_OTHER_DATE),
        "foreign_cents": cells.amounts("foreign", _NO_FOREIGN),
        "debit": debit.fill_null(0),
        "credit": credit.fill_null(0),
        "bad": debit.is_null()
        | credit.is_null()
        | entry_on.is_null()
        | account.is_null()
        | cells.damaged(),
    }
    return pl.DataFrame({name: typed[name] for name in TYPED_LINES}, schema=TYPED_LINES)


class _Cells:
    """The columns of one block, read one after the other."""

    def __init__(self, raw: pl.DataFrame, findings: Findings, *, iso: bool) -> None:
        self._raw = raw
        self._findings = findings
        self._iso = iso

    def text(self, name: str) -> pl.Series:
        """Return a column of text, all null where the file has none."""
        if name in self._raw.columns:
            return self._raw[name]
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(self._raw))

    def damaged(self) -> pl.Series:
        """Say which lines were wrongly cut, and said so already."""
        if "damaged" in self._raw.columns:
            return self._raw["damaged"].fill_null(value=False)
        return pl.repeat(False, len(self._raw), dtype=pl.Boolean, eager=True)

    def debit_and_credit(self) -> tuple[pl.Series, pl.Series]:
        """Return both sides in cents, null where unreadable; blank is nothing."""
        if "debit" in self._raw.columns:
            return (
                self._or_zero("debit", self.amounts("debit", _NO_AMOUNT)),
                self._or_zero("credit", self.amounts("credit", _NO_AMOUNT)),
            )
        amount = self._or_zero("amount", self.amounts("amount", _NO_AMOUNT))
        side = self.text("side").str.to_uppercase().str.slice(0, 2)
        is_debit = side.is_in(["D", "DE", "+1", "1", "+"])
        is_credit = side.is_in(["C", "CR", "-1", "-"])
        self.say(~(is_debit | is_credit).fill_null(value=False), "side", _NO_SIDE)
        sides = pl.DataFrame({"amount": amount, "d": is_debit, "c": is_credit}).select(
            debit=pl.when("d").then("amount").when("c").then(pl.col("amount") * 0),
            credit=pl.when("c").then("amount").when("d").then(pl.col("amount") * 0),
        )
        return sides["debit"], sides["credit"]

    def _or_zero(self, name: str, cents: pl.Series) -> pl.Series:
        blank = self.text(name).is_null()
        return cents.zip_with(~blank, pl.zeros(len(cents), dtype=pl.Int64, eager=True))

    def amounts(self, name: str, unreadable: Oddity) -> pl.Series:
        """Return a column in cents, null where blank or unreadable."""
        text = self.text(name)
        if text.null_count() == len(text):
            return pl.Series(name, [None], dtype=pl.Int64).new_from_index(0, len(text))
        units, odd, dotted = self._units(text)
        if odd is not None:
            read = (_odd_amounts(text.set(~odd, None)) * 10_000).cast(pl.Int64)
            units = read.zip_with(odd, units)
            self.say(odd & units.is_null(), name, unreadable)
            self.say(odd & ~(units.is_null() | _sign_last(text)), name, _FORMAT)
        if dotted is not None and not self._iso:
            self.say(dotted & ~odd if odd is not None else dotted, name, _DOT)
        if name != "foreign" and (units % 100).max() not in (0, None):
            self.say((units % 100 != 0).fill_null(value=False), name, _SUB_CENT)
        amount = pl.col("units")
        cents = pl.when(amount >= 0).then((amount + 50) // 100).otherwise(-((50 - amount) // 100))
        return pl.DataFrame({"units": units}).select(cents).to_series()

    @staticmethod
    def _units(text: pl.Series) -> tuple[pl.Series, pl.Series | None, pl.Series | None]:
        """Read plain numbers, in ten-thousandths; say which cells are odd, which have a dot."""
        cell = pl.col("text")
        exact = cell.str.replace(",", ".", literal=True).cast(_EXACT, strict=False)
        seen = pl.DataFrame({"text": text}).select(
            units=(exact * 10_000).cast(pl.Int64),
            dotted=cell.str.contains(".", literal=True).fill_null(value=False),
            powers=cell.str.contains("e", literal=True) | cell.str.contains("E", literal=True),
        )
        units, dotted = seen["units"], seen["dotted"]
        has_powers = bool(seen["powers"].any())
        odd = None
        if has_powers or units.null_count() != text.null_count():
            odd = (units.is_null() & text.is_not_null()) | seen["powers"].fill_null(value=False)
        return units, odd, dotted if dotted.any() else None

    def dates(self, name: str, unreadable: Oddity) -> pl.Series:
        """Return a column of dates, null where blank or unreadable."""
        text = self.text(name)
        if text.null_count() == len(text):
            if unreadable.severity == "error":
                self.say(text.is_null(), name, unreadable)
            return pl.Series(name, [None], dtype=pl.Date).new_from_index(0, len(text))
        pattern = "%Y-%m-%d" if self._iso else "%Y%m%d"
        day = text.str.to_date(pattern, strict=False)
        fits = (text.str.len_bytes() == (10 if self._iso else 8)) & day.is_between(*_YEARS)
        odd = ~fits.fill_null(value=False) & text.is_not_null()
        if odd.any():
            known = text.filter(odd).unique()
            read = {found: read_date(found) for found in known}
            day = text.replace_strict(read, default=None, return_dtype=pl.Date).zip_with(odd, day)
            blank = text.str.contains(_NO_DAY)
            self.say(odd & day.is_null() & ~blank, name, unreadable)
            self.say(odd & day.is_not_null(), name, _DATE_FORMAT)
        if unreadable.severity == "error":
            self.say(text.is_null(), name, unreadable)
        return day

    def say(self, where: pl.Series, name: str, oddity: Oddity) -> None:
        """Gather one issue per cell concerned, as far as there is room for them."""
        number = int(where.sum())
        if not number:
            return
        room = self._findings.room(oddity.code)
        found = self.text(name).fill_null("")
        shown = pl.DataFrame({"line": self._raw["line"], "found": found}).filter(where).head(room)
        for line, text in shown.iter_rows():
            self._findings.add(
                Issue(
                    code=oddity.code,
                    message=oddity.message,
                    line=line,
                    column=OFFICIAL[name],
                    found=text,
                    expected=oddity.expected,
                    severity=oddity.severity,
                )
            )
        self._findings.count(oddity.code, number - len(shown), oddity.severity)


def _sign_last(text: pl.Series) -> pl.Series:
    """Say where only the sign stands last, which the law allows."""
    return text.str.contains(r"^\d+(,\d*)?[+-]$").fill_null(value=False)


def _odd_amounts(text: pl.Series) -> pl.Series:
    """Read what is not a plain number: spaces, thousands separators, sign last, parentheses."""
    bare = (
        text.str.replace_all(_SPACES, "")
        .str.replace(r"^\((.+)\)$", "-$1")
        .str.replace(r"^(\d[\d.,]*)([+-])$", "$2$1")
        .str.replace(r"^([+-]?\d{1,3}(?:\.\d{3})+)(,\d*)?$", "$1\u0001$2")
        .str.replace(r"^([+-]?\d{1,3}(?:,\d{3})+)(\.\d*)$", "$1\u0002$2")
    )
    french = bare.str.contains("\u0001", literal=True)
    english = bare.str.contains("\u0002", literal=True)
    bare = bare.zip_with(~french, bare.str.replace_all(".", "", literal=True))
    bare = bare.zip_with(~english, bare.str.replace_all(",", "", literal=True))
    bare = bare.str.replace_all("[\u0001\u0002]", "").str.replace(",", ".", literal=True)
    plain = bare.str.contains(r"^[+-]?(\d+\.?\d*|\.\d+)$")
    return bare.set(~plain.fill_null(value=False), None).cast(_EXACT, strict=False)


_Parts = Callable[[re.Match[str]], tuple[str, str, str]]
_SHAPES: Final[tuple[tuple[re.Pattern[str], _Parts], ...]] = (
    (re.compile(r"^(\d{4})(\d{2})(\d{2})$"), lambda at: (at[1], at[2], at[3])),
    (re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$"), lambda at: (at[1], at[2], at[3])),
    (re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$"), lambda at: (at[3], at[2], at[1])),
    (re.compile(r"^(\d{2})(\d{2})(\d{4})$"), lambda at: (at[3], at[2], at[1])),
    (
        re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})$"),
        lambda at: (f"20{at[3]}", at[2], at[1]),
    ),
)
_TIME: Final = re.compile(r"[T\s]+\d{1,2}:?\d{2}.*$")


def read_date(text: str) -> date | None:
    """Read a date in one of the usual wrong shapes, or return None.

    No shape is ambiguous with another: JJMMAAAA read as AAAAMMJJ would have a month of 19 or 20.
    Day and month are never swapped: 03/25/2024 stays unreadable.
    """
    bare = _TIME.sub("", text.strip().strip('"'))
    for shape, parts in _SHAPES:
        match = shape.match(bare)
        if match is None:
            continue
        try:
            day = date(*(int(part) for part in parts(match)))
        except ValueError:
            continue
        if _YEARS[0] <= day <= _YEARS[1]:
            return day
    return None
