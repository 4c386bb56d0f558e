"""Access and erasure of real rows: balances do not move, seals verify, the journal is mute."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from tests.conftest import House
from tests.custody.bed import keep, make_bed

from encours.custody.actions import access, departures, erasing, retention
from encours.custody.models import Departure
from encours.custody.queries import retention as retention_queries
from encours.documents.models import Document
from encours.documents.queries import lists
from encours.documents.queries.lists import Asked
from encours.messaging.models import Message, MessageContent
from encours.parties.actions import contacts, customers, merging
from encours.parties.models import Contact, Customer, CustomerMerge
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.moment import Moment
from encours.scoring.actions import deciding
from encours.scoring.models import ChosenProfile
from encours.tenancy import sealing
from encours.tenancy.models import Fact, PersonKey
from encours.tenancy.persons import opened_values
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
DAYS = (date(2009, 1, 1), date(2010, 6, 1), date(2012, 1, 1), TODAY)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    return make_bed(tmp_path, settings)


@pytest.fixture
def person(house: House) -> Customer:
    """A consumer of long ago: a settled invoice, a contact, a message, a note, sealed facts."""
    base = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
    told = {"tenant_id": house.tenant_id, "today": TODAY}
    with in_tenant(house.tenant_id):
        number = customers.create_customer(
            **base, code="P1", today=TODAY, name="Jeanne Martin", city="Lyon", note="bavarde"
        )
        customers.confirm_class(**told, customer_ids=[number], debtor_class="consumer")
        contacts.save_contact(**told, customer_id=number, name="Jeanne", email="j@example.org")
        shared = {**base, "customer_id": number, "amount_cents": 5_000}
        invoice = Invoice.objects.create(**shared, number="V1", key="V1", issued_on=DAYS[0])
        line = Instalment.objects.create(
            **shared, invoice=invoice, issued_on=DAYS[0], due_on=date(2009, 2, 1), due_source="read"
        )
        credit = Credit.objects.create(**shared, key="R1", received_on=DAYS[1])
        Allocation.objects.create(
            **shared, credit=credit, instalment=line, payer_id=number, issued_on=DAYS[0],
            due_on=line.due_on, effective_on=DAYS[1], origin="manual",
        )  # fmt: skip
        message = Message.objects.create(
            **base, customer_id=number, kind="reminder", subject_id=number, channel="email",
            recipient={"email": "j@example.org"}, subject="Relance Jeanne", state="sent",
            sent_at=datetime(2010, 1, 1, tzinfo=UTC), digest="d" * 64,
        )  # fmt: skip
        MessageContent.objects.create(
            tenant_id=house.tenant_id, message=message, content_type="text/plain", name="x",
            body=zlib.compress(b"Bonjour Jeanne"),
        )  # fmt: skip
        return Customer.objects.of(house.tenant_id).get(pk=number)


def balances(house: House) -> list[Any]:
    with in_tenant(house.tenant_id):
        moments = [Moment(tenant_id=house.tenant_id, as_of=day, currency="EUR") for day in DAYS]
        return [aged_balance(moment).rows.drop("name", strict=False).rows() for moment in moments]


def seal(house: House) -> sealing.Verdict:
    asked = {"key": django_settings.SEAL_KEY, "folder": Path(django_settings.SEALS_ROOT)}
    sealing.seal(house.tenant_id, **asked)  # type: ignore[arg-type]
    return sealing.verify(house.tenant_id, **asked)  # type: ignore[arg-type]


def opened(house: House) -> list[dict[str, Any]]:
    facts = Fact.objects.of(house.tenant_id).order_by("pk")
    found = (opened_values(tenant_id=house.tenant_id, data=fact.data) for fact in facts)
    return [one for one in found if one is not None]


def given(house: House, customer: Customer) -> zipfile.ZipFile:
    held = io.BytesIO()
    with in_tenant(house.tenant_id):
        access.write_access(
            held, tenant_id=house.tenant_id, person=("customer", customer.pk), today=TODAY
        )
    return zipfile.ZipFile(held)


def test_the_journal_never_holds_a_person_in_clear(house: House, person: Customer) -> None:
    with in_tenant(house.tenant_id):
        written = json.dumps([fact.data for fact in Fact.objects.of(house.tenant_id)])
        assert "Jeanne" not in written
        assert "j@example.org" not in written
        assert {"name": "Jeanne Martin", "city": "Lyon", "note": "bavarde"} in opened(house)


def test_access_gives_everything_that_is_held(house: House, person: Customer) -> None:
    archive = given(house, person)
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()

    for held in ("Jeanne Martin", "bavarde", "j@example.org", "Bonjour Jeanne", "V1"):
        assert held in whole, held
    assert "Données de Jeanne Martin" in archive.read("LISEZMOI.html").decode()
    journal = json.loads(archive.read("journal.json"))
    assert any((one["valeurs"] or {}).get("name") == "Jeanne Martin" for one in journal)


def test_erasure_takes_the_words_of_a_chosen_profile(house: House, person: Customer) -> None:
    mine = {"tenant_id": house.tenant_id, "today": TODAY}
    with in_tenant(house.tenant_id):
        deciding.choose_profile(
            **mine, customer_id=person.pk, profile="on_time", reason="paie par sa soeur",
            ends_on=TODAY, actor_id=None,
        )  # fmt: skip
        assert "sa soeur" not in json.dumps([one.data for one in Fact.objects.of(house.tenant_id)])
        made = erasing.erase_person(**mine, person=("customer", person.pk))
        chosen = ChosenProfile.objects.of(house.tenant_id).get()

    assert "standing" in {one.what for one in made if one.outcome == "erased"}
    assert (chosen.profile, chosen.reason) == ("on_time", "")


def test_erasure_takes_the_person_and_leaves_the_accounts(house: House, person: Customer) -> None:
    seal(house)
    before = balances(house)
    with in_tenant(house.tenant_id):
        made = erasing.erase_person(
            tenant_id=house.tenant_id, person=("customer", person.pk), today=TODAY
        )
    assert {one.what for one in made if one.outcome == "kept"} == {"ledger"}
    assert balances(house) == before
    assert seal(house).ok

    with in_tenant(house.tenant_id):
        assert opened(house) == []
        assert Contact.objects.of(house.tenant_id).count() == 0
        assert not PersonKey.objects.of(house.tenant_id).exclude(sealed_key="").exists()
        row = Customer.objects.of(house.tenant_id).get(pk=person.pk)
        assert (row.name, row.city, row.note, row.code) == (
            f"Client effacé {person.pk}", "", "", "P1",
        )  # fmt: skip
        message = Message.objects.of(house.tenant_id).get()
        assert (message.recipient, message.subject, message.digest) == ({}, "", "d" * 64)
    archive = given(house, person)
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Jeanne" not in whole


def test_an_open_debt_keeps_what_collects_it(house: House, person: Customer) -> None:
    with in_tenant(house.tenant_id):
        Allocation.objects.of(house.tenant_id).update(undone_at=timezone.now())
        made = erasing.erase_person(
            tenant_id=house.tenant_id, person=("customer", person.pk), today=TODAY
        )
        kept = {one.what for one in made if one.outcome == "kept"}
        row = Customer.objects.of(house.tenant_id).get(pk=person.pk)

        assert {"identity", "contacts", "messages"} <= kept
        assert (row.name, row.note) == ("Jeanne Martin", "")
        assert Contact.objects.of(house.tenant_id).count() == 1


def test_a_contact_is_erased_alone(house: House, person: Customer) -> None:
    with in_tenant(house.tenant_id):
        number = Contact.objects.of(house.tenant_id).get().pk
        erasing.erase_person(tenant_id=house.tenant_id, person=("contact", number), today=TODAY)

        assert Contact.objects.of(house.tenant_id).count() == 0
        assert Message.objects.of(house.tenant_id).get().recipient == {}
        assert Customer.objects.of(house.tenant_id).get(pk=person.pk).name == "Jeanne Martin"
        with pytest.raises(erasing.NoSuchPerson):
            erasing.erase_person(tenant_id=house.tenant_id, person=("contact", number), today=TODAY)


def test_a_company_is_not_a_person_unless_somebody_says_so(house: House, person: Customer) -> None:
    told: dict[str, Any] = {"tenant_id": house.tenant_id, "today": TODAY}
    with in_tenant(house.tenant_id):
        customers.confirm_class(**told, customer_ids=[person.pk], debtor_class="business")
        with pytest.raises(erasing.NotAPerson):
            erasing.erase_person(**told, person=("customer", person.pk))
        assert erasing.erase_person(**told, person=("customer", person.pk), is_natural=True)


def test_the_end_of_retention(house: House) -> None:
    old = keep(house, kind="invoice", number="FA-1")
    keep(house, kind="invoice", number="FA-2")
    needed = keep(house, kind="invoice", number="FA-3")
    tenant = house.tenant_id
    with in_tenant(tenant):
        Document.objects.of(tenant).filter(pk__in=[old.document_id, needed.document_id]).update(
            created_at=datetime(2010, 1, 1, tzinfo=UTC)
        )
        Invoice.objects.of(tenant).exclude(number="FA-2").update(issued_on=date(2010, 1, 1))
        invoice = Invoice.objects.of(tenant).get(number="FA-3")
        Instalment.objects.create(
            tenant_id=tenant, creditor_id=house.creditor_id, invoice=invoice,
            customer_id=invoice.customer_id, issued_on="2010-01-01", due_on="2010-02-01",
            due_source="read", amount_cents=12_000,
        )  # fmt: skip
        Departure.objects.create(
            tenant_id=tenant, kind="tenant", state="ready",
            expires_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    asked = {"tenant_id": tenant, "creditor_id": house.creditor_id, "today": TODAY}
    done = retention.let_go(**asked, now=timezone.now())  # type: ignore[arg-type]
    again = retention.let_go(**asked, now=timezone.now())  # type: ignore[arg-type]

    assert (done["documents"], done["archives"]) == (1, 1)
    assert (again["documents"], again["archives"]) == (0, 0)
    with in_tenant(tenant):
        left = {link.label for row in lists.documents(tenant_id=tenant, asked=Asked())
                for link in row.links}  # fmt: skip
        assert left == {"FA-2", "FA-3"}
        removed = Document.objects.of(tenant).get(pk=old.document_id)
        assert removed.removed_because == "retention"


@pytest.mark.parametrize("about", ["tenant", "person"])
def test_an_archive_asked_for_is_made_and_expires(
    house: House, person: Customer, about: str
) -> None:
    whom = ("customer", person.pk) if about == "person" else None
    with in_tenant(house.tenant_id):
        number = departures.ask(tenant_id=house.tenant_id, actor_id=1, person=whom)
        if whom is None:
            with pytest.raises(departures.OneAtATime):
                departures.ask(tenant_id=house.tenant_id, actor_id=1)
    departures.make(tenant_id=house.tenant_id, departure_id=number, today=TODAY)
    asked = {"tenant_id": house.tenant_id, "departure_id": number}
    with in_tenant(house.tenant_id):
        path = departures.fetch(**asked, now=timezone.now())
        assert zipfile.ZipFile(path).testzip() is None
        with pytest.raises(departures.Expired):
            departures.fetch(**asked, now=timezone.now() + timedelta(hours=49))
        late = timezone.now() + timedelta(hours=49)
        assert departures.expire(tenant_id=house.tenant_id, now=late) == 1
    assert not path.exists()


def test_a_consumer_of_long_ago_is_anonymised_by_the_night_and_no_balance_moves(
    house: House, person: Customer
) -> None:
    tenant = house.tenant_id
    with in_tenant(tenant):
        Customer.objects.of(tenant).update(created_at=datetime(2010, 1, 1, tzinfo=UTC))
        Message.objects.of(tenant).update(created_at=datetime(2010, 1, 1, tzinfo=UTC))
    before = balances(house)
    asked = {"tenant_id": tenant, "creditor_id": house.creditor_id, "now": timezone.now()}
    early = retention.let_go(**asked, today=date(2020, 1, 1))  # type: ignore[arg-type]
    done = retention.let_go(**asked, today=TODAY)  # type: ignore[arg-type]
    again = retention.let_go(**asked, today=TODAY)  # type: ignore[arg-type]

    assert [one["persons"] for one in (early, done, again)] == [0, 1, 0]
    assert balances(house) == before


@pytest.fixture
def twin(house: House, person: Customer) -> Customer:
    """The same person under another code, merged into the first: their own words and files."""
    told: dict[str, Any] = {"tenant_id": house.tenant_id, "today": TODAY}
    with in_tenant(house.tenant_id):
        number = customers.create_customer(
            **told, creditor_id=house.creditor_id, code="P2", name="Jeanne MARTIN-DUPUIS",
            note="une autre note",
        )  # fmt: skip
        customers.confirm_class(**told, customer_ids=[number], debtor_class="consumer")
        contacts.save_contact(**told, customer_id=number, name="J. Dupuis", email="J@example.org")
        contacts.save_contact(**told, customer_id=number, name="Notaire", email="n@example.org")
        merging.merge_customers(
            **told, customer_id=number, survivor_id=person.pk, reason="Jeanne a déménagé"
        )
        return Customer.objects.of(house.tenant_id).get(pk=number)


def test_access_reaches_whoever_was_merged(house: House, person: Customer, twin: Customer) -> None:
    for asked in (person, twin):
        archive = given(house, asked)
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
        for held in (
            "Jeanne Martin",
            "MARTIN-DUPUIS",
            "une autre note",
            "bavarde",
            "n@example.org",
        ):
            assert held in whole, held


@pytest.mark.parametrize("asked", ["survivor", "duplicate"])
def test_separating_after_an_erasure_brings_nothing_back(
    house: House, person: Customer, twin: Customer, asked: str
) -> None:
    told: dict[str, Any] = {"tenant_id": house.tenant_id, "today": TODAY}
    seal(house)
    before = balances(house)
    with in_tenant(house.tenant_id):
        whom = person if asked == "survivor" else twin
        made = erasing.erase_person(**told, person=("customer", whom.pk))
        merging.unmerge_customer(**told, customer_id=twin.pk)
        assert {one.count for one in made if one.what == "contacts"} == {3}
        names = set(Customer.objects.of(house.tenant_id).values_list("name", "note"))
        assert names == {(f"Client effacé {one.pk}", "") for one in (person, twin)}
        assert Contact.objects.of(house.tenant_id).count() == 0
        assert opened(house) == []
        assert set(CustomerMerge.objects.values_list("reason", flat=True)) == {""}
    assert balances(house) == before
    assert seal(house).ok
    for one in (person, twin):
        archive = given(house, one)
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
        assert "Jeanne" not in whole
        assert "MARTIN" not in whole


def test_what_one_account_owes_keeps_the_person_of_both(
    house: House, person: Customer, twin: Customer
) -> None:
    with in_tenant(house.tenant_id):
        Allocation.objects.of(house.tenant_id).update(undone_at=timezone.now())
        made = erasing.erase_person(
            tenant_id=house.tenant_id, person=("customer", twin.pk), today=TODAY
        )
        assert {"identity", "contacts"} <= {one.what for one in made if one.outcome == "kept"}
        assert Customer.objects.of(house.tenant_id).get(pk=twin.pk).name == "Jeanne MARTIN-DUPUIS"


def test_a_contact_of_both_accounts_is_one_person(
    house: House, person: Customer, twin: Customer
) -> None:
    with in_tenant(house.tenant_id):
        number = Contact.objects.of(house.tenant_id).get(customer_id=person.pk).pk
        erasing.erase_person(tenant_id=house.tenant_id, person=("contact", number), today=TODAY)
        left = Contact.objects.of(house.tenant_id).values_list("name", flat=True)
        assert list(left) == ["Notaire"], "the same address, whatever its case; nobody else"


def test_the_night_looks_at_the_last_use_of_every_account(
    house: House, person: Customer, twin: Customer
) -> None:
    with in_tenant(house.tenant_id):
        Message.objects.of(house.tenant_id).update(created_at=datetime(2010, 1, 1, tzinfo=UTC))
        rows = Customer.objects.of(house.tenant_id)
        rows.filter(pk=person.pk).update(created_at=datetime(2010, 1, 1, tzinfo=UTC))
        asked: dict[str, Any] = {"tenant_id": house.tenant_id, "today": TODAY}
        assert retention_queries.persons(**asked) == [], "the other account is new"
        rows.update(created_at=datetime(2010, 1, 1, tzinfo=UTC))
        found = retention_queries.persons(**asked)
        assert [one.customer_id for one in found] == [person.pk], "both at once, under one name"
