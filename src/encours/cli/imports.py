"""`import fec`, `import einvoice`, `import undo`: files in, and out again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from encours.cli import common
from encours.cli.common import Creditor, Json, Tenant
from encours.imports import actions
from encours.imports.actions import Export, Outcome
from encours.imports.queries import history
from encours.imports.rules.file_names import company_and_closing, unknown_owner
from encours.kernel.issue import Issue
from encours.tenancy.queries import doors, places
from encours.tenancy.scope import in_tenant

app = typer.Typer()
app.add_typer(common.imports, name="import")
SHOWN = 20


@common.imports.command("fec")
def fec(
    files: Annotated[list[Path], typer.Argument(help="Fichiers FEC.", show_default=False)],
    creditor: Creditor = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer sans rien changer.")] = False,
    accept_rest: Annotated[
        bool, typer.Option("--accept-rest", help="Prendre les bonnes écritures, chacune entière.")
    ] = False,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Fait entrer un ou plusieurs FEC ; sans --creditor, le SIREN de leur nom dit la société."""
    given = common.find_creditor(creditor, tenant) if creditor else None
    asked = {"accept_rest": accept_rest, "dry_run": dry_run}
    outcomes = []
    for path in files:
        if not path.is_file():
            common.refuse(f"Fichier introuvable : {path}")
        place = given or _place_by_siren(path, tenant)
        if isinstance(place, Issue):
            outcome = actions.without_creditor(path.name, place)
        else:
            outcome = _import(path, *place, quiet=as_json, **asked)
        outcomes.append(outcome)
        if not as_json:
            show(outcome, dry_run=dry_run)
    _finish(outcomes, as_json=as_json)


@common.imports.command("einvoice")
def einvoice(
    files: Annotated[
        list[Path],
        typer.Argument(help="Factures électroniques (PDF, XML, ZIP) ou statuts (CDAR)."),
    ],
    creditor: Creditor,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer sans rien changer.")] = False,
    accept_rest: Annotated[
        bool, typer.Option("--accept-rest", help="Prendre aussi ce qui manque à une règle.")
    ] = False,
    any_seller: Annotated[
        bool, typer.Option("--any-seller", help="Prendre les factures d'un autre vendeur.")
    ] = False,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Fait entrer des factures électroniques et leurs statuts."""
    with common.at_creditor(creditor, tenant) as place:
        owner = {"tenant_id": place.tenant_id, "creditor_id": place.creditor_id}
    outcomes = []
    for path in files:
        if not path.is_file():
            common.refuse(f"Fichier introuvable : {path}")
        received = actions.einvoices.receive(path)
        with common.refusals(), in_tenant(place.tenant_id):
            outcome = actions.einvoices.import_einvoices(
                received,
                **owner,
                accept_rest=accept_rest,
                any_seller=any_seller,
                dry_run=dry_run,
                today=place.today,
            )
        outcomes.append(outcome)
        if not as_json:
            show(outcome, dry_run=dry_run)
    _finish(outcomes, as_json=as_json)


def _import(
    path: Path, tenant_id: int, creditor_id: int, *, quiet: bool, accept_rest: bool, dry_run: bool
) -> Outcome:
    with in_tenant(tenant_id):
        known = actions.already_imported(path, tenant_id=tenant_id, creditor_id=creditor_id)
    if known is not None:
        return known
    export = _read(path, quiet=quiet)
    with common.refusals(), in_tenant(tenant_id):
        return actions.import_file(
            export,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            accept_rest=accept_rest,
            dry_run=dry_run,
        )


def _place_by_siren(path: Path, tenant: str) -> tuple[int, int] | Issue:
    """Return tenant and creditor of the SIREN in the name of a file, or why there is none."""
    siren, _closing = company_and_closing(path.name)
    found = [
        (one.tenant_id, creditor_id)
        for one in doors.find_tenants(tenant)
        for creditor_id in _creditors_with(one.tenant_id, siren)
        if siren
    ]
    return found[0] if len(found) == 1 else unknown_owner(path.name, siren, len(found))


def _creditors_with(tenant_id: int, siren: str) -> list[int]:
    with in_tenant(tenant_id):
        return places.creditors_with_siren(tenant_id, siren)


@common.imports.command("undo")
def undo(
    import_id: Annotated[int, typer.Argument(help="Numéro de l'import.")],
    as_json: Json = False,
) -> None:
    """Annule un import : l'état d'avant revient exactement."""
    tenant_id = history.tenant_of(import_id)
    if tenant_id is None:
        common.refuse(f"Aucun import n'a le numéro {import_id}.")
        return
    with common.refusals(), in_tenant(tenant_id):
        today: date = datetime.now(UTC).date()
        actions.undo(tenant_id=tenant_id, import_id=import_id, user_id=None, today=today)
    if as_json:
        common.print_json({"import": import_id, "undone": True})
    else:
        typer.echo(f"L'import n° {import_id} est annulé.")


def _finish(outcomes: list[Outcome], *, as_json: bool) -> None:
    if as_json:
        shown = [outcome.as_json() for outcome in outcomes]
        common.print_json(shown[0] if len(shown) == 1 else shown)
    if any(outcome.is_refused for outcome in outcomes):
        raise typer.Exit(common.REFUSED)


def _read(path: Path, *, quiet: bool) -> Export:
    if quiet:
        return actions.read_file(path)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(path.name, total=path.stat().st_size)
        return actions.read_file(
            path, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )


def show(outcome: Outcome, *, dry_run: bool) -> None:
    """Tell on a terminal what an import did, or would do."""
    state = "importé" if outcome.applied else "non importé"
    if dry_run and not outcome.is_refused:
        state = "lu, rien n'a été changé"
    typer.echo(f"{outcome.file} : {state}.")
    counts: list[tuple[str, str]] = [
        (name, str(count)) for name, count in outcome.counts.items() if count
    ]
    if counts:
        common.print_table("Lignes", ("Nature", ">Nombre"), counts)
    _show_control(outcome.control)
    for issue in outcome.issues[:SHOWN]:
        where = f"ligne {issue.line} : " if issue.line else ""
        typer.echo(f"  [{issue.severity}] {where}{issue.message}")
    if len(outcome.issues) > SHOWN:
        typer.echo(f"  … et {len(outcome.issues) - SHOWN} autres (option --json).")


def _show_control(control: dict[str, Any]) -> None:
    for one in control.get("changes", []):
        change = f"« {one['before']} » → « {one['after']} »"
        typer.echo(f"  {one['customer']}, {one['field']} : {change}")
    if control["on"] is None:
        return
    verdict = "concordent au centime" if control["ok"] else "NE CONCORDENT PAS"
    typer.echo(
        f"Contrôle au {control['on']} : comptes clients du fichier {control['file_net']}, "
        f"encours {control['ledger_net']} : {verdict}."
    )
    for one in control["differences"][:SHOWN]:
        typer.echo(f"  {one['customer']} : fichier {one['file']}, encours {one['ledger']}")
