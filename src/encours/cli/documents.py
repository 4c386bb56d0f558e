"""`import documents`: a ZIP of pieces, each attached to the invoice whose number it bears."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from encours.cli import common
from encours.cli.common import Creditor, Json, Tenant
from encours.documents.actions.archives import Received, receive_archive
from encours.documents.rules.kinds import LABELS

app = typer.Typer()
app.add_typer(common.imports, name="import")
SHOWN = 20


@common.imports.command("documents")
def import_documents(
    file: Annotated[Path, typer.Argument(help="ZIP de pièces.", show_default=False)],
    creditor: Creditor,
    kind: Annotated[str, typer.Option("--kind", help="Nature des pièces.")] = "invoice",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer sans rien changer.")] = False,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Attache un ZIP de pièces aux factures, par le numéro trouvé dans le nom ou le texte."""
    if kind not in LABELS:
        raise typer.BadParameter(f"nature inconnue : choisissez {', '.join(LABELS)}")
    if not file.is_file():
        common.refuse(f"Fichier introuvable : {file}")
    with common.at_creditor(creditor, tenant) as place:
        day = place.today
    tenant_id, creditor_id = place.tenant_id, place.creditor_id
    console = Console(stderr=True, quiet=as_json)
    with (
        common.refusals(),
        file.open("rb") as stream,
        Progress(console=console, transient=True) as bar,
    ):
        task = bar.add_task(file.name, total=None)
        received = receive_archive(
            stream,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            name=file.name,
            kind=kind,
            dry_run=dry_run,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
            today=day,
        )
    if as_json:
        common.print_json(received.as_json())
    else:
        _show(received)


def _show(received: Received) -> None:
    counts, done = received.counts, "attachées" if received.applied else "à attacher (essai)"
    typer.echo(
        f"{received.file} : {counts['files']} pièces, {counts['attached']} {done}, "
        f"dont {counts['numbered']} qui donnent leur numéro à une facture, "
        f"{counts['known']} déjà gardées, {counts['ambiguous']} ambiguës, "
        f"{counts['left']} sans facture, {counts['refused']} refusées."
    )
    lines = [
        f"{one['file']} : {' ou '.join(one['candidates']) or 'aucun numéro de facture reconnu'}"
        for one in received.left
    ]
    lines += [f"{issue.found} : {issue.message}" for issue in received.issues]
    for line in lines[:SHOWN]:
        typer.echo(f"  {line}")
    if len(lines) > SHOWN:
        typer.echo(f"  … et {len(lines) - SHOWN} autres (option --json).")
