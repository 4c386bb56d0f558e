"""The settings pages at work: what a form writes, what a fresh login guards, what the journal says."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.conftest import found_house
from tests.web.places import Place, add_user, logged_in, place

from encours.messaging import accounts
from encours.messaging.models import Message
from encours.messaging.ports import (
    CHANNEL_FACTORIES,
    NAME_RECORDS,
    Email,
    Receipt,
    TemporaryRefusal,
)
from encours.messaging.providers.memory_records import MemoryRecords
from encours.messaging.queries import LimitedSender
from encours.messaging.rules import domains
from encours.receivables.queries.rates import rates_of
from encours.replies.actions import boxes
from encours.tenancy.models import BankAccount, Creditor, Fact, Tenant
from encours.tenancy.scope import in_tenant
from encours.web.paced import in_words
from encours.web.settings.sender_names import REASONS, STATES

SECOND_IBAN = "FR14 2004 1010 0505 0001 3M02 606"


@pytest.fixture
def mine(transactional_db: None) -> Place:
    return place("ALPHA")


def just_proved(client: Client) -> Client:
    """Do what a reauthentication leaves in the session."""
    session = client.session
    assert isinstance(session, SessionStore)
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    return client


def creditor(mine: Place, creditor_id: int | None = None) -> Creditor:
    with in_tenant(mine.house.tenant_id):
        return Creditor.objects.of(mine.house.tenant_id).get(
            id=creditor_id or mine.house.creditor_id
        )


def test_a_company_is_described_and_a_false_number_is_told(mine: Place) -> None:
    client = logged_in(mine.users["credit_manager"])
    given = {"creditor_id": mine.second_id, "name": "ALPHA Logistique", "country": "FR"}

    wrong = client.post(reverse("settings_creditor"), {**given, "siren": "123456789"})
    assert "Ce SIREN est faux" in wrong.content.decode()
    right = client.post(reverse("settings_creditor"), {**given, "siren": "732 829 320"})
    assert right.status_code == 302
    assert creditor(mine, mine.second_id).siren == "732829320"


def test_a_form_writes_the_creditor_it_was_drawn_for(mine: Place) -> None:
    """The header may have been changed in another tab meanwhile."""
    client = logged_in(mine.users["admin"])
    client.post(reverse("choose_creditor"), {"creditor": mine.second_id})
    given = {
        "creditor_id": mine.house.creditor_id,
        "name": "ALPHA Distribution",
        "country": "FR",
        "city": "Dijon",
    }
    client.post(reverse("settings_creditor"), given)

    assert creditor(mine).city == "Dijon"
    assert creditor(mine, mine.second_id).city == ""


def test_an_amount_is_typed_as_people_write_it(mine: Place) -> None:
    client = logged_in(mine.users["admin"])
    given = {
        "creditor_id": mine.house.creditor_id,
        "policy-approval": "review",
        "policy-freshness_days": "7",
        "policy-penalty_rate": "12,5 %",
        "policy-day_count": "ACT_365",
        "policy-cycle_hour": "6",
        "policy-send_from_hour": "9",
        "policy-send_until_hour": "17",
        "policy-time_zone": "Europe/Paris",
    }
    assert client.post(reverse("settings_creditor_habits"), given).status_code == 302
    limits = {
        "creditor_id": mine.house.creditor_id,
        "what": "policy",
        "policy-minimum_cents": "1 250,50 €",
        "policy-min_spacing_days": "7",
        "policy-contacts_a_week": "3",
        "policy-calendar": "FR",
    }
    assert client.post(reverse("settings_scenario"), limits).status_code == 302
    found = creditor(mine)

    assert (found.minimum_cents, found.penalty_rate) == (125_050, "12.5")
    assert (found.min_spacing_days, found.calendar) == (None, None), "what nobody changed"
    assert (found.send_from_hour, found.send_until_hour) == (None, 17)
    client.post(reverse("choose_creditor"), {"creditor": mine.house.creditor_id})
    assert b'value="1250,50"' in client.get(reverse("settings_scenario")).content


def test_a_new_company_has_terms_to_confirm_and_is_shown(mine: Place) -> None:
    house = found_house()
    with in_tenant(house.tenant_id):
        admin = add_user(house, "admin", "ALPHA")
    client = logged_in(admin.pk)
    given = {"code": "NOUV", "name": "Nouvelle SARL", "siren": ""}
    page = client.post(reverse("settings_creditor_new"), given, follow=True).content.decode()

    assert "Nouvelle SARL" in page
    assert "Supposées" in client.get(reverse("settings_terms")).content.decode()


def test_a_bank_account_asks_who_it_is_then_a_second_person(mine: Place) -> None:
    anne, marc = logged_in(mine.users["admin"]), logged_in(mine.users["accountant"])
    given = {
        "creditor_id": mine.house.creditor_id,
        "iban": SECOND_IBAN,
        "holder_name": "ALPHA DISTRIBUTION",
    }
    sent_away = anne.post(reverse("settings_bank_new"), given)
    assert sent_away.headers["Location"].startswith(reverse("account_reauthenticate"))

    assert just_proved(anne).post(reverse("settings_bank_new"), given).status_code == 302
    with in_tenant(mine.house.tenant_id):
        accounts = BankAccount.objects.of(mine.house.tenant_id)
        waiting = accounts.get(iban=SECOND_IBAN.replace(" ", ""), state="pending")
    confirm = reverse("settings_bank_confirm", args=[waiting.pk])
    assert b"Une autre personne doit confirmer" in anne.post(confirm, follow=True).content
    assert marc.post(confirm).headers["Location"].startswith(reverse("account_reauthenticate"))
    page = just_proved(marc).post(confirm, follow=True).content.decode()
    assert "Compte confirmé" in page
    with in_tenant(mine.house.tenant_id):
        assert BankAccount.objects.of(mine.house.tenant_id).get(id=waiting.pk).is_default
        BankAccount.objects.of(mine.house.tenant_id).filter(id=waiting.pk).update(
            state="retired", is_default=False
        )


def test_a_person_without_a_password_changes_no_bank_account(mine: Place) -> None:
    with in_tenant(mine.house.tenant_id):
        user = add_user(mine.house, "admin", "ALPHA")
    user.set_unusable_password()
    user.save()
    page = logged_in(user.pk).get(reverse("settings_bank_new"))

    assert page.headers["Location"] == reverse("account_set_password")


class Server:
    """A mail server that takes everything, or nothing."""

    code = "smtp"

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal
        self.emails: list[Email] = []

    def send(self, email: Email) -> Receipt:
        if self.refusal:
            raise self.refusal
        self.emails.append(email)
        return Receipt()

    def close(self) -> None:
        """Nothing was open."""


@pytest.fixture
def channels() -> Iterator[Any]:
    """Let a test fill the channels; the program's own come back after it."""
    before = {code: CHANNEL_FACTORIES[code] for code in CHANNEL_FACTORIES}
    yield CHANNEL_FACTORIES.fill
    CHANNEL_FACTORIES.fill(before)


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        pytest.param(None, "Dernier essai parti", id="it left"),
        pytest.param(TemporaryRefusal(reply="535 no"), "535 no", id="the server refused"),
    ],
)
def test_a_test_mail_really_leaves_and_its_outcome_is_shown(
    mine: Place, channels: Any, refusal: Exception | None, expected: str
) -> None:
    server = Server(refusal)
    channels({"smtp": lambda _account: server})
    client = logged_in(mine.users["admin"])
    about = {"creditor_id": mine.house.creditor_id}
    addresses = {**about, "sender_name": "Compta", "sender_email": "compta@example.org"}
    client.post(reverse("settings_sender"), addresses)
    page = client.post(reverse("settings_sender_test"), about, follow=True).content.decode()

    assert expected in page
    assert len(server.emails) == (refusal is None)


