"""A contacts file as people fill it: columns by any usual name, problems gathered, never raised.

What a ledger export lacks: who to write to. One row is one contact of one customer.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stdnum.fr import siren as siren_number

from encours.kernel.issue import Issue

TEMPLATE_COLUMNS: Final = (
    "code", "nom", "interlocuteur", "fonction", "e-mail", "téléphone", "adresse", "complément",
    "code postal", "ville", "pays", "langue", "siren", "tva",
)  # fmt: skip
TEMPLATE_ROW: Final = (
    "DUPONT", "Dupont SARL", "Claire Martin", "Comptabilité fournisseurs",
    "compta@dupont.example", "01 99 00 12 34", "12 rue des Lilas", "", "75011", "Paris", "FR",
    "fr", "", "",
)  # fmt: skip
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "codeclient", "compte", "compteauxiliaire", "compauxnum", "codetiers"),
    "name": ("nom", "raisonsociale", "client", "nomclient", "nomduclient", "societe", "name"),
    "contact": ("interlocuteur", "contact", "nomducontact", "nomcontact", "prenometnom"),
    "role": ("fonction", "role", "service", "poste"),
    "email": ("email", "mail", "courriel", "adresseemail", "adressemail", "mel"),
    "phone": ("telephone", "tel", "phone", "portable", "mobile"),
    "address_line1": ("adresse", "adresse1", "rue", "address", "addressline1"),
    "address_line2": ("complement", "adresse2", "complementdadresse", "addressline2"),
    "postcode": ("codepostal", "cp", "postcode", "zip"),
    "city": ("ville", "city", "localite"),
    "country": ("pays", "country", "codepays"),
    "language": ("langue", "language"),
    "siren": ("siren",),
    "vat_number": ("tva", "numerotva", "ntva", "tvaintracommunautaire", "vatnumber", "vat"),
}
WIDTHS: Final = {
    "code": 60, "name": 200, "contact": 120, "role": 200, "email": 254, "phone": 30,
    "address_line1": 70, "address_line2": 70, "postcode": 16, "city": 35, "country": 2,
    "language": 5, "siren": 9, "vat_number": 20,
}  # fmt: skip
ROLES: Final = (
    ("billing", r"compta|factur|fournisseur|reglement|tresor|administrat|financ|\bdaf\b|billing"),
    ("management", r"gerant|direct|president|dirigeant|\bpdg\b|associe"),
    ("purchasing", r"achat|achet|approvision"),
    ("legal", r"juridique|avocat|contentieux"),
    ("sales", r"commercial|vente"),
)
CLASSES: Final = {
    "foreign": r"etranger|foreign|export|hors france|intracom",
    "public": r"publi[cq]|administration|collectivite|mairie|\b(?:etat|b2g|apu)\b|hopital",
    "consumer": r"particulier|consommateur|consumer|personne physique|\b(?:b2c|individual)\b",
    "business": r"entreprise|professionnel|societe|business|company|personne morale"
    r"|\b(?:pro|b2b)\b",
}
COUNTRIES: Final = {
    "FRANCE": "FR", "BELGIQUE": "BE", "BELGIUM": "BE", "LUXEMBOURG": "LU", "SUISSE": "CH",
    "ALLEMAGNE": "DE", "GERMANY": "DE", "ESPAGNE": "ES", "SPAIN": "ES", "ITALIE": "IT",
    "ITALY": "IT", "ROYAUME UNI": "GB", "PAYS BAS": "NL", "PORTUGAL": "PT", "MONACO": "MC",
}  # fmt: skip
_EMAIL: Final = re.compile(r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}$")
_LANGUAGES: Final = {"fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en"}
DELIMITERS: Final = ";\t,|"


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One row of the file, cleaned; empty where nothing usable was written."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """Return a cell by our name of its column."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class ContactsFile:
    """What a file says, and what is wrong with it."""

    rows: tuple[ContactLine, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(slots=True)
class _Row:
    """A row being read: its problems are gathered beside it."""

    line: int
    values: dict[str, str]
    issues: list[Issue] = field(default_factory=list)

    def doubt(self, code: str, column: str, message: str, expected: str = "") -> None:
        """Set a cell aside with a warning."""
        found = self.values.pop(column, "")
        self.issues.append(
            Issue(code, message, self.line, column, found, expected, severity="warning")
        )


def template() -> str:
    """Return the file to fill: French headers, semicolons, one example."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        (TEMPLATE_COLUMNS, TEMPLATE_ROW)
    )
    return out.getvalue()


def read_contacts(content: bytes) -> ContactsFile:
    """Read a CSV file or what was pasted from a spreadsheet; encoding and separator are found."""
    text = _text(content)
    lines = text.splitlines()
    header = next((line for line in lines if line.strip(DELIMITERS + " ")), "")
    delimiter = max(DELIMITERS, key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as problem:
        return ContactsFile(issues=(_unreadable(f"Fichier illisible : {problem}", ""),))
    start = next((number for number, cells in enumerate(rows) if any(map(str.strip, cells))), None)
    if start is None:
        return ContactsFile(issues=(_unreadable("Le fichier est vide.", ""),))
    columns = _columns(rows[start])
    if not {"code", "name"} & columns.keys():
        message = "Aucune colonne « code » ni « nom » : à qui sont ces interlocuteurs ?"
        return ContactsFile(issues=(_unreadable(message, header),))
    found: list[ContactLine] = []
    issues: list[Issue] = []
    for number, cells in enumerate(rows[start + 1 :], start=start + 2):
        if any(cell.strip() for cell in cells):
            row = _read_row(number, cells, columns)
            issues += row.issues
            if row.values.keys() & {"code", "name"}:
                found.append(ContactLine(row.line, row.values))
    return ContactsFile(tuple(found), tuple(issues))


def plain(text: str) -> str:
    """Return a name as it is compared: no accents, no punctuation, capitals."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9]+", " ", ascii_text).upper().split())


