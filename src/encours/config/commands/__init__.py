"""The commands of `encours`: those that run an installation, and the doors' own."""

from __future__ import annotations

import typer

from encours.config.commands import installation, keeping, running
from encours.config.commands.doors import add_doors

app = typer.Typer(
    name="encours",
    help="Le service crédit d'une entreprise en un programme.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (installation.app, running.app, keeping.app):
    app.add_typer(part)
add_doors(app)
