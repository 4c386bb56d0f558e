"""The plan of the day on the site: decided, sent, looked at; the way to going live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon, shop
from tests.web.places import add_user, logged_in

from encours.dunning.models import Reminder, Scenario
from encours.dunning.rules.scenario import french_scenario
from encours.messaging.actions import Outbox
from encours.messaging.models import Message
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.parties.models import Contact, Customer, PaymentTerms
from encours.tenancy.models import Creditor, Fact, User
from encours.tenancy.scope import in_tenant

__all__ = ("channel", "shop")
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(5), tick=True):
        yield


def person(house: House, role: str) -> User:
    with in_tenant(house.tenant_id):
        return add_user(house, role, "DUNNING")


@pytest.fixture
def client(shop: Shop) -> Client:
    return logged_in(person(shop.house, "credit_manager").pk)


def planned(shop: Shop, client: Client) -> Reminder:
    client.post(reverse("plan_compute"), {"creditor_id": shop.house.creditor_id})
    with in_tenant(shop.house.tenant_id):
        return Reminder.objects.of(shop.house.tenant_id).get()


def decide(shop: Shop, client: Client, do: str, *ids: int) -> str:
    asked = {"creditor_id": shop.house.creditor_id, "do": do, "ids": list(ids)}
    return client.post(reverse("plan_decide"), asked, follow=True).content.decode()


def state(shop: Shop) -> str:
    with in_tenant(shop.house.tenant_id):
        return Reminder.objects.of(shop.house.tenant_id).get().state


def test_a_day_from_the_plan_to_the_outbox(
    shop: Shop, client: Client, channel: MemoryEmailChannel
) -> None:
    one = planned(shop, client)
    page = client.get(reverse("plan")).content.decode()
    assert "Adam SARL" in page
    assert "Tout valider" in page

    assert "1 message validé" in decide(shop, client, "approve", one.pk)
    assert "part maintenant" in decide(shop, client, "send_all")
    later = noon(5) + timedelta(hours=1)
    Outbox(shop.house.tenant_id, 1, clock=lambda: later).run()

    assert state(shop) == "sent"
    assert "Parti" in client.get(reverse("outbox")).content.decode()
    with in_tenant(shop.house.tenant_id):
        message = Message.objects.of(shop.house.tenant_id).get()
    shown = client.get(reverse("message", args=[message.pk])).content.decode()
    assert "compta@adam.example" in shown
    body = client.get(reverse("message_body", args=[message.pk]))
    assert "sandbox" in body.headers["Content-Security-Policy"]
    assert "FA-1" in body.content.decode()
    bytes_left = client.get(reverse("message_file", args=[message.pk, 0])).content
    assert bytes_left == channel.sent[0].content
    assert client.get(reverse("message_file", args=[message.pk, 9])).status_code == 404


def test_ticks_are_needed_and_skipping_counts(shop: Shop, client: Client) -> None:
    one = planned(shop, client)
    assert "Cochez au moins" in decide(shop, client, "approve")
    assert "1 message passé" in decide(shop, client, "skip", one.pk)
    assert state(shop) == "skipped"


def second_customer(shop: Shop) -> Shop:
    with in_tenant(shop.house.tenant_id):
        other = Customer.objects.get(pk=shop.customer_id)
        other.pk, other.code, other.name = None, "ZOLA", "Zola & Cie 100 %"
        other.save()
        Contact.objects.create(
            tenant_id=shop.house.tenant_id, customer=other, email="compta@zola.example"
        )
    zola = Shop(shop.house, customer_id=other.pk)
    zola.invoice("FA-8", cents=30_000)
    zola.invoice("FA-9", cents=30_000)
    return zola


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        pytest.param("", ["Adam SARL", "Zola"], id="the highest amount first"),
        pytest.param("sort=name", ["Adam SARL", "Zola"], id="by name"),
        pytest.param("sort=-lines", ["Zola", "Adam SARL"], id="by number of due lines"),
        pytest.param("sort=amount_cents", ["Zola", "Adam SARL"], id="the lowest amount first"),
        pytest.param("q=fa-9", ["Zola"], id="by the number of an invoice"),
        pytest.param("q=zola", ["Zola"], id="by code"),
        pytest.param("q=100 %25", ["Zola"], id="a percent sign is a percent sign"),
        pytest.param("q=_", [], id="and an underscore an underscore"),
        pytest.param("step=relance_1", ["Adam SARL", "Zola"], id="by step"),
        pytest.param("step=relance_2", [], id="another step"),
        pytest.param("state=skipped", [], id="by state"),
    ],
)
def test_the_day_is_sorted_and_searched(
    shop: Shop, client: Client, asked: str, shown: list[str]
) -> None:
    second_customer(shop)
    client.post(reverse("plan_compute"), {"creditor_id": shop.house.creditor_id})
    page = client.get(f"{reverse('plan')}?{asked}").content.decode()
    rows = page[page.index("<tbody") : page.index("</tbody")] if "<tbody" in page else ""
    found = {name: rows.find(name) for name in ("Adam SARL", "Zola")}

    assert [name for name in sorted(found, key=found.__getitem__) if found[name] >= 0] == shown


def test_a_reminder_is_previewed_and_worded(shop: Shop, client: Client) -> None:
    one = planned(shop, client)
    address = reverse("reminder", args=[one.pk])
    assert "FA-1" in client.get(address).content.decode()
    assert client.get(reverse("reminder_pdf", args=[one.pk])).content.startswith(b"%PDF")

    words = {"subject": "Un mot", "body": "Chère madame,\n\nun rappel."}
    client.post(reverse("reminder_edit", args=[one.pk]), words)
    mail = client.get(reverse("reminder_email", args=[one.pk])).content.decode()
    assert "un rappel." in mail
    client.post(reverse("reminder_decide", args=[one.pk]), {"do": "approve"})
    assert state(shop) == "approved"
    assert "n'attend plus" in client.post(
        reverse("reminder_edit", args=[one.pk]), words, follow=True
    ).content.decode().replace("&#x27;", "'")


def worded(shop: Shop, client: Client, body: str, **more: str) -> str:
    """Give a planned message other words, and return the page that answers."""
    with in_tenant(shop.house.tenant_id):
        one = Reminder.objects.of(shop.house.tenant_id).get()
    words = {"subject": "Facture FA-1", "body": body, **more}
    page = client.post(reverse("reminder_edit", args=[one.pk]), words, follow=True)
    return page.content.decode().replace("&#x27;", "'")


def test_unlawful_words_are_refused_with_their_reason(shop: Shop, client: Client) -> None:
    planned(shop, client)
    threat = "Un huissier se présentera demain à votre domicile."
    page = worded(shop, client, threat, keep="1")

    assert "ne peut pas partir ainsi" in page
    assert "C. pén. 433-13" in page
    assert "Garder quand même" not in page
    assert threat in page  # what was written is not lost
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.of(shop.house.tenant_id).get().edited == {}


def test_unwise_words_are_kept_only_when_a_person_says_so(shop: Shop, client: Client) -> None:
    planned(shop, client)
    hasty = "Merci de régler immédiatement la facture FA-1."
    page = worded(shop, client, hasty)

    assert "est à relire" in page
    assert "Garder quand même" in page
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.of(shop.house.tenant_id).get().edited == {}

    assert "Texte enregistré" in worded(shop, client, hasty, keep="1")
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.of(shop.house.tenant_id).get().edited["body"] == hasty
        told = Fact.objects.of(shop.house.tenant_id).get(verb="reminder.edited")
    assert told.data == {"kept_despite": ["haste"]}


def test_why_not_and_the_days_to_come(shop: Shop, client: Client) -> None:
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(live_on=day(2))
    held = client.get(reverse("plan_held")).content.decode()
    assert "À trier" in held
    fragment = client.get(
        reverse("plan_held"), {"q": "adam"}, headers={**HTMX, "hx-target": "table-held"}
    ).content.decode()
    assert (
        fragment.split("</table>")[0].strip()
        in client.get(reverse("plan_held"), {"q": "adam"}).content.decode()
    )
    assert client.get(reverse("plan_forecast")).status_code == 200
    assert "Mise en demeure" in client.get(reverse("plan_scenario")).content.decode()


def test_the_way_to_going_live(shop: Shop, client: Client) -> None:
    with in_tenant(shop.house.tenant_id):
        Creditor.objects.filter(pk=shop.house.creditor_id).update(
            live_on=None, sender_checked_at=noon(0)
        )
        PaymentTerms.objects.create(
            **shop.owner, code="30", name="30 jours", definition={}, is_default=True,
            confirmed_at=noon(0),
        )  # fmt: skip
    assert "Il reste un point" in client.get(reverse("plan_golive")).content.decode()
    asked = {"creditor_id": shop.house.creditor_id}
    triage = {**asked, "do": "remind:some", "ids": [shop.line_id]}
    assert (
        "1 échéance triée"
        in client.post(reverse("triage_decide"), triage, follow=True).content.decode()
    )
    started = client.post(
        reverse("plan_golive_start"), {**asked, "starts_on": day(5).isoformat()}, follow=True
    )
    assert "En service" in started.content.decode()
    back = client.post(reverse("plan_golive_back"), asked, follow=True).content.decode()
    assert "Répétition" in back
    assert client.get(reverse("guide")).status_code == 200


def test_a_doubt_is_decided_by_a_person(shop: Shop, client: Client) -> None:
    one = planned(shop, client)
    decide(shop, client, "send_all")
    with in_tenant(shop.house.tenant_id):
        message = Message.objects.of(shop.house.tenant_id).get(subject_id=one.pk)
        Message.objects.filter(pk=message.pk).update(
            state="uncertain", claimed_at=datetime.now(UTC) - timedelta(minutes=11)
        )
    assert "Trancher" in client.get(reverse("outbox")).content.decode()
    client.post(reverse("message_resolve", args=[message.pk]), {"left": "1"})
    assert state(shop) == "sent"


def test_a_step_that_people_added_goes_by_its_name(shop: Shop, client: Client) -> None:
    one = planned(shop, client)
    shipped = french_scenario()
    added = replace(shipped.steps[1], code="relance_7", name="Rappel du commercial")
    with in_tenant(shop.house.tenant_id):
        Reminder.objects.filter(pk=one.pk).update(step_code="relance_7")
    assert "Rappel du commercial" not in client.get(reverse("plan")).content.decode()
    with in_tenant(shop.house.tenant_id):
        Scenario.objects.create(
            **shop.owner, code="a_moi", version=1, name="À moi", is_active=False,
            definition=replace(shipped, steps=(added,)).as_json(),
        )  # fmt: skip
    assert client.get(reverse("plan")).content.decode().count("Rappel du commercial") > 1
    listed = client.get(reverse("plan"), {"step": "relance_7"}).content.decode()
    assert "Adam SARL" in listed


def test_what_is_approved_one_by_one_is_left_and_said(shop: Shop, client: Client) -> None:
    one = planned(shop, client)
    with in_tenant(shop.house.tenant_id):
        Reminder.objects.filter(pk=one.pk).update(approval="each")
    asked = {"creditor_id": shop.house.creditor_id, "do": "approve_all"}
    told = client.post(reverse("plan_decide"), asked, follow=True).content.decode()

    assert state(shop) == "planned"
    assert "1 message se valide à part" in told
    told = client.post(
        reverse("plan_decide"), {**asked, "do": "approve", "ids": one.pk}, follow=True
    ).content.decode()
    assert state(shop) == "approved"
    assert "se valide à part" not in told


def test_sales_see_their_own_customers_only(shop: Shop, client: Client) -> None:
    one = planned(shop, client)
    seller = person(shop.house, "sales")
    sales = logged_in(seller.pk)
    assert "Adam SARL" not in sales.get(reverse("plan")).content.decode()
    assert sales.get(reverse("reminder", args=[one.pk])).status_code == 404
    with in_tenant(shop.house.tenant_id):
        Customer.objects.filter(pk=shop.customer_id).update(salesperson_id=seller.pk)
    assert "Adam SARL" in sales.get(reverse("plan")).content.decode()
    asked = {"creditor_id": shop.house.creditor_id, "do": "approve_all"}
    assert sales.post(reverse("plan_decide"), asked).status_code == 403
    assert state(shop) == "planned"


def test_the_plan_asks_few_questions(shop: Shop, client: Client) -> None:
    planned(shop, client)
    for name in ("plan", "outbox", "outbox_letters", "triage", "plan_golive"):
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name))
        told = [
            one["sql"] for one in asked if one["sql"].lower().startswith(("select", "\nselect"))
        ]
        assert len(told) <= 12, (name, told)
