"""The editor of a scenario on the site: steps, issues, preview, versions, effect, replays, trials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, noon, shop
from tests.web.places import add_user, logged_in
from tests.web.test_all_creditors import another

from encours.dunning.actions import replays
from encours.dunning.models import Scenario, ScenarioDraft, ScenarioReplay
from encours.dunning.rules.scenario import Step, french_scenario
from encours.dunning.rules.scenario_edit import FIXED
from encours.dunning.rules.scenario_sense import SOON
from encours.messaging.actions import Outbox
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.tenancy.scope import in_tenant
from encours.web.settings.step_form import ORDER, StepFields, offered_names

__all__ = ("channel", "shop")
HTMX = {"hx-request": "true", "hx-target": "editor"}
FRENCH = french_scenario()


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(5), tick=True):
        yield


def client_of(house: House, role: str = "credit_manager") -> Client:
    with in_tenant(house.tenant_id):
        client = logged_in(add_user(house, role, "EDITEUR").pk)
    client.post(reverse("choose_creditor"), {"creditor": house.creditor_id})
    return client


@pytest.fixture
def client(shop: Shop) -> Client:
    return client_of(shop.house)


def mine(shop: Shop, **given: Any) -> dict[str, Any]:
    return {"creditor_id": shop.house.creditor_id, "code": "france", **given}


def moved(shop: Shop, client: Client, step: str, day: int) -> str:
    told = mine(shop, etape=step, day=day)
    return client.post(reverse("settings_scenario_move"), told, headers=HTMX).content.decode()


def test_every_field_of_a_step_is_on_the_form_or_waits_for_something_that_acts_on_it() -> None:
    left = {one.name for one in fields(Step)} - set(ORDER)
    thanks = FRENCH.thank_you
    assert thanks is not None

    assert left == set(FIXED)
    for step in (FRENCH.steps[1], thanks):
        hidden = {name for name in ORDER if name not in offered_names(step)}
        of_a_kind = ("lapse_days", "discount")
        assert all(len(SOON.get(name, ())) == 1 or name in of_a_kind for name in hidden)


@pytest.mark.parametrize("step", FRENCH.steps, ids=lambda one: one.code)
def test_the_form_gives_a_step_back_as_it_was(step: Step) -> None:
    form = StepFields(step, "EUR")

    assert form.is_valid(), form.errors
    assert replace(step, **form.values()) == step


def test_a_step_moves_and_the_page_says_what_changes(shop: Shop, client: Client) -> None:
    shown = moved(shop, client, "relance_1", 5)
    assert "« relance 1 » part à J+5, et non plus à J+3." in shown
    assert 'data-day="5"' in shown
    by = mine(shop, etape="relance_1", by="-1")
    again = client.post(reverse("settings_scenario_move"), by, headers=HTMX).content.decode()
    assert "part à J+4" in again
    assert "Enregistrer la version" in again

    assert client.post(reverse("settings_scenario"), mine(shop, what="save")).status_code == 302
    with in_tenant(shop.house.tenant_id):
        assert Scenario.objects.get().version == 2
        assert not ScenarioDraft.objects.exists()


def test_a_draft_is_dropped(shop: Shop, client: Client) -> None:
    moved(shop, client, "relance_1", 5)
    client.post(reverse("settings_scenario"), mine(shop, what="drop"))
    assert "Ce qui change" not in client.get(reverse("settings_scenario")).content.decode()


def test_issues_stand_beside_their_field(shop: Shop, client: Client) -> None:
    shown = moved(shop, client, "relance_1", -2)
    field = shown[shown.index('name="offset_days"') :]
    assert "les autres étapes la suivent" in field[:900]
    wrong = mine(shop, etape="relance_1", offset_days="demain", name="relance 1")
    told = client.post(reverse("settings_scenario_step"), wrong, headers=HTMX).content.decode()
    assert "is-invalid" in told


@pytest.mark.parametrize("told", [{"day": "x"}, {"by": "x"}, {}])
def test_a_day_that_is_no_day_is_not_found(
    shop: Shop, client: Client, told: dict[str, str]
) -> None:
    told = mine(shop, etape="relance_1", **told)
    assert client.post(reverse("settings_scenario_move"), told).status_code == 404


def test_the_preview_is_written_for_a_customer_found_by_name(shop: Shop, client: Client) -> None:
    found = client.get(reverse("settings_scenario_customers"), {"q": "adam", "code": "france"})
    assert f"client={shop.customer_id}" in found.content.decode()
    asked = {"code": "france", "etape": "relance_2", "client": shop.customer_id}
    body = client.get(reverse("settings_scenario_preview"), asked)
    assert "FA-1" in body.content.decode()
    assert "sandbox" in body.headers["Content-Security-Policy"]
    page = client.get(reverse("settings_scenario"), asked).content.decode()
    assert "Adam SARL" in page
    assert "M&#x27;envoyer cette étape" in page or "M'envoyer cette étape" in page


def test_a_customer_of_another_creditor_is_not_shown(shop: Shop, client: Client) -> None:
    other = another(shop.house, "B")
    asked = {"code": "france", "etape": "relance_1", "client": other.customer_id}

    assert client.get(reverse("settings_scenario_preview"), asked).status_code == 404
    told = mine(shop, etape="relance_1", client=other.customer_id)
    assert client.post(reverse("settings_scenario_try"), told).status_code == 404
    found = client.get(reverse("settings_scenario_customers"), {"q": "adam"}).content.decode()
    assert f"client={other.customer_id}" not in found


def test_a_customer_with_nothing_open_says_so(shop: Shop, client: Client) -> None:
    shop.pay(100_000, noon(1).date())
    asked = {"code": "france", "etape": "relance_2", "client": shop.customer_id}
    body = client.get(reverse("settings_scenario_preview"), asked).content.decode()
    assert "aucune échéance ouverte" in body


def test_a_draft_is_tried_on_oneself(
    shop: Shop, client: Client, channel: MemoryEmailChannel
) -> None:
    moved(shop, client, "relance_1", 5)
    told = mine(shop, etape="relance_1", client=shop.customer_id, all="1")
    page = client.post(reverse("settings_scenario_try"), told, follow=True).content.decode()
    assert "6 essais partent à votre adresse." in page
    later = noon(5) + timedelta(hours=1)
    Outbox(shop.house.tenant_id, 1, clock=lambda: later).run()

    assert len(channel.sent) == 6
    assert all("editeur.example" in one.recipients[0] for one in channel.sent)
    assert "Essai" in client.get(reverse("outbox")).content.decode()


def test_versions_are_told_apart_in_sentences_and_by_their_effect(
    shop: Shop, client: Client
) -> None:
    moved(shop, client, "relance_1", 5)
    address = reverse("settings_scenario_versions")
    page = client.get(address, {"code": "france"}).content.decode()
    assert "« relance 1 » part à J+5, et non plus à J+3." in page
    assert "Mesurer l" in page
    effect = client.get(reverse("settings_scenario_effect"), {"code": "france"}).content.decode()
    assert "Clients touchés" in effect
    client.post(reverse("settings_scenario"), mine(shop, what="save"))
    turned = client.get(address, {"code": "france", "a": "2", "b": "1"}).content.decode()
    assert "part à J+3, et non plus à J+5." in turned
    same = client.get(address, {"code": "france", "a": "2", "b": "2"}).content.decode()
    assert "disent la même chose" in same


def test_the_past_is_replayed_by_a_job_and_read(shop: Shop, client: Client) -> None:
    address = reverse("settings_scenario_replays")
    told = mine(shop, days="91", lag_days="3")
    answer = client.post(address, told)
    with in_tenant(shop.house.tenant_id):
        row = ScenarioReplay.objects.get()
    page = answer.headers["Location"]
    assert page == reverse("settings_scenario_replay", args=(row.pk,))
    assert "Simulation en cours" in client.get(page).content.decode()
    again = client.post(address, told, follow=True).content.decode()
    assert "déjà en cours" in again
    replays.run(tenant_id=shop.house.tenant_id, replay_id=row.pk)
    refreshed = client.get(page, headers={"hx-request": "true", "hx-target": "replay-progress"})
    assert refreshed.headers["HX-Refresh"] == "true"
    done = client.get(page).content.decode()
    assert "Clients touchés" in done
    assert "Par étape et par canal" in done
    written = b"".join(client.get(page, {"export": "csv"})).decode()  # type: ignore[call-overload]
    assert "Réclamé" in written
    assert page in client.get(address, {"code": "france"}).content.decode()
    assert client.get(reverse("settings_scenario_replay", args=(999_999,))).status_code == 404


def test_a_replay_of_another_creditor_is_not_found(shop: Shop) -> None:
    other = another(shop.house, "B")
    with in_tenant(shop.house.tenant_id):
        made = replays.ask(
            **other.owner,
            scenario=FRENCH,
            last_on=noon(5).date(),
            days=30,
            lag_days=0,
            actor_id=1,
        )
    client = client_of(shop.house)
    assert client.get(reverse("settings_scenario_replay", args=(made,))).status_code == 404


def test_the_organisation_s_scenario_has_no_customer_nor_simulation(shop: Shop) -> None:
    client = client_of(shop.house, "admin")
    whole = {"niveau": "organisation"}
    page = client.get(reverse("settings_scenario"), whole).content.decode()

    assert "Ce que le client lirait" not in page
    for name in ("customers", "preview", "replays", "effect"):
        address = reverse(f"settings_scenario_{name}")
        assert client.get(address, whole).status_code == 404


def test_who_only_reads_changes_and_sends_nothing(shop: Shop) -> None:
    client = client_of(shop.house, "accountant")
    for name in ("step", "move", "try"):
        address = reverse(f"settings_scenario_{name}")
        assert client.post(address, mine(shop, etape="relance_1", day=4)).status_code == 403
    told = mine(shop, days="91", lag_days="0")
    assert client.post(reverse("settings_scenario_replays"), told).status_code == 403
    assert "data-pin" not in client.get(reverse("settings_scenario")).content.decode()


def test_the_editor_asks_few_questions(shop: Shop, client: Client) -> None:
    client.get(reverse("settings_scenario"))
    asked = {"client": shop.customer_id, "etape": "relance_2"}
    with CaptureQueriesContext(connection) as page:
        client.get(reverse("settings_scenario"), asked)
    with CaptureQueriesContext(connection) as move:
        moved(shop, client, "relance_1", 5)

    assert len(page) <= 40
    assert len(move) <= 40


def done(shop: Shop, client: Client, deed: str, **told: Any) -> str:
    address = reverse(f"settings_scenario_{deed}")
    return client.post(address, mine(shop, **told), headers=HTMX).content.decode()


def test_a_step_is_added_after_the_chosen_one_and_shown_beside(shop: Shop, client: Client) -> None:
    shown = done(shop, client, "add", etape="relance_1", nature="call")
    assert '<h2 class="h3" id="step-title">Appel</h2>' in shown
    assert "Étape ajoutée : appel." in shown
    assert "« appel » est nouvelle : à J+6." in shown
    client.post(reverse("settings_scenario"), mine(shop, what="save"))
    with in_tenant(shop.house.tenant_id):
        steps = Scenario.objects.get().definition["steps"]
        assert [one["code"] for one in steps][:3] == ["prevenance", "relance_1", "appel"]


def test_a_step_is_removed_and_its_code_is_not_given_again(shop: Shop, client: Client) -> None:
    assert "Retirer l" in client.get(reverse("settings_scenario")).content.decode()
    shown = done(shop, client, "remove", etape="relance_3")
    assert "« relance 3 » n&#x27;existe plus" in shown
    assert 'id="pin-relance_3"' not in shown
    client.post(reverse("settings_scenario"), mine(shop, what="save"))
    assert 'id="pin-relance_4"' in done(shop, client, "add", nature="email")


def test_the_last_step_stays_and_the_menu_is_kept_to(shop: Shop, client: Client) -> None:
    for step in FRENCH.steps[1:]:
        done(shop, client, "remove", etape=step.code)
    told = done(shop, client, "remove", etape="prevenance")
    assert 'id="pin-prevenance"' in told
    assert "au moins une étape" in told or "au moins une étape" in client.get("/").content.decode()
    assert 'id="pin-mise_en_demeure"' in done(shop, client, "add", nature="formal_notice")
    assert "pin-mise_en_demeure_2" not in done(shop, client, "add", nature="formal_notice")
    assert (
        client.post(
            reverse("settings_scenario_double"), mine(shop, etape="nulle"), headers=HTMX
        ).status_code
        == 200
    )


def test_a_reminder_is_doubled_varied_and_turned(shop: Shop, client: Client) -> None:
    assert "Relance 2 bis" in done(shop, client, "double", etape="relance_2")
    assert "Relance 2 (variante)" in done(shop, client, "double", etape="relance_2", variante="1")
    turned = done(shop, client, "reorder", etape="relance_1", sens="plus-tard")
    assert "« relance 1 » vient après" in turned
    wrong = mine(shop, etape="relance_1", sens="x")
    assert client.post(reverse("settings_scenario_reorder"), wrong).status_code == 404


def test_steps_are_added_without_a_script(shop: Shop, client: Client) -> None:
    told = mine(shop, etape="relance_1", nature="sms")
    page = client.post(reverse("settings_scenario_add"), told, follow=True)
    assert page.redirect_chain
    assert "Étape ajoutée : SMS." in page.content.decode()
    assert '<h2 class="h3" id="step-title">SMS</h2>' in page.content.decode()


def test_what_is_wrong_with_a_new_step_stands_at_the_step(shop: Shop, client: Client) -> None:
    done(shop, client, "add", etape="relance_1", nature="email")
    shown = moved(shop, client, "relance_4", 2)
    field = shown[shown.index('name="offset_days"') :]
    assert "doit tomber après « relance 1 »" in field[:900]
    assert "is-wrong" in shown


def test_a_scenario_of_one_s_own_begins_as_another_or_blank(shop: Shop, client: Client) -> None:
    address = reverse("settings_scenario_new")
    told = {"creditor_id": shop.house.creditor_id, "nouveau-name": "Relances d'été"}
    page = client.post(address, {**told, "nouveau-like": "doux"}, follow=True).content.decode()
    assert "<h1" in page
    assert "Relances d&#x27;été" in page
    assert "Relances d&#x27;été" in client.get(reverse("settings_scenarios")).content.decode()
    again = client.post(address, told, follow=True).content.decode()
    assert "nul autre scénario" in again
    blank = client.post(address, {**told, "nouveau-name": "Vide"}, follow=True).content.decode()
    assert blank.count('id="pin-') == 1
    assert (
        "nul autre scénario"
        in client.post(address, {**told, "nouveau-name": " "}, follow=True).content.decode()
    )
    with in_tenant(shop.house.tenant_id):
        made = Scenario.objects.get(code="relances_d_ete")
        assert [step["is_active"] for step in made.definition["steps"]].count(True) == 6


@pytest.mark.parametrize("deed", ["add", "double", "remove", "reorder", "new"])
def test_who_only_reads_builds_nothing(shop: Shop, deed: str) -> None:
    client = client_of(shop.house, "accountant")
    told = mine(shop, etape="relance_1", nature="email", sens="plus-tot", name="x")
    assert client.post(reverse(f"settings_scenario_{deed}"), told).status_code == 403
