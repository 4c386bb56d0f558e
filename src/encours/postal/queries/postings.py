"""A letter's life as its message's page shows it; what is due to be asked; bad addresses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from encours.parties.models import Customer
from encours.postal.models import BadAddress, Consent, Posting
from encours.postal.rules import franking


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one letter; `happened` and `proofs` as they were recorded."""

    id: int
    channel: str
    provider: str
    number: str
    sheets: int
    weight_g: int
    cost_cents: int | None
    printed_at: datetime | None
    posted_on: date | None
    happened: Sequence[dict[str, Any]]
    proofs: Sequence[dict[str, Any]]
    state: str
    checked_at: datetime | None
    next_check_at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Due:
    """A letter whose provider is to be asked."""

    id: int
    creditor_id: int
    channel: str
    provider: str
    reference: str
    kept: frozenset[str]


def card_of(*, tenant_id: int, message_id: int) -> Card | None:
    """Return what is known of a letter by its message."""
    one = Posting.objects.of(tenant_id).filter(message_id=message_id).first()
    if one is None:
        return None
    is_registered = one.channel == "registered"
    return Card(
        id=one.pk,
        channel=one.channel,
        provider=one.provider,
        number=one.number,
        sheets=one.sheets,
        weight_g=franking.weight_g(one.sheets, is_registered=is_registered),
        cost_cents=one.cost_cents,
        printed_at=one.printed_at,
        posted_on=one.posted_on,
        happened=sorted(one.happened, key=lambda row: str(row["on"])),
        proofs=one.proofs,
        state=one.state,
        checked_at=one.checked_at,
        next_check_at=one.next_check_at,
        trouble=one.trouble,
    )


def due(*, tenant_id: int, now: datetime, limit: int) -> list[Due]:
    """Return the letters to ask after, those that waited most first."""
    rows = Posting.objects.of(tenant_id).filter(next_check_at__lte=now).exclude(provider="")
    return [
        Due(
            one.pk, one.creditor_id, one.channel, one.provider, one.reference,
            frozenset(str(proof["kind"]) for proof in one.proofs),
        )
        for one in rows.order_by("next_check_at", "pk")[:limit]
    ]  # fmt: skip


def failed_addresses(
    *, tenant_id: int, customer_ids: Collection[int]
) -> dict[int, tuple[str, date]]:
    """Return whose present address failed: why, and since when."""
    rows = BadAddress.objects.of(tenant_id).filter(customer_id__in=list(customer_ids))
    known = {(one.customer_id, one.digest): (one.reason, one.failed_on) for one in rows}
    if not known:
        return {}
    customers = Customer.objects.of(tenant_id).filter(pk__in={key[0] for key in known})
    found = {}
    for one in customers:
        key = (one.pk, franking.address_digest((one.name, *one.postal_lines())))
        if key in known:
            found[one.pk] = known[key]
    return found


def consents(*, tenant_id: int, customer_ids: Collection[int]) -> dict[tuple[int, str], date]:
    """Return the live consents: by customer and digest of the address, the day it was given."""
    rows = Consent.objects.of(tenant_id).filter(customer_id__in=list(customer_ids), undone_at=None)
    return {(one.customer_id, one.digest): one.given_on for one in rows}
