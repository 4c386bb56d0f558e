"""`score`: how each customer pays; or a JSON list of cases in, the list of answers out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from encours.cli import common
from encours.cli.common import AsOf, Json, Place, Tenant
from encours.scoring.actions import running
from encours.scoring.queries import scoring, told
from encours.scoring.rules.cases import answer_cases

app = typer.Typer()
CasesFile = Annotated[
    str, typer.Option("--cases", help="Fichier JSON d'une liste de cas (- : entrée standard).")
]
Limits = Annotated[
    Path | None, typer.Option("--thresholds", help="Fichier JSON des seuils, avec --cases.")
]
KnownAt = Annotated[
    datetime | None,
    typer.Option("--known-at", help="Tel que connu à cet instant (à la fin du jour demandé)."),
]
LABELS: Final = {
    "early": "en avance",
    "on_time": "à l'heure",
    "slightly_late": "un peu en retard",
    "chronically_late": "en retard chronique",
    "deteriorating": "se dégrade",
    "new": "nouveau",
    "key_account": "grand compte",
    "public_body": "secteur public",
    "consumer": "particulier",
}


@app.command()
def score(
    creditor: Annotated[str, typer.Option("--creditor", "-c", help="Code de la société.")] = "",
    cases: CasesFile = "",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    thresholds: Limits = None,
    language: Annotated[str, typer.Option("--language", help="fr ou en.")] = "fr",
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Comment chaque client paie : profil, chiffres et raison, depuis son propre historique.

    Le score du jour est enregistré ; celui d'une autre date est seulement montré.
    """
    if bool(cases) == bool(creditor) or (cases and as_of is None):
        typer.echo("Indiquez --creditor, ou --cases et --as-of.", err=True)
        raise typer.Exit(common.WRONG_USAGE)
    if cases:
        assert as_of is not None, "asked for above"
        _answer(cases, as_of, thresholds, language)
        return
    with common.at_creditor(creditor, tenant) as place:
        _score(place, as_of, known_at, language, as_json=as_json)


def _answer(cases: str, as_of: date, thresholds: Path | None, language: str) -> None:
    asked = _read(None if cases == "-" else Path(cases))
    limits = _read(thresholds) if thresholds else {}
    with common.refusals():
        common.print_json(answer_cases(asked, as_of=as_of, thresholds=limits, language=language))


def _score(
    place: Place, as_of: date | None, known_at: datetime | None, language: str, *, as_json: bool
) -> None:
    mine: dict[str, Any] = {"tenant_id": place.tenant_id, "creditor_id": place.creditor_id}
    day = as_of or place.today
    outcome = None
    if day == place.today and known_at is None:
        outcome = running.score_creditor(**mine, today=day)
        answers = told.stored_told(**mine, language=language)
    else:
        known_at = known_at or scoring.end_of(**mine, day=day)
        answers = told.scored_told(**mine, as_of=day, known_at=known_at, language=language)
    if as_json:
        common.print_json(answers)
        return
    rows = [
        (one["customer"], one["name"], LABELS[one["profile"]], one["sentence"]) for one in answers
    ]
    title = f"Profils payeurs de {place.name} au {day:%d/%m/%Y}"
    common.print_table(title, ("Code", "Client", "Profil", "Pourquoi"), rows)
    counts = Counter(one["profile"] for one in answers)
    typer.echo(", ".join(f"{LABELS[name]} : {count}" for name, count in counts.most_common()))
    if outcome is not None:
        typer.echo(f"{outcome.changed} score(s) mis à jour, {outcome.moved} profil(s) changé(s).")


def _read(path: Path | None) -> Any:
    try:
        text = path.read_text("utf-8-sig") if path else sys.stdin.read()
        return json.loads(text)
    except (OSError, ValueError) as problem:
        typer.echo(f"Fichier illisible : {problem}", err=True)
        raise typer.Exit(common.REFUSED) from problem
