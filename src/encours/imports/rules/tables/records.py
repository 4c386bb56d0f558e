"""Cells of a list of customers, read: what cannot be is left aside with a word, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl
from stdnum import iban as iban_number
from stdnum.fr import siren as siren_number

from encours.imports.rules.findings import Findings
from encours.imports.rules.tables import amounts, days
from encours.imports.rules.tables.fields import FIELDS, OF_MANDATE
from encours.imports.rules.tables.mapping import TableMapping
from encours.kernel.issue import Issue
from encours.kernel.money import decimal_text
from encours.parties import rules as parties

CODE_MAX: Final = 60
_WHOLE: Final = r"^(\d+)\.0+$"


@dataclass(frozen=True, slots=True)
class _Cell:
    """How one field is read: to what column, by what (nothing: unreadable), up to what width."""

    column: str
    width: int
    read: Callable[[str], str] = str
    code: str = "unreadable"
    message: str = ""
    expected: str = ""
    whole: Callable[[pl.Series, TableMapping], pl.Series] | None = None
    """Reads a column at once, where one cell does not say it: the decimal mark, the day's order."""


def _cents(texts: pl.Series, mapping: TableMapping) -> pl.Series:
    marks = mapping.decimals or amounts.decimals_of(texts)
    cents = amounts.to_cents(texts, marks)["cents"]
    return cents.set(cents < 0, None).cast(pl.String)


def _days(texts: pl.Series, mapping: TableMapping) -> pl.Series:
    return days.to_days(texts, mapping.order or days.order_of(texts)).cast(pl.String)


def _currency(text: str) -> str:
    return text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else ""


