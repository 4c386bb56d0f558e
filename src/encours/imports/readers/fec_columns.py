"""Which column of a FEC is which, whatever its spelling (LPF art. A47 A-1, VII)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from encours.kernel.issue import Issue

OFFICIAL: Final[Mapping[str, str]] = {
    "journal": "JournalCode",
    "journal_label": "JournalLib",
    "entry_number": "EcritureNum",
    "entry_on": "EcritureDate",
    "account": "CompteNum",
    "account_label": "CompteLib",
    "aux": "CompAuxNum",
    "aux_label": "CompAuxLib",
    "piece": "PieceRef",
    "piece_on": "PieceDate",
    "label": "EcritureLib",
    "debit": "Debit",
    "credit": "Credit",
    "letter": "EcritureLet",
    "lettered_on": "DateLet",
    "valid_on": "ValidDate",
    "foreign": "Montantdevise",
    "currency": "Idevise",
    "amount": "Montant",
    "side": "Sens",
    "due_on": "DateEcheance",
}
"""Our name of each column and the one of the decree; the last is no part of it but is met."""

ORDER: Final = tuple(OFFICIAL)[:18]
ESSENTIAL: Final = ("journal", "entry_number", "entry_on", "account")
_ALIASES: Final[Mapping[str, str]] = {
    "codejournal": "journal",
    "codejnl": "journal",
    "journal": "journal",
    "journallibelle": "journal_label",
    "libellejournal": "journal_label",
    "numecriture": "entry_number",
    "ecriturenumero": "entry_number",
    "numeroecriture": "entry_number",
    "dateecriture": "entry_on",
    "numcompte": "account",
    "comptenumero": "account",
    "numerocompte": "account",
    "libellecompte": "account_label",
    "comptelibelle": "account_label",
    "compteauxnum": "aux",
    "compteauxiliaire": "aux",
    "numcompteaux": "aux",
    "compteauxlib": "aux_label",
    "libellecompteaux": "aux_label",
    "refpiece": "piece",
    "piecereference": "piece",
    "datepiece": "piece_on",
    "libelleecriture": "label",
    "ecriturelibelle": "label",
    "montantdebit": "debit",
    "montantcredit": "credit",
    "lettrage": "letter",
    "ecriturelettrage": "letter",
    "datelettrage": "lettered_on",
    "datevalid": "valid_on",
    "validationdate": "valid_on",
    "datevalidation": "valid_on",
    "montantendevise": "foreign",
    "devisemontant": "foreign",
    "iddevise": "currency",
    "devise": "currency",
    "deviseid": "currency",
    "identifiantdevise": "currency",
    "echeance": "due_on",
    "echeancedate": "due_on",
    "dateech": "due_on",
}
_NAMES: Final[Mapping[str, str]] = {
    **{official.lower(): name for name, official in OFFICIAL.items()},
    **_ALIASES,
}


def plain(text: str) -> str:
    """Return a header without case, accents, spaces or punctuation."""
    letters = unicodedata.normalize("NFKD", text.strip().strip('"')).casefold()
    return re.sub(r"[^a-z0-9]", "", letters.encode("ascii", "ignore").decode())


def named(cells: Sequence[str]) -> dict[str, int]:
    """Return the position of each column that is recognised; the first of a name wins."""
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        name = _NAMES.get(plain(cell))
        if name is not None:
            found.setdefault(name, position)
    return found


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands, and how many fields a line has."""

    positions: Mapping[str, int]
    header: tuple[str, ...]
    issues: tuple[Issue, ...]

    @property
    def is_readable(self) -> bool:
        """Say whether nothing essential is missing."""
        return not any(issue.severity == "error" for issue in self.issues)


def columns_of(cells: Sequence[str]) -> Columns:
    """Read a header line; what is missing or out of order is an issue, essential or not."""
    positions = named(cells)
    issues = [_missing(name, "error") for name in ESSENTIAL if name not in positions]
    has_amounts = {"debit", "credit"} <= positions.keys() or {"amount", "side"} <= positions.keys()
    if not has_amounts:
        issues.append(_missing("debit", "error", "Debit et Credit, ou Montant et Sens"))
    paid_by_side = "amount" in positions and "debit" not in positions
    optional = [name for name in ORDER if name not in (*ESSENTIAL, "debit", "credit")]
    issues += [_missing(name, "warning") for name in optional if name not in positions]
    expected = [name for name in ORDER if name in positions or paid_by_side]
    met = sorted((name for name in ORDER if name in positions), key=lambda name: positions[name])
    if met != [name for name in expected if name in positions]:
        issues.append(
            Issue(
                code="columns_order",
                message="Les colonnes ne sont pas dans l'ordre de l'article A47 A-1 ; "
                "elles sont lues par leur nom.",
                line=1,
                found=", ".join(cell.strip() for cell in cells),
                severity="warning",
            )
        )
    return Columns(positions, tuple(cell.strip() for cell in cells), tuple(issues))


def without_header(fields: int) -> Columns:
    """Return the columns of the decree, in order, for a file that starts without a header."""
    missing = Issue(
        code="header_missing",
        message="Pas de ligne d'en-tête : les colonnes sont lues dans l'ordre de la loi.",
        line=1,
        expected="JournalCode, JournalLib, EcritureNum…",
        severity="warning",
    )
    return Columns({name: at for at, name in enumerate(ORDER)}, ("",) * fields, (missing,))


def _missing(name: str, severity: str, expected: str = "") -> Issue:
    official = expected or OFFICIAL[name]
    consequence = (
        "le fichier ne peut pas être lu sans elle."
        if severity == "error"
        else "le reste est lu sans elle."
    )
    return Issue(
        code="column_missing",
        message=f"Colonne absente : {official} ; {consequence}",
        line=1,
        column=OFFICIAL[name],
        expected=official,
        severity="error" if severity == "error" else "warning",
    )
