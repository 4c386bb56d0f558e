"""`backup`, `restore`, `journal verify`: what keeps the house's memory safe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from encours.config.operations import backups, journals
from encours.kernel.refusal import Refusal

app = typer.Typer()
journal = typer.Typer(help="Le journal scellé.")
app.add_typer(journal, name="journal")


@app.command()
def backup(
    to: Annotated[Path | None, typer.Option(help="Fichier à écrire.")] = None,
) -> None:
    """Sauvegarde la base, les fichiers et les clés en une archive."""
    typer.echo(str(backups.backup(to)))


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="Archive faite par « encours backup ».")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Remplacer les données présentes.")
    ] = False,
) -> None:
    """Restaure une archive, puis vérifie le journal."""
    try:
        typer.echo(backups.restore(archive, replace=replace))
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal


@journal.command("verify")
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Répondre en JSON.")] = False,
) -> None:
    """Recalcule tous les scellés et nomme ce qui a été touché."""
    verdicts = journals.verify_all()
    if as_json:
        typer.echo(json.dumps([journals.as_json(verdict) for verdict in verdicts]))
    else:
        for verdict in verdicts:
            typer.echo(journals.sentence(verdict))
            for finding in verdict.findings:
                typer.echo(f"  ✗ {finding.message}")
    if not all(verdict.ok for verdict in verdicts):
        raise typer.Exit(1)


@journal.command("seal")
def seal() -> None:
    """Scelle sans attendre ce qui peut l'être."""
    typer.echo(f"{journals.seal_all()} faits scellés.")