def test_no_test_mail_without_a_sender(mine: Place) -> None:
    about = {"creditor_id": mine.second_id}
    page = logged_in(mine.users["admin"]).post(reverse("settings_sender_test"), about, follow=True)

    assert "Indiquez d&#x27;abord l&#x27;adresse" in page.content.decode()


@pytest.fixture
def dns() -> Iterator[MemoryRecords]:
    """Stand for the DNS; the program's own comes back after the test."""
    before = {code: NAME_RECORDS[code] for code in NAME_RECORDS}
    records = MemoryRecords({"example.org": ("v=spf1 +all",)}, silent={"_dmarc.example.org"})
    NAME_RECORDS.fill({"dns": lambda: records})
    yield records
    NAME_RECORDS.fill(before)


def test_the_domain_of_the_sender_is_looked_up_and_told(mine: Place, dns: MemoryRecords) -> None:
    client = logged_in(mine.users["admin"])
    about, address = {"creditor_id": mine.house.creditor_id}, reverse("settings_sender_names")
    other = {"creditor_id": mine.second_id}
    nobody = client.post(address, other, follow=True).content.decode()
    client.post(reverse("settings_sender"), {**about, "sender_email": "compta@example.org"})
    bad = client.post(address, {**about, "selector": "-x"}, follow=True).content.decode()
    asked = dns.asked.copy()
    client.post(address, {**about, "selector": "S1"})
    page = client.get(reverse("settings_sender")).content.decode().replace("&#x27;", "'")
    facts = client.get(reverse("settings_journal")).content.decode()

    assert "Indiquez d&#x27;abord l&#x27;adresse" in nobody
    assert "Un sélecteur DKIM s&#x27;écrit" in bad
    assert not asked, "nothing is asked of a bad name"
    assert "« +all » autorise le monde entier" in page
    assert "s1._domainkey.example.org" in dns.asked
    assert "Aucune clé sous ce sélecteur" in page
    assert "Non vérifié" in page
    assert "SPF Fautif, DKIM Introuvable, DMARC Non vérifié" in facts


