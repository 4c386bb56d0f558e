"""Who may open what: my own table for the settings, then every address of the site by its right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from tests.web.places import ROLES, Place, add_user, logged_in, place

from encours.tenancy.rights import RIGHTS
from encours.tenancy.scope import in_tenant
from encours.web import urls as site

ALL = frozenset(ROLES)
SETTINGS = frozenset({"admin", "credit_manager", "accountant"})
MANAGE = frozenset({"admin", "credit_manager"})
TABLE: dict[str, frozenset[str]] = {
    "profile": ALL,
    "search": ALL,
    "choose_creditor": ALL,
    "choose_tenant": ALL,
    "settings": SETTINGS,
    "settings_creditor": SETTINGS,
    "settings_creditor_habits": SETTINGS,
    "settings_creditor_new": MANAGE,
    "settings_creditor_logo": MANAGE,
    "settings_creditor_logo_image": SETTINGS,
    "settings_discounts": SETTINGS,
    "settings_penalties": SETTINGS,
    "settings_discount_rule": MANAGE,
    "settings_discount_end": MANAGE,
    "settings_discount_policy": MANAGE,
    "settings_bank": SETTINGS,
    "settings_bank_new": SETTINGS,
    "settings_bank_confirm": SETTINGS,
    "settings_bank_retire": SETTINGS,
    "settings_sender": SETTINGS,
    "settings_sender_server": MANAGE,
    "settings_sender_test": MANAGE,
    "settings_sender_names": MANAGE,
    "settings_sender_mailbox": MANAGE,
    "settings_channels": SETTINGS,
    "settings_channel_account": MANAGE,
    "settings_channel_act": MANAGE,
    "settings_channel_limit": MANAGE,
    "sending_switch": frozenset({"admin", "credit_manager", "collector"}),
    "settings_terms": SETTINGS,
    "settings_terms_confirm": MANAGE,
    "settings_terms_default": MANAGE,
    "settings_rates": SETTINGS,
    "settings_rates_upload": MANAGE,
    "settings_rates_enter": MANAGE,
    "settings_scenario": SETTINGS,
    "settings_scenarios": SETTINGS,
    "settings_scenario_new": MANAGE,
    "settings_scenario_add": MANAGE,
    "settings_scenario_double": MANAGE,
    "settings_scenario_remove": MANAGE,
    "settings_scenario_reorder": MANAGE,
    "settings_agency": SETTINGS,
    "settings_agency_account": SETTINGS,
    "settings_agency_confirm": SETTINGS,
    "settings_agency_remove": MANAGE,
    "settings_profiles": SETTINGS,
    "settings_profiles_inherit": MANAGE,
    "settings_segments": SETTINGS,
    "settings_segment_change": MANAGE,
    "settings_calls": SETTINGS,
    "settings_calls_inherit": MANAGE,
    "customers_profiles": ALL,
    "settings_users": frozenset({"admin"}),
    "settings_user_give_role": frozenset({"admin"}),
    "settings_user_role": frozenset({"admin"}),
    "settings_user_revoke": frozenset({"admin"}),
    "settings_user_withdraw": frozenset({"admin"}),
    "settings_keys": frozenset({"admin"}),
    "settings_key_revoke": frozenset({"admin"}),
    "settings_webhooks": SETTINGS,
    "settings_webhook": SETTINGS,
    "settings_webhook_secret": MANAGE,
    "settings_webhook_act": MANAGE,
    "settings_delivery": SETTINGS,
    "settings_delivery_replay": MANAGE,
    "settings_journal": SETTINGS,
}
OUTSIDE = {"invitation", "choose_language"}


def patterns(found: Any = None) -> Iterator[URLPattern]:
    for one in site.urlpatterns if found is None else found:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns)
        else:
            yield one


def address(pattern: URLPattern, value: int = 0) -> str:
    assert pattern.name
    values = {
        name: "x" if type(converter).__name__ in {"StringConverter", "SlugConverter"} else value
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(pattern.name, kwargs=values)


def status(client: Client, pattern: URLPattern) -> int:
    """Ask politely, then by POST where only POST is taken."""
    found = client.get(address(pattern)).status_code
    return client.post(address(pattern)).status_code if found == 405 else found


@pytest.fixture
def mine(transactional_db: None) -> Place:
    return place("SIGMA")


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_its_right_says(mine: Place, role: str) -> None:
    client = logged_in(mine.users[role])
    wrong = []
    for pattern in patterns():
        right = pattern.callback.right  # type: ignore[union-attr, attr-defined]
        if right == "public":
            continue
        allowed = role in RIGHTS[right]
        answered = status(client, pattern)
        if (answered == 403) == allowed or answered >= 500:
            wrong.append((pattern.name, right, answered))

    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_the_settings_open_as_this_table_says(mine: Place, role: str) -> None:
    client = logged_in(mine.users[role])
    by_name = {pattern.name: pattern for pattern in patterns()}
    opened = {name for name in TABLE if status(client, by_name[name]) != 403}

    assert opened == {name for name, roles in TABLE.items() if role in roles}


def test_a_stranger_is_sent_to_the_login_page(transactional_db: None) -> None:
    for pattern in patterns():
        if pattern.name in OUTSIDE:
            continue
        response = Client().get(address(pattern))
        if response.status_code == 405:
            response = Client().post(address(pattern))

        assert response.status_code == 302, pattern.name
        assert response.headers["Location"].startswith("/compte/login/"), pattern.name


def test_a_stranger_in_htmx_leaves_the_fragment_for_the_login_page(transactional_db: None) -> None:
    response = Client().get(reverse("settings_journal"), headers={"hx-request": "true"})

    assert response.headers["HX-Redirect"] == "/compte/login/"


def test_somebody_without_a_tenant_reads_why(mine: Place) -> None:
    from encours.tenancy.models import User  # noqa: PLC0415

    lonely = User.objects.create_user(f"seul{User.objects.count()}@example.org", "x")
    response = logged_in(lonely.pk).get("/profil/")

    assert response.status_code == 403
    assert "aucune organisation" in response.content.decode()


def test_nothing_of_another_tenant_is_on_any_page(mine: Place) -> None:
    place("OMEGA")
    client = logged_in(mine.users["admin"])
    leaking = []
    for pattern in patterns():
        page = client.get(address(pattern))
        if hasattr(page, "content") and b"omega" in page.content.lower():
            leaking.append(pattern.name)
    for name in ("settings_journal",):
        pages = [client.get(reverse(name), {"export": kind}) for kind in ("csv",)]
        if any(b"omega" in b"".join(page.streaming_content).lower() for page in pages):
            leaking.append(f"{name} csv")

    assert not leaking


def test_a_row_of_another_tenant_does_not_exist(mine: Place) -> None:
    theirs = place("OMEGA")
    client = logged_in(mine.users["admin"])
    for name, value in (
        ("settings_terms_confirm", theirs.terms_id),
        ("settings_terms_default", theirs.terms_id),
        ("settings_user_role", theirs.membership_id),
        ("settings_user_revoke", theirs.membership_id),
        ("settings_user_withdraw", theirs.invitation_id),
    ):
        response = client.post(reverse(name, args=[value]), {"role": "reader"})

        assert response.status_code == 404, name


def test_a_role_for_one_creditor_opens_nothing_of_the_other(mine: Place) -> None:
    with in_tenant(mine.house.tenant_id):
        manager = add_user(mine.house, "credit_manager", "SIGMA", mine.second_id)
    client = logged_in(manager.pk)

    page = client.get(reverse("settings_creditor")).content.decode()
    assert "SIGMA Logistique" in page
    assert "SIGMA Distribution" not in page
    there = {"creditor_id": mine.house.creditor_id, "name": "Pris"}
    assert client.post(reverse("settings_creditor"), there).status_code == 403
    other = {"creditor": mine.house.creditor_id}
    assert client.post(reverse("choose_creditor"), other).status_code == 404
    assert client.get(reverse("settings_creditor_new")).status_code == 403
    assert client.post(reverse("sending_switch"), {"do": "stop"}).status_code == 403


def test_a_creditors_admin_gives_no_role_for_the_others(mine: Place) -> None:
    with in_tenant(mine.house.tenant_id):
        admin = add_user(mine.house, "admin", "SIGMA", mine.second_id)
    client = logged_in(admin.pk)

    everywhere = {"email": "x@example.org", "role": "admin", "creditor": ""}
    client.post(reverse("settings_users"), everywhere)
    full = logged_in(mine.users["admin"])
    assert b"x@example.org" not in full.get(reverse("settings_users")).content
    key = {"name": "Clef interdite", "role": "admin", "creditor": "", "scopes": ["read"]}
    client.post(reverse("settings_keys"), key)
    assert b"Clef interdite" not in full.get(reverse("settings_keys")).content
    hook = {"url": "https://example.org/", "events": "*", "creditor": ""}
    client.post(reverse("settings_webhooks"), hook)
    assert b"https://example.org/" not in full.get(reverse("settings_webhooks")).content
    taken = client.post(reverse("settings_user_revoke", args=[mine.membership_id]))
    assert taken.status_code == 403


def test_a_lesser_role_at_a_creditor_closes_it_and_the_page_says_why(mine: Place) -> None:
    with in_tenant(mine.house.tenant_id):
        person = add_user(mine.house, "admin", "SIGMA")
    admin, lowered = logged_in(mine.users["admin"]), logged_in(person.pk)
    given = {"user": person.pk, "creditor": mine.second_id, "role": "reader"}
    admin.post(reverse("settings_user_give_role"), given)
    page = admin.get(reverse("settings_users")).content.decode()
    assert "sauf SIGMA Logistique : Lecteur" in page
    assert "à la place de « Administrateur »" in page

    assert lowered.get(reverse("settings_creditor")).status_code == 200
    there = {"creditor_id": mine.second_id, "name": "Pris"}
    assert lowered.post(reverse("settings_creditor"), there).status_code == 403
    assert lowered.get(reverse("settings_data")).status_code == 403, "not of every creditor"
    whole = lowered.get(reverse("settings_creditor_habits"), {"niveau": "organisation"})
    assert whole.status_code == 403
    everywhere = {"email": "y@example.org", "role": "admin", "creditor": ""}
    lowered.post(reverse("settings_users"), everywhere)
    assert b"y@example.org" not in admin.get(reverse("settings_users")).content
    again = admin.post(reverse("settings_user_give_role"), given, follow=True)
    assert "a déjà un rôle pour cette société" in again.content.decode()
    wrong = admin.post(reverse("settings_user_give_role"), {**given, "role": "?"})
    assert wrong.status_code == 200
