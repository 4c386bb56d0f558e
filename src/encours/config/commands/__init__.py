"""The commands of `encours`: those that run an installation, and the doors' own.

A command loads its own module alone: to start everything takes several times as long as to print
a balance. A word that no module owns, as `--help`, loads them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final

import typer

MODULES: Final = {
    "encours.config.commands.installation": ("init", "migrate", "upgrade", "doctor"),
    "encours.config.commands.running": ("serve", "worker", "demo"),
    "encours.config.commands.keeping": ("backup", "restore", "journal"),
    "encours.config.commands.leaving": ("export",),
    "encours.cli.ledger": ("aged-balance", "open-items", "statement"),
    "encours.cli.imports": ("import",),
    "encours.cli.tables": ("import",),
    "encours.cli.contacts": ("import", "unreachable"),
    "encours.cli.numbers": ("import", "invoice"),
    "encours.cli.documents": ("import",),
    "encours.cli.exchange": ("import",),
    "encours.cli.dunning": ("plan", "send"),
    "encours.cli.einvoicing": ("einvoicing",),
    "encours.cli.law": ("law",),
    "encours.cli.scoring": ("score",),
    "encours.cli.text": ("text",),
    "encours.cli.feeds": ("feed",),
    "encours.cli.replies": ("reply",),
}
"""Each module that holds an `app`, and the first words of its commands."""


def application(words: Sequence[str] = ()) -> typer.Typer:
    """Return the application with the modules that these words of the command line need."""
    app = typer.Typer(
        name="encours",
        help="Le service crédit d'une entreprise en un programme.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def encours() -> None:
        """Le service crédit d'une entreprise en un programme."""

    owners = [name for name, own in MODULES.items() if words and words[0] in own]
    for name in owners or MODULES:
        app.add_typer(import_module(name).app)
    return app
