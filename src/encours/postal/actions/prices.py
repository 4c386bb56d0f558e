"""Says what letters cost a creditor."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from encours.kernel.refusal import Refusal
from encours.postal.models import CHANNELS, Tariff
from encours.tenancy import journal

CENTS_MAX: Final = 100_000


class NotAPrice(Refusal):
    """No price of a letter is so high, or of such a channel."""

    message = "Indiquez un prix entre 0 et 1 000 euros."


@transaction.atomic
def set_price(
    *,
    tenant_id: int,
    creditor_id: int,
    channel: str,
    provider: str,
    first_cents: int,
    sheet_cents: int,
    actor_id: int,
    today: date,
) -> None:
    """Keep what a letter costs: its first sheet, each of the others."""
    known = channel in CHANNELS
    if not (known and 0 <= first_cents <= CENTS_MAX and 0 <= sheet_cents <= CENTS_MAX):
        raise NotAPrice
    Tariff.objects.of(tenant_id).update_or_create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        channel=channel,
        provider=provider,
        defaults={"first_cents": first_cents, "sheet_cents": sheet_cents},
    )
    journal.record(
        "postage.priced",
        tenant_id=tenant_id,
        subject=("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={
            "channel": channel,
            "provider": provider,
            "cents": first_cents,
            "sheet_cents": sheet_cents,
        },
    )
