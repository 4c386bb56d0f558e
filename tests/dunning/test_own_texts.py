"""A creditor's own texts on real tables: kept by version, inherited, sent, and noted."""

from __future__ import annotations

import json
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import Shop, channel, noon
from typer.testing import CliRunner

from encours.config.commands import application
from encours.dunning.actions import texts
from encours.dunning.actions.outgoing import ReminderPreparer, letter_of
from encours.dunning.actions.texts import NoSuchText, NothingOfItsOwn, NotInThoseWords, Which
from encours.dunning.models import Reminder, TextTemplate
from encours.dunning.queries import texts as queries
from encours.dunning.texts.shipped import STEPS, shipped
from encours.dunning.texts.words import Text
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)
TODAY = date(2026, 10, 6)
GENTLE = Text(
    "Petit rappel {{ invoice }}",
    "Bonjour,\n\nVotre facture est échue.\n\n{{ table }}\n\nBien à vous,",
)
MINE = Text("Petit rappel", GENTLE.email)


@pytest.fixture
def shop(house: House) -> Shop:
    shop = Shop(house)
    shop.open()
    return shop


def which(shop: Shop, name: str = "relance_1", *, whole: bool = False, code: str = "") -> Which:
    return Which(None if whole else shop.house.creditor_id, code, name, "fr")


def save(shop: Shop, text: Text = MINE, one: Which | None = None, **more: Any) -> int:
    with in_tenant(shop.house.tenant_id):
        return texts.keep(
            tenant_id=shop.house.tenant_id,
            which=one or which(shop),
            text=text,
            actor_id=1,
            today=TODAY,
            **more,
        )


def held(shop: Shop, name: str = "relance_1", code: str = "") -> Text:
    with in_tenant(shop.house.tenant_id):
        return queries.texts_of(**shop.owner).named(code, name, "fr")


def test_without_a_text_of_its_own_a_creditor_says_what_is_shipped(shop: Shop) -> None:
    assert held(shop) is shipped("relance_1", "fr")


def test_a_text_is_kept_by_version_and_the_same_words_make_none(shop: Shop) -> None:
    numbers = [save(shop), save(shop), save(shop, Text("Rappel", MINE.email))]

    assert numbers == [1, 1, 2]
    with in_tenant(shop.house.tenant_id):
        asked: dict[str, Any] = {"code": "", "name": "relance_1", "language": "fr"}
        found = queries.versions(**shop.owner, **asked)
        facts = Fact.objects.filter(verb="text.saved").count()
    assert [(one.version, one.is_active) for one in found] == [(2, True), (1, False)]
    assert facts == 2


def test_the_creditor_comes_before_its_organisation_and_may_come_back(shop: Shop) -> None:
    save(shop, Text("De l'organisation", MINE.email), which(shop, whole=True))
    assert held(shop).subject == "De l'organisation"
    save(shop)
    assert held(shop).subject == "Petit rappel"
    with in_tenant(shop.house.tenant_id):
        asked: dict[str, Any] = {"tenant_id": shop.house.tenant_id, "actor_id": 1, "today": TODAY}
        texts.give_up(which=which(shop), **asked)
        with pytest.raises(NothingOfItsOwn):
            texts.give_up(which=which(shop), **asked)
    assert held(shop).subject == "De l'organisation"


def test_a_set_lends_what_it_has_not_from_the_usual_one(shop: Shop) -> None:
    save(shop, Text("Du jeu", MINE.email), which(shop, code="export"))

    assert held(shop, code="export").subject == "Du jeu"
    assert held(shop, "relance_2", "export") is shipped("relance_2", "fr")
    assert held(shop) is shipped("relance_1", "fr")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(GENTLE, "text_gap", id="an invoice number that is not always there"),
        pytest.param(Text("Rappel", "Notre huissier passera."), "officer", id="an officer"),
    ],
)
def test_what_may_not_be_kept_is_not(shop: Shop, text: Text, code: str) -> None:
    with pytest.raises(NotInThoseWords) as refused:
        save(shop, text, is_kept=True)

    assert refused.value.is_final
    assert code in {issue.code for issue in refused.value.issues}
    assert held(shop) is shipped("relance_1", "fr")


