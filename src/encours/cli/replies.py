"""`reply classify`: what a debtor's e-mail or SMS says, and the words that made it think so."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from encours.cli import common
from encours.replies.rules.cases import answers_of, lines_of

app = typer.Typer()
reply = typer.Typer(help="Les réponses des clients, lues : promesse, litige, preuve, absence…")
app.add_typer(reply, name="reply")
COLUMNS = ("Classe", ">Confiance", "Date", ">Montant", "Cause", "Factures", "Mots")


@reply.command("classify")
def classify(
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FICHIER|-]", help="Message, courriel (.eml) ou liste JSON ; « - » : entrée."
        ),
    ] = "-",
    received: Annotated[
        date | None,
        typer.Option(
            "--received", parser=common.parse_day, help="Jour de réception (aujourd'hui)."
        ),
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Une réponse par ligne.")] = False,
    as_json: common.Json = False,
) -> None:
    """Dire ce qu'une réponse veut dire ; « ? » : à une personne de décider."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as problem:
        typer.echo(f"Réponse illisible : {problem}", err=True)
        raise typer.Exit(common.REFUSED) from problem
    day = received or datetime.now(common.PARIS).date()
    with common.refusals():
        answers = answers_of(raw, received=day, by_line=lines)
    if as_json:
        is_one = len(answers) == 1 and not lines and not raw.lstrip().startswith(b"[")
        common.print_json(answers[0] if is_one else answers)
        return
    common.print_table("Réponses", COLUMNS, list(lines_of(answers)))
