"""`encours einvoicing`: declare receipts, report payments, exchange with the platforms."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from encours.cli.common import (
    Creditor,
    Json,
    Tenant,
    at_creditor,
    find_creditor,
    parse_day,
    print_json,
)
from encours.einvoicing.actions.flows import exchange as exchange_flows
from encours.einvoicing.actions.incoming import receive_file
from encours.einvoicing.actions.portal import read_portal
from encours.einvoicing.actions.receipts import declare_receipts
from encours.einvoicing.actions.reports import report_payments

app = typer.Typer()
einvoicing = typer.Typer(help="Facturation électronique : règlements déclarés, plateformes.")
app.add_typer(einvoicing, name="einvoicing")

First = Annotated[date, typer.Option("--from", parser=parse_day, help="Premier jour.")]
Last = Annotated[date, typer.Option("--to", parser=parse_day, help="Dernier jour.")]


@einvoicing.command()
def declare(creditor: Creditor, tenant: Tenant = "", as_json: Json = False) -> None:
    """Déclarer les règlements reçus depuis la dernière fois."""
    with at_creditor(creditor, tenant) as place:
        done = declare_receipts(
            tenant_id=place.tenant_id,
            creditor_id=place.creditor_id,
            today=place.today,
            now=datetime.now(UTC),
        )
    _say(asdict(done), as_json=as_json)


@einvoicing.command()
def report(
    creditor: Creditor, first_on: First, last_on: Last, tenant: Tenant = "", as_json: Json = False
) -> None:
    """Écrire la déclaration de paiements d'une période."""
    with at_creditor(creditor, tenant) as place:
        report_id = report_payments(
            tenant_id=place.tenant_id,
            creditor_id=place.creditor_id,
            first_on=first_on,
            last_on=last_on,
            today=place.today,
            now=datetime.now(UTC),
        )
    _say({"report": report_id}, as_json=as_json)


@einvoicing.command()
def exchange(creditor: Creditor, tenant: Tenant = "", as_json: Json = False) -> None:
    """Remettre ce qui attend à la plateforme, lire ses réponses et celles de Chorus Pro."""
    tenant_id, creditor_id = find_creditor(creditor, tenant)
    done = exchange_flows(tenant_id=tenant_id, creditor_id=creditor_id, receive=receive_file)
    today = datetime.now(UTC).date()
    looked = read_portal(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    _say({"platform": asdict(done), "portal": asdict(looked)}, as_json=as_json)
    if done.error or looked.error:
        raise typer.Exit(1)


def _say(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        for name, value in told.items():
            typer.echo(f"{name} : {value}")
