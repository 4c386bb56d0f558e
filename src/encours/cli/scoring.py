"""`score`: how each customer pays; or a JSON list of cases in, the list of answers out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from encours.cli import common
from encours.cli.common import AsOf, Json
from encours.scoring.rules.cases import answer_cases

app = typer.Typer()
CasesFile = Annotated[
    str, typer.Option("--cases", help="Fichier JSON d'une liste de cas (- : entrée standard).")
]
Limits = Annotated[
    Path | None, typer.Option("--thresholds", help="Fichier JSON des seuils, avec --cases.")
]


@app.command()
def score(
    cases: CasesFile = "",
    as_of: AsOf = None,
    thresholds: Limits = None,
    language: Annotated[str, typer.Option("--language", help="fr ou en.")] = "fr",
    _as_json: Json = False,
) -> None:
    """Comment chaque client paie : profil, chiffres et raison, depuis son propre historique."""
    if not cases or as_of is None:
        typer.echo("Indiquez --cases et --as-of.", err=True)
        raise typer.Exit(common.WRONG_USAGE)
    asked = _read(None if cases == "-" else Path(cases))
    limits = _read(thresholds) if thresholds else {}
    with common.refusals():
        common.print_json(answer_cases(asked, as_of=as_of, thresholds=limits, language=language))


def _read(path: Path | None) -> Any:
    try:
        text = path.read_text("utf-8-sig") if path else sys.stdin.read()
        return json.loads(text)
    except (OSError, ValueError) as problem:
        typer.echo(f"Fichier illisible : {problem}", err=True)
        raise typer.Exit(common.REFUSED) from problem
