"""Going live is a checklist: until then everything is planned and written, nothing leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from encours.dunning.queries.readiness import readiness
from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.actions.creditors import locked_creditor
from encours.tenancy.actions.life import set_live_on

WORDS: Final[Mapping[str, str]] = {
    "import": "importer un grand livre",
    "sender": "envoyer un message d'essai",
    "bank": "confirmer un compte bancaire",
    "terms": "confirmer les conditions de règlement",
    "classes": "confirmer le type des clients",
    "contacts": "donner des interlocuteurs",
    "triage": "trier les retards antérieurs",
}


class NotReady(Refusal):
    """Points of the checklist are not done; the message names them."""


class PastStart(Refusal):
    """A start in the past would sweep in lines that nobody looked at."""

    message = "Choisissez aujourd'hui ou un jour à venir."


@transaction.atomic
def go_live(
    *,
    tenant_id: int,
    creditor_id: int,
    starts_on: date,
    user_id: int,
    now: datetime,
    today: date,
) -> None:
    """Let reminders leave from that day on, once every point of the list is done."""
    if starts_on < today:
        raise PastStart
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    state = readiness(
        tenant_id=tenant_id, creditor_id=creditor_id, today=today, starts_on=starts_on
    )
    if not state.is_ready:
        left = ", ".join(WORDS[name] for name in state.missing)
        raise NotReady(f"Il reste à faire : {left}.")
    set_live_on(tenant_id=tenant_id, creditor_id=creditor.pk, live_on=starts_on, triaged_at=now)
    journal.record(
        "creditor.went_live",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=starts_on,
        actor_id=user_id,
        creditor_id=creditor_id,
    )


@transaction.atomic
def back_to_rehearsal(*, tenant_id: int, creditor_id: int, user_id: int, today: date) -> None:
    """Plan and write as before, but send nothing to a customer any more."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    if creditor.live_on is None:
        return
    set_live_on(tenant_id=tenant_id, creditor_id=creditor_id, live_on=None, triaged_at=None)
    journal.record(
        "creditor.back_to_rehearsal",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=user_id,
        creditor_id=creditor_id,
    )