def test_a_mailbox_that_its_owner_opened_sends_too(mine: Place) -> None:
    client, house = logged_in(mine.users["admin"]), mine.house
    about, address = {"creditor_id": house.creditor_id}, reverse("settings_sender_mailbox")
    before = client.post(address, about).status_code
    told = boxes.Told(
        settings={"auth": "microsoft", "user": "compta@example.org", "client_id": "app"}
    )
    asked = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        boxes.set_inbox(**asked, told=told, actor_id=1, today=date(2026, 11, 20))
    unopened = client.post(address, about).status_code
    with in_tenant(house.tenant_id):
        boxes.keep_consent(
            **asked, secrets={"refresh_token": "r1"}, actor_id=1, today=date(2026, 11, 20)
        )
    offered = client.get(reverse("settings_sender")).content.decode()
    page = client.post(address, about, follow=True).content.decode()
    with in_tenant(house.tenant_id):
        creditor = Creditor.objects.of(house.tenant_id).get(pk=house.creditor_id)
        account = dict(accounts.account_of(creditor).settings)
    server = {
        **about,
        "host": "",
        "port": "587",
        "security": "starttls",
        "user": "",
        "password": "",
    }
    client.post(reverse("settings_sender_server"), server)
    with in_tenant(house.tenant_id):
        after = Creditor.objects.of(house.tenant_id).get(pk=house.creditor_id).smtp

    assert (before, unopened) == (404, 404)
    assert "Envoyer par la boîte des réponses compta@example.org" in offered
    assert "partent par la boîte compta@example.org, sans mot de passe" in page
    assert (account["host"], account["consent"]) == ("smtp.office365.com", "inbox")
    assert "password" not in account
    assert after == {}


def test_every_reason_has_its_sentence() -> None:
    source = Path(domains.__file__).read_text("utf-8")
    told = set(re.findall(r'"((?:spf|dkim|dmarc)_[a-z0-9_]+|unreachable)"', source))

    assert told == set(REASONS)
    assert set(get_args(domains.State)) == set(STATES)


