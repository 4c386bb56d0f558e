"""The pages of the texts: listed, changed, tried on a real customer, refused, given up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.conftest import House
from tests.dunning.test_day import Shop
from tests.web.places import add_user, logged_in

from encours.dunning.models import TextTemplate
from encours.dunning.texts.shipped import shipped
from encours.tenancy.scope import in_tenant

MINE = {
    "subject": "Petit rappel",
    "email": "Bonjour,\n\nVotre facture est échue.\n\n{{ table }}\n\nCordialement,",
    "letter": "",
    "short": "",
    "jeu": "",
}


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop(house)
    shop.open()
    return shop


def client_of(shop: Shop, role: str = "admin") -> Client:
    with in_tenant(shop.house.tenant_id):
        user = add_user(shop.house, role, "TEXTES")
    return logged_in(user.pk)


def at(name: str = "settings_text", *more: str, text: str = "relance_1", tongue: str = "fr") -> str:
    return reverse(name, args=[text, tongue, *more])


def save(client: Client, shop: Shop, **changed: str) -> Any:
    return client.post(at(), {**MINE, **changed, "creditor_id": shop.house.creditor_id})


def page(client: Client, url: str) -> str:
    return re.sub(r"&#x27;", "'", client.get(url).content.decode())


def stored(shop: Shop) -> list[tuple[str, int, bool]]:
    with in_tenant(shop.house.tenant_id):
        rows = TextTemplate.objects.order_by("pk")
        return list(rows.values_list("subject", "version", "is_active"))


def test_every_text_is_listed_with_where_it_is_from(shop: Shop) -> None:
    client = client_of(shop)
    save(client, shop)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = page(client, reverse("settings_texts"))

    assert shown.count("livré avec encours") == 15
    assert "propre à cette société" in shown
    assert "Petit rappel" in shown
    assert len(asked) <= 20


def test_the_list_is_filtered_and_exported(shop: Shop) -> None:
    client = client_of(shop)
    english = page(client, reverse("settings_texts") + "?language=en")
    csv = client.get(reverse("settings_texts") + "?format=csv")

    assert "Première relance" in english
    assert "un oubli" not in english
    assert csv.status_code == 200


def test_a_text_is_shown_with_what_it_gives_a_real_customer(shop: Shop) -> None:
    client = client_of(shop)
    shown = page(client, at())
    frames = re.findall(r'(?:src|href)="(/reglages/textes/[^"]+apercu[^"]+)"', shown)
    mail, plain, letter = (client.get(url.replace("&amp;", "&")) for url in frames)

    assert "Sauf erreur de notre part" in shown
    assert "Rien à redire" in shown
    assert "Adam SARL (ADAM)" in shown
    assert "<strong>1\u202f000,00" in shown
    assert "FA-1" in mail.content.decode()
    assert "Sauf erreur de notre part" in plain.content.decode()
    assert letter.content.startswith(b"%PDF")


def test_what_is_typed_is_tried_before_it_is_kept(shop: Shop) -> None:
    client = client_of(shop)
    typed = {**MINE, "creditor_id": shop.house.creditor_id, "short": "Bonjour {{ customer }}"}
    answer = client.post(at("settings_text_live"), typed).content.decode()
    mail = client.get(at("settings_text_frame", "mail")).content.decode()

    assert "Petit rappel" in answer
    assert "Bonjour Adam SARL" in answer
    assert "17 caractères, 1 SMS" in answer
    assert "Votre facture est échue." in mail
    assert stored(shop) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("Notre huissier passera.", "433-13", id="the law"),
        pytest.param("{{ montant }}", "Variable inconnue", id="a name"),
        pytest.param("{% if one %}", "ne se lit pas", id="a brace"),
    ],
)
def test_what_may_not_be_said_is_refused_with_its_reason(shop: Shop, words: str, told: str) -> None:
    client = client_of(shop)
    answer = save(client, shop, email=words, keep="1")

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert stored(shop) == []


def test_what_is_unwise_is_kept_on_purpose(shop: Shop) -> None:
    client = client_of(shop)
    words = "Bonjour,\n\nDernier rappel : merci de nous répondre."
    first = save(client, shop, email=words)
    save(client, shop, email=words, keep="1")

    assert "Garder quand même" in first.content.decode()
    assert stored(shop) == [("Petit rappel", 1, True)]
    assert "gardé malgré un avertissement" in page(client, at())


def test_versions_are_compared_and_the_text_may_be_given_up(shop: Shop) -> None:
    client = client_of(shop)
    save(client, shop)
    save(client, shop, subject="Rappel")
    shown = page(client, at())
    answer = client.post(
        at("settings_text_give_up"), {"jeu": "", "creditor_id": shop.house.creditor_id}
    )

    assert "<del>Petit rappel</del>" in shown
    assert "<ins>Rappel</ins>" in shown
    assert answer.status_code == 302
    assert [active for _, _, active in stored(shop)] == [False, False]


def test_another_text_or_the_shipped_words_come_into_the_form(shop: Shop) -> None:
    client = client_of(shop)
    save(client, shop)
    english = page(client, f"{at()}?depuis=relance_2/en")
    given = page(client, f"{at()}?depuis=livre")

    assert "is still unpaid" in english
    assert "C&#x27;est sans doute un oubli" in given or "C'est sans doute un oubli" in given
    assert "Petit rappel" in page(client, at())


@pytest.mark.parametrize("url", [at(text="relance_9"), at(tongue="de")], ids=["a text", "a tongue"])
def test_what_does_not_exist_is_not_found(shop: Shop, url: str) -> None:
    assert client_of(shop).get(url).status_code == 404


def test_a_reader_reads_and_changes_nothing(shop: Shop) -> None:
    client = client_of(shop, "reader")
    answers = {
        client.get(reverse("settings_texts")).status_code,
        client.get(at()).status_code,
    }

    assert answers <= {200, 403}
    assert save(client, shop).status_code == 403
    assert stored(shop) == []


def test_a_frame_shows_nothing_of_another_text(shop: Shop) -> None:
    client = client_of(shop)
    client.get(at())

    assert client.get(at("settings_text_frame", "mail", text="relance_2")).status_code == 404
    assert shipped("relance_2", "fr").email
