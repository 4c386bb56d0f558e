"""« Toutes les sociétés » on the lists of reminders: every row, each acted on for its own creditor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, day, noon
from tests.web.places import add_user, logged_in

from encours.dunning.models import Reminder, Triage
from encours.dunning.queries import letters as letter_queries
from encours.dunning.queries.letters import LetterRow
from encours.messaging.actions import Outbox
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.tenancy.models import Creditor, Membership
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)
LISTS = (
    "plan",
    "plan_held",
    "plan_forecast",
    "plan_coverage",
    "triage",
    "outbox",
    "outbox_letters",
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(5), tick=True):
        yield


def another(house: House, code: str) -> Shop:
    with in_tenant(house.tenant_id):
        created = Creditor.objects.create(
            tenant_id=house.tenant_id, code=code, name=f"Filiale {code}"
        )
    one = Shop(House(house.tenant_id, created.pk, code))
    one.open()
    return one


@pytest.fixture
def shops(house: House) -> tuple[Shop, Shop]:
    """Two live creditors, the customer of each owes one invoice."""
    first = Shop(house)
    first.open()
    second = another(house, "B")
    second.invoice("FB-2", 30_000)
    return first, second


def client_of(house: House, *roles: tuple[str, int | None]) -> Client:
    (role, creditor_id), *others = roles
    with in_tenant(house.tenant_id):
        user = add_user(house, role, "TOUTES", creditor_id)
        for other, owner in others:
            Membership.objects.create(
                tenant_id=house.tenant_id, user=user, role=other, creditor_id=owner
            )
    return logged_in(user.pk)


def compute(client: Client) -> None:
    client.post(reverse("plan_compute"))


def reminders(house: House) -> dict[int, Reminder]:
    with in_tenant(house.tenant_id):
        return {one.creditor_id: one for one in Reminder.objects.of(house.tenant_id)}


def text(client: Client, name: str) -> str:
    return client.get(reverse(name)).content.decode()


def test_the_plan_shows_and_computes_every_creditor(shops: tuple[Shop, Shop]) -> None:
    house = shops[0].house
    client = client_of(house, ("credit_manager", None))
    compute(client)
    page = text(client, "plan")

    assert set(reminders(house)) == {one.house.creditor_id for one in shops}
    assert page.count("Adam SARL") >= 2
    assert "Toutes les sociétés" in page
    assert "Filiale B" in page
    client.post(reverse("choose_creditor"), {"creditor": house.creditor_id})
    assert text(client, "plan").count('name="ids"') == 1


def test_each_message_is_decided_for_its_own_creditor(
    shops: tuple[Shop, Shop], channel: MemoryEmailChannel
) -> None:
    house = shops[0].house
    client = client_of(house, ("collector", None))
    compute(client)
    ids = [one.pk for one in reminders(house).values()]
    told = client.post(reverse("plan_decide"), {"do": "approve", "ids": ids}, follow=True)
    assert "2 messages validés" in told.content.decode()

    told = client.post(reverse("plan_decide"), {"do": "send_all"}, follow=True)
    assert "2 messages partent maintenant" in told.content.decode()
    later = noon(5) + timedelta(hours=1)
    Outbox(house.tenant_id, 1, clock=lambda: later).run()
    assert {one.state for one in reminders(house).values()} == {"sent"}
    assert text(client, "outbox").count("Filiale B") >= 1


def test_a_role_for_one_creditor_decides_nothing_of_another(shops: tuple[Shop, Shop]) -> None:
    """Reader everywhere, collector of the second: what is not theirs is refused whole."""
    first, second = shops
    house, mine = first.house, second.house.creditor_id
    client = client_of(house, ("reader", None), ("collector", mine))
    compute(client)
    assert set(reminders(house)) == {mine}, "only their own creditor is computed"
    compute(client_of(house, ("credit_manager", None)))
    known = reminders(house)

    page = text(client, "plan")
    assert page.count("Adam SARL") >= 2
    assert page.count('name="ids"') == 1, "only what they may decide is ticked"
    both = {"do": "approve", "ids": [one.pk for one in known.values()]}
    assert client.post(reverse("plan_decide"), both).status_code == 404
    assert {one.state for one in reminders(house).values()} == {"planned"}

    client.post(reverse("plan_decide"), {"do": "approve_all"})
    states = {owner: one.state for owner, one in reminders(house).items()}
    assert states == {house.creditor_id: "planned", mine: "approved"}
    skip = {"do": "skip", "ids": [known[house.creditor_id].pk]}
    assert client.post(reverse("plan_decide"), skip).status_code == 404
    named = {"do": "approve_all", "creditor_id": house.creditor_id}
    assert client.post(reverse("plan_decide"), named).status_code == 404
    assert {one.state for one in reminders(house).values()} == {"planned", "approved"}


def test_a_reader_decides_nothing(shops: tuple[Shop, Shop]) -> None:
    client = client_of(shops[0].house, ("reader", None))

    assert client.post(reverse("plan_compute")).status_code == 403
    assert client.post(reverse("plan_decide"), {"do": "approve_all"}).status_code == 403
    assert client.post(reverse("triage_decide"), {"do": "leave:all"}).status_code == 403
    assert 'name="ids"' not in text(client, "plan")


def test_who_sees_one_creditor_sees_only_its_rows(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    compute(client_of(first.house, ("credit_manager", None)))
    client = client_of(first.house, ("collector", second.house.creditor_id))
    other = reminders(first.house)[first.house.creditor_id]

    for name in LISTS:
        assert "Maison Durand" not in text(client, name)
    asked = {"do": "approve", "ids": [other.pk]}
    assert client.post(reverse("plan_decide"), asked).status_code == 404


def test_old_lines_are_sorted_each_by_its_creditor(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    house = first.house
    with in_tenant(house.tenant_id):
        Creditor.objects.of(house.tenant_id).update(live_on=date(2026, 10, 4))
    client = client_of(house, ("credit_manager", None))
    page = text(client, "triage")
    assert all(number in page for number in ("FA-1", "FB-2", "Filiale B"))

    asked = {"do": "letter:some", "ids": [first.line_id, second.line_id]}
    client.post(reverse("triage_decide"), asked)
    client.post(reverse("triage_decide"), {"do": "leave:all"})
    with in_tenant(house.tenant_id):
        told = set(Triage.objects.values_list("creditor_id", "decision"))
    assert told == {
        (house.creditor_id, "letter"),
        (second.house.creditor_id, "letter"),
        (second.house.creditor_id, "leave"),
    }
    told_again = client.post(reverse("triage_decide"), {"do": "leave:all"}, follow=True)
    assert "Choisissez au moins une échéance" in told_again.content.decode()


def test_why_not_and_the_days_to_come_are_told_together(shops: tuple[Shop, Shop]) -> None:
    first, second = shops
    with in_tenant(first.house.tenant_id):
        Creditor.objects.filter(pk=second.house.creditor_id).update(minimum_cents=10_000_000)
        Creditor.objects.filter(pk=first.house.creditor_id).update(live_on=day(1))
    client = client_of(first.house, ("reader", None))
    held = text(client, "plan_held")
    ahead = text(client, "plan_forecast")

    assert "Sous le minimum" in held
    assert "Filiale B" in held
    assert "Maison Durand" in ahead
    assert client.get(reverse("plan_held"), {"export": "csv"}).status_code == 403
    manager = client_of(first.house, ("credit_manager", None))
    exported = manager.get(reverse("plan_held"), {"export": "csv"})
    assert "Filiale B" in b"".join(exported).decode()  # type: ignore[call-overload]


def test_more_creditors_cost_no_more_questions(shops: tuple[Shop, Shop]) -> None:
    """What the planner must compute is kept; then each list asks as much for four as for two."""
    house = shops[0].house
    client = client_of(house, ("credit_manager", None))
    compute(client)

    def costs() -> dict[str, int]:
        found = {}
        for name in LISTS:
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name)).status_code == 200
            found[name] = len(asked)
        return found

    before = costs()
    another(house, "C")
    another(house, "D")
    compute(client)
    after = costs()

    assert after == before
    assert max(after.values()) <= 16, after


def test_a_letter_has_its_buttons_only_where_the_person_may_send(
    shops: tuple[Shop, Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = shops
    house, mine = first.house, second.house.creditor_id
    rows = [
        LetterRow(**{**dict.fromkeys(LetterRow.__dataclass_fields__), "id": number, "sheets": 0,
                     "place": 0, "channel": "letter", "postcode": "", "city": "",
                     "creditor_id": owner, "name": "Adam SARL", "step": "relance_1",
                     "currency": "EUR", "amount_cents": 100_00})  # type: ignore[arg-type]
        for number, owner in ((71, house.creditor_id), (72, mine))
    ]  # fmt: skip
    monkeypatch.setattr(letter_queries, "waiting", lambda *_args: rows)
    client = client_of(house, ("reader", None), ("collector", mine))
    page = text(client, "outbox_letters")

    assert page.count("Adam SARL") >= 2
    assert reverse("message_print", args=[72]) in page
    assert reverse("message_posted", args=[72]) in page
    assert reverse("message_print", args=[71]) not in page
    assert "Imprimer</button>" not in text(client_of(house, ("reader", None)), "outbox_letters")
