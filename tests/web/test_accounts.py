"""How people come in: by an invitation, a password, a language; and what the pages reveal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from tests.web.places import PASSWORD, Place, logged_in, place

from encours.tenancy.models import Invitation, Membership, User
from encours.tenancy.scope import in_tenant


@pytest.fixture
def mine(transactional_db: None) -> Place:
    return place("ALPHA")


def invite(mine: Place, email: str, **changes: str) -> str:
    """Invite from the page and return the link that the mail holds."""
    mail.outbox.clear()
    given = {"email": email, "role": "collector", "creditor": "", **changes}
    response = logged_in(mine.users["admin"]).post(reverse("settings_users"), given)
    assert response.status_code == 302
    found = re.search(r"https?://[^/]+(/invitation/\S+)", str(mail.outbox[0].body))
    assert found
    return found[1]


def test_an_invited_person_chooses_a_password_and_logs_in(mine: Place) -> None:
    email = f"nouvelle{User.objects.count()}@example.org"
    link = invite(mine, email)
    assert mail.outbox[0].to == [email]
    assert "ALPHA Groupe" in mail.outbox[0].subject
    stranger = Client()

    assert b"Choisissez votre mot de passe" in stranger.get(link).content
    given = {"name": "Nouvelle Venue", "password": PASSWORD, "again": PASSWORD}
    assert stranger.post(link, given).headers["Location"] == "/compte/login/"
    assert stranger.get(link).status_code == 410
    entered = stranger.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert entered.headers["Location"] == "/"
    assert b"Nouvelle Venue" in stranger.get(reverse("profile")).content


def test_two_different_passwords_make_no_account(mine: Place) -> None:
    email = f"deux{User.objects.count()}@example.org"
    link = invite(mine, email)
    page = Client().post(link, {"name": "N", "password": PASSWORD, "again": f"{PASSWORD}!"})

    assert b"Les deux mots de passe diff" in page.content
    assert not User.objects.filter(email=email).exists()


def test_somebody_known_elsewhere_accepts_once_logged_in(mine: Place) -> None:
    theirs = place("OMEGA")
    known = User.objects.get(pk=theirs.users["collector"])
    link = invite(mine, known.email, role="reader")

    assert b"connectez-vous" in Client().get(link).content
    client = logged_in(known.pk)
    assert client.post(link).headers["Location"] == "/"
    with in_tenant(mine.house.tenant_id):
        assert Membership.objects.of(mine.house.tenant_id).filter(user=known).exists()
    page = client.get(reverse("profile")).content
    assert b"ALPHA Groupe" in page
    assert b"OMEGA Groupe" in page, "both organisations are offered to who belongs to both"
    with in_tenant(mine.house.tenant_id):
        Membership.objects.of(mine.house.tenant_id).filter(user=known).delete()


def test_a_failed_mail_is_told_and_the_invitation_stays(mine: Place, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    client = logged_in(mine.users["admin"])
    given = {"email": "panne@example.org", "role": "reader", "creditor": ""}
    page = client.post(reverse("settings_users"), given, follow=True)

    assert "n&#x27;est pas parti" in page.content.decode()
    with in_tenant(mine.house.tenant_id):
        assert (
            Invitation.objects.of(mine.house.tenant_id).filter(email="panne@example.org").exists()
        )


def test_nobody_signs_up_by_themselves(transactional_db: None) -> None:
    given = {"email": "pirate@example.org", "password1": PASSWORD, "password2": PASSWORD}
    page = Client().post(reverse("account_signup"), given)

    assert not User.objects.filter(email="pirate@example.org").exists()
    assert page.status_code == 200


def test_the_reset_page_says_the_same_of_a_known_and_an_unknown_address(mine: Place) -> None:
    known = User.objects.get(pk=mine.users["admin"]).email
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email}).headers["Location"]
        for email in (known, "personne@example.org")
    ]

    assert answers[0] == answers[1]


def test_failed_logins_are_limited(mine: Place, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}
    wrong = {"login": "qui@example.org", "password": "non"}
    statuses = []
    for _try in range(5):
        page = Client().post(reverse("account_login"), wrong)
        statuses.append(b"Trop de tentatives" in page.content or page.status_code == 429)

    assert statuses == [False, False, False, True, True]


def test_the_language_is_kept_before_and_after_the_login(mine: Place) -> None:
    stranger = Client()
    page = stranger.post(reverse("choose_language"), {"language": "en", "next": "/compte/login/"})
    assert page.headers["Location"] == "/compte/login/"
    assert b'lang="en"' in stranger.get("/compte/login/").content
    member = logged_in(mine.users["reader"])
    member.post(reverse("choose_language"), {"language": "en", "next": "https://evil.example/"})
    assert User.objects.get(pk=mine.users["reader"]).language == "en"
    member.post(reverse("choose_language"), {"language": "fr"})


def test_the_language_of_the_profile_follows_the_login(mine: Place) -> None:
    user = User.objects.get(pk=mine.users["collector"])
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert b'lang="en"' in client.get(reverse("profile")).content
    User.objects.filter(pk=user.pk).update(language="fr")


def test_what_a_member_saw_is_not_kept_by_the_browser(mine: Place) -> None:
    page = logged_in(mine.users["admin"]).get(reverse("profile"))

    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_profile_is_kept(mine: Place) -> None:
    client = logged_in(mine.users["sales"])
    client.post(reverse("profile"), {"name": "Paul Du Bois", "language": "fr", "theme": "dark"})
    user = User.objects.get(pk=mine.users["sales"])

    assert (user.first_name, user.last_name, user.theme) == ("Paul", "Du Bois", "dark")
    assert b'data-theme="dark"' in client.get(reverse("profile")).content


def test_another_organisation_is_chosen_only_by_its_members(mine: Place) -> None:
    theirs = place("OMEGA")
    client = logged_in(mine.users["admin"])
    response = client.post(reverse("choose_tenant"), {"tenant": theirs.house.tenant_id})

    assert response.status_code == 404
    assert b"OMEGA" not in client.get(reverse("profile")).content


def test_the_pages_forbid_inline_scripts_and_frames(mine: Place) -> None:
    page = logged_in(mine.users["admin"]).get(reverse("settings_creditor"))
    policy = page.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    html = page.content.decode()
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)


@pytest.mark.parametrize(
    "address", ["/nulle/part/", "/reglages/banque/1/confirmer/"], ids=["no such page", "no GET"]
)
def test_errors_leak_nothing(mine: Place, address: str) -> None:
    page = logged_in(mine.users["admin"]).get(address)

    assert page.status_code in {404, 405}
    assert not re.search(rb"Traceback|urlpatterns|encours\.web|settings\.py", page.content)
