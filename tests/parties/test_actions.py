"""Customers and contacts: created, changed, classed in bulk, brought by a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.cli.shapes import faults
from tests.conftest import House

from encours.parties import queries
from encours.parties.actions import contacts, customers
from encours.parties.actions.contacts import ContactsImport, InvalidContact
from encours.parties.actions.customers import CodeTaken, InvalidCustomer, UnknownCustomer
from encours.parties.actions.parents import LoopOfParents
from encours.parties.models import Batch, Contact, Customer, PaymentTerms
from encours.tenancy.models import Creditor, Fact
from encours.tenancy.persons import opened_values
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
FILE = """code;nom;interlocuteur;fonction;e-mail;téléphone;adresse;code postal;ville;siren
A;;Claire Martin;Comptabilité;claire@a.example;01 99 00 00 01;1 rue des Lilas;75011;Paris;552100554
;Client B;;;compta@b.example;;;;;
X;;Personne;;x@x.example;;;;;
"""


@pytest.fixture
def trio(house: House) -> Iterator[House]:
    with in_tenant(house.tenant_id):
        for code in "ABC":
            create(house, code)
        yield house


def create(house: House, code: str, **more: Any) -> int:
    asked = {"name": f"Client {code}", **more}
    return customers.create_customer(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, code=code, today=TODAY, **asked
    )


def of(house: House, code: str) -> Customer:
    return Customer.objects.of(house.tenant_id).get(code=code)


def bring(house: House, text: str = FILE, **more: Any) -> ContactsImport:
    return contacts.import_contacts(
        tenant_id=house.tenant_id, creditor_id=house.creditor_id, content=text.encode(),
        file_name="contacts.csv", today=TODAY, **more,
    )  # fmt: skip


def test_a_customer_is_of_unknown_class_until_somebody_says(trio: House) -> None:
    card = queries.customer_card(tenant_id=trio.tenant_id, customer_id=of(trio, "A").pk)

    assert card is not None
    assert (card.debtor_class, card.class_confirmed_at, card.described["name"]) == (
        "unknown",
        None,
        "Client A",
    )
    assert queries.customer_card(tenant_id=trio.tenant_id, customer_id=0) is None


@pytest.mark.parametrize(
    ("code", "more", "refusal"),
    [
        pytest.param("A", {}, CodeTaken, id="a code taken"),
        pytest.param(" ", {}, InvalidCustomer, id="no code"),
        pytest.param("D", {"name": " "}, InvalidCustomer, id="no name"),
        pytest.param("D", {"siren": "123456789"}, InvalidCustomer, id="a wrong SIREN"),
        pytest.param("D", {"contract_rate": "douze"}, InvalidCustomer, id="a rate in letters"),
        pytest.param("D", {"parent_id": 0}, InvalidCustomer, id="the child of nobody"),
    ],
)
def test_customers_refused(
    trio: House, code: str, more: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create(trio, code, **more)


def test_update_tells_what_changed_and_names_nobody(trio: House) -> None:
    asked = {"tenant_id": trio.tenant_id, "customer_id": of(trio, "A").pk, "today": TODAY}

    assert customers.update_customer(**asked, name="Anne Dupuis", city="Lille") == ["city", "name"]
    assert customers.update_customer(**asked, name="Anne Dupuis") == []
    fact = Fact.objects.of(trio.tenant_id).latest("pk")
    assert (fact.verb, fact.data["fields"]) == ("customer.updated", ["city", "name"])
    assert "Dupuis" not in json.dumps(fact.data)
    told = opened_values(tenant_id=trio.tenant_id, data=fact.data)
    assert told == {"city": "Lille", "name": "Anne Dupuis"}
    with pytest.raises(LoopOfParents):
        customers.update_customer(**asked, parent_id=of(trio, "A").pk)
    with pytest.raises(InvalidCustomer):
        customers.update_customer(**asked, name="")
    with pytest.raises(UnknownCustomer):
        customers.update_customer(**asked | {"customer_id": 0}, name="X")


def test_all_my_customers_are_businesses_but(trio: House) -> None:
    create(trio, "D")
    said = {"tenant_id": trio.tenant_id, "today": TODAY}
    customers.confirm_class(**said, customer_ids=[of(trio, "D").pk], debtor_class="public")

    count = customers.confirm_classes(
        **said, creditor_id=trio.creditor_id, debtor_class="business",
        exceptions={"consumer": [of(trio, "B").pk], "unknown": [of(trio, "C").pk]},
    )  # fmt: skip

    found = {
        one.code: (one.debtor_class, one.class_confirmed_at is not None)
        for one in Customer.objects.of(trio.tenant_id)
    }
    assert count == 3
    assert found == {
        "A": ("business", True), "B": ("consumer", True), "C": ("unknown", False),
        "D": ("public", True),
    }  # fmt: skip
    assert Creditor.objects.of(trio.tenant_id).get().classes_confirmed_at is not None
    counts = queries.class_counts(tenant_id=trio.tenant_id, creditor_id=trio.creditor_id)
    assert {row.debtor_class: (row.customers, row.unconfirmed) for row in counts} == {
        "business": (1, 0), "consumer": (1, 0), "unknown": (1, 1), "public": (1, 0), "foreign": (0, 0),
    }  # fmt: skip


@pytest.mark.parametrize("debtor_class", ["unknown", "martian"])
def test_a_class_is_one(trio: House, debtor_class: str) -> None:
    said = {"tenant_id": trio.tenant_id, "debtor_class": debtor_class, "today": TODAY}
    with pytest.raises(InvalidCustomer):
        customers.confirm_classes(**said, creditor_id=trio.creditor_id)
    with pytest.raises(InvalidCustomer):
        customers.confirm_class(**said, customer_ids=[of(trio, "A").pk])


def test_terms_are_those_of_the_creditor(trio: House) -> None:
    terms = PaymentTerms.objects.create(
        tenant_id=trio.tenant_id, creditor_id=trio.creditor_id, code="30", name="30", definition={}
    )
    said = {"tenant_id": trio.tenant_id, "customer_ids": [of(trio, "A").pk], "today": TODAY}

    assert customers.set_terms(**said, terms_id=terms.pk) == 1
    assert of(trio, "A").terms_id == terms.pk
    assert customers.set_terms(**said, terms_id=None) == 1
    with pytest.raises(InvalidCustomer):
        customers.set_terms(**said, terms_id=0)
    with pytest.raises(UnknownCustomer):
        customers.set_terms(**said | {"customer_ids": [0]}, terms_id=terms.pk)


def test_contacts_by_hand(trio: House) -> None:
    who = {"tenant_id": trio.tenant_id, "customer_id": of(trio, "A").pk, "today": TODAY}
    contact = contacts.save_contact(**who, email="a@a.example", name="Claire")
    Contact.objects.of(trio.tenant_id).update(bounced_at=datetime(2026, 11, 1, tzinfo=UTC))

    contacts.save_contact(**who, contact_id=contact, email="b@a.example")
    (row,) = queries.contacts_of(tenant_id=trio.tenant_id, customer_id=who["customer_id"])
    assert (row.email, row.name, row.role, row.bounced_at) == (
        "b@a.example",
        "Claire",
        "billing",
        None,
    )

    contacts.remove_contact(tenant_id=trio.tenant_id, contact_id=contact, today=TODAY)
    assert queries.contacts_of(tenant_id=trio.tenant_id, customer_id=who["customer_id"]) == []
    told = [str(fact.data) for fact in Fact.objects.of(trio.tenant_id)]
    assert not any("Claire" in text or "example" in text for text in told)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"email": "nulle part"}, id="no address"),
        pytest.param({"channel": "pigeon"}, id="no such channel"),
        pytest.param({"contact_id": 0}, id="nobody"),
    ],
)
def test_contacts_refused(trio: House, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidContact):
        contacts.save_contact(
            tenant_id=trio.tenant_id, customer_id=of(trio, "A").pk, today=TODAY, **values
        )


def test_a_contact_already_gone(trio: House) -> None:
    with pytest.raises(InvalidContact):
        contacts.remove_contact(tenant_id=trio.tenant_id, contact_id=0, today=TODAY)


def test_a_file_brings_contacts_and_addresses(trio: House) -> None:
    outcome = bring(trio)

    assert faults(outcome.as_json(), "import-contacts") == []
    assert outcome.as_json()["counts"] == {
        "rows": 3, "customers": 1, "contacts_created": 2, "contacts_updated": 0,
    }  # fmt: skip
    assert [(issue.code, issue.line, issue.found) for issue in outcome.issues] == [
        ("customer_unknown", 4, "X")
    ]
    customer = of(trio, "A")
    assert (customer.address_line1, customer.city, customer.siren) == (
        "1 rue des Lilas",
        "Paris",
        "552100554",
    )
    (row,) = queries.contacts_of(tenant_id=trio.tenant_id, customer_id=customer.pk)
    assert (row.name, row.role, row.email) == ("Claire Martin", "billing", "claire@a.example")
    assert Batch.objects.of(trio.tenant_id).get().kind == "contacts"


def test_the_same_file_again_changes_nothing(trio: House) -> None:
    bring(trio)
    facts = Fact.objects.of(trio.tenant_id).count()

    again = bring(trio)

    assert (again.applied, again.contacts_created, again.contacts_updated, again.customers) == (
        False,
        0,
        0,
        0,
    )
    assert Fact.objects.of(trio.tenant_id).count() == facts


def test_a_dry_run_tells_the_same_and_writes_nothing(trio: House) -> None:
    would = bring(trio, dry_run=True)

    assert (would.applied, would.contacts_created) == (False, 2)
    assert not Contact.objects.of(trio.tenant_id).exists()
    assert of(trio, "A").city == ""


def test_a_longer_file_completes_and_erases_nothing(trio: House) -> None:
    bring(trio)
    customers.update_customer(
        tenant_id=trio.tenant_id, customer_id=of(trio, "B").pk, today=TODAY, siren="732829320"
    )
    more = "code;interlocuteur;e-mail;téléphone;siren\nA;Claire Martin;;02 61 91 00 00;\nB;;compta@b.example;;552100554\n"

    outcome = bring(trio, more)

    assert (outcome.contacts_created, outcome.contacts_updated) == (0, 1)
    (row,) = queries.contacts_of(tenant_id=trio.tenant_id, customer_id=of(trio, "A").pk)
    assert (row.email, row.phone) == ("claire@a.example", "02 61 91 00 00")
    assert of(trio, "B").siren == "732829320"


def test_the_same_person_twice_in_a_file_is_one(trio: House) -> None:
    text = "code;e-mail;interlocuteur\nA;a@a.example;\nA;A@a.example;Claire\n"

    bring(trio, text)

    (row,) = queries.contacts_of(tenant_id=trio.tenant_id, customer_id=of(trio, "A").pk)
    assert row.name == "Claire"


def test_a_file_that_is_none_is_refused_whole(trio: House) -> None:
    outcome = bring(trio, "rien\nd'utile\n")

    assert outcome.is_refused
    assert outcome.as_json()["applied"] is False


def test_search(trio: House) -> None:
    found = queries.customers_of(tenant_id=trio.tenant_id, search="client b")

    assert [code for _, code, _ in found] == ["B"]
    assert queries.customers_of(tenant_id=trio.tenant_id, creditor_ids=()) == []
    assert queries.customers_of(tenant_id=trio.tenant_id, people=(1,)) == []
    assert (
        queries.customer_by_code(tenant_id=trio.tenant_id, creditor_id=trio.creditor_id, code="Z")
        is None
    )
