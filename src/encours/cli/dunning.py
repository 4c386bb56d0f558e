"""`plan`, `send`: the day's messages, decided with their reasons, then on their way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from encours.cli import common
from encours.cli.common import Creditor, Json, Tenant
from encours.dunning import actions
from encours.messaging.actions import Outbox, Tally

app = typer.Typer()
On = Annotated[
    date | None, typer.Option("--on", parser=common.parse_day, help="Jour du plan (aujourd'hui).")
]
AllowStale = Annotated[
    bool, typer.Option("--allow-stale", help="Malgré un dernier import trop ancien.")
]


@app.command()
def plan(
    creditor: Creditor,
    on: On = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Décider sans rien réserver.")] = False,
    allow_stale: AllowStale = False,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Décide les relances du jour, chacune avec sa raison ; dit pourquoi les autres attendent."""
    with common.at_creditor(creditor, tenant) as place:
        answer = actions.plan_told(
            tenant_id=place.tenant_id,
            creditor_id=place.creditor_id,
            on=on or place.today,
            dry_run=dry_run,
            allow_stale=allow_stale,
        )
    if as_json:
        common.print_written(answer.write_json)
        return
    _show(answer.as_dict())


@app.command()
def send(
    creditor: Creditor,
    on: On = None,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Approuve le plan du jour et envoie maintenant ce qui peut partir."""
    with common.at_creditor(creditor, tenant) as place:
        day = on or place.today
        at = datetime.combine(day, datetime.now(UTC).time(), UTC)
        approved = actions.approve(
            tenant_id=place.tenant_id,
            creditor_id=place.creditor_id,
            user_id=None,
            on=day,
            now=at,
            at_once=True,
        )
    tally = _deliver(place.tenant_id, at)
    answer = {"on": day.isoformat(), "approved": approved, **_counts(tally)}
    if as_json:
        common.print_json(answer)
    else:
        typer.echo(
            f"{approved} message(s) approuvé(s), {tally.sent} parti(s), "
            f"{tally.withdrawn} retiré(s), {tally.refused} refusé(s), "
            f"{tally.uncertain} incertain(s)."
        )
    if tally.stopped:
        common.refuse("Le serveur de messagerie ne répond pas : les messages restent en attente.")


def _deliver(tenant_id: int, at: datetime) -> Tally:
    """Send in this process, on the day asked; a job id below zero tells a hand from a worker."""
    with common.refusals():
        return Outbox(tenant_id, -int(datetime.now(UTC).timestamp()), clock=lambda: at).run()


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "sent": tally.sent,
        "withdrawn": tally.withdrawn,
        "refused": tally.refused,
        "uncertain": tally.uncertain,
    }


def _show(answer: dict[str, Any]) -> None:
    rows = [
        (
            one["customer"],
            one["step"],
            one["channel"],
            f"{one['amount']} {one['currency']}",
            one["reason"],
        )
        for one in answer["planned"]
    ]
    mode = " (répétition)" if answer["rehearsal"] else ""
    common.print_table(
        f"Plan du {answer['on']}{mode}",
        ("Client", "Étape", "Canal", ">Montant", "Raison"),
        rows,
    )
    reasons: dict[str, int] = {}
    for one in answer["held"]:
        reasons[one["reason"]] = reasons.get(one["reason"], 0) + 1
    held = sorted(reasons.items(), key=lambda pair: -pair[1])
    common.print_table(
        "Retenues", ("Raison", ">Échéances"), [(reason, str(count)) for reason, count in held]
    )