def _siren(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits if siren_number.is_valid(digits) else ""


def _siret(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return _siren(digits[:9]) if len(digits) == 14 else ""  # noqa: PLR2004 - SIREN and NIC


def _iban(text: str) -> str:
    written = iban_number.compact(text).upper()
    return written if iban_number.is_valid(written) else ""


def _vat(text: str) -> str:
    return re.sub(r"[\s.\-]", "", text).upper()


def _email(text: str) -> str:
    written = text.removeprefix("mailto:")
    return written if parties.is_email(written) else ""


CELLS: Final[Mapping[str, _Cell]] = {
    "customer_code": _Cell("code", CODE_MAX),
    "customer_name": _Cell("name", 200),
    "siren": _Cell("siren", 9, _siren, "siren_invalid", "SIREN invalide : laissé.", "9 chiffres"),
    "siret": _Cell(
        "siret_siren", 9, _siret, "siret_invalid", "SIRET invalide : laissé.", "14 chiffres"
    ),
    "vat_number": _Cell("vat_number", 20, _vat),
    "iban": _Cell("iban", 34, _iban, "iban_invalid", "IBAN invalide : laissé.", "FR76…"),
    "debtor_class": _Cell(
        "debtor_class",
        10,
        parties.class_of,
        "class_unknown",
        "Type de client non compris : laissé.",
        "entreprise, particulier, public ou étranger",
    ),
    "address_line1": _Cell("address_line1", 70),
    "address_line2": _Cell("address_line2", 70),
    "postcode": _Cell("postcode", 16),
    "city": _Cell("city", 35),
    "country": _Cell(
        "country", 2, parties.country_of, "country_unknown", "Pays non reconnu : laissé.", "FR"
    ),
    "language": _Cell(
        "language",
        5,
        parties.language_of,
        "language_unknown",
        "Langue non reconnue : laissée.",
        "fr ou en",
    ),
    "salesperson": _Cell("salesperson_name", 80),
    "payment_terms": _Cell("terms", 200),
    "payment_method": _Cell("payment_method", 20),
    "note": _Cell("note", 10_000),
    "contact_name": _Cell("contact_name", 120),
    "role": _Cell("contact_role", 20, parties.role_of),
    "email": _Cell(
        "contact_email",
        254,
        _email,
        "email_invalid",
        "Adresse e-mail invalide : laissée.",
        "nom@domaine.fr",
    ),
    "phone": _Cell("contact_phone", 30),
    "currency": _Cell(
        "currency", 3, _currency, "currency_unknown", "Devise non comprise : laissée.", "EUR"
    ),
    "credit_limit": _Cell(
        "credit_limit",
        20,
        str,
        "limit_unreadable",
        "Limite de crédit illisible : laissée.",
        "un montant positif",
        _cents,
    ),
    "bic": _Cell("bic", 11),
    "mandate_reference": _Cell("mandate_reference", 60),
    "mandate_signed_on": _Cell(
        "mandate_signed_on",
        10,
        str,
        "date_unreadable",
        "Date illisible : laissée.",
        "31/12/2026",
        _days,
    ),
    "mandate_scheme": _Cell("mandate_scheme", 40),
    "lre_consent_on": _Cell(
        "lre_consent_on",
        10,
        str,
        "date_unreadable",
        "Date illisible : laissée.",
        "31/12/2026",
        _days,
    ),
    "lre_consent_source": _Cell("lre_consent_source", 200),
}
OF_CONTACT: Final = {
    "name": "contact_name", "role": "contact_role", "email": "contact_email",
    "phone": "contact_phone",
}  # fmt: skip
FIELD_OF: Final = {cell.column: name for name, cell in CELLS.items()} | {
    "terms_id": "payment_terms"
}
"""Our field by the column that keeps it."""
RECORDS: Final = {
    "line": pl.UInt32,
    **{cell.column: pl.String for cell in CELLS.values()},
}
"""A row as read: text or null, beside the columns of the tenant's own fields."""


def read_cells(cells: pl.DataFrame, mapping: TableMapping, findings: Findings) -> pl.DataFrame:
    """Return the rows of a block as RECORDS, then the own fields; each distinct text is read once.

    `cells` has `line` and a column of text by field of ours.
    """
    labels = mapping.columns
    read = {"line": cells["line"]}
    for name, cell in CELLS.items():
        if name in cells.columns:
            label = labels.get(name, FIELDS[name].label)
            known = cell if cell.whole is None else _known(cells[name], cell, mapping)
            read[cell.column] = _read(cells.select("line", name), known, label, findings)
        else:
            read[cell.column] = pl.Series([None], dtype=pl.String).new_from_index(0, len(cells))
    own = [one for one in cells.columns if one.startswith("custom.")]
    frame = pl.DataFrame(read).select(pl.col(n).cast(kind) for n, kind in RECORDS.items())
    frame = frame.with_columns(siren=pl.coalesce("siren", "siret_siren"))
    return frame.hstack(cells.select(own))


def as_shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as people read them: a limit in euros and cents."""
    said = {text: decimal_text(int(text)) for text in rows["credit_limit"].drop_nulls().unique()}
    return rows.with_columns(pl.col("credit_limit").replace(said)) if said else rows


def of_nobody(rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Leave out the rows that name no customer, with an error each."""
    lost = rows.filter(pl.col("code").is_null() & pl.col("name").is_null())
    shown = lost["line"].head(findings.room("customer_missing"))
    for line in shown:
        findings.add(Issue("customer_missing", "Ni code ni nom de client : ligne laissée.", line))
    findings.count("customer_missing", lost.height - len(shown), "error")
    return rows.filter(pl.col("code").is_not_null() | pl.col("name").is_not_null())


def homeless(names: Mapping[str, str]) -> list[Issue]:
    """Say which columns mean nothing, since none gives the reference of the mandate."""
    if "mandate_reference" in names:
        return []
    return [
        Issue(
            "no_mandate",
            f"Sans la référence (RUM) du mandat, {what} ne dit rien : colonne laissée de côté.",
            column=names[name],
            severity="info",
        )
        for name, what in OF_MANDATE.items()
        if name in names
    ]


def _known(cells: pl.Series, cell: _Cell, mapping: TableMapping) -> _Cell:
    """Return how a column is read whose cells are read together."""
    assert cell.whole is not None
    texts = _plain(cells).drop_nulls().unique()
    read = dict(zip(texts, cell.whole(texts, mapping), strict=True))
    return replace(cell, read=lambda text: read.get(text) or "")


def _plain(cells: pl.Series) -> pl.Series:
    return cells.str.replace(_WHOLE, "$1").str.replace_all(r"\s+", " ").str.strip_chars()


def _read(cells: pl.DataFrame, cell: _Cell, label: str, findings: Findings) -> pl.Series:
    name = cells.columns[1]
    text = _plain(cells[name])
    kept: dict[str, str | None] = {}
    wrong: dict[str, str] = {}
    for written in text.drop_nulls().unique():
        value = cell.read(written)
        if len(value) > cell.width:
            wrong[written] = f"Plus de {cell.width} caractères : laissé."
        elif written and not value:
            wrong[written] = cell.message
        kept[written] = value if written not in wrong and value else None
    if wrong:
        _say(pl.DataFrame({"line": cells["line"], "text": text}), wrong, cell, label, findings)
    return text.replace_strict(kept, default=None, return_dtype=pl.String)


def _say(
    cells: pl.DataFrame, wrong: Mapping[str, str], cell: _Cell, label: str, findings: Findings
) -> None:
    bad = cells.filter(pl.col("text").is_in(list(wrong)))
    is_long = pl.col("text").replace_strict(
        {text: said != cell.message for text, said in wrong.items()}, default=False
    )
    for code, some in (("too_long", bad.filter(is_long)), (cell.code, bad.filter(~is_long))):
        shown = some.head(findings.room(code))
        for line, text in shown.iter_rows():
            expected = str(cell.width) if code == "too_long" else cell.expected
            findings.add(Issue(code, wrong[text], line, label, text[:200], expected, "warning"))
        findings.count(code, some.height - shown.height, "warning")
