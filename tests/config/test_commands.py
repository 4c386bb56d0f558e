"""The command line loads what a command needs, and nothing is lost on the way."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from encours.config.commands import MODULES, application

HEAVY = (
    "typst",
    "lxml",
    "gunicorn",
    "aiosmtpd",
    "encours.dunning.actions",
    "encours.imports.actions",
)
SCRIPT = """
import sys
import django
django.setup()
from encours.config.commands import application
application(["aged-balance"])
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def commands_of(app: typer.Typer) -> set[str]:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return set(group.commands)


@pytest.mark.parametrize("module", MODULES)
def test_the_first_words_of_a_module_are_those_of_its_commands(module: str) -> None:
    own = typer.Typer()
    own.callback()(lambda: None)
    own.add_typer(import_module(module).app)

    assert commands_of(own) == set(MODULES[module])


def test_a_word_of_nobody_loads_every_command() -> None:
    every = {word for words in MODULES.values() for word in words}

    assert commands_of(application(["--help"])) == every
    assert commands_of(application([])) == every


def test_a_word_loads_its_own_module_alone() -> None:
    loaded = commands_of(application(["aged-balance"]))

    assert loaded == set(MODULES["encours.cli.ledger"])


def test_a_balance_starts_without_letters_imports_or_reminders() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *HEAVY], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""