def role_of(text: str) -> str:
    """Return our role for a function written freely; nobody's function is billing's."""
    words = plain(text).lower()
    if not words:
        return "billing"
    return next((role for role, pattern in ROLES if re.search(pattern, words)), "other")


def country_of(text: str) -> str:
    """Return the ISO code of a country written in words or letters; nothing when not known."""
    words = plain(text)
    code = COUNTRIES.get(words, words)
    return code if re.fullmatch(r"[A-Z]{2}", code) else ""


def language_of(text: str) -> str:
    """Return the language that we write in; nothing when it is none of them."""
    return _LANGUAGES.get(plain(text).lower(), "")


def class_of(text: str) -> str:
    """Return the class of debtor that a word of an export names; nothing when none, or two."""
    words = plain(text).lower()
    found = [one for one, pattern in CLASSES.items() if re.search(pattern, words)]
    return found[0] if found[:1] == ["foreign"] or len(found) == 1 else ""


def is_email(text: str) -> bool:
    """Say whether a text looks like one e-mail address."""
    return bool(_EMAIL.match(text)) and len(text) <= WIDTHS["email"]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return content.decode("iso-8859-15").replace("\x00", "")


def _columns(header: Sequence[str]) -> dict[str, int]:
    titles = [plain(title).replace(" ", "").lower() for title in header]
    return {
        name: titles.index(known)
        for name, aliases in COLUMNS.items()
        for known in aliases[::-1]
        if known in titles
    }


def _read_row(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> _Row:
    values = {
        name: " ".join(cells[position].split())
        for name, position in columns.items()
        if position < len(cells) and cells[position].strip()
    }
    row = _Row(number, values)
    for check in (_check_country, _check_email, _check_language, _check_siren, _check_widths):
        check(row)
    if not row.values.keys() & {"code", "name"}:
        row.doubt("contact_of_nobody", "code", "Ni code ni nom de client : ligne laissée.")
    return row


def _check_country(row: _Row) -> None:
    written = row.values.get("country", "")
    if not written:
        return
    if code := country_of(written):
        row.values["country"] = code
    else:
        row.doubt("country_unknown", "country", "Pays non reconnu : laissé.", "FR")


def _check_email(row: _Row) -> None:
    written = row.values.get("email", "").removeprefix("mailto:")
    if not written:
        return
    if is_email(written):
        row.values["email"] = written
    else:
        row.doubt("email_invalid", "email", "Adresse e-mail invalide : laissée.", "nom@domaine.fr")


def _check_language(row: _Row) -> None:
    written = row.values.get("language", "")
    if not written:
        return
    if code := language_of(written):
        row.values["language"] = code
    else:
        row.doubt("language_unknown", "language", "Langue non reconnue : laissée.", "fr ou en")


def _check_siren(row: _Row) -> None:
    written = re.sub(r"\s", "", row.values.get("siren", ""))
    if not written:
        return
    if siren_number.is_valid(written):
        row.values["siren"] = written
    else:
        row.doubt("siren_invalid", "siren", "SIREN invalide : laissé.", "9 chiffres")


def _check_widths(row: _Row) -> None:
    for name, width in WIDTHS.items():
        if len(row.values.get(name, "")) > width:
            row.doubt("too_long", name, f"Plus de {width} caractères : laissé.", f"{width}")


def _unreadable(message: str, found: str) -> Issue:
    return Issue("contacts_unreadable", message, line=1, found=found, expected="; ".join(
        TEMPLATE_COLUMNS[:5]
    ))  # fmt: skip


def unknown_customer(row: ContactLine, *, is_ambiguous: bool) -> Issue:
    """Return the warning for a row whose customer is not known, or could be several."""
    message = (
        "Plusieurs clients portent ce nom : indiquez le code."
        if is_ambiguous
        else "Client inconnu : ligne laissée."
    )
    column = "code" if row["code"] else "name"
    code = "customer_ambiguous" if is_ambiguous else "customer_unknown"
    return Issue(code, message, row.line, column, row[column], severity="warning")


def matches(rows: Sequence[ContactLine], known: Sequence[tuple[int, str, str]]) -> Matched:
    """Find the customer of each row by code, else by name; `known` is id, code, name."""
    by_code = {plain(code): pk for pk, code, _ in known}
    by_name: dict[str, set[int]] = {}
    for pk, _, name in known:
        by_name.setdefault(plain(name), set()).add(pk)
    found: list[tuple[int, ContactLine]] = []
    issues: list[Issue] = []
    for row in rows:
        same = by_name.get(plain(row["name"]), set())
        if row["code"]:
            same = {by_code[plain(row["code"])]} if plain(row["code"]) in by_code else set()
        if len(same) == 1:
            found.append((next(iter(same)), row))
        else:
            issues.append(unknown_customer(row, is_ambiguous=bool(same)))
    return Matched(tuple(found), tuple(issues))


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows with the id of their customer, and the rows that have none."""

    rows: tuple[tuple[int, ContactLine], ...]
    issues: tuple[Issue, ...]

    def __iter__(self) -> Iterator[tuple[int, ContactLine]]:
        return iter(self.rows)