def test_the_stop_button_shows_on_every_page_until_somebody_resumes(mine: Place) -> None:
    client = logged_in(mine.users["collector"])
    switch = reverse("sending_switch")
    client.post(switch, {"do": "stop", "creditor": mine.second_id, "next": "/profil/"})
    assert "Les envois de ALPHA Logistique sont arrêtés" in client.get("/profil/").content.decode()
    client.post(switch, {"do": "resume", "creditor": mine.second_id})
    client.post(switch, {"do": "stop"})
    assert "Tous les envois sont arrêtés" in client.get("/profil/").content.decode()
    reader = logged_in(mine.users["reader"]).get("/profil/").content.decode()
    assert "Tous les envois sont arrêtés" in reader
    assert "Reprendre les envois" not in reader
    client.post(switch, {"do": "resume"})
    with in_tenant(mine.house.tenant_id):
        assert Tenant.objects.get().sending_stopped_at is None


def test_terms_are_read_in_french_and_confirmed(mine: Place) -> None:
    client = logged_in(mine.users["admin"])
    about = {"creditor_id": mine.second_id}
    page = client.post(reverse("settings_terms"), {**about, "text": "n'importe quoi"}, follow=True)
    assert "non comprises" in page.content.decode()
    client.post(reverse("settings_terms"), {**about, "text": "60 jours fin de mois le 10"})
    client.post(reverse("choose_creditor"), {"creditor": mine.second_id})

    assert "60 jours fin de mois le 10" in client.get(reverse("settings_terms")).content.decode()


def test_rates_are_entered_by_hand_and_by_file_or_not_at_all(mine: Place) -> None:
    client = logged_in(mine.users["admin"])
    typed: dict[str, Any] = {
        "semester": "2031-S1",
        "ecb_refi": "2,15",
        "legal_private": "6,65",
        "legal_other": "2,76",
        "source": "JO",
    }
    wrong = client.post(reverse("settings_rates_enter"), {**typed, "ecb_refi": "x"})
    assert "Taux illisible" in wrong.content.decode()
    assert client.post(reverse("settings_rates_enter"), typed).status_code == 302
    good = "semestre;bce;autres;particuliers\n2031-S2;2,20;2,80;6,70\n"
    for content, status in ((good + "2032-S1;;1;2\n", 200), (good, 302)):
        file = SimpleUploadedFile("taux.csv", content.encode())
        sent = client.post(reverse("settings_rates_upload"), {"file": file, "source": "BO"})
        assert sent.status_code == status
    with in_tenant(mine.house.tenant_id):
        known = [str(row.semester) for row in rates_of(mine.house.tenant_id).rows][-2:]
    page = client.get(reverse("settings_rates")).content.decode()

    assert known == ["2031-S1", "2031-S2"]
    assert "12,15" in page, "BCE + 10"


def test_a_logo_is_shown_as_what_it_is(mine: Place) -> None:
    client = logged_in(mine.users["admin"])
    fake = SimpleUploadedFile("logo.png", b"<svg/>", content_type="image/png")
    about = {"creditor_id": mine.house.creditor_id}
    page = client.post(reverse("settings_creditor_logo"), {**about, "logo": fake}, follow=True)
    assert "PNG ou JPEG" in page.content.decode()

    assert client.get(reverse("settings_creditor_logo_image")).status_code == 404


def test_the_journal_speaks_french_filters_and_exports(mine: Place) -> None:
    client = logged_in(mine.users["accountant"])
    address = reverse("settings_journal")
    page = client.get(address, {"verb": "terms.created"}).content.decode()
    assert "Conditions de règlement ajoutées : ALPHA 45 jours." in page
    assert "Invitation envoyée" not in page.split("<tbody>")[1]
    subject = client.get(address, {"subject": f"terms {mine.terms_id}"}).content.decode()
    assert subject.count("<tr") == 2
    file = client.get(address, {"verb": "terms.created", "export": "csv"})
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]

    assert "Conditions de règlement ajoutées : ALPHA 45 jours." in text
    assert client.get(address, {"export": "exe"}).status_code == 404


def test_a_fragment_applied_is_a_full_reload(mine: Place) -> None:
    client = logged_in(mine.users["admin"])
    query = {"verb": "terms.created"}
    asked = {"hx-request": "true", "hx-target": "table-journal"}
    part = client.get(reverse("settings_journal"), query, headers=asked).content.decode()
    whole = client.get(reverse("settings_journal"), query).content.decode()
    table, _messages, _rest = part.partition('<div class="messages')

    assert table.strip() in whole
    assert "<html" not in part


