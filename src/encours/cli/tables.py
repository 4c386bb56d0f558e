"""`import table`: spreadsheets and accounting exports in, with a mapping of their columns."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import typer
from rich.console import Console
from rich.progress import Progress

from encours.cli import common
from encours.cli.common import Creditor, Json, Place, Tenant, parse_day
from encours.cli.imports import show
from encours.imports import actions
from encours.imports.actions import Outcome, tables
from encours.imports.actions.keeping import NO_CONTROL, NO_COUNTS
from encours.imports.actions.tables import Description
from encours.imports.ports import Unreadable
from encours.imports.queries import mappings
from encours.imports.rules.tables.mapping import Meaning
from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

app = typer.Typer()
app.add_typer(common.imports, name="import")
MEANINGS: Final = get_args(Meaning)
EXAMPLES: Final = 3


@common.imports.command("table")
def table(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, XLSX, XLS, XLSB ou ODS.", show_default=False)
    ],
    creditor: Creditor,
    mapping: Annotated[
        str, typer.Option("--mapping", help="Correspondance : son nom, ou un fichier JSON.")
    ] = "",
    meaning: Annotated[
        str, typer.Option("--meaning", help=f"Ce que dit le tableau : {', '.join(MEANINGS)}.")
    ] = "",
    as_of: Annotated[
        date | None,
        typer.Option("--as-of", parser=parse_day, help="Date d'un état des pièces ouvertes."),
    ] = None,
    sheet: Annotated[str, typer.Option("--sheet", help="Feuille du classeur.")] = "",
    header: Annotated[
        int | None, typer.Option("--header", min=0, help="Ligne des titres ; 0 : aucune.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer sans rien changer.")] = False,
    accept_rest: Annotated[
        bool, typer.Option("--accept-rest", help="Prendre les bonnes pièces, chacune entière.")
    ] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Montrer la correspondance, sans rien importer.")
    ] = False,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Fait entrer des tableaux : mouvements, pièces ouvertes ou fiches de clients."""
    if meaning and meaning not in MEANINGS:
        raise typer.BadParameter(f"--meaning : {', '.join(MEANINGS)}")
    with common.at_creditor(creditor, tenant) as place:
        chosen = _mapping(mapping, place)
    asked = {"mapping": chosen, "meaning": meaning or None, "sheet": sheet, "header": header}
    answers: list[dict[str, Any]] = []
    is_refused = False
    for path in files:
        if not path.is_file():
            common.refuse(f"Fichier introuvable : {path}")
        if propose:
            told = _described(path, place, asked)
            answers.append(told.as_json())
            is_refused |= not told.is_readable
            if not as_json:
                _show_description(told)
            continue
        options = {"as_of": as_of, "accept_rest": accept_rest, "dry_run": dry_run}
        outcome, told_why = _bring(path, place, asked, options, quiet=as_json)
        is_refused |= outcome.is_refused
        answers.append(outcome.as_json() | ({"proposal": told_why.as_json()} if told_why else {}))
        if not as_json:
            show(outcome, dry_run=dry_run)
            if told_why:
                _show_description(told_why)
    if as_json:
        common.print_json(answers[0] if len(answers) == 1 else answers)
    if is_refused:
        raise typer.Exit(common.REFUSED)


def _mapping(asked: str, place: Place) -> dict[str, Any] | None:
    """Return the mapping of a file of JSON, or the one saved under a name."""
    if not asked:
        return None
    path = Path(asked)
    if path.suffix.lower() == ".json" or path.is_file():
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as problem:
            common.refuse(f"Correspondance illisible : {asked} ({problem}).")
        return dict(found)
    owner: dict[str, Any] = {"tenant_id": place.tenant_id, "creditor_id": place.creditor_id}
    saved = mappings.named(**owner, name=asked)
    if saved is None:
        known = ", ".join(f"« {one.name} »" for one in mappings.mappings(**owner)) or "aucune"
        common.refuse(f"Aucune correspondance ne s'appelle « {asked} ». Connues : {known}.")
        return None
    return saved.definition


def _bring(
    path: Path, place: Place, asked: dict[str, Any], options: dict[str, Any], *, quiet: bool
) -> tuple[Outcome, Description | None]:
    """Bring one file in; where its columns are not sure, return what is proposed with a refusal."""
    owner: dict[str, Any] = {"tenant_id": place.tenant_id, "creditor_id": place.creditor_id}
    with in_tenant(place.tenant_id):
        again = actions.already_imported(path, **owner)
    if again is not None:
        return again, None
    reading = {**asked, "as_of": options.pop("as_of"), "today": place.today}
    try:
        with Progress(console=Console(stderr=True), transient=True, disable=quiet) as bar:
            task = bar.add_task(path.name, total=path.stat().st_size)
            export = tables.read(
                path,
                **owner,
                **reading,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        with in_tenant(place.tenant_id):
            outcome = tables.import_table(export, **owner, **options)
    except tables.Unsure as unsure:
        return _refusal(path, unsure.issues), _described(path, place, asked)
    except Unreadable as unreadable:
        return _refusal(path, (unreadable.issue,)), None
    except Refusal as refusal:
        return _refusal(path, (Issue("refused", str(refusal)),)), None
    return outcome, None


def _refusal(path: Path, issues: tuple[Issue, ...]) -> Outcome:
    return Outcome(
        path.name,
        applied=False,
        counts=dict(NO_COUNTS),
        control=dict(NO_CONTROL),
        issues=issues,
        is_refused=True,
    )


def _described(path: Path, place: Place, asked: dict[str, Any]) -> Description:
    with common.refusals(), in_tenant(place.tenant_id):
        return tables.describe_file(
            path, tenant_id=place.tenant_id, creditor_id=place.creditor_id, **asked
        )


def _show_description(told: Description) -> None:
    for issue in told.issues:
        typer.echo(f"  [{issue.severity}] {issue.message}")
    if not told.is_readable:
        return
    named = f", correspondance « {told.saved_name} »" if told.saved_name else ""
    typer.echo(
        f"{told.file} : en-têtes ligne {told.header_line}, {told.mapping['meaning']}{named}."
    )
    fields = {label: name for name, label in told.mapping["columns"].items()}
    common.print_table(
        "Colonnes",
        ("Colonne", "Champ", ">Sûreté", "Raison", "Exemples"),
        [
            (
                one.label,
                fields.get(one.label, ""),
                f"{one.sureness} %" if one.field else "",
                one.reason,
                ", ".join(one.examples[:EXAMPLES]),
            )
            for one in told.columns
        ],
    )
    for doubt in told.doubts:
        typer.echo(f"  À choisir : {doubt}")
