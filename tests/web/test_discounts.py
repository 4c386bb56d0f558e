"""Discounts on screen: a rule, a rebate, what is earned granted or not, the entries; rights."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.places import Place, logged_in, place
from tests.web.test_penalties import late

from encours.discounts.models import DiscountRule
from encours.receivables.actions import allocations, documents
from encours.receivables.actions.allocations import Share
from encours.receivables.actions.documents import Amounts
from encours.receivables.models import Credit, Instalment
from encours.recovery.models import Task
from encours.scoring.models import Score
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db(transaction=True)


@cache
def shop() -> Place:
    return place("ESCOMPTE")


def allow(client: Client, mine: Place, most: str = "5", **more: str) -> None:
    told = {"policy-treatment": "given_back", "policy-negotiation_max": most, **more}
    answer = client.post(
        reverse("settings_discount_policy"), {"creditor_id": mine.house.creditor_id, **told}
    )
    assert answer.status_code == 302


def offer(client: Client, customer: int, line: int, **more: object) -> str:
    told = {
        "lines": [line], "points": "2,5", "reason": "accord",
        "until_on": timezone.localdate() + timedelta(days=8),
    }  # fmt: skip
    address = reverse("customer_discounts", args=[customer])
    return client.post(address, told | more, follow=True).content.decode()


def line_of(mine: Place, customer: int) -> int:
    with in_tenant(mine.house.tenant_id):
        return Instalment.objects.of(mine.house.tenant_id).get(customer_id=customer).pk


def pay(mine: Place, customer: int, cents: int) -> None:
    today = timezone.localdate()
    who = {"tenant_id": mine.house.tenant_id, "today": today}
    line = line_of(mine, customer)
    with in_tenant(mine.house.tenant_id):
        credit = documents.record_credit(
            **who, customer_id=customer, kind="payment", received_on=today, amounts=Amounts(cents)
        )
        allocations.allocate(**who, credit_id=credit, shares=[Share(line, cents)])


def test_a_rule_is_kept_said_and_ended() -> None:
    mine = shop()
    client = logged_in(mine.users["admin"])
    customer = late(mine, "REGLE")
    told = {
        "creditor_id": mine.house.creditor_id, "points": "3", "days": "10", "anchor": "before_due",
        "valid_from": timezone.localdate(), "code": "", "segment": "",
    }  # fmt: skip
    page = client.post(reverse("settings_discount_rule"), told, follow=True)
    said = "3\u00a0% si le paiement arrive au moins 10 jours avant l'échéance"
    assert said in page.content.decode().replace("&#x27;", "'")
    again = client.post(reverse("settings_discount_rule"), told, follow=True).content.decode()
    assert "Une autre règle vaut déjà" in again
    own = client.post(reverse("settings_discount_rule"), {**told, "code": "REGLE"}, follow=True)
    assert f"REGLE {mine.mark}" in own.content.decode() or customer
    unknown = client.post(reverse("settings_discount_rule"), {**told, "code": "PERSONNE"})
    assert "Aucun client de cette société" in unknown.content.decode()
    bad = client.post(reverse("settings_discount_rule"), {**told, "points": "beaucoup"})
    assert "Un pourcentage est attendu." in bad.content.decode()
    for one, _said, is_over in client.get(reverse("settings_discounts")).context["rules"]:
        if not is_over:
            client.post(
                reverse("settings_discount_end", args=[one.id]),
                {"creditor_id": mine.house.creditor_id},
            )
    ended = client.get(reverse("settings_discounts")).context
    assert all(is_over for _one, _said, is_over in ended["rules"])
    assert ended["usual"] == ""


def test_a_rebate_is_offered_paid_granted_and_taken_back() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["admin"]), late(mine, "REMISE")
    line = line_of(mine, customer)
    allow(client, mine, "0")
    assert "ne permet pas de remise" in offer(client, customer, line)
    allow(client, mine)
    assert "Votre société permet une remise de 5" in offer(client, customer, line, points="6")
    assert "Remise offerte" in offer(client, customer, line)

    pay(mine, customer, 975_000)
    listed = client.get(reverse("discounts"), {"q": "REMISE", "state": "earned"})
    [row] = listed.context["table"].lines
    done = client.post(
        reverse("discounts"), {"ids": [row.id], "decision": "accept"}, follow=True
    ).content.decode()
    assert "1 escompte accordé." in done
    with in_tenant(mine.house.tenant_id):
        credit = Credit.objects.of(mine.house.tenant_id).get(customer_id=customer, kind="discount")
    assert credit.amount_cents == 25_000
    file = client.get(reverse("discount_entries"), {"export": "csv"})
    csv = b"".join(file.streaming_content).decode()  # type: ignore[arg-type]
    assert credit.number in csv
    assert "665" in csv
    page = client.get(reverse("customer_discounts", args=[customer]))
    [(one, _state, _origin)] = page.context["offers"]
    back = client.post(reverse("discount_take_back", args=[one.grant_id]), follow=True)
    assert "Escompte repris" in back.content.decode()
    refused = client.post(
        reverse("discounts"), {"ids": [row.id], "decision": "refuse"}, follow=True
    )
    assert "1 escompte non accordé." in refused.content.decode()


def test_an_offer_is_withdrawn_by_who_may_offer() -> None:
    mine = shop()
    client, customer = logged_in(mine.users["admin"]), late(mine, "RETRAIT")
    allow(client, mine)
    offer(client, customer, line_of(mine, customer))
    page = client.get(reverse("customer_discounts", args=[customer]))
    [(one, _state, _origin)] = page.context["offers"]
    address = reverse("customer_discount_withdraw", args=[customer, one.id])
    assert logged_in(mine.users["reader"]).post(address).status_code == 403
    assert "Offre retirée." in client.post(address, follow=True).content.decode()
    other = reverse("customer_discount_withdraw", args=[late(mine, "AUTRE"), one.id])
    assert client.post(other).status_code == 404


@pytest.mark.parametrize("role", ["reader", "collector", "sales"])
def test_who_may_not_grant_is_told(role: str) -> None:
    mine = shop()
    client, customer = logged_in(mine.users["admin"]), late(mine, f"DROIT-{role}")
    allow(client, mine)
    offer(client, customer, line_of(mine, customer))
    pay(mine, customer, 975_000)
    rows = client.get(reverse("discounts"), {"q": f"DROIT-{role}"}).context["table"].lines
    answer = logged_in(mine.users[role]).post(
        reverse("discounts"), {"ids": [rows[0].id], "decision": "accept"}
    )
    with in_tenant(mine.house.tenant_id):
        granted = Credit.objects.of(mine.house.tenant_id).filter(
            customer_id=customer, kind="discount"
        )
        assert not granted.exists()
    assert answer.status_code in (302, 403)


def test_a_good_payer_is_given_a_rule_or_a_next_action() -> None:
    mine = shop()
    client = logged_in(mine.users["admin"])
    early, calm, later = (late(mine, code) for code in ("TOT", "CALME", "PLUSTARD"))
    with in_tenant(mine.house.tenant_id):
        for customer, behaviour in ((early, "early"), (calm, "on_time"), (later, "early")):
            Score.objects.create(
                tenant_id=mine.house.tenant_id, creditor_id=mine.house.creditor_id,
                customer_id=customer, on=timezone.localdate(), profile=behaviour,
                behaviour=behaviour, settled_lines=9, tenure_months=9, volume_cents=2_000_000,
                on_time_percent=96,
            )  # fmt: skip
    address = reverse("rewards")
    shown = client.get(address).content.decode()
    assert "TOT PENALTY" in shown
    client.post(address, {"customer": [early, calm, "x"], "decision": "accept"})
    client.post(address, {"customer": [later], "decision": "decline"})

    assert client.get(address).context["table"].lines == ()
    with in_tenant(mine.house.tenant_id):
        rules = DiscountRule.objects.of(mine.house.tenant_id).filter(origin="reward")
        assert [one.customer_id for one in rules] == [early]
        tasks = Task.objects.of(mine.house.tenant_id).values_list("customer_id", flat=True)
        assert list(tasks) == [calm]
    assert logged_in(mine.users["collector"]).get(address).status_code == 403
