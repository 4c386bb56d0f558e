"""`feed list|run|test`: what comes in by itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from encours.cli import common
from encours.cli.common import Creditor, Json, Tenant
from encours.feeds import actions
from encours.feeds.queries import sources as queries
from encours.feeds.queries.sources import ShownSource
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

app = typer.Typer()
feed = typer.Typer(help="Sources de données : dossiers, SFTP, messageries, logiciels.")
app.add_typer(feed, name="feed")
Name = Annotated[str, typer.Argument(help="Nom de la source.", show_default=False)]
STATES: Final = {
    "paused": "en pause",
    "failing": "en échec",
    "late": "en retard",
    "waiting": "pas encore de données",
    "fresh": "à jour",
}
SHOWN: Final = (
    "id", "name", "kind", "state", "is_enabled", "is_running", "schedule", "fresh_hours",
    "fresh_at", "next_run_at", "succeeded_at", "failed_at", "failure", "rows",
)  # fmt: skip


@feed.command("list")
def list_sources(creditor: Creditor, tenant: Tenant = "", as_json: Json = False) -> None:
    """Montre les sources d'une société, avec leur état."""
    tenant_id, creditor_id = common.find_creditor(creditor, tenant)
    found = _sources(tenant_id, creditor_id)
    if as_json:
        common.print_json([_as_json(one) for one in found])
        return
    common.print_table(
        "Sources de données",
        ("Nom", "Nature", "État", "Données du", "Dernier échec"),
        [
            (one.name, one.kind, STATES[one.state], _when(one.fresh_at), one.failure)
            for one in found
        ],
    )


@feed.command("run")
def run(name: Name, creditor: Creditor, tenant: Tenant = "", as_json: Json = False) -> None:
    """Fait passer une source tout de suite."""
    tenant_id, creditor_id = common.find_creditor(creditor, tenant)
    source = _one(tenant_id, creditor_id, name)
    ran = actions.run_source(tenant_id=tenant_id, source_id=source.id, trigger="cli")
    if ran is None:
        common.refuse("Cette source est déjà en train de passer.")
        return
    if as_json:
        common.print_json(ran.as_json())
    else:
        typer.echo(ran.sentence)
    if ran.state == "failed":
        raise typer.Exit(common.REFUSED)


@feed.command("test")
def try_now(name: Name, creditor: Creditor, tenant: Tenant = "", as_json: Json = False) -> None:
    """Essaie une source sans rien prendre."""
    tenant_id, creditor_id = common.find_creditor(creditor, tenant)
    source = _one(tenant_id, creditor_id, name)
    try:
        is_good, sentence = actions.try_source(tenant_id=tenant_id, source_id=source.id)
    except Refusal as refusal:
        common.refuse(str(refusal))
        return
    if as_json:
        common.print_json({"source": source.name, "ok": is_good, "message": sentence})
    else:
        typer.echo(sentence)
    if not is_good:
        raise typer.Exit(common.REFUSED)


def _sources(tenant_id: int, creditor_id: int) -> list[ShownSource]:
    with in_tenant(tenant_id):
        return queries.sources(
            tenant_id=tenant_id, creditor_ids=(creditor_id,), now=datetime.now(UTC)
        )


def _one(tenant_id: int, creditor_id: int, name: str) -> ShownSource:
    found = [one for one in _sources(tenant_id, creditor_id) if one.name == name]
    if not found:
        common.refuse(f"Aucune source ne s'appelle « {name} ».")
    return found[0]


def _as_json(one: ShownSource) -> dict[str, Any]:
    told = asdict(one)
    return {
        name: told[name].isoformat() if isinstance(told[name], datetime) else told[name]
        for name in SHOWN
    }


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(common.PARIS):%d/%m/%Y %H:%M}" if at else ""