def test_what_is_unwise_is_kept_on_purpose_and_said(shop: Shop) -> None:
    unwise = Text("Rappel", "Bonjour,\n\nDernier rappel : merci de nous répondre.")
    with pytest.raises(NotInThoseWords) as refused:
        save(shop, unwise)
    save(shop, unwise, is_kept=True)

    assert not refused.value.is_final
    with in_tenant(shop.house.tenant_id):
        assert TextTemplate.objects.get().kept_despite == ["last_notice"]
        assert Fact.objects.get(verb="text.saved").data["kept_despite"] == ["last_notice"]


@pytest.mark.parametrize(
    "one",
    [Which(None, "", "relance_9", "fr"), Which(None, "Un Jeu", "relance_1", "fr")],
    ids=["a text", "a set"],
)
def test_a_text_that_does_not_exist(shop: Shop, one: Which) -> None:
    with pytest.raises(NoSuchText):
        save(shop, MINE, one)


def test_a_message_is_written_in_these_words_and_knows_their_version(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    save(shop)
    shop.send(5)
    (email,) = channel.sent
    read = message_from_bytes(email.content, policy=policy.default)
    body = read.get_body(("plain",))

    assert read["Subject"] == "Petit rappel"
    assert body is not None
    assert "Votre facture est échue." in body.get_content()
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.get().text_id == TextTemplate.objects.get().pk


def test_a_shipped_text_leaves_no_version(shop: Shop, channel: MemoryEmailChannel) -> None:
    shop.send(5)

    assert len(channel.sent) == 1
    with in_tenant(shop.house.tenant_id):
        assert Reminder.objects.get().text_id is None


def test_what_was_prepared_in_other_words_is_prepared_again(shop: Shop) -> None:
    shop.plan(5)
    shop.approve(5)
    with in_tenant(shop.house.tenant_id):
        asked: dict[str, Any] = {"tenant_id": shop.house.tenant_id, "now": noon(5)}
        number = Reminder.objects.get().pk
        before = ReminderPreparer().fingerprint(**asked, subject_id=number)
    save(shop)
    with in_tenant(shop.house.tenant_id):
        after = ReminderPreparer().fingerprint(**asked, subject_id=number)
        prepared = ReminderPreparer().prepare(**asked, subject_ids=[number], channel="email")[
            number
        ]
        kept = ReminderPreparer().fingerprint(**asked, subject_id=number)

    assert before != after
    assert prepared.fingerprint == kept


def test_a_letter_with_words_of_its_own_knows_its_version_too(shop: Shop) -> None:
    save(
        shop,
        Text(
            "Rappel",
            MINE.email,
            letter="Madame, Monsieur,\n\nVotre facture est impayée.\n\n{{ table }}",
        ),
    )
    shop.plan(5)
    with in_tenant(shop.house.tenant_id):
        asked: dict[str, Any] = {"tenant_id": shop.house.tenant_id, "now": noon(5)}
        letter = letter_of(**asked, reminder_id=Reminder.objects.get().pk)

        assert letter.startswith(b"%PDF")
        assert Reminder.objects.get().text_id == TextTemplate.objects.get().pk


def test_the_list_says_where_each_text_is_from(shop: Shop) -> None:
    save(shop)
    save(shop, Text("Du jeu", MINE.email), which(shop, whole=True, code="export"))
    with in_tenant(shop.house.tenant_id):
        rows = queries.listed(**shop.owner)
        sets = queries.codes(**shop.owner)

    assert [(one.code, one.name, one.origin) for one in rows if one.origin != "shipped"] == [
        ("", "relance_1", "creditor"),
        ("export", "relance_1", "tenant"),
    ]
    assert len(rows) == 2 * len(STEPS) + 1, "in two languages, and the set's own"
    assert sets == ["export"]


def test_the_command_reads_the_texts_in_force(shop: Shop) -> None:
    save(shop, Text("Rappel", "Bonjour,\n\nDernier rappel : répondez-nous."), is_kept=True)
    with in_tenant(shop.house.tenant_id):
        TextTemplate.objects.create(
            **shop.owner, name="relance_2", language="fr", subject="Rappel",
            email="Bonjour,\n\nNotre huissier passera.",
        )  # fmt: skip
    asked = ["text", "check", "--creditor", shop.house.code]
    told = CliRunner().invoke(application(["text"]), asked)
    as_json = CliRunner().invoke(application(["text"]), [*asked, "--json"])

    assert told.exit_code == as_json.exit_code == 1
    assert "relance_2 fr : bloque officer" in told.stdout
    assert "relance_1 fr : avertit last_notice" in told.stdout
    blocked = [one["text"] for one in json.loads(as_json.stdout) if one["blocked"]]
    assert blocked == ["relance_2"]
