"""`text check`: what may not be written to somebody who owes, and why; a creditor's texts too."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from encours.cli import common
from encours.dunning.queries import texts as texts_queries
from encours.kernel.issue import Issue, has_errors
from encours.tone.rules import cases
from encours.tone.rules.values import Context, Extent

app = typer.Typer()
text = typer.Typer(help="Les mots d'un message, relus avec le droit.")
app.add_typer(text, name="text")


@text.callback()
def texts() -> None:
    """Les mots d'un message, relus avec le droit."""


@text.command("check")
def check(
    file: Annotated[
        str, typer.Argument(help="Fichier du texte, ou « - » (entrée standard).")
    ] = "-",
    debtor_class: Annotated[
        str, typer.Option("--class", help="business, consumer, public, foreign ou unknown.")
    ] = "unknown",
    step: Annotated[
        str, typer.Option("--step", help="Étape : relance_1, mise_en_demeure, prevenance…")
    ] = "reminder",
    sender: Annotated[
        str, typer.Option("--sender", help="creditor, ou collector (recouvre pour autrui).")
    ] = "creditor",
    lang: Annotated[str, typer.Option("--lang", help="fr ou en (trouvée sinon).")] = "",
    has_title: Annotated[
        bool, typer.Option("--title", help="Le créancier a un titre exécutoire.")
    ] = False,
    whole: Annotated[
        bool | None,
        typer.Option("--whole/--part", help="Message entier, ou passage (selon sa longueur)."),
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Un texte par ligne.")] = False,
    creditor: Annotated[
        str, typer.Option("--creditor", "-c", help="Relire les textes en vigueur d'une société.")
    ] = "",
    tenant: common.Tenant = "",
    as_json: common.Json = False,
) -> None:
    """Menaces, faux actes, frais, pénalités ou indemnité non dus : sortie 1 si un texte est bloqué.

    Une liste JSON de cas (docs/contracts/text-check.md) donne la liste des réponses.
    """
    if creditor:
        _check_creditor(creditor, tenant, as_json=as_json)
        return
    written = _read(file)
    extent: Extent = "part" if lines else "auto"
    if whole is not None:
        extent = "whole" if whole else "part"
    try:
        asked = cases.context(
            debtor_class=debtor_class,
            step=step,
            sender=sender,
            language=lang,
            has_title=has_title,
            extent=extent,
        )
    except cases.InvalidText as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(common.WRONG_USAGE) from problem
    answers = _answers(written, asked, lines=lines, as_json=as_json)
    if any(one.get("blocked") or "error" in one for one in answers):
        raise typer.Exit(common.REFUSED)


def _check_creditor(code: str, tenant: str, *, as_json: bool) -> None:
    with common.at_creditor(code, tenant) as place:
        found = texts_queries.checked(tenant_id=place.tenant_id, creditor_id=place.creditor_id)
    answers = [
        {
            "set": row.code,
            "text": row.name,
            "language": row.language,
            "origin": row.origin,
            "version": row.version,
            "blocked": has_errors(issues),
            "issues": [issue.as_json() for issue in issues],
        }
        for row, issues in found
    ]
    if as_json:
        common.print_json(answers)
    else:
        for row, issues in found:
            _print_issues(" ".join(filter(None, (row.code, row.name, row.language))), issues)
    if any(one["blocked"] for one in answers):
        raise typer.Exit(common.REFUSED)


def _print_issues(name: str, issues: Iterable[Issue]) -> None:
    for issue in issues:
        severity = "bloque" if issue.severity == "error" else "avertit"
        excerpt = f"« {issue.found} » : " if issue.found else ""
        better = f" Mieux : {issue.expected}" if issue.expected else ""
        typer.echo(f"{name} : {severity} {issue.code} {excerpt}{issue.message}{better}")


def _answers(written: str, asked: Context, *, lines: bool, as_json: bool) -> list[dict[str, Any]]:
    listed = None if lines else _listed(written)
    if listed is not None:
        answers = cases.answer_cases(listed, asked)
        common.print_json(answers)
        return answers
    texts = written.splitlines() if lines else [written]
    answers = [cases.answer(one, asked) for one in texts]
    if as_json:
        common.print_json(answers if lines else answers[0])
    else:
        for number, one in enumerate(answers, start=1):
            _print(one, f"{number}: " if lines else "")
    return answers


def _listed(written: str) -> list[Any] | None:
    """Return the cases of a JSON list; None when this is a text."""
    if not written.lstrip().startswith("["):
        return None
    try:
        read = json.loads(written)
    except ValueError:
        return None
    return read if isinstance(read, list) else None


def _print(one: dict[str, Any], where: str) -> None:
    for found in one["findings"]:
        severity = "bloque" if found["severity"] == "block" else "avertit"
        excerpt = f"« {found['excerpt']} » : " if found["excerpt"] else ""
        typer.echo(
            f"{where}{severity} {found['code']} {excerpt}{found['reason']} "
            f"Mieux : {found['better']}"
        )


def _read(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.read()
        return Path(file).read_text("utf-8-sig")
    except (OSError, ValueError) as problem:
        typer.echo(f"Texte illisible : {problem}", err=True)
        raise typer.Exit(common.WRONG_USAGE) from problem
