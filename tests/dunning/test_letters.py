"""Letters of a day: a batch in one PDF, what holds one back, what is posted, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.dunning.test_day import Shop, channel, day, noon, shop
from tests.dunning.test_golive import to_formal_notice, waiting_letter

from encours.documents.models import Attachment
from encours.dunning.actions import letters
from encours.dunning.actions.served import serving
from encours.dunning.models import Reminder
from encours.dunning.queries import letters as queries
from encours.dunning.queries.outbox import Reach
from encours.messaging import handling
from encours.messaging.actions import Outbox
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.ports import CHANNEL_FACTORIES
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.providers.memory_letters import MemoryLetters
from encours.parties.models import Customer
from encours.postal import sheets
from encours.postal.actions import consents, prices
from encours.postal.actions.following import Follower
from encours.postal.actions.postings import adopt
from encours.postal.models import BadAddress, Posting
from encours.postal.queries import postings
from encours.postal.rules.franking import address_digest
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel", "shop")
ME = 1


@pytest.fixture
def post(channel: MemoryEmailChannel) -> Iterator[MemoryLetters]:
    """A provider that takes every letter."""
    one = MemoryLetters()
    kept = dict(CHANNEL_FACTORIES._adapters)
    CHANNEL_FACTORIES.fill({**kept, "memory": lambda _account: one})
    yield one
    CHANNEL_FACTORIES.fill(kept)


def provider(shop: Shop, kind: str) -> None:
    with in_tenant(shop.house.tenant_id):
        ChannelAccount.objects.create(**shop.owner, channel=kind, provider="memory")


def change(shop: Shop, kind: str) -> int:
    """Have the waiting letter of the formal notice leave by another channel."""
    message_id = waiting_letter(shop)
    with in_tenant(shop.house.tenant_id):
        Message.objects.filter(pk=message_id).update(channel=kind)
        return message_id


def deliver(shop: Shop, late: int) -> None:
    Outbox(shop.house.tenant_id, 1, clock=lambda: noon(late)).run()


def state(shop: Shop, message_id: int) -> tuple[str, str]:
    with in_tenant(shop.house.tenant_id):
        one = Message.objects.get(pk=message_id)
        return one.state, one.last_error


def printed(shop: Shop, ids: list[int], late: int = 34, **more: Any) -> letters.Batch:
    asked = {"is_duplex": False, "user_id": ME, "now": noon(late), **more}
    with in_tenant(shop.house.tenant_id):
        return letters.print_batch(tenant_id=shop.house.tenant_id, message_ids=ids, **asked)


def verbs(shop: Shop) -> list[str]:
    with in_tenant(shop.house.tenant_id):
        facts = Fact.objects.filter(tenant_id=shop.house.tenant_id)
        return [one for one in facts.values_list("verb", flat=True) if "letter." in one]


def test_a_batch_is_one_pdf_in_order_with_its_franking_list(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    to_formal_notice(shop)
    message_id = change(shop, "registered")
    with in_tenant(shop.house.tenant_id):
        prices.set_price(
            **shop.owner, channel="registered", provider="", first_cents=574, sheet_cents=30,
            actor_id=ME, today=day(34),
        )  # fmt: skip
    plain, duplex = printed(shop, [message_id]), printed(shop, [message_id], is_duplex=True)

    count = sheets.pages(plain.pdf)
    assert sheets.pages(duplex.pdf) == count + count % 2
    assert "Adam SARL" in sheets.texts(plain.pdf)[0]
    with in_tenant(shop.house.tenant_id):
        (row,) = queries.waiting(Reach(shop.house.tenant_id))
    assert (row.place, row.channel, row.town) == (1, "registered", "69001 Lyon")
    assert (row.sheets, row.envelope) == ((count + 1) // 2, "DL")
    assert row.cost_cents == 574 + 30 * (row.sheets - 1)
    assert row.weight_g == 5 * row.sheets + 5 + 5


def test_what_must_not_leave_is_out_of_the_batch_with_its_reason(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    to_formal_notice(shop)
    message_id = waiting_letter(shop)
    shop.pay(100_000, day(33))
    with pytest.raises(letters.NothingToPrint):
        printed(shop, [message_id])
    with pytest.raises(letters.TooMany):
        printed(shop, list(range(501)))


def test_posted_with_a_number_the_step_counts_from_that_day(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    to_formal_notice(shop)
    message_id = change(shop, "registered")
    asked = {"tenant_id": shop.house.tenant_id, "message_id": message_id, "user_id": ME}
    printed(shop, [message_id])
    with in_tenant(shop.house.tenant_id):
        with pytest.raises(letters.InTheFuture):
            letters.mark_posted(**asked, posted_on=day(36), now=noon(35))
        letters.mark_posted(**asked, posted_on=day(34), number="1a 123 456 7890 1", now=noon(35))
        card = postings.card_of(tenant_id=shop.house.tenant_id, message_id=message_id)
        reminder = Reminder.objects.get(pk=Message.objects.get(pk=message_id).subject_id)
    assert card is not None
    assert (card.number, card.posted_on) == ("1A12345678901", day(34))
    assert (reminder.state, reminder.sent_on) == ("sent", day(34))
    assert verbs(shop) == ["letter.numbered", "letter.posted"]


def test_a_provider_s_letter_is_followed_to_its_receipt_each_thing_once(
    shop: Shop, post: MemoryLetters
) -> None:
    to_formal_notice(shop)
    provider(shop, "registered")
    message_id = change(shop, "registered")
    deliver(shop, 34)
    assert state(shop, message_id)[0] == "sent"
    assert [one.channel for one in post.sent] == ["registered"]
    assert dict(post.sent[0].options)["professional"] == "1"

    for late in (34, 35, 36, 37, 38):
        follow(shop, noon(late))
    with in_tenant(shop.house.tenant_id):
        card = postings.card_of(tenant_id=shop.house.tenant_id, message_id=message_id)
        papers = Attachment.objects.of(shop.house.tenant_id).filter(message_id=message_id).count()
    assert card is not None
    assert [one["state"] for one in card.happened] == ["deposited", "delivered"]
    assert [one["kind"] for one in card.proofs] == ["deposit", "receipt"]
    assert (card.state, card.next_check_at, papers) == ("delivered", None, 2)
    assert card.number.startswith("1A")
    assert all(len(one["sha256"]) == 64 for one in card.proofs)
    assert verbs(shop) == [
        "letter.deposited", "letter.proof_kept", "letter.delivered", "letter.proof_kept",
    ]  # fmt: skip


def follow(shop: Shop, at: datetime) -> int:
    with in_tenant(shop.house.tenant_id):
        Posting.objects.of(shop.house.tenant_id).filter(next_check_at__isnull=False).update(
            next_check_at=at - timedelta(minutes=1)
        )
    return Follower(shop.house.tenant_id, clock=lambda: at).run()


def test_an_unclaimed_letter_marks_the_address_until_it_is_corrected(
    shop: Shop, post: MemoryLetters
) -> None:
    post.endings["Adam SARL"] = "not_claimed"
    to_formal_notice(shop)
    provider(shop, "registered")
    change(shop, "registered")
    deliver(shop, 34)
    follow(shop, noon(34))
    follow(shop, noon(38))

    asked = {"tenant_id": shop.house.tenant_id, "customer_ids": [shop.customer_id]}
    with in_tenant(shop.house.tenant_id):
        assert postings.failed_addresses(**asked) == {shop.customer_id: ("not_claimed", day(37))}
        assert BadAddress.objects.of(shop.house.tenant_id).count() == 1
        Customer.objects.filter(pk=shop.customer_id).update(address_line1="2 rue Basse")
        assert postings.failed_addresses(**asked) == {}


def test_a_letter_to_a_failed_address_does_not_leave(shop: Shop, post: MemoryLetters) -> None:
    to_formal_notice(shop)
    provider(shop, "registered")
    message_id = change(shop, "registered")
    with in_tenant(shop.house.tenant_id):
        customer = Customer.objects.get(pk=shop.customer_id)
        BadAddress.objects.create(
            **shop.owner, customer=customer, reason="unknown", failed_on=day(30),
            digest=address_digest((customer.name, *customer.postal_lines())),
        )  # fmt: skip
    deliver(shop, 34)

    told = state(shop, message_id)
    assert told[0] == "withdrawn"
    assert "destinataire inconnu" in told[1]
    assert post.sent == []


@pytest.mark.parametrize(
    ("debtor_class", "is_confirmed", "agreed", "leaves"),
    [
        pytest.param("business", True, False, True, id="a professional needs no consent"),
        pytest.param("business", False, False, False, id="a class that nobody confirmed does"),
        pytest.param("foreign", True, False, False, id="a foreign one does"),
        pytest.param("consumer", True, True, True, id="somebody who agreed"),
        pytest.param("consumer", True, False, False, id="somebody who did not"),
    ],
)
def test_electronic_letters_need_consent_or_a_professional(  # noqa: PLR0917
    shop: Shop,
    post: MemoryLetters,
    debtor_class: str,
    is_confirmed: bool,
    agreed: bool,
    leaves: bool,
) -> None:
    to_formal_notice(shop)
    provider(shop, "eregistered")
    message_id = change(shop, "eregistered")
    with in_tenant(shop.house.tenant_id):
        Customer.objects.filter(pk=shop.customer_id).update(
            debtor_class=debtor_class, class_confirmed_at=noon(0) if is_confirmed else None
        )
        if agreed:
            consents.record_consent(
                tenant_id=shop.house.tenant_id, customer_id=shop.customer_id,
                email="Compta@adam.example", given_on=day(1), source="Contrat, article 9",
                actor_id=ME, today=day(34),
            )  # fmt: skip
        served = serving(
            Creditor.objects.get(pk=shop.house.creditor_id), shop.customer_id,
            channel="eregistered", email="compta@adam.example", contact="", today=day(34),
        )  # fmt: skip
    assert (served.refusal == "") is leaves
    if not leaves:
        assert "L100" in served.refusal
        return
    if debtor_class == "business":
        deliver(shop, 34)
        assert state(shop, message_id)[0] == "sent"
        assert post.sent[0].email == "compta@adam.example"


def test_a_consent_withdrawn_or_for_another_address_opens_nothing(shop: Shop) -> None:
    asked: dict[str, Any] = {"tenant_id": shop.house.tenant_id, "customer_id": shop.customer_id}
    with in_tenant(shop.house.tenant_id):
        with pytest.raises(consents.NotAConsent, match="où"):
            consents.record_consent(
                **asked, email="a@b.example", given_on=day(1), source=" ", today=day(2)
            )
        with pytest.raises(consents.NotAConsent, match="à venir"):
            consents.record_consent(
                **asked, email="a@b.example", given_on=day(3), source="x", today=day(2)
            )
        consents.record_consent(
            **asked, email="a@b.example", given_on=day(1), source="x", actor_id=ME, today=day(2)
        )
        known = postings.consents(tenant_id=shop.house.tenant_id, customer_ids=[shop.customer_id])
        assert list(known.values()) == [day(1)]
        consents.withdraw_consent(**asked, email="A@b.example", actor_id=ME, today=day(3))
        assert not postings.consents(
            tenant_id=shop.house.tenant_id, customer_ids=[shop.customer_id]
        )


def test_a_provider_that_is_down_is_asked_again_later(shop: Shop, post: MemoryLetters) -> None:
    to_formal_notice(shop)
    provider(shop, "registered")
    change(shop, "registered")
    deliver(shop, 34)
    with in_tenant(shop.house.tenant_id):
        ChannelAccount.objects.of(shop.house.tenant_id).update(is_enabled=False)
        adopt(tenant_id=shop.house.tenant_id, now=noon(34))
    assert follow(shop, noon(34)) == 0
    with in_tenant(shop.house.tenant_id):
        one = Posting.objects.of(shop.house.tenant_id).get()
    assert "Aucun compte" in one.trouble
    assert one.next_check_at == noon(35)
    assert handling.ON_PAPER == ("letter", "registered")


def test_a_proof_that_is_no_file_stops_nothing(
    shop: Shop, post: MemoryLetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MemoryLetters, "fetch", lambda *_asked: b"<html>erreur</html>")
    to_formal_notice(shop)
    provider(shop, "registered")
    change(shop, "registered")
    deliver(shop, 34)

    assert follow(shop, noon(34)) == 1
    with in_tenant(shop.house.tenant_id):
        one = Posting.objects.of(shop.house.tenant_id).get()
    assert [row["state"] for row in one.happened] == ["deposited"]
    assert one.proofs == []
    assert one.trouble
    assert one.next_check_at == noon(35)
