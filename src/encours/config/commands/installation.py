"""`init`, `migrate`, `upgrade`, `doctor`: setting an installation up and looking after it."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from encours.config.operations import checks, founding, schema
from encours.kernel.refusal import Refusal

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]
MARKS = {"ok": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "error": "[red]✗[/red]"}


@app.command()
def init(
    tenant: Annotated[str, typer.Option(help="Nom de l'organisation.")],
    creditor: Annotated[str, typer.Option(help="Code de la société créancière.")],
    admin: Annotated[str, typer.Option(help="Adresse e-mail du premier administrateur.")],
    siren: Annotated[str, typer.Option(help="SIREN de la société.")] = "",
    name: Annotated[str, typer.Option(help="Raison sociale.")] = "",
    as_json: Json = False,
) -> None:
    """Crée l'organisation, la société et son administrateur ; peut être relancée sans dommage."""
    schema.migrate(quiet=True)
    try:
        founded = founding.found(
            tenant=tenant, creditor=creditor, name=name or tenant, siren=siren, admin=admin
        )
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    if as_json:
        typer.echo(json.dumps(founded.as_json(), ensure_ascii=False))
        return
    typer.echo(founded.sentence())


@app.command()
def migrate() -> None:
    """Met le schéma de la base à jour."""
    schema.migrate()


@app.command()
def upgrade() -> None:
    """Après une mise à jour du programme : sauvegarde, schéma, fichiers du site, contrôle."""
    from encours.config.operations import backups, serving  # noqa: PLC0415 - heavy, rarely used

    if schema.is_founded():
        typer.echo(f"Sauvegarde : {backups.backup()}")
    schema.migrate(quiet=True)
    serving.collect_assets()
    doctor()


@app.command()
def doctor(as_json: Json = False) -> None:
    """Contrôle l'installation ; chaque ligne est bonne ou dit quoi faire."""
    lines = checks.examine()
    if as_json:
        typer.echo(json.dumps([line.as_json() for line in lines], ensure_ascii=False))
    else:
        console = Console()
        for line in lines:
            console.print(f"{MARKS[line.level]} {line.subject} : {line.message}", highlight=False)
            if line.advice:
                console.print(f"    → {line.advice}", highlight=False, style="dim")
    if any(line.level == "error" for line in lines):
        raise typer.Exit(1)
