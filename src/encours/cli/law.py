"""`law interest|deadline|terms`: a JSON list of cases in, the list of answers out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from encours.cli import common
from encours.receivables.rules.cases import answer_cases
from encours.receivables.rules.rates import shipped_rates
from encours.receivables.rules.values import shipped_law_values

app = typer.Typer()
law = typer.Typer(help="Les règles de droit du programme, cas par cas, en JSON.")
app.add_typer(law, name="law")
Cases = Annotated[
    Path | None, typer.Argument(help="Fichier JSON d'une liste de cas (entrée standard sinon).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Toujours vrai : la réponse est du JSON.")]


@law.command("interest")
def interest(cases: Cases = None, _as_json: AsJson = True) -> None:
    """Intérêts de retard et indemnité forfaitaire (C. com. L441-10)."""
    _answer("interest", cases)


@law.command("deadline")
def deadline(cases: Cases = None, _as_json: AsJson = True) -> None:
    """Prescription : jusqu'à quand agir (C. com. L110-4, C. conso. L218-2)."""
    _answer("deadline", cases)


@law.command("terms")
def terms(cases: Cases = None, _as_json: AsJson = True) -> None:
    """Échéances selon les conditions de règlement, et délais maximaux."""
    _answer("terms", cases)


def _answer(topic: str, cases: Path | None) -> None:
    try:
        text = cases.read_text("utf-8-sig") if cases else sys.stdin.read()
        asked = json.loads(text)
    except (OSError, ValueError) as problem:
        typer.echo(f"Cas illisibles : {problem}", err=True)
        raise typer.Exit(common.REFUSED) from problem
    with common.refusals():
        common.print_json(answer_cases(topic, asked, shipped_rates(), shipped_law_values()))
