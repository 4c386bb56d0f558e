"""Discounts follow what the journal tells: granted or booked within minutes, once."""

from __future__ import annotations

from tests.discounts.test_flow import UNTIL, board, channel, choose, day, inside, sent, shop
from tests.dunning.test_day import Shop
from tests.horizon import let_others_end

from encours.config import subscriptions
from encours.discounts.actions import following
from encours.discounts.erasing import erase_reasons
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.receivables.actions import allocations, documents
from encours.receivables.actions.allocations import Share
from encours.receivables.actions.documents import Amounts
from encours.tenancy.listening import listen

__all__ = ("channel", "shop")


def test_a_payment_that_is_lettered_is_heard(shop: Shop, channel: MemoryEmailChannel) -> None:
    [mine] = [one for one in subscriptions.LISTENERS if one.code == "discounts"]
    assert not inside(shop, following.is_listening, tenant_id=shop.house.tenant_id)
    choose(shop, is_automatic=True)
    sent(shop)
    listen(shop.house.tenant_id, mine)
    credit = inside(
        shop, documents.record_credit, tenant_id=shop.house.tenant_id,
        customer_id=shop.customer_id, kind="payment", received_on=UNTIL,
        amounts=Amounts(97_000), today=UNTIL,
    )  # fmt: skip
    inside(
        shop, allocations.allocate, tenant_id=shop.house.tenant_id, credit_id=credit,
        shares=[Share(shop.line_id, 97_000)], today=UNTIL,
    )  # fmt: skip
    let_others_end()
    listen(shop.house.tenant_id, mine)

    assert [one.state for one in board(shop, day(1))] == ["granted"]


def test_the_words_of_an_offer_are_erased(shop: Shop) -> None:
    choose(shop)
    who = {"tenant_id": shop.house.tenant_id, "customer_id": shop.customer_id}
    assert inside(shop, erase_reasons, **who) == 0
