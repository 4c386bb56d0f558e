"""Adds the command line's own door: what accountants and collectors type."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import typer

DOORS: Final = ("ledger", "imports", "dunning", "law")


def add_doors(app: typer.Typer) -> None:
    """Put the commands of every module of `encours.cli` beside ours."""
    for name in DOORS:
        app.add_typer(import_module(f"encours.cli.{name}").app)
