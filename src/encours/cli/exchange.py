"""`import rates`: reference rates of the European Central Bank, for several currencies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from encours.cli import common
from encours.cli.common import Json, Tenant
from encours.receivables.actions import exchange
from encours.receivables.actions.exchange import RatesImport
from encours.receivables.rules.exchange_file import BYTES_MAX
from encours.tenancy.scope import in_tenant

app = typer.Typer()
app.add_typer(common.imports, name="import")


@common.imports.command("rates")
def import_rates(
    files: Annotated[list[Path], typer.Argument(help="Fichiers de taux de la BCE.")],
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Taux de change de référence : eurofxref-hist.csv ou .zip, eurofxref-daily.xml."""
    tenant_id = common.find_tenant(tenant)
    outcomes = []
    for path in files:
        if not path.is_file():
            common.refuse(f"Fichier introuvable : {path}")
        with path.open("rb") as handle:
            content = handle.read(BYTES_MAX + 1)
        with common.refusals(), in_tenant(tenant_id):
            outcome = exchange.import_rates(
                tenant_id=tenant_id,
                content=content,
                file_name=path.name,
                today=datetime.now(UTC).date(),
            )
        outcomes.append(outcome)
        if not as_json:
            _show(outcome)
    if as_json:
        shown = [outcome.as_json() for outcome in outcomes]
        common.print_json(shown[0] if len(shown) == 1 else shown)
    if any(outcome.is_refused for outcome in outcomes):
        raise typer.Exit(common.REFUSED)


def _show(outcome: RatesImport) -> None:
    if outcome.is_refused:
        typer.echo(f"{outcome.file} : refusé.")
    elif outcome.applied:
        typer.echo(
            f"{outcome.file} : {outcome.rates} taux, jusqu'au {outcome.last_on:%d/%m/%Y}"
            f" ({outcome.corrected} corrigés)."
        )
    else:
        typer.echo(f"{outcome.file} : rien de nouveau.")
    for issue in outcome.issues:
        where = f"ligne {issue.line} : " if issue.line else ""
        typer.echo(f"  [{issue.severity}] {where}{issue.message} {issue.found}")
