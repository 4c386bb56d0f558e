"""What letters cost a creditor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from encours.messaging.models import ChannelAccount
from encours.postal.models import CHANNELS, Tariff
from encours.postal.rules.franking import Price


@dataclass(frozen=True, slots=True)
class TariffRow:
    """One price, as the settings list it."""

    id: int
    channel: str
    provider: str
    first_cents: int
    sheet_cents: int


def price_of(*, tenant_id: int, creditor_id: int, channel: str, provider: str = "") -> Price | None:
    """Return what a letter costs, or nothing when nobody said."""
    found = (
        Tariff.objects.of(tenant_id)
        .filter(creditor_id=creditor_id, channel=channel, provider=provider)
        .first()
    )
    return Price(found.first_cents, found.sheet_cents) if found else None


def tariffs(*, tenant_id: int, creditor_id: int) -> list[TariffRow]:
    """Return the prices of a creditor."""
    rows = Tariff.objects.of(tenant_id).filter(creditor_id=creditor_id)
    return [
        TariffRow(one.pk, one.channel, one.provider, one.first_cents, one.sheet_cents)
        for one in rows.order_by("channel", "provider")
    ]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a letter by this channel costs at least, and who posts it; nothing known is None."""

    channel: str
    provider: str
    first_cents: int | None


def estimates(*, tenant_id: int, creditor_id: int, channels: Iterable[str]) -> list[Estimate]:
    """Return what each of these channels costs that is a letter, by the creditor's own accounts."""
    wanted = [one for one in channels if one in CHANNELS]
    if not wanted:
        return []
    accounts = ChannelAccount.objects.of(tenant_id).filter(
        creditor_id=creditor_id, channel__in=wanted, is_enabled=True
    )
    providers = dict(accounts.values_list("channel", "provider"))
    rows = Tariff.objects.of(tenant_id).filter(creditor_id=creditor_id, channel__in=wanted)
    known = {(one.channel, one.provider): one.first_cents for one in rows}
    return [
        Estimate(one, providers.get(one, ""), known.get((one, providers.get(one, ""))))
        for one in wanted
    ]
