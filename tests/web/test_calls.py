"""Calls on screen: the list and who sees it, the sheet, outcomes, next actions, habits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import noon
from tests.recovery.test_calls import LATE, TODAY, Desk
from tests.web.places import add_user, logged_in

from encours.parties.models import Customer
from encours.recovery.models import Call, CallPolicy, Task
from encours.recovery.rules.outcomes import OUTCOMES
from encours.tenancy.scope import in_tenant
from encours.web.recovery import words
from encours.web.settings.sentences import SENTENCES

QUESTIONS_MAX = 34
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(LATE), tick=True):
        yield


@pytest.fixture
def desk(house: House) -> Desk:
    one = Desk(house)
    one.open()
    return one


def person(desk: Desk, role: str) -> tuple[int, Client]:
    with in_tenant(desk.house.tenant_id):
        user = add_user(desk.house, role, "APPELS")
    return user.pk, logged_in(user.pk)


@pytest.fixture
def client(desk: Desk) -> Client:
    return person(desk, "credit_manager")[1]


def page(client: Client, name: str, *args: int, **asked: str) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200, answer
    return answer.content.decode().replace("&#x27;", "'")


def hidden(sheet: str, name: str) -> list[str]:
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', sheet)


def noted(desk: Desk, client: Client, outcome: str, **said: str) -> str:
    sheet = page(client, "call", desk.customer_id)
    asked = {
        "uuid": hidden(sheet, "uuid")[0],
        "reminders": hidden(sheet, "reminders"),
        "tasks": hidden(sheet, "tasks"),
        "outcome": outcome,
        **said,
    }
    address = reverse("call_record", args=[desk.customer_id])
    first = client.post(address, asked, follow=True)
    if first.status_code == 200:
        client.post(address, asked)
    return first.content.decode().replace("&#x27;", "'")


def calls(desk: Desk) -> list[Call]:
    with in_tenant(desk.house.tenant_id):
        return list(Call.objects.of(desk.house.tenant_id))


def test_the_list_says_why_each_call_stands_there(desk: Desk, client: Client) -> None:
    shown = page(client, "calls")

    assert "1 client à appeler" in shown
    assert "Première relance" in shown
    assert "échus depuis 5 jours" in shown
    assert "20\u00a0% de chances que l'appel change la date (sans profil encore)" in shown
    assert f"/appels/{desk.customer_id}/" in shown


def test_the_list_filters_and_exports(desk: Desk, client: Client) -> None:
    assert "Adam SARL" not in page(client, "calls", kind="task")
    assert "Adam SARL" not in page(client, "calls", collector="0")
    assert "Adam SARL" in page(client, "calls", q="ada")
    file = client.get(reverse("calls"), {"export": "csv"})
    assert "Adam SARL" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_fragment_is_the_part_of_the_page(desk: Desk, client: Client) -> None:
    headers = {**HTMX, "hx-target": "table-calls"}
    part = client.get(reverse("calls"), headers=headers).content.decode()
    start, end = part.index("<table"), part.index("</table>")
    whole = client.get(reverse("calls")).content.decode()

    assert all(line.strip() in whole for line in part[start:end].splitlines())


@pytest.mark.parametrize(
    ("role", "whose", "seen"),
    [
        pytest.param("collector", "mine", True, id="a collector sees his"),
        pytest.param("collector", "another", False, id="not those of another"),
        pytest.param("collector", "nobody", True, id="and those of nobody"),
        pytest.param("credit_manager", "another", True, id="a manager sees all"),
        pytest.param("sales", "another", False, id="a salesperson their own only"),
    ],
)
def test_who_sees_which_calls(desk: Desk, role: str, whose: str, seen: bool) -> None:
    user_id, client = person(desk, role)
    other_id, _ = person(desk, "collector")
    owner = {"mine": user_id, "another": other_id, "nobody": None}[whose]
    with in_tenant(desk.house.tenant_id):
        Customer.objects.of(desk.house.tenant_id).update(collector_id=owner)

    assert ("Adam SARL" in page(client, "calls")) is seen


def test_the_list_asks_as_many_questions_for_one_call_as_for_ten(
    desk: Desk, client: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            client.get(reverse("calls"))
        return len(questions)

    asked()
    before = asked()
    for number in range(9):
        with in_tenant(desk.house.tenant_id):
            other = Customer.objects.get(pk=desk.customer_id)
            other.pk, other.code, other.name = None, f"B{number}", f"Bis {number}"
            other.save()
        more = Desk(desk.house, customer_id=other.pk)
        more.plan([more.invoice(f"FB-{number}")])

    assert "Bis 8" in page(client, "calls")
    assert asked() <= before
    assert before <= QUESTIONS_MAX


def test_the_sheet_has_what_one_needs(desk: Desk, client: Client) -> None:
    sheet = page(client, "call", desk.customer_id)

    assert 'href="tel:+33199001234"' in sheet
    assert "FA-1" in sheet
    assert "Êtes-vous bien Claire Martin" in sheet
    assert "1\u202f000,00\u00a0€ échus depuis 5 jours, une échéance dont la facture FA-1" in sheet
    assert "Heure là-bas :" in sheet
    assert hidden(sheet, "reminders") == [str(desk.reminder_id)]


def test_the_sheet_of_somebody_without_a_call_planned(desk: Desk, client: Client) -> None:
    noted(desk, client, "reached")
    sheet = page(client, "call", desk.customer_id)

    assert hidden(sheet, "reminders") == []
    assert "Derniers appels" in sheet
    assert "Je reviens vers vous" in sheet


def test_the_sheet_says_why_a_planned_call_is_no_more(desk: Desk, client: Client) -> None:
    desk.pay(100_000, TODAY)
    sheet = page(client, "call", desk.customer_id)

    assert "L'appel prévu n'est plus à faire : Réglée depuis." in sheet
    assert "rien n'y est en retard aujourd'hui" in sheet
    assert hidden(sheet, "reminders") == []


@pytest.mark.parametrize(
    ("outcome", "said", "expected"),
    [
        ("reached", {"note": "Comptable en congé."}, "C'est noté."),
        ("no_answer", {}, "l'appel reste à faire"),
        ("voicemail", {}, "l'appel reste à faire"),
        ("paid", {}, "C'est noté."),
        ("dispute", {"cause": "price"}, "C'est noté."),
        ("promise", {"promised_on": "2026-10-20", "amount": "600,00"}, "C'est noté."),
        ("call_back", {"call_back_on": "2026-10-07", "call_back_time": "15:30"}, "C'est noté."),
    ],
)
def test_each_outcome_is_recorded_once(
    desk: Desk, client: Client, outcome: str, said: dict[str, str], expected: str
) -> None:
    assert expected in noted(desk, client, outcome, **said)
    found = calls(desk)

    assert [one.outcome for one in found] == [outcome]
    timeline = page(client, "customer", desk.customer_id, until="2027-12-31")
    assert "Appel :" in timeline


def test_a_wrong_number_is_shown_as_such(desk: Desk, client: Client) -> None:
    answer = noted(desk, client, "wrong_number", contact_id=str(desk.contact_id))

    assert "l'étape part par son canal suivant" in answer
    sheet = page(client, "call", desk.customer_id)
    assert "mauvais numéro" in sheet
    assert "tel:" not in sheet


def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk: Desk, client: Client) -> None:
    answer = noted(desk, client, "dispute", note="Tarif contesté")

    assert "Choisissez la cause du litige." in answer
    assert "Tarif contesté" in answer
    assert not calls(desk)


def test_who_comes_second_reads_that_it_is_done(desk: Desk, client: Client) -> None:
    sheet = page(client, "call", desk.customer_id)
    noted(desk, client, "reached")
    asked = {
        "uuid": "7b1f4a52-0000-4000-8000-000000000001",
        "reminders": hidden(sheet, "reminders"),
        "outcome": "no_answer",
    }
    answer = client.post(reverse("call_record", args=[desk.customer_id]), asked)

    assert answer.status_code == 422
    assert "vient d&#x27;être noté par quelqu&#x27;un d&#x27;autre" in answer.content.decode()
    assert len(calls(desk)) == 1


def test_the_second_who_opens_a_sheet_reads_who_has_it(desk: Desk, client: Client) -> None:
    _, other = person(desk, "collector")
    address = reverse("call_see", args=[desk.customer_id])
    assert "sous les yeux" not in client.post(address, headers=HTMX).content.decode()
    assert (
        "APPELS credit_manager a cette fiche" in other.post(address, headers=HTMX).content.decode()
    )
    assert "a cette fiche sous les yeux" in page(other, "call", desk.customer_id)
    taken = other.post(address, {"take": "1"}, follow=True).content.decode()
    assert "sous les yeux" not in taken
    assert "APPELS collector a cette fiche" in page(client, "call", desk.customer_id)


def test_a_reader_reads_and_records_nothing(desk: Desk) -> None:
    _, reader = person(desk, "reader")
    sheet = page(reader, "call", desk.customer_id)
    assert "Issue de l'appel" not in sheet
    for name in ("call_record", "call_see", "customer_tasks"):
        assert reader.post(reverse(name, args=[desk.customer_id])).status_code == 403


def test_actions_on_the_customer_s_page(desk: Desk, client: Client) -> None:
    address = reverse("customer_tasks", args=[desk.customer_id])
    asked = {"task-kind": "visit", "task-due_on": TODAY.isoformat(), "task-text": "Avec Paul"}
    shown = client.post(address, asked, follow=True).content.decode()
    assert "Avec Paul" in shown
    assert "Avec Paul" in page(client, "calls", kind="task")
    late = {**asked, "task-due_on": (TODAY - timedelta(days=1)).isoformat()}
    assert "est passée" in client.post(address, late).content.decode()

    with in_tenant(desk.house.tenant_id):
        task = Task.objects.of(desk.house.tenant_id).get()
    end = reverse("customer_task", args=[desk.customer_id, task.pk])
    assert "abandonnée" in client.post(end, {"how": "drop"}, follow=True).content.decode()
    assert client.post(end).status_code == 404


def test_habits_are_set_and_given_back(desk: Desk, client: Client) -> None:
    address = reverse("settings_calls")
    own = {"creditor_id": str(desk.house.creditor_id)}
    asked = {**own, "tries": "2", "then": "done", "from_hour": "10", "until_hour": "18"}
    assert client.post(address, {**asked, "tries": "40"}).status_code == 422
    assert "enregistrées" in client.post(address, asked, follow=True).content.decode()

    def held() -> int:
        with in_tenant(desk.house.tenant_id):
            return CallPolicy.objects.of(desk.house.tenant_id).filter(tries=2).count()

    assert held() == 1
    client.post(reverse("settings_calls_inherit"), own)
    assert held() == 0


def test_every_outcome_has_its_words() -> None:
    assert set(words.OUTCOMES) == set(OUTCOMES)
    assert {f"call.{one}" for one in OUTCOMES} <= set(SENTENCES)


def test_the_day_s_page_says_how_many_calls_wait(desk: Desk, client: Client) -> None:
    user_id, collector = person(desk, "collector")
    with in_tenant(desk.house.tenant_id):
        Customer.objects.of(desk.house.tenant_id).update(collector_id=user_id)

    assert f'hx-get="{reverse("calls_load")}"' in page(client, "plan")
    assert "APPELS collector 1" in page(client, "calls_load")
    assert "APPELS collector 1" in page(collector, "calls_load")
