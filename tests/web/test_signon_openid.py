"""Sign-in by OpenID Connect, against a real directory on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from tests.conftest import House, found_house
from tests.web.directories import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, authorized, served
from tests.web.places import PASSWORD, add_user

from encours.config import single_sign_on
from encours.tenancy.models import Membership, User
from encours.tenancy.scope import in_tenant

LOGIN = "/compte/oidc/oidc/login/"
HOST = {"host": "localhost"}
REFUSED = "Connexion refusée"
SILENT = "ne répond pas"
UNKNOWN = "Vous n'avez pas de compte ici"


@pytest.fixture
def mine(transactional_db: None) -> House:
    return found_house()


@pytest.fixture
def person(mine: House) -> User:
    """Somebody who accepted an invitation."""
    return member(mine)


def member(mine: House, role: str = "collector") -> User:
    with in_tenant(mine.tenant_id):
        user = add_user(mine, role, "annuaire")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def directory(
    person: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenIdProvider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    who = {"sub": f"s-{person.pk}", "email": person.email, "email_verified": True}
    with served(OpenIdProvider(who)) as provider:
        configure(settings, provider)
        yield provider


def configure(settings: Any, provider: OpenIdProvider, **more: str) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
        {
            "ENCOURS_OIDC_ISSUER": provider.address,
            "ENCOURS_OIDC_CLIENT_ID": CLIENT_ID,
            "ENCOURS_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "ENCOURS_OIDC_NAME": "Annuaire Durand",
            **more,
        }
    )


def come_in(client: Client, **changes: str) -> Any:
    """Go through the whole login: to the directory, back, and in or not."""
    started = client.get(LOGIN, headers=HOST)
    assert started.status_code == 302, started.content.decode()
    back = urlsplit(authorized(started.headers["Location"]))
    assert back.path == f"{LOGIN}callback/"
    given = {name: values[0] for name, values in parse_qs(back.query).items()} | changes
    return client.get(f"{back.path}?{urlencode(given)}", headers=HOST)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_member_comes_in_by_a_proved_address(directory: OpenIdProvider, person: User) -> None:
    client = Client()
    page = client.get(reverse("account_login"), headers=HOST).content.decode()
    assert "Annuaire Durand" in page
    assert f'href="{LOGIN}?process=login"' in page

    entered = come_in(client)

    assert (entered.status_code, entered.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert client.get(reverse("profile"), headers=HOST).status_code == 200
    assert {"/authorize", "/token", "/keys", "/userinfo"} <= set(directory.asked)
    User.objects.filter(pk=person.pk).update(email="renomme@annuaire.example")
    again = Client()
    come_in(again)
    assert again.session["_auth_user_id"] == str(person.pk), "known by identifier from then on"


def test_the_directory_gives_no_role(directory: OpenIdProvider, mine: House, person: User) -> None:
    directory.person |= {"roles": ["admin"], "groups": ["admin"]}
    client = Client()
    come_in(client)
    with in_tenant(mine.tenant_id):
        held = Membership.objects.of(mine.tenant_id).filter(user=person)
        assert list(held.values_list("role", flat=True)) == ["collector"]
        held.delete()

    assert client.get(reverse("settings_users"), headers=HOST).status_code == 403
    outside = client.get("/", headers=HOST)
    assert outside.status_code == 403
    assert "membre d'aucune organisation" in outside.content.decode()


def test_an_unknown_address_gets_no_account(directory: OpenIdProvider) -> None:
    directory.person |= {"sub": "inconnu", "email": "inconnu@annuaire.example"}
    client, before = Client(), User.objects.count()
    page = come_in(client)

    assert page.status_code == 403
    assert UNKNOWN in page.content.decode()
    assert "inconnu@annuaire.example" in page.content.decode()
    assert User.objects.count() == before
    assert not is_in(client)


@pytest.mark.parametrize("proof", [None, False, "false"], ids=["silent", "no", "no, in words"])
def test_an_address_without_proof_opens_nothing(directory: OpenIdProvider, proof: Any) -> None:
    directory.person |= {"email_verified": proof}
    client = Client()
    page = come_in(client)

    assert page.status_code == 403
    assert "transmis d'adresse vérifiée" in page.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.filter(uid=directory.person["sub"]).exists()


@pytest.mark.parametrize(
    ("domains", "proof", "expected"),
    [
        pytest.param("annuaire.example", None, True, id="the domain is the proof"),
        pytest.param("annuaire.example", False, False, id="not against the directory's own word"),
        pytest.param("autre.example", True, False, id="nobody of another domain"),
    ],
)
def test_listed_domains_decide(
    directory: OpenIdProvider, settings: Any, domains: str, proof: bool | None, expected: bool
) -> None:
    configure(settings, directory, ENCOURS_OIDC_DOMAINS=domains)
    directory.person |= {"email_verified": proof}
    client = Client()
    come_in(client)

    assert is_in(client) is expected


def test_the_address_may_be_under_another_name(directory: OpenIdProvider, settings: Any) -> None:
    configure(settings, directory, ENCOURS_OIDC_EMAIL_CLAIM="upn")
    directory.person |= {"upn": directory.person["email"], "email": "autre@annuaire.example"}
    client = Client()
    come_in(client)

    assert is_in(client)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        pytest.param(
            {"token": {"nonce": "un autre"}}, "the nonce", id="a nonce of another browser"
        ),
        pytest.param({"token": {"nonce": None}}, "the nonce", id="no nonce"),
        pytest.param(
            {"token": {"aud": "un autre programme"}},
            "InvalidAudience",
            id="meant for another program",
        ),
        pytest.param(
            {"token": {"iss": "https://autre.example"}}, "InvalidIssuer", id="of another directory"
        ),
        pytest.param({"token": {"exp": 1_700_000_000}}, "ExpiredSignature", id="too old"),
        pytest.param({"token": {"exp": None}}, "no end", id="without an end"),
        pytest.param({"token": {"sub": None}}, "names nobody", id="names nobody"),
        pytest.param({"signs_with": "theirs"}, "InvalidSignature", id="signed by another key"),
        pytest.param({"algorithm": "HS256"}, "proves nothing", id="signed with the shared secret"),
        pytest.param({"algorithm": "none"}, "proves nothing", id="not signed"),
        pytest.param({"info": {"sub": "quelqu'un d'autre"}}, "two people", id="two people"),
        pytest.param({"info": {}}, "two people", id="nobody in userinfo"),
    ],
)
def test_a_wrong_answer_is_refused(
    directory: OpenIdProvider, wrong: dict[str, Any], reason: str, caplog: Any
) -> None:
    for name, value in wrong.items():
        setattr(directory, name, value)
    client = Client()
    page = come_in(client)

    assert page.status_code == 401
    assert REFUSED in page.content.decode()
    assert not is_in(client)
    assert reason in caplog.text


def test_a_wrong_state_is_refused(directory: OpenIdProvider) -> None:
    client = Client()
    page = come_in(client, state="un autre")

    assert page.status_code == 401
    assert REFUSED in page.content.decode()
    assert not is_in(client)
    assert "/token" not in directory.asked


def test_an_answer_belongs_to_the_browser_that_asked(directory: OpenIdProvider) -> None:
    back = authorized(Client().get(LOGIN, headers=HOST).headers["Location"])
    other = Client()
    page = other.get(back.removeprefix("http://localhost"), headers=HOST)

    assert page.status_code == 401
    assert not is_in(other)


def test_an_invented_code_is_refused(directory: OpenIdProvider) -> None:
    client = Client()
    page = come_in(client, code="inventé")

    assert page.status_code == 401
    assert not is_in(client)


def test_the_nonce_is_ours_whatever_the_link_says(directory: OpenIdProvider) -> None:
    started = Client().get(f"{LOGIN}?auth_params=nonce%3Dfixe&scope=admin", headers=HOST)
    asked = parse_qs(urlsplit(started.headers["Location"]).query)

    assert asked["nonce"] != ["fixe"]
    assert "admin" not in asked["scope"][0].split()


@pytest.mark.parametrize("address", ["/token", "/keys", "/userinfo"])
def test_a_directory_that_falls_silent_on_the_way(directory: OpenIdProvider, address: str) -> None:
    directory.silent = (address,)
    client = Client()
    page = come_in(client)

    assert page.status_code == 401
    assert not is_in(client)
    assert b"Traceback" not in page.content


def test_a_directory_that_is_down(directory: OpenIdProvider, settings: Any) -> None:
    directory.address = "http://127.0.0.1:1"
    configure(settings, directory)
    page = Client().get(LOGIN, headers=HOST)

    assert page.status_code == 401
    assert SILENT in page.content.decode()
    back = Client().get(f"{LOGIN}callback/?code=c&state=s", headers=HOST)
    assert back.status_code == 401


@pytest.mark.parametrize("lacking", ["token_endpoint", "issuer", "jwks_uri"])
def test_a_discovery_that_lacks_something(directory: OpenIdProvider, lacking: str) -> None:
    directory.lacks = (lacking,)
    page = Client().get(LOGIN, headers=HOST)

    assert page.status_code == 401
    assert REFUSED in page.content.decode()


def test_a_directory_without_userinfo(directory: OpenIdProvider) -> None:
    directory.lacks = ("userinfo_endpoint",)
    client = Client()
    come_in(client)

    assert is_in(client)


def test_giving_up_at_the_directory_is_not_an_error(directory: OpenIdProvider) -> None:
    client = Client()
    asked = parse_qs(urlsplit(client.get(LOGIN, headers=HOST).headers["Location"]).query)
    given = urlencode({"error": "access_denied", "state": asked["state"][0]})
    page = client.get(f"{LOGIN}callback/?{given}", follow=True, headers=HOST)

    assert "Connexion abandonnée" in page.content.decode()


def test_a_second_factor_is_still_asked(directory: OpenIdProvider, person: User) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    assert Authenticator.objects.filter(user=person).exists()
    client = Client()
    response = come_in(client)

    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_somebody_who_left_does_not_come_in(directory: OpenIdProvider, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()
    come_in(client)

    assert not is_in(client)


def test_the_password_goes_on_working(directory: OpenIdProvider, person: User) -> None:
    come_in(Client())
    client = Client()
    given = {"login": person.email, "password": PASSWORD}
    client.post(reverse("account_login"), given, headers=HOST)

    assert is_in(client)


def test_no_directory_no_address(transactional_db: None, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers({})

    assert Client().get(LOGIN, headers=HOST).status_code == 404
    assert b"/oidc/" not in Client().get(reverse("account_login"), headers=HOST).content