def test_a_page_of_settings_costs_few_queries(
    mine: Place, django_assert_max_num_queries: Any
) -> None:
    client = logged_in(mine.users["admin"])
    client.get(reverse("settings_creditor"))
    with django_assert_max_num_queries(10):
        client.get(reverse("settings_creditor"))


def test_a_channel_is_set_up_tried_and_closed(mine: Place) -> None:
    client, about = logged_in(mine.users["admin"]), {"creditor_id": mine.house.creditor_id}
    address = reverse("settings_channel_account", args=("sms", "twilio"))
    typed = {
        **about,
        "sid": "AC123",
        "token": "tr-secret",
        "sender": "Société",
        "own_number": "06 39 98 00 01",
        "price": "4.50",
        "is_enabled": "on",
    }
    assert "3 à 11 lettres" in client.post(address, typed).content.decode()
    page = client.post(address, {**typed, "sender": "DURAND"}, follow=True).content.decode()

    assert "Compte enregistré" in page
    assert "+33639980001" in page
    assert "tr-secret" not in page + client.get(address).content.decode()
    reader = logged_in(mine.users["accountant"]).get(reverse("settings_channels"))
    assert "/api/v1/channels/" in page
    assert "/api/v1/channels/" not in reader.content.decode()
    asked = {**about, "do": "close"}
    page = client.post(reverse("settings_channel_act", args=("sms",)), asked, follow=True)
    assert "Compte fermé" in page.content.decode()
    with in_tenant(mine.house.tenant_id):
        verbs = list(Fact.objects.order_by("-pk").values_list("verb", flat=True)[:2])
    assert verbs == ["channel.closed", "channel.set"]


def test_a_pace_is_set_told_and_lifted(mine: Place, django_assert_max_num_queries: Any) -> None:
    client, house = logged_in(mine.users["admin"]), mine.house
    about = {"creditor_id": house.creditor_id}
    address = reverse("settings_channel_limit", args=("email",))
    with in_tenant(house.tenant_id):
        Message.objects.bulk_create(
            Message(
                tenant_id=house.tenant_id, creditor_id=house.creditor_id, kind="pace",
                subject_id=number, channel="email",
            )
            for number in range(200)
        )  # fmt: skip
    refused = client.post(address, {**about, "email-hourly": 9, "email-daily": 5}, follow=True)
    page = client.post(address, {**about, "email-daily": "120"}, follow=True).content.decode()
    facts = client.get(reverse("settings_journal")).content.decode()
    with django_assert_max_num_queries(16):
        outbox = client.get(reverse("outbox")).content.decode()

    assert "inférieure à celle du jour" in refused.content.decode()
    assert "Rythme d&#x27;envoi enregistré" in page
    assert "200 attendent : " in page
    assert "Rythme d'envoi réglé" in facts.replace("&#x27;", "'")
    assert "80" in outbox.partition("Rythme d'envoi (E-mail)")[2][:80]
    assert (
        client.post(reverse("settings_channel_limit", args=("letter",)), about).status_code == 404
    )
    assert "attendent : " not in client.post(address, about, follow=True).content.decode()
    with in_tenant(house.tenant_id):
        Message.objects.of(house.tenant_id).filter(kind="pace").delete()


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        pytest.param(((0, 120), (1, 80)), "120 aujourd'hui, 80 demain", id="two days"),
        pytest.param(((3, 5),), "5 le 23/11/2026", id="over a weekend"),
        pytest.param(
            ((0, 1), (3, 2), (4, 2), (5, 2), (6, 2), (7, 1)),
            "1 aujourd'hui, 2 le 23/11/2026, 2 le 24/11/2026, 2 le 25/11/2026, "
            "3 ensuite, jusqu'au 27/11/2026",
            id="many days",
        ),
    ],
)
def test_days_ahead_in_words(ahead: tuple[tuple[int, int], ...], expected: str) -> None:
    today = date(2026, 11, 20)
    days = tuple((today + timedelta(days=shift), count) for shift, count in ahead)

    assert in_words(LimitedSender(1, "email", 0, 120, today, 0, 0, 9, days)) == expected
