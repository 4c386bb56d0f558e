"""What the commands share: finding the creditor, dates, JSON, refusals, exit codes.

Exit codes (design.md, part 5): 0 ok, 1 refused with a sentence, 2 wrong usage.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from encours.kernel.money import french_text
from encours.kernel.refusal import Refusal
from encours.tenancy.queries import creditors, doors
from encours.tenancy.scope import in_tenant

REFUSED: Final = 1
WRONG_USAGE: Final = 2
WIDE: Final = 160
PARIS: Final = ZoneInfo("Europe/Paris")

imports = typer.Typer(help="Fait entrer des fichiers : FEC, tableaux, interlocuteurs.")
"""The `import` group: several modules add their commands to it."""


def parse_day(text: str) -> date:
    """Read a date as people type it: 2026-11-20 or 20/11/2026."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise typer.BadParameter(f"date illisible « {text} » : écrivez 2026-11-20 ou 20/11/2026")


Creditor = Annotated[str, typer.Option("--creditor", "-c", help="Code de la société créancière.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Organisation, si le code est ambigu.")]
Json = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]
AsOf = Annotated[
    date | None, typer.Option("--as-of", parser=parse_day, help="Date d'arrêté (aujourd'hui).")
]
Currency = Annotated[str, typer.Option("--currency", help="Devise (celle de la comptabilité).")]


@dataclass(frozen=True, slots=True)
class Place:
    """The creditor that a command works on, and today in its time zone."""

    tenant_id: int
    creditor_id: int
    code: str
    name: str
    currency: str
    today: date


@contextmanager
def at_creditor(code: str, tenant: str = "") -> Iterator[Place]:
    """Open the door of the tenant whose creditor has this code; refusals end the command."""
    tenant_id, creditor_id = find_creditor(code, tenant)
    with refusals(), in_tenant(tenant_id):
        known = creditors.creditor_settings(tenant_id=tenant_id, creditor_id=creditor_id)
        assert known is not None, "the creditor was just found"
        zone = ZoneInfo(known.time_zone)
        yield Place(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            code=code,
            name=known.name,
            currency=str(known.described["currency"]),
            today=datetime.now(zone).date(),
        )


def find_creditor(code: str, tenant: str = "") -> tuple[int, int]:
    """Return tenant and creditor of a code, looked up over the whole installation."""
    found = doors.find_creditors(code)
    if tenant:
        found = [one for one in found if one.tenant_slug == tenant]
    if not found:
        where = f" dans l'organisation « {tenant} »" if tenant else ""
        refuse(f"Aucune société n'a le code « {code} »{where}.")
    if len(found) > 1:
        slugs = ", ".join(one.tenant_slug for one in found)
        typer.echo(
            f"Le code « {code} » existe dans plusieurs organisations : "
            f"précisez --tenant ({slugs}).",
            err=True,
        )
        raise typer.Exit(WRONG_USAGE)
    return found[0].tenant_id, found[0].creditor_id


def find_tenant(slug: str = "") -> int:
    """Return the organisation named, or the only one of the installation."""
    found = doors.find_tenants(slug)
    if not found:
        refuse(f"Aucune organisation « {slug} »." if slug else "Aucune organisation encore.")
    if len(found) > 1:
        slugs = ", ".join(one.slug for one in found)
        typer.echo(f"Plusieurs organisations : précisez --tenant ({slugs}).", err=True)
        raise typer.Exit(WRONG_USAGE)
    return found[0].tenant_id


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a foreseen no into its sentence and exit code 1."""
    try:
        yield
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(REFUSED) from refusal


def refuse(sentence: str) -> None:
    """End the command with a sentence."""
    typer.echo(sentence, err=True)
    raise typer.Exit(REFUSED)


def print_json(answer: Any) -> None:
    """Print an answer as JSON; text is taken as JSON already written."""
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    typer.echo(text)


def print_written(write: Callable[[Any], None]) -> None:
    """Print JSON that writes itself: a hundred megabytes are not held once more."""
    stream = typer.get_binary_stream("stdout")
    write(stream)
    stream.write(b"\n")
    stream.flush()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns that start with `>` are amounts: to the right, never cut."""
    from rich.console import Console  # noqa: PLC0415 - an answer in JSON does without
    from rich.table import Table  # noqa: PLC0415 - idem

    table = Table(title=title, title_justify="left")
    for column in columns:
        right = column.startswith(">")
        table.add_column(
            column.removeprefix(">"), justify="right" if right else "left", no_wrap=right
        )
    for row in rows:
        table.add_row(*row)
    console = Console()
    wide = 0 if console.is_terminal else WIDE
    console.width = max(console.width, console.measure(table).minimum, wide)
    console.print(table)


def euros(cents: int, currency: str) -> str:
    """Return an amount for a terminal; nothing where there is nothing."""
    return french_text(cents, currency) if cents else ""
