"""Invitations, roles and their end: single use, dated, and never without an administrator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count
from typing import Any

import pytest
from django.db import connection
from tests.conftest import House

from encours.tenancy.actions import people, roles
from encours.tenancy.models import Fact, Invitation, Membership, User
from encours.tenancy.queries import people as queries
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
NUMBER = count(1)


def person(house: House, role: str = "admin", creditor_id: int | None = None) -> Membership:
    user = User.objects.create_user(f"p{next(NUMBER)}.{house.tenant_id}@example.org", "x")
    return Membership.objects.create(
        tenant_id=house.tenant_id, user=user, role=role, creditor_id=creditor_id
    )


def invite(house: House, email: str, **changes: Any) -> people.Invited:
    asked: dict[str, Any] = {
        "tenant_id": house.tenant_id,
        "email": email,
        "role": "collector",
        "creditor_id": None,
        "actor_id": 1,
        "now": NOW,
    }
    with in_tenant(house.tenant_id):
        return people.invite(**{**asked, **changes})


def accept(token: str, **changes: Any) -> int:
    asked: dict[str, Any] = {
        "password": PASSWORD,
        "name": "Léa de Sainte-Marie",
        "user_id": None,
        "now": NOW,
    }
    return people.accept_invitation(token=token, **{**asked, **changes})


def test_an_invited_person_joins_once_with_the_role_they_were_given(house: House) -> None:
    email = f"lea{house.tenant_id}@example.org"
    invited = invite(house, email.upper(), creditor_id=house.creditor_id)
    user_id = accept(invited.token)

    user = User.objects.get(pk=user_id)
    assert (user.email, user.first_name, user.last_name) == (email, "Léa", "de Sainte-Marie")
    assert user.check_password(PASSWORD)
    with in_tenant(house.tenant_id):
        rows = Membership.objects.of(house.tenant_id).filter(user_id=user_id)
        assert [(row.role, row.creditor_id) for row in rows] == [("collector", house.creditor_id)]
    with pytest.raises(people.InvitationOver):
        accept(invited.token)


@pytest.mark.parametrize(
    ("token", "later"),
    [
        pytest.param("", timedelta(), id="no token"),
        pytest.param("x" * 43, timedelta(), id="a token nobody gave"),
        pytest.param(None, timedelta(days=7), id="seven days later"),
    ],
)
def test_a_link_that_is_not_valid_opens_nothing(
    house: House, token: str | None, later: timedelta
) -> None:
    invited = invite(house, f"z{house.tenant_id}@example.org")

    with pytest.raises(people.InvitationOver):
        people.open_invitation(invited.token if token is None else token, now=NOW + later)


def test_the_token_is_stored_nowhere(house: House) -> None:
    invited = invite(house, f"t{house.tenant_id}@example.org")
    with in_tenant(house.tenant_id):
        stored = Invitation.objects.of(house.tenant_id).get(id=invited.id)
        facts = list(Fact.objects.of(house.tenant_id).values_list("data", flat=True))

    assert invited.token not in str(vars(stored))
    assert invited.token not in str(facts)
    assert "example.org" not in str(facts), "no person in clear in the journal"


def test_a_new_invitation_withdraws_the_one_that_waited(house: House) -> None:
    email = f"w{house.tenant_id}@example.org"
    first = invite(house, email)
    second = invite(house, email, role="reader")

    with pytest.raises(people.InvitationOver):
        people.open_invitation(first.token, now=NOW)
    assert people.open_invitation(second.token, now=NOW).role == "reader"
    with in_tenant(house.tenant_id):
        assert [row.id for row in queries.waiting(house.tenant_id, now=NOW)] == [second.id]
        people.withdraw_invitation(
            tenant_id=house.tenant_id, invitation_id=second.id, actor_id=1, now=NOW
        )
        assert queries.waiting(house.tenant_id, now=NOW) == []


def test_a_known_address_must_be_logged_in_as_itself(house: House, other_house: House) -> None:
    with in_tenant(other_house.tenant_id):
        known = person(other_house).user
        stranger = person(other_house).user
    invited = invite(house, known.email)

    assert people.open_invitation(invited.token, now=NOW).has_account
    for user_id in (None, stranger.pk):
        with pytest.raises(people.InvitationOver, match="connectez-vous"):
            accept(invited.token, user_id=user_id)
    assert accept(invited.token, user_id=known.pk, password="") == known.pk
    assert User.objects.get(pk=known.pk).check_password("x"), "the password is not touched"


def test_a_member_is_not_invited_twice_for_the_same_creditor(house: House) -> None:
    with in_tenant(house.tenant_id):
        member = person(house, "reader")

    with pytest.raises(roles.AlreadyMember):
        invite(house, member.user.email)
    assert invite(house, member.user.email, creditor_id=house.creditor_id)


@pytest.mark.parametrize("password", ["court", "123456789012345", "motdepasse"])
def test_a_weak_password_is_refused_and_the_link_stays_good(house: House, password: str) -> None:
    email = f"f{next(NUMBER)}.{house.tenant_id}@example.org"
    invited = invite(house, email)

    with pytest.raises(people.WeakPassword):
        accept(invited.token, password=password)
    assert not User.objects.filter(email=email).exists()
    assert accept(invited.token)


def test_the_last_administrator_stays(house: House) -> None:
    with in_tenant(house.tenant_id):
        admin, local = person(house), person(house, "admin", house.creditor_id)
        about = {"tenant_id": house.tenant_id, "actor_id": 1, "today": NOW.date()}

        with pytest.raises(roles.LastAdmin):
            roles.revoke(membership_id=admin.pk, **about)  # type: ignore[arg-type]
        with pytest.raises(roles.LastAdmin):
            roles.set_role(membership_id=admin.pk, role="reader", **about)  # type: ignore[arg-type]
        roles.revoke(membership_id=local.pk, **about)  # type: ignore[arg-type]
        other = person(house)
        roles.revoke(membership_id=admin.pk, **about)  # type: ignore[arg-type]
        assert [row.id for row in queries.members(house.tenant_id)] == [other.pk]


def test_a_role_changes_and_the_journal_says_from_what(house: House) -> None:
    with in_tenant(house.tenant_id):
        person(house)
        reader = person(house, "reader")
        about = {"tenant_id": house.tenant_id, "actor_id": 1, "today": NOW.date()}
        for _again in range(2):
            roles.set_role(membership_id=reader.pk, role="sales", **about)  # type: ignore[arg-type]
        facts = Fact.objects.of(house.tenant_id).filter(verb="person.role_changed")

        assert [fact.data for fact in facts] == [
            {"from": "reader", "to": "sales", "user": reader.user_id}
        ]
        with pytest.raises(roles.UnknownPerson):
            roles.revoke(membership_id=10**9, **about)  # type: ignore[arg-type]


def test_preferences_keep_what_is_not_given(house: House) -> None:
    user = User.objects.create_user(f"g{next(NUMBER)}@example.org", "x", first_name="Anne")
    people.set_preferences(user_id=user.pk, language="en")
    people.set_preferences(user_id=user.pk, theme="dark", language="xx")
    user.refresh_from_db()

    assert (user.language, user.theme, user.first_name) == ("en", "dark", "Anne")


def test_a_lesser_role_at_a_creditor_leaves_a_full_administrator(house: House) -> None:
    about: dict[str, Any] = {"tenant_id": house.tenant_id, "actor_id": 1, "today": NOW.date()}
    at = {**about, "creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        only = person(house)
        with pytest.raises(roles.LastAdmin):
            roles.give_role(**at, user_id=only.user_id, role="reader")
        with pytest.raises(roles.LastAdmin):
            people.invite(
                tenant_id=house.tenant_id,
                email=only.user.email,
                role="sales",
                creditor_id=house.creditor_id,
                actor_id=1,
                now=NOW,
            )
        own = roles.give_role(**at, user_id=only.user_id, role="admin")
        with pytest.raises(roles.LastAdmin):
            roles.set_role(**about, membership_id=own, role="reader")

        other = person(house)
        roles.set_role(**about, membership_id=own, role="reader")
        assert roles.full_admins(tenant_id=house.tenant_id) == {other.user_id}
        with pytest.raises(roles.LastAdmin):
            roles.revoke(**about, membership_id=other.pk)
        roles.revoke(**about, membership_id=own)
        assert roles.full_admins(tenant_id=house.tenant_id) == {only.user_id, other.user_id}


def test_an_invitation_that_would_lower_the_last_administrator_is_refused_when_accepted(
    house: House,
) -> None:
    with in_tenant(house.tenant_id):
        only, second = person(house), person(house)
    invited = invite(house, only.user.email, role="reader", creditor_id=house.creditor_id)
    with in_tenant(house.tenant_id):
        roles.revoke(
            tenant_id=house.tenant_id, membership_id=second.pk, actor_id=1, today=NOW.date()
        )

    with pytest.raises(roles.LastAdmin):
        accept(invited.token, user_id=only.user_id)
    with in_tenant(house.tenant_id):
        assert Membership.objects.of(house.tenant_id).filter(user_id=only.user_id).count() == 1


def test_a_role_at_a_creditor_says_what_it_replaces(house: House) -> None:
    with in_tenant(house.tenant_id):
        person(house)
        collector, stranger = person(house, "collector"), User.objects.create_user("s@x.example")
        at: dict[str, Any] = {
            "tenant_id": house.tenant_id,
            "creditor_id": house.creditor_id,
            "actor_id": 1,
            "today": NOW.date(),
        }
        own = roles.give_role(**at, user_id=collector.user_id, role="reader")
        with pytest.raises(roles.AlreadyMember):
            roles.give_role(**at, user_id=collector.user_id, role="sales")
        with pytest.raises(roles.UnknownPerson):
            roles.give_role(**at, user_id=stranger.pk, role="reader")
        facts = list(Fact.objects.of(house.tenant_id).filter(verb="person.role_given"))
        rows = {row.id: row for row in queries.members(house.tenant_id)}

    assert [fact.data for fact in facts] == [
        {"user": collector.user_id, "role": "reader", "instead_of": "collector"}
    ]
    assert rows[own].instead_of == "collector"
    assert [one.role for one in rows[collector.pk].exceptions] == ["reader"]


def test_an_upgrade_takes_back_the_lesser_roles_that_had_no_effect(house: House) -> None:
    upgrade = import_module("encours.tenancy.migrations.0009_roles_at_a_creditor").NO_EFFECT
    with in_tenant(house.tenant_id):
        admin, accountant = person(house), person(house, "accountant")
        for user_id, role in ((admin.user_id, "reader"), (accountant.user_id, "collector")):
            Membership.objects.create(
                tenant_id=house.tenant_id,
                user_id=user_id,
                role=role,
                creditor_id=house.creditor_id,
            )
        with connection.cursor() as cursor:
            cursor.execute(upgrade)
        left = Membership.objects.of(house.tenant_id).exclude(creditor=None)

        assert [(row.user_id, row.role) for row in left] == [(accountant.user_id, "collector")]
        assert Fact.objects.of(house.tenant_id).filter(verb="person.revoked").count() == 1
