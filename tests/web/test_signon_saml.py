"""Sign-in by SAML: answers signed by a key made here, and those that must be refused."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from tests.conftest import found_house
from tests.web.directories import (
    ENTITY_ID,
    OpenIdProvider,
    SamlProvider,
    certificate,
    saml_request,
    served,
)
from tests.web.places import add_user

from encours.config import single_sign_on
from encours.tenancy.models import User
from encours.tenancy.scope import in_tenant

CONSUME = "/compte/saml/entreprise/acs/"
REFUSED = "Connexion refusée"


@pytest.fixture
def person(transactional_db: None) -> User:
    house = found_house()
    with in_tenant(house.tenant_id):
        user = add_user(house, "collector", "annuaire")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def answering(person: User, settings: Any, tmp_path: Any) -> SamlProvider:
    path = tmp_path / "annuaire.pem"
    path.write_text(certificate("ours"))
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(given(str(path)))
    return SamlProvider(person.email, name_id=f"p-{person.pk}")


def given(path: str, **more: str) -> dict[str, str]:
    return {
        "ENCOURS_SAML_ENTITY_ID": ENTITY_ID,
        "ENCOURS_SAML_SSO_URL": "https://annuaire.example/sso",
        "ENCOURS_SAML_CERTIFICATE": path,
        "ENCOURS_SAML_DOMAINS": "annuaire.example",
        "ENCOURS_SAML_NAME": "Annuaire SAML",
        **more,
    }


def post(client: Client, answer: str) -> Any:
    """Be the browser that the directory makes post its answer."""
    taken = client.post(CONSUME, {"SAMLResponse": answer, "RelayState": ""})
    assert taken.status_code == 302
    return client.get(taken.headers["Location"])


def browser() -> Client:
    return Client(headers={"host": "localhost"})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_member_comes_in(answering: SamlProvider, person: User) -> None:
    client = browser()
    assert "Annuaire SAML" in client.get(reverse("account_login")).content.decode()
    entered = post(client, answering.answer(saml_request(client)))

    assert (entered.status_code, entered.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert SocialAccount.objects.get(user=person).provider == ENTITY_ID


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        pytest.param(
            {"signs_with": "theirs"}, "Signature validation failed", id="signed by another key"
        ),
        pytest.param({"signs_with": None}, "is not signed", id="not signed"),
        pytest.param({"signs_message": True}, "is not signed", id="the envelope alone is signed"),
        pytest.param({"age": timedelta(hours=1)}, "expired", id="expired"),
        pytest.param({"age": timedelta(hours=-1)}, "not yet valid", id="not valid yet"),
        pytest.param(
            {"audience": "https://autre.example/"},
            "not a valid audience",
            id="meant for another site",
        ),
        pytest.param(
            {"issuer": "https://autre.example/"}, "Invalid issuer", id="of another directory"
        ),
        pytest.param(
            {"recipient": "https://autre.example/acs/"},
            "SubjectConfirmation",
            id="sent to another address",
        ),
        pytest.param({"name_id": ""}, "names nobody", id="names nobody"),
    ],
)
def test_a_wrong_answer_is_refused(
    answering: SamlProvider, wrong: dict[str, Any], reason: str, caplog: Any
) -> None:
    for name, value in wrong.items():
        setattr(answering, name, value)
    client = browser()
    page = post(client, answering.answer(saml_request(client)))

    assert page.status_code == 401
    assert REFUSED in page.content.decode()
    assert not is_in(client)
    assert reason in caplog.text


def test_a_changed_answer_is_refused(answering: SamlProvider) -> None:
    client = browser()
    answer = base64.b64decode(answering.answer(saml_request(client))).decode()
    changed = answer.replace(answering.email, "admin@annuaire.example")
    page = post(client, base64.b64encode(changed.encode()).decode())

    assert page.status_code == 401
    assert not is_in(client)


def test_an_answer_counts_once(answering: SamlProvider) -> None:
    client = browser()
    answer = answering.answer(saml_request(client))
    post(client, answer)
    assert is_in(client)
    client.logout()
    assert post(client, answer).status_code == 401
    assert not is_in(client)
    other = browser()
    assert post(other, answer).status_code == 401
    assert not is_in(other)


def test_an_answer_to_another_browser_is_refused(answering: SamlProvider) -> None:
    answer = answering.answer(saml_request(browser()))
    other = browser()
    saml_request(other)

    assert post(other, answer).status_code == 401
    assert not is_in(other)


def test_an_answer_that_nobody_asked_for_is_refused(answering: SamlProvider) -> None:
    client = browser()

    assert post(client, answering.answer(None)).status_code == 401
    assert not is_in(client)


def test_unsolicited_answers_count_once_where_they_are_allowed(
    answering: SamlProvider, settings: Any, tmp_path: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
        given(str(tmp_path / "annuaire.pem"), ENCOURS_SAML_UNSOLICITED="1")
    )
    client, other, answer = browser(), browser(), answering.answer(None)
    post(client, answer)
    assert is_in(client)

    assert post(other, answer).status_code == 401
    assert not is_in(other)


@pytest.mark.parametrize("domain", ["annuaire.example", "autre.example"])
def test_an_unknown_person_gets_no_account(answering: SamlProvider, domain: str) -> None:
    answering.email, answering.name_id = f"inconnu@{domain}", f"inconnu-{domain}"
    client, before = browser(), User.objects.count()
    page = post(client, answering.answer(saml_request(client)))

    assert page.status_code == 403
    assert "Vous n'avez pas de compte ici" in page.content.decode()
    assert User.objects.count() == before
    assert not is_in(client)


def test_a_member_of_another_domain_does_not_come_in(
    answering: SamlProvider, settings: Any, tmp_path: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
        given(str(tmp_path / "annuaire.pem"), ENCOURS_SAML_DOMAINS="autre.example")
    )
    client = browser()
    page = post(client, answering.answer(saml_request(client)))

    assert page.status_code == 403
    assert not is_in(client)


def test_the_address_may_be_under_another_name(
    answering: SamlProvider, settings: Any, tmp_path: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
        given(str(tmp_path / "annuaire.pem"), ENCOURS_SAML_EMAIL_ATTRIBUTE="courriel")
    )
    answering.attribute = "courriel"
    client = browser()
    post(client, answering.answer(saml_request(client)))

    assert is_in(client)


def test_a_second_factor_is_still_asked(answering: SamlProvider, person: User) -> None:
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    client = browser()
    response = post(client, answering.answer(saml_request(client)))

    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


@pytest.mark.parametrize("answer", ["pas du base64 !", "Ym9uam91cg==", "PGE+"])
def test_what_is_no_answer_is_refused(answering: SamlProvider, answer: str) -> None:
    page = post(browser(), answer)

    assert page.status_code == 401
    assert b"Traceback" not in page.content


def test_only_an_answer_of_a_decent_size_is_kept(answering: SamlProvider) -> None:
    assert browser().post(CONSUME, {"SAMLResponse": "A" * 300_000}).status_code == 400
    assert browser().post(CONSUME, {}).status_code == 400
    assert browser().get(CONSUME).status_code == 405
    assert browser().get(f"{CONSUME}finish/").status_code == 401


def test_the_site_describes_itself(answering: SamlProvider) -> None:
    page = browser().get("/compte/saml/entreprise/metadata/")

    assert page.headers["Content-Type"] == "text/xml"
    assert f'Location="http://localhost{CONSUME}"' in page.content.decode()
    assert 'WantAssertionsSigned="true"' in page.content.decode()


def test_nobody_is_logged_out_by_a_link(answering: SamlProvider, person: User) -> None:
    client = browser()
    client.force_login(person)
    response = client.get("/compte/saml/entreprise/sls/?SAMLRequest=x")

    assert response.headers["Location"] == reverse("account_logout")
    assert is_in(client)


def test_a_directory_that_describes_itself(
    answering: SamlProvider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with served(OpenIdProvider({})) as server:
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
            {
                "ENCOURS_SAML_ENTITY_ID": ENTITY_ID,
                "ENCOURS_SAML_METADATA_URL": f"{server.address}/metadata",
                "ENCOURS_SAML_DOMAINS": "annuaire.example",
            }
        )
        client, wrong = browser(), browser()
        post(client, answering.answer(saml_request(client)))
        answering.signs_with = "theirs"
        post(wrong, answering.answer(saml_request(wrong)))

        assert is_in(client)
        assert not is_in(wrong)
        assert server.asked == ["/metadata"], "read once, then remembered"


def test_a_directory_whose_description_is_out_of_reach(
    answering: SamlProvider, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
        {
            "ENCOURS_SAML_ENTITY_ID": ENTITY_ID,
            "ENCOURS_SAML_METADATA_URL": "http://127.0.0.1:1/metadata",
            "ENCOURS_SAML_DOMAINS": "annuaire.example",
        }
    )
    page = browser().get("/compte/saml/entreprise/login/")

    assert page.status_code == 401
    assert "ne répond pas" in page.content.decode()


def test_no_directory_no_address(transactional_db: None, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers({})

    assert browser().get("/compte/saml/entreprise/login/").status_code == 404
    assert browser().get("/compte/saml/entreprise/metadata/").status_code == 404
