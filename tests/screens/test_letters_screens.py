"""The pages of letters in a browser: to print, posted, one letter with its proofs, prices, consent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser
from tests.dunning.test_day import Shop, channel, day, noon, shop
from tests.dunning.test_golive import to_formal_notice, waiting_letter
from tests.screens.conftest import MODES, screen
from tests.web.places import add_user

from encours.dunning.actions import letters
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.providers.memory_letters import PROOF
from encours.postal.actions import consents, postings, prices
from encours.postal.actions.postings import Paper
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]
__all__ = ("channel", "shop")
ME = 1


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(34), tick=True):
        yield


@pytest.fixture
def posted(shop: Shop, channel: MemoryEmailChannel) -> int:
    """A registered letter that came back, among the prices and a consent."""
    to_formal_notice(shop)
    message_id = waiting_letter(shop)
    tenant = {"tenant_id": shop.house.tenant_id}
    with in_tenant(shop.house.tenant_id):
        Message.objects.filter(pk=message_id).update(channel="registered")
        for provider, cents in (("", 574), ("maileva", 620)):
            prices.set_price(
                **shop.owner, channel="registered", provider=provider, first_cents=cents,
                sheet_cents=30, actor_id=ME, today=day(34),
            )  # fmt: skip
        ChannelAccount.objects.create(**shop.owner, channel="eregistered", provider="ar24")
        consents.record_consent(
            **tenant, customer_id=shop.customer_id, email="compta@adam.example",
            given_on=day(1), source="Contrat", actor_id=ME, today=day(34),
        )  # fmt: skip
    return message_id


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_of_letters_are_clean(  # noqa: PLR0917
    chromium: Browser, live_server: Any, shop: Shop, posted: int, mode: str, tmp_path: Path
) -> None:
    tenant = {"tenant_id": shop.house.tenant_id}
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, "admin", "SCREENS")
        letters.print_batch(
            **tenant, message_ids=[posted], is_duplex=True, user_id=ME, now=noon(34)
        )
    window = screen(chromium, live_server.url, mode, user.pk)
    flaws = []

    def look(name: str, address: str) -> None:
        window.open(address)
        window.page.screenshot(path=tmp_path / f"{name}-{mode}.png", full_page=True)
        flaws.extend(f"{name}: {flaw}" for flaw in window.flaws())

    look("letters", reverse("outbox_letters"))
    with in_tenant(shop.house.tenant_id):
        letters.mark_posted(
            **tenant, message_id=posted, posted_on=day(34), number="1A 123 456 7890 1",
            user_id=ME, now=noon(34),
        )  # fmt: skip
        postings.record_seen(
            **tenant, message_id=posted, state="not_claimed", on=day(34),
            paper=Paper("not_claimed", PROOF, on=day(34)), user_id=ME, today=day(34),
        )  # fmt: skip
    look("sent", reverse("letters_under_way"))
    look("message", reverse("message", args=[posted]))
    look("prices", reverse("settings_postage"))
    look("card", reverse("customer_card", args=[shop.customer_id]))
    assert not flaws, "\n".join(flaws)
