"""Calls in a real browser: axe finds nothing, nothing overflows; an outcome noted by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser
from tests.conftest import House
from tests.dunning.test_day import noon
from tests.recovery.test_calls import LATE, NOW, TODAY, Desk
from tests.screens.conftest import MODES, screen
from tests.web.places import add_user

from encours.recovery.actions import sheets, tasks
from encours.recovery.actions.tasks import NewTask
from encours.recovery.models import Call
from encours.standing import actions as standing
from encours.tenancy.scope import in_tenant

pytestmark = [pytest.mark.screens, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(LATE), tick=True):
        yield


@pytest.fixture
def desk(house: House) -> Desk:
    """A customer with all that a sheet may show: calls, promises, a dispute, actions, a holder."""
    one = Desk(house)
    one.open()
    disputed = one.invoice("FA-2", cents=45_000)
    one.invoice("FA-3", cents=30_000, due_on=TODAY + timedelta(days=6))
    said = {**one.of, "today": TODAY}
    with in_tenant(house.tenant_id):
        standing.record_fact(
            **said, kind="dispute", starts_on=TODAY, line_id=disputed, reason="Prix"
        )
        standing.record_fact(
            **said, kind="promise", starts_on=TODAY - timedelta(days=4),
            ends_on=TODAY - timedelta(days=1), amount_cents=50_000,
        )  # fmt: skip
        tasks.plan_task(**said, task=NewTask("visit", TODAY, text="Avec le commercial"), now=NOW)
    one.record("no_answer", note="Standard fermé à midi.")
    return one


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_of_calls_are_clean(
    chromium: Browser, live_server: Any, desk: Desk, mode: str
) -> None:
    with in_tenant(desk.house.tenant_id):
        user = add_user(desk.house, "credit_manager", "SCREENS")
        other = add_user(desk.house, "collector", "SCREENS")
        sheets.see_sheet(**desk.of, user_id=other.pk, now=NOW)
    window = screen(chromium, live_server.url, mode, user.pk)
    flaws = []
    for name, *args in (
        ("calls",),
        ("call", desk.customer_id),
        ("customer_tasks", desk.customer_id),
        ("settings_calls",),
    ):
        window.open(reverse(name, args=args))
        flaws += [f"{name}: {flaw}" for flaw in window.flaws()]

    assert not flaws, "\n".join(flaws)


def test_an_outcome_is_noted_by_keyboard(chromium: Browser, live_server: Any, desk: Desk) -> None:
    with in_tenant(desk.house.tenant_id):
        user = add_user(desk.house, "collector", "KEYS")
    window = screen(chromium, live_server.url, "light", user.pk)
    window.open(reverse("call", args=[desk.customer_id]))
    window.page.get_by_label("Note sur l'appel").focus()
    window.page.keyboard.type("Rappelle demain.")
    window.page.get_by_role("button", name="Joint", exact=True).focus()
    window.page.keyboard.press("Enter")
    window.page.get_by_text("C'est noté.").wait_for()

    with in_tenant(desk.house.tenant_id):
        last = Call.objects.of(desk.house.tenant_id).order_by("-pk")[0]
    assert (last.outcome, last.note) == ("reached", "Rappelle demain.")
