"""Letters on the site: the batch, the franking list, proofs typed and scanned, prices, consents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, noon, shop
from tests.dunning.test_golive import to_formal_notice, waiting_letter
from tests.web.places import add_user, logged_in

from encours.dunning.queries.timeline import timeline
from encours.messaging.models import ChannelAccount, Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.providers.memory_letters import PROOF
from encours.postal.queries import postings
from encours.tenancy.models import User
from encours.tenancy.scope import in_tenant
from encours.web.ledger.sentences import told

__all__ = ("channel", "shop")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(34), tick=True):
        yield


def person(house: House, role: str) -> User:
    with in_tenant(house.tenant_id):
        return add_user(house, role, "DUNNING")


@pytest.fixture
def client(shop: Shop) -> Client:
    return logged_in(person(shop.house, "credit_manager").pk)


@pytest.fixture
def letter(shop: Shop, channel: MemoryEmailChannel) -> int:
    """A registered letter that waits."""
    to_formal_notice(shop)
    message_id = waiting_letter(shop)
    with in_tenant(shop.house.tenant_id):
        Message.objects.filter(pk=message_id).update(channel="registered")
    return message_id


def test_a_batch_is_printed_posted_and_proved(shop: Shop, client: Client, letter: int) -> None:
    page = client.get(reverse("outbox_letters")).content.decode()
    assert "Adam SARL" in page
    assert f'name="number_{letter}"' in page

    done = client.post(reverse("letters_batch"), {"do": "print", "ids": [letter], "duplex": "1"})
    assert done.content.startswith(b"%PDF")
    assert "attachment" in done["Content-Disposition"]
    assert "DL" in client.get(reverse("outbox_letters")).content.decode()
    export = client.get(reverse("outbox_letters"), {"export": "csv"})
    assert export.status_code == 200

    typed = {
        "do": "post",
        "ids": [letter],
        "posted_on": "2026-11-03",
        f"number_{letter}": "1A 22 3",
    }
    refused = client.post(reverse("letters_batch"), typed, follow=True).content.decode()
    assert "pas lisible" in refused
    typed[f"number_{letter}"] = "1A 123 456 7890 1"
    page = client.post(reverse("letters_batch"), typed, follow=True).content.decode()
    assert "1 courrier noté posté" in page
    assert "1A12345678901" in client.get(reverse("letters_under_way")).content.decode()

    scan = SimpleUploadedFile("avis.pdf", PROOF, "application/pdf")
    seen = {"seen-state": "not_claimed", "seen-on": "2026-11-03", "seen-scan": scan}
    page = client.post(reverse("message_seen", args=[letter]), seen, follow=True).content.decode()
    assert "gardé en preuve" in page
    assert "Avisé et non réclamé" in page
    assert "Preuve de non-réclamation" in page
    with in_tenant(shop.house.tenant_id):
        failed = postings.failed_addresses(
            tenant_id=shop.house.tenant_id, customer_ids=[shop.customer_id]
        )
    assert failed[shop.customer_id][0] == "not_claimed"
    card = client.get(reverse("customer_card", args=[shop.customer_id])).content.decode()
    assert "Adresse postale en défaut" in card
    with in_tenant(shop.house.tenant_id):
        story = timeline(
            tenant_id=shop.house.tenant_id, customer_id=shop.customer_id, until=date(2100, 1, 1)
        )
    said = [told(one).sentence for one in story]
    assert "Pli avisé et non réclamé." in said
    assert "Preuve de courrier gardée." in said


def test_what_is_no_file_is_not_kept(shop: Shop, client: Client, letter: int) -> None:
    client.post(reverse("letters_batch"), {"do": "print", "ids": [letter]})
    client.post(reverse("letters_batch"), {"do": "post", "ids": [letter]})
    bad = SimpleUploadedFile("avis.pdf", b"MZ program", "application/pdf")
    seen = {"seen-state": "delivered", "seen-on": "2026-11-03", "seen-scan": bad}
    client.post(reverse("message_seen", args=[letter]), seen)
    later = {"seen-state": "delivered", "seen-on": "2027-11-03"}
    page = client.post(reverse("message_seen", args=[letter]), later, follow=True)
    assert "à venir" in page.content.decode()
    with in_tenant(shop.house.tenant_id):
        known = postings.card_of(tenant_id=shop.house.tenant_id, message_id=letter)
    assert known is not None
    assert (known.happened, known.proofs) == ([], [])


def test_nothing_ticked_is_said_and_readers_post_nothing(
    shop: Shop, client: Client, letter: int
) -> None:
    page = client.post(reverse("letters_batch"), {"do": "print"}, follow=True).content.decode()
    assert "Cochez au moins un courrier" in page
    reader = logged_in(person(shop.house, "reader").pk)
    assert reader.post(reverse("letters_batch"), {"ids": [letter]}).status_code == 403
    assert "Imprimer le lot" not in reader.get(reverse("outbox_letters")).content.decode()


def test_the_list_asks_a_fixed_number_of_questions(client: Client, letter: int) -> None:
    client.get(reverse("outbox_letters"))
    for name in ("outbox_letters", "letters_under_way"):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name))
        assert len(asked) <= 14, [one["sql"][:90] for one in asked]


def test_prices_are_said_by_who_may_write(shop: Shop, client: Client) -> None:
    admin = logged_in(person(shop.house, "admin").pk)
    typed = {
        "creditor_id": shop.house.creditor_id, "channel": "registered", "provider": "maileva",
        "first_cents": "6,20", "sheet_cents": "0,35",
    }  # fmt: skip
    page = admin.post(reverse("settings_postage_price"), typed, follow=True).content.decode()
    assert "6,20" in page
    assert "Maileva" in page
    typed["first_cents"] = "2 000"
    assert (
        "entre 0 et 1"
        in admin.post(reverse("settings_postage_price"), typed, follow=True).content.decode()
    )
    reader = logged_in(person(shop.house, "reader").pk)
    assert reader.post(reverse("settings_postage_price"), typed).status_code == 403


def test_a_consent_is_recorded_and_withdrawn_on_the_card(shop: Shop, client: Client) -> None:
    where = reverse("customer_consent", args=[shop.customer_id])
    typed = {
        "consent-email": "compta@adam.example", "consent-given_on": "2026-10-05",
        "consent-source": "Conditions signées le 5 octobre",
    }  # fmt: skip
    page = client.post(where, typed, follow=True).content.decode()
    assert "Accord enregistré" in page
    assert "accord du 5" in page or "accord du 05" in page
    page = client.post(where, {"withdraw": "compta@adam.example"}, follow=True).content.decode()
    assert "pas d&#x27;accord enregistré" in page or "pas d'accord enregistré" in page
    other = {**typed, "consent-email": "ailleurs@adam.example"}
    assert "Indiquez l" in client.post(where, other, follow=True).content.decode()


def test_a_code_is_asked_only_where_an_account_may_want_one(shop: Shop, client: Client) -> None:
    assert "Code à usage unique" not in client.get(reverse("outbox_letters")).content.decode()
    with in_tenant(shop.house.tenant_id):
        ChannelAccount.objects.create(**shop.owner, channel="eregistered", provider="ar24")
    assert "Code à usage unique" in client.get(reverse("outbox_letters")).content.decode()
