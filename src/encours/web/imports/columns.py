"""The columns of a table: what each one is; the first rows are read again at each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from encours.attributes import queries as attributes
from encours.attributes.rules import SUBJECTS
from encours.imports import jobs
from encours.imports.actions import tables, uploads
from encours.imports.actions.tables import Description
from encours.imports.actions.tables.describing import ShownRow
from encours.imports.queries.history import PastImport
from encours.imports.rules.tables import headings
from encours.imports.rules.tables.fields import CUSTOM_PREFIX, FIELDS
from encours.imports.rules.tables.mapping import MEANINGS
from encours.imports.rules.tables.proposal import Column
from encours.imports.rules.tables.rows import CENTS, DAYS
from encours.kernel.money import parse_cents
from encours.kernel.refusal import Refusal
from encours.web import formats
from encours.web.answers import fragment, telling
from encours.web.imports.ledger_files import import_or_404
from encours.web.ledger import words
from encours.web.rights import StaffRequest, needs
from encours.web.wording import Text

WAITING: Final = ("mapping", "previewed", "refused")
NAME_MAX: Final = 80
SURE, LIKELY = 90, 70
GROUPS: Final[Mapping[str, Text]] = {
    "customer": lazy("Le client"),
    "document": lazy("La pièce"),
    "amount": lazy("Les montants"),
    "master": lazy("La fiche du client"),
}
ASKED: Final[Mapping[str, tuple[Text, Text]]] = {
    "open_items": (
        lazy("Ce qui reste dû"),
        lazy("La liste des factures non réglées à une date : ce qui n'y est plus est réglé."),
    ),
    "movements": (
        lazy("Des factures et des règlements"),
        lazy("Ce qui s'est passé : chaque ligne s'ajoute à ce qui est connu."),
    ),
    "master": (
        lazy("Des fiches de clients"),
        lazy("Noms, SIREN, adresses, conditions, interlocuteurs : une case vide n'efface rien."),
    ),
}
PREFERENCES: Final[Mapping[str, tuple[Text, tuple[tuple[str, Text], ...]]]] = {
    "order": (
        lazy("Ordre des dates"),
        (("", lazy("Selon le fichier")), ("dmy", lazy("jour/mois")), ("mdy", lazy("mois/jour"))),
    ),
    "decimals": (
        lazy("Décimales"),
        (("", lazy("Selon le fichier")), ("comma", "1 234,50"), ("dot", "1,234.50")),
    ),
    "sign": (
        lazy("Une facture est"),
        (("owed_positive", lazy("positive")), ("owed_negative", lazy("négative"))),
    ),
}
_CELLS: Final = {column.removesuffix("_cents"): name for column, name in CENTS.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """One column as the page asks about it."""

    name: str
    letter: str
    column: Column
    field: str
    note: Text
    tone: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Read:
    """One of the first rows, as it will be read."""

    line: int
    cells: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


@require_http_methods(["GET", "POST"])
@needs("imports.read")
def columns(request: StaffRequest, import_id: int) -> HttpResponseBase:
    """Show the columns of a table; read its first rows again at each change; take the choice."""
    is_post = request.method == "POST"
    row = import_or_404(request, import_id, "imports.write" if is_post else "imports.read")
    if row.kind != tables.KIND or row.state not in WAITING:
        return redirect("import_one", row.id)
    if is_post and request.POST.get("do") == "take":
        return _take(request, row)
    try:
        found = _described(request, row)
    except (Refusal, uploads.FileGone) as refusal:
        messages.error(request, str(refusal))
        return redirect("imports")
    context = _context(request, row, found)
    if request.htmx and request.htmx.target == "columns":
        return fragment(request, "imports/_columns.html", context)
    return render(request, "imports/columns.html", context)


def _take(request: StaffRequest, row: PastImport) -> HttpResponse:
    name = " ".join(request.POST.get("save_as", "").split()) if request.POST.get("save") else ""
    with telling(request):
        tables.choose(
            tenant_id=request.tenant_id,
            import_id=row.id,
            mapping=_posted(request),
            save_as=name[:NAME_MAX],
            for_all_creditors=request.POST.get("for_all") == "1",
            author_id=request.access.user_id,
            today=timezone.localdate(),
        )
        jobs.preview_soon(tenant_id=request.tenant_id, import_id=row.id)
        return redirect("import_one", row.id)
    return redirect("import_columns", row.id)


def _described(request: StaffRequest, row: PastImport) -> Description:
    """Describe the file with what was posted; another sheet or meaning is proposed anew."""
    given = request.POST
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "import_id": row.id}
    if not given:
        return tables.describe(**asked)
    if given.get("sheet", "") != given.get("sheet_before", ""):
        return tables.describe(**asked, sheet=given["sheet"])
    meaning, header = given.get("meaning", ""), given.get("header", "")
    line = int(header) if header.isdecimal() else None
    if header != given.get("header_before", ""):
        said = meaning if meaning in MEANINGS else None
        return tables.describe(**asked, sheet=given.get("sheet", ""), meaning=said, header=line)
    if meaning in MEANINGS and meaning != given.get("meaning_before"):
        sheet = given.get("sheet", "")
        return tables.describe(**asked, sheet=sheet, meaning=meaning, header=line)
    return tables.describe(**asked, mapping=_posted(request))


def _posted(request: StaffRequest) -> dict[str, Any]:
    """Return the mapping that the form holds; a field has one column, the one chosen last."""
    given = request.POST
    chosen: dict[str, str] = {}
    labels, before = given.getlist("label"), given.getlist("was")
    said = [given.get(f"c{at}", "") for at in range(len(labels))]
    for at in sorted(range(len(labels)), key=lambda at: before[at : at + 1] != [said[at]]):
        field = said[at]
        if field in FIELDS or field.startswith(CUSTOM_PREFIX):
            chosen[field] = labels[at]
    currency = given.get("currency", "").strip().upper()[:3]
    defaults = {"currency": currency} if currency else {}
    if given.get("kind"):
        defaults["kind"] = given["kind"]
    return {
        "meaning": given.get("meaning", ""),
        "columns": chosen,
        "sheet": given.get("sheet", ""),
        "defaults": defaults,
        "carried": given.getlist("carried"),
        "has_groups": given.get("has_groups") == "1",
        **{name: given.get(name, "") for name in PREFERENCES},
        "as_of": _day(given.get("as_of", "")),
        "header": header if (header := given.get("header", "")).isdecimal() else None,
    }


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _context(request: StaffRequest, row: PastImport, found: Description) -> dict[str, Any]:
    mapping = found.mapping
    asked = [_asked(one, mapping.get("columns", {})) for one in found.columns]
    read = [_read(one) for one in found.rows]
    keys = list(dict.fromkeys(key for one in read for key, _text in one.cells))
    return {
        "row": row,
        "found": found,
        "mapping": mapping,
        "header": "" if mapping.get("header") is None else str(mapping["header"]),
        "lines": [(str(line), text) for line, text in found.first_lines],
        "issues": found.issues,
        "meanings": [(key, *ASKED[key], key == mapping.get("meaning")) for key in ASKED],
        "asked": asked,
        "unknown": sum(not one.field for one in asked),
        "options": [*_options(mapping), *_own_fields(request)],
        "preferences": [
            (name, label, choices, mapping.get(name) or choices[0][0])
            for name, (label, choices) in PREFERENCES.items()
        ],
        "currency": mapping.get("defaults", {}).get("currency", ""),
        "kind": mapping.get("defaults", {}).get("kind", ""),
        "heads": [_(FIELDS[key].label) if key in FIELDS else key for key in keys],
        "read": [(one, [dict(one.cells).get(key, "") for key in keys]) for one in read],
        "wrong": sum(bool(one.problems) for one in read),
        "name": found.saved_name or PurePath(row.file_name).stem[:NAME_MAX],
        "may_write": request.access.may("imports.write", row.creditor_id),
    }


def _options(mapping: Mapping[str, Any]) -> list[tuple[Text, list[tuple[str, str]]]]:
    """Return what a column may be, in groups."""
    is_master = mapping.get("meaning") == "master"
    groups: list[tuple[Text, list[tuple[str, str]]]] = []
    for part, title in GROUPS.items():
        if is_master and part in ("document", "amount"):
            continue
        known = [(name, _(one.label)) for name, one in FIELDS.items() if one.part == part]
        groups.append((title, known))
    return groups


def _own_fields(request: StaffRequest) -> list[tuple[Text, list[tuple[str, str]]]]:
    """Return the group of the tenant's own fields, of customers and of invoices, if any."""
    known = {
        f"{CUSTOM_PREFIX}{one.code}": one.label
        for subject in SUBJECTS
        for one in attributes.fields(tenant_id=request.tenant_id, subject=subject)
    }
    return [(lazy("Vos champs"), list(known.items()))] if known else []


def _asked(column: Column, chosen: Mapping[str, str]) -> Asked:
    field = next((name for name, label in chosen.items() if label == column.label), "")
    is_changed = field != column.field
    note: Text
    if is_changed:
        note, tone = lazy("choisi par vous"), "blue"
    elif not field:
        note, tone = lazy("rien de reconnu"), "secondary"
    elif column.sureness >= SURE:
        note, tone = lazy("sûr"), "green"
    else:
        note, tone = (
            (lazy("probable"), "orange")
            if column.sureness >= LIKELY
            else (lazy("à vérifier"), "red")
        )
    letter = headings.letters(column.position)
    return Asked(f"c{column.position}", letter, column, field, note, tone, is_changed)


def _read(row: ShownRow) -> Read:
    cells = tuple(
        (_CELLS.get(name, name), _written(name, text)) for name, text in row.values.items()
    )
    return Read(row.line, cells, row.problems)


def _written(name: str, text: str) -> str:
    if name in DAYS:
        return formats.day(date.fromisoformat(text))
    if name in _CELLS:
        return formats.money(parse_cents(text), "").strip()
    if name == "debtor_class":
        return str(words.CLASSES.get(text, text))
    return text
