"""Settings of the organisation on the pages: in force, from where, one's own, and back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.conftest import House, found_house
from tests.web.places import add_user, logged_in

from encours.dunning.models import Scenario
from encours.parties.models import PaymentTerms
from encours.tenancy.models import Creditor, Tenant
from encours.tenancy.scope import in_tenant

WHOLE = {"niveau": "organisation"}
BACK = "Revenir à la valeur de l'organisation"


@pytest.fixture
def group(transactional_db: None) -> House:
    """Two creditors: what one follows, the other may override."""
    house = found_house()
    with in_tenant(house.tenant_id):
        Creditor.objects.create(tenant_id=house.tenant_id, code="B", name="Filiale B")
    return house


def client_of(group: House, role: str = "admin", creditor_id: int | None = None) -> Client:
    with in_tenant(group.tenant_id):
        user = add_user(group, role, "GROUPE", creditor_id)
    client = logged_in(user.pk)
    client.post(reverse("choose_creditor"), {"creditor": group.creditor_id})
    return client


def page(client: Client, name: str, **query: str) -> str:
    text = client.get(reverse(name), query).content.decode()
    return re.sub(r"&#x27;", "'", text)


def sendings(**given: Any) -> dict[str, Any]:
    told = {
        "what": "policy",
        "policy-approval": "review",
        "policy-freshness_days": "7",
        "policy-penalty_rate": "",
        "policy-day_count": "ACT_365",
        "policy-cycle_hour": "6",
        "policy-send_from_hour": "9",
        "policy-send_until_hour": "18",
        "policy-time_zone": "Europe/Paris",
    }
    return told | given


def moved(client: Client, code: str, day: int, **whose: Any) -> None:
    """Move a step of the French scenario, and save it."""
    told = {**whose, "etape": code, "day": day}
    assert client.post(reverse("settings_scenario_move"), told).status_code == 302
    client.post(reverse("settings_scenario"), {**whose, "what": "save"})


def test_a_setting_of_the_organisation_holds_for_each_until_it_has_its_own(group: House) -> None:
    client, url = client_of(group), reverse("settings_creditor_habits")
    client.post(url, sendings(**WHOLE, **{"policy-freshness_days": "3"}))
    shown = page(client, "settings_creditor_habits")
    assert "repris de l'organisation" in shown
    assert 'value="3"' in shown
    assert BACK not in shown

    mine = {"creditor_id": group.creditor_id}
    client.post(url, sendings(**mine, **{"policy-freshness_days": "12"}))
    shown = page(client, "settings_creditor_habits")
    assert "propre à cette société" in shown
    assert f"{BACK} (3)" in shown
    assert "Sauf : Maison Durand." in page(client, "settings_creditor_habits", **WHOLE)

    back = reverse("settings_policy_inherit", args=("envois",))
    assert client.post(back, {**mine, "name": "freshness_days"}).status_code == 302
    assert BACK not in page(client, "settings_creditor_habits")
    with in_tenant(group.tenant_id):
        assert Creditor.objects.get(id=group.creditor_id).freshness_days is None
        assert Tenant.objects.get().freshness_days == 3


def test_an_unknown_setting_or_page_is_not_found(group: House) -> None:
    client, mine = client_of(group), {"creditor_id": group.creditor_id}
    for name, told in (("envois", "siren"), ("ailleurs", "approval")):
        url = reverse("settings_policy_inherit", args=(name,))
        assert client.post(url, {**mine, "name": told}).status_code == 404
    url = reverse("settings_policy_inherit", args=("envois",))
    assert client.post(url, {**WHOLE, "name": "approval"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("settings_creditor_habits", sendings(**{"policy-freshness_days": "3"})),
        ("settings_scenario", {"what": "drop"}),
        ("settings_terms", {"text": "45 jours"}),
    ],
)
def test_who_manages_one_creditor_does_not_set_what_all_follow(
    group: House, name: str, given: dict[str, Any]
) -> None:
    client = client_of(group, "credit_manager", group.creditor_id)

    assert client.get(reverse(name), WHOLE).status_code == 403
    assert client.post(reverse(name), {**given, **WHOLE}).status_code == 403
    assert "Toute l'organisation" not in page(client, name)
    mine = {**given, "creditor_id": group.creditor_id}
    assert client.post(reverse(name), mine).status_code == 302


def test_an_accountant_reads_and_changes_nothing(group: House) -> None:
    client = client_of(group, "accountant")
    shown = page(client, "settings_scenario")

    assert "Étapes" in shown
    assert "Appliquer au brouillon" not in shown
    told = {"what": "save", **WHOLE}
    assert client.post(reverse("settings_scenario"), told).status_code == 403


def test_the_steps_are_changed_and_given_back(group: House) -> None:
    client, mine = client_of(group), {"creditor_id": group.creditor_id}
    assert "livré avec encours" in page(client, "settings_scenario")

    moved(client, "relance_1", 5, **WHOLE)
    assert "repris de l'organisation" in page(client, "settings_scenario")

    asleep = {**mine, "etape": "relance_2", "name": "relance 2", "offset_days": 10}
    asleep |= {"tone": "neutral", "approval": "auto", "anchor": "due", "days": "calendar"}
    asleep |= {"sender": "creditor", "channels": ["letter"]}
    assert client.post(reverse("settings_scenario_step"), asleep).status_code == 302
    moved(client, "relance_3", 22, **mine)
    shown = page(client, "settings_scenario")
    assert "is-asleep" in shown
    assert "Revenir aux étapes de l'organisation" in shown
    with in_tenant(group.tenant_id):
        own = Scenario.objects.get(creditor_id=group.creditor_id)
        told = {step["code"]: step for step in own.definition["steps"]}
    assert own.version == 3
    assert (told["relance_2"]["is_active"], told["relance_2"]["channels"]) == (False, ["letter"])
    assert told["relance_1"]["offset_days"] == 5
    assert "Deuxième relance" not in page(client, "plan_scenario")

    client.post(reverse("settings_scenario_inherit"), mine)
    assert "is-asleep" not in page(client, "settings_scenario")


def test_steps_that_make_no_sense_are_told_and_not_saved(group: House) -> None:
    client, mine = client_of(group), {"creditor_id": group.creditor_id}
    told = {**mine, "etape": "relance_2", "day": 25}
    htmx = {"hx-request": "true", "hx-target": "editor"}
    shown = client.post(reverse("settings_scenario_move"), told, headers=htmx).content.decode()
    said = client.post(reverse("settings_scenario"), {**mine, "what": "save"}, follow=True)

    for text in (shown, said.content.decode()):
        assert "« relance 3 » doit tomber après « relance 2 »." in text
    assert 'value="25"' in shown
    with in_tenant(group.tenant_id):
        assert not Scenario.objects.exists()


def test_the_terms_of_the_organisation_are_taken_or_not(group: House) -> None:
    client, mine = client_of(group), {"creditor_id": group.creditor_id}
    client.post(reverse("settings_terms"), {"text": "45 jours", **WHOLE})
    client.post(reverse("settings_terms"), {"text": "60 jours", **mine})
    shown = page(client, "settings_terms")
    assert "repris de l'organisation" in shown
    assert BACK not in shown

    with in_tenant(group.tenant_id):
        own = PaymentTerms.objects.get(creditor_id=group.creditor_id)
        shared = PaymentTerms.objects.get(creditor_id=None)
    client.post(reverse("settings_terms_default", args=(own.pk,)))
    assert BACK in page(client, "settings_terms")
    client.post(reverse("settings_terms_inherit"), mine)
    assert BACK not in page(client, "settings_terms")

    one = client_of(group, "credit_manager", group.creditor_id)
    url = reverse("settings_terms_default", args=(shared.pk,))
    assert one.post(url).status_code == 403
    assert client.post(url).headers["Location"].endswith("?niveau=organisation")


def test_a_rate_of_the_organisation_is_said_and_its_floor_too(group: House) -> None:
    client, url = client_of(group), reverse("settings_creditor_habits")
    client.post(url, sendings(**WHOLE, **{"policy-penalty_rate": "2"}))
    whole = page(client, "settings_creditor_habits", **WHOLE)
    assert "inférieur à trois fois le taux légal" in whole
    mine = {"creditor_id": group.creditor_id}
    client.post(url, sendings(**mine, **{"policy-penalty_rate": "15"}))
    shown = page(client, "settings_creditor_habits")
    assert f"{BACK} (2 %)" in shown
    assert "trois fois" not in shown
    client.post(url, sendings(**WHOLE))
    assert f"{BACK} (taux légal)" in page(client, "settings_creditor_habits")


def test_hours_that_leave_none_are_refused_with_a_sentence(group: House) -> None:
    client, url = client_of(group), reverse("settings_creditor_habits")
    mine = {"creditor_id": group.creditor_id}
    wrong = client.post(url, sendings(**mine, **{"policy-send_until_hour": "9"}))
    assert "doit suivre celle du début" in re.sub(r"&#x27;", "'", wrong.content.decode())
    client.post(url, sendings(**mine, **{"policy-send_from_hour": "16"}))
    late = sendings(**WHOLE, **{"policy-send_until_hour": "15"})
    told = client.post(url, late, follow=True).content.decode()
    assert "À revoir d&#x27;abord : Maison Durand." in told
