"""Lists of customers through the door: completed, never erased, undone to the letter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House
from tests.imports.tables.doors import TODAY, bring, undo, write

from encours.attributes import queries as attributes
from encours.attributes.actions import fields
from encours.imports.actions import CannotUndo, Outcome
from encours.imports.queries import blockers
from encours.parties.actions import contacts, customers
from encours.parties.models import Customer, PaymentTerms
from encours.receivables.rules.terms import as_json, single
from encours.tenancy.scope import in_tenant

HEAD = (
    "Code client;Nom;SIREN;N° TVA;Type de client;Adresse;Code postal;Ville;Pays;"
    "Conditions de règlement;Mode de règlement;Commercial;Contact;E-mail;Téléphone\n"
)
LIST = (
    HEAD + "C1;Dupont SA;552 100 554;FR 03 552100554;Entreprise;1 rue A;75011;Paris;France;"
    "30 jours fin de mois;Virement;Léa Roux;Claire Martin;claire@dupont.example;01 99 00 12 34\n"
    "C1;Dupont SA;;;;;;;;;;;Paul Durand;paul@dupont.example;\n"
    "C2;Durand;123456789;;Particulier;2 rue B;69001;Lyon;FR;Au comptoir;;;;pas une adresse;\n"
)
STATE = """
select (select jsonb_agg(to_jsonb(c) - 'created_at' order by c.id) from parties_customer c
        where c.tenant_id = %(tenant)s),
    (select jsonb_agg(to_jsonb(t) - 'created_at' order by t.id) from parties_contact t
        where t.tenant_id = %(tenant)s),
    (select jsonb_agg(jsonb_build_array(l.invoice_id, l.due_on, l.due_source, l.amount_cents)
        order by l.invoice_id, l.due_on) from receivables_instalment l
        where l.tenant_id = %(tenant)s and l.undone_at is null),
    (select jsonb_agg(jsonb_build_array(v.key, v.said) order by v.key) from attributes_values v
        where v.tenant_id = %(tenant)s and v.undone_at is null)
"""


def state(house: House) -> Any:
    """Return everything that a list of customers may touch."""
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        cursor.execute(STATE, {"tenant": house.tenant_id})
        return tuple(text and json.loads(text) for text in cursor.fetchone())


def one(house: House, code: str) -> Customer:
    with in_tenant(house.tenant_id):
        return Customer.objects.of(house.tenant_id).get(code=code)


def people(house: House, code: str) -> list[tuple[str, str, str]]:
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        cursor.execute(
            "select t.name, t.email, t.phone from parties_contact t join parties_customer c"
            " on c.id = t.customer_id and c.tenant_id = t.tenant_id where c.code = %s order by 1",
            [code],
        )
        return cursor.fetchall()


def told(outcome: Outcome) -> set[tuple[str, int]]:
    return {(issue.code, issue.line) for issue in outcome.issues}


def test_customers_and_their_contacts_enter(house: House, tmp_path: Path) -> None:
    outcome = bring(house, write(tmp_path, LIST, "clients.csv"))

    assert outcome.applied, outcome.issues
    assert {name: number for name, number in outcome.counts.items() if number} == {
        "customers": 2, "contacts_created": 2, "classed": 2,
    }  # fmt: skip
    dupont = one(house, "C1")
    assert (dupont.siren, dupont.vat_number, dupont.debtor_class) == (
        "552100554", "FR03552100554", "business",
    )  # fmt: skip
    assert dupont.class_confirmed_at is not None
    assert (dupont.country, dupont.salesperson_name, dupont.payment_method) == (
        "FR", "Léa Roux", "Virement",
    )  # fmt: skip
    assert people(house, "C1") == [
        ("Claire Martin", "claire@dupont.example", "01 99 00 12 34"),
        ("Paul Durand", "paul@dupont.example", ""),
    ]
    assert {("siren_invalid", 4), ("email_invalid", 4)} <= told(outcome)
    assert one(house, "C2").siren == ""
    assert people(house, "C2") == []


def test_a_blank_cell_erases_nothing(house: House, tmp_path: Path) -> None:
    bring(house, write(tmp_path, LIST, "clients.csv"))
    held = state(house)
    text = HEAD + "C1;;;;;;;;;;;;Claire Martin;;\n"
    again = bring(house, write(tmp_path, text, "vide.csv"))

    assert again.applied
    assert state(house) == held
    assert not any(again.counts.values())


def test_the_first_differences_are_shown_and_a_dry_run_writes_nothing(
    house: House, tmp_path: Path
) -> None:
    bring(house, write(tmp_path, LIST, "clients.csv"))
    held = state(house)
    text = "Code client;Nom;Ville\nC1;Dupont et fils;Nantes\nC9;Neuf;Brest\n"
    outcome = bring(house, write(tmp_path, text, "suite.csv"), dry_run=True)

    assert not outcome.applied
    assert (outcome.counts["customers"], outcome.counts["customers_updated"]) == (1, 1)
    assert outcome.control["changes"] == [
        {"customer": "C1", "field": "city", "before": "Paris", "after": "Nantes"},
        {"customer": "C1", "field": "name", "before": "Dupont SA", "after": "Dupont et fils"},
    ]
    assert state(house) == held


def test_what_people_said_and_identifiers_stay_and_it_is_told(house: House, tmp_path: Path) -> None:
    bring(house, write(tmp_path, "Code client;Nom;SIREN\nC1;Dupont;552100554\n", "a.csv"))
    pk = one(house, "C1").pk
    with in_tenant(house.tenant_id):
        customers.confirm_class(
            tenant_id=house.tenant_id,
            customer_ids=[pk],
            debtor_class="public",
            today=TODAY,
        )
    text = "Code client;Nom;SIREN;Type de client\nC1;Dupont;732829320;Particulier\n"
    outcome = bring(house, write(tmp_path, text, "b.csv"))

    kept = one(house, "C1")
    assert (kept.debtor_class, kept.siren) == ("public", "552100554")
    assert told(outcome) == {("debtor_class_kept", 2), ("siren_kept", 2)}


def test_a_class_that_nobody_confirmed_is_taken_and_given_back(
    house: House, tmp_path: Path
) -> None:
    bring(house, write(tmp_path, "Code client;Nom;Ville\nC1;Dupont;Lyon\n", "a.csv"))
    outcome = bring(house, write(tmp_path, "Code client;Type de client\nC1;Pro\n", "b.csv"))
    assert one(house, "C1").debtor_class == "business"

    undo(house, outcome)
    back = one(house, "C1")
    assert (back.debtor_class, back.class_confirmed_at) == ("unknown", None)


def test_terms_move_the_due_dates_that_nobody_read_and_undo_moves_them_back(
    house: House, tmp_path: Path
) -> None:
    with in_tenant(house.tenant_id):
        PaymentTerms.objects.create(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            code="60J",
            name="Soixante jours",
            definition=as_json(single(60)),
        )
    sales = "Code client;Nom;N° facture;Date;Montant TTC\nC1;Dupont;F1;05/01/2026;100,00\n"
    mapping = {
        "meaning": "movements",
        "columns": {
            "customer_code": "Code client", "customer_name": "Nom", "number": "N° facture",
            "issued_on": "Date", "amount": "Montant TTC",
        },
    }  # fmt: skip
    bring(house, write(tmp_path, sales, "ventes.csv"), mapping=mapping)
    held = state(house)
    text = "Code client;Nom;Conditions de règlement\nC1;Dupont;60j\n"
    outcome = bring(house, write(tmp_path, text, "clients.csv"))

    assert state(house)[2][0][1] == "2026-03-06"
    undo(house, outcome)
    assert state(house) == held


def test_own_fields_of_customers_are_said_and_undone(house: House, tmp_path: Path) -> None:
    with in_tenant(house.tenant_id):
        fields.add_field(
            tenant_id=house.tenant_id, subject="customer", label="Région", kind="text", today=TODAY
        )
    columns = {"customer_code": "Code", "customer_name": "Nom", "custom.region": "Zone"}
    mapping = {"meaning": "master", "columns": columns}
    path = write(tmp_path, "Code;Nom;Zone\nC1;Dupont;Nord\n")
    outcome = bring(house, path, mapping=mapping)

    with in_tenant(house.tenant_id):
        known = attributes.fields(tenant_id=house.tenant_id, subject="customer")
        found = attributes.values(tenant_id=house.tenant_id, fields=known, keys=None)
    assert [said["region"] for said in found.values()] == ["Nord"]
    undo(house, outcome)
    assert state(house) == (None, None, None, None)


def test_a_new_customer_without_a_name_is_left_out(house: House, tmp_path: Path) -> None:
    outcome = bring(house, write(tmp_path, "Code client;Nom;Ville\nC1;;Lyon\nC2;Durand;Lyon\n"))

    assert outcome.counts["customers"] == 1
    assert told(outcome) == {("name_missing", 2)}


@pytest.mark.parametrize("used", ["edited", "contact", "invoice", "later"])
def test_undo_is_refused_with_whose_record_served_since(
    house: House, tmp_path: Path, used: str
) -> None:
    outcome = bring(house, write(tmp_path, LIST, "clients.csv"))
    pk = one(house, "C1").pk
    asked: Any = {"tenant_id": house.tenant_id, "customer_id": pk, "today": TODAY}
    with in_tenant(house.tenant_id):
        if used == "edited":
            customers.update_customer(**asked, city="Nantes")
        if used == "contact":
            contacts.save_contact(**asked, name="Zoé")
    if used == "invoice":
        text = "Code client;N° facture;Date;Échéance;Montant TTC\nC1;F1;05/01/2026;04/02/2026;10\n"
        assert bring(house, write(tmp_path, text, "ventes.csv")).applied
    if used == "later":
        bring(house, write(tmp_path, "Code client;Nom;Ville\nC1;Dupont SA;Brest\n", "b.csv"))
    assert outcome.import_id is not None
    with in_tenant(house.tenant_id):
        found = blockers.undoing(tenant_id=house.tenant_id, import_id=outcome.import_id)
    assert found is not None
    assert {one.name for one in found.blockers} <= {"Dupont SA", "b.csv"}
    assert found.blockers
    with pytest.raises(CannotUndo):
        undo(house, outcome)


def test_a_list_of_customers_keeps_no_ledger_import_from_being_undone(
    house: House, tmp_path: Path
) -> None:
    text = "Code client;N° facture;Date;Échéance;Montant TTC\nC1;F1;05/01/2026;04/02/2026;10\n"
    sales = bring(house, write(tmp_path, text, "ventes.csv"))
    bring(house, write(tmp_path, LIST, "clients.csv"))

    undo(house, sales)
    assert state(house)[2] is None


codes = st.sampled_from(["A", "B", "C", "D"])
words = st.sampled_from(["", "", "Lyon", "Paris", "Brest"])
rows = st.lists(
    st.tuples(
        codes,
        st.sampled_from(["Alpha", "Bêta", "Gamma"]),
        words,
        st.sampled_from(["", "552100554", "732829320"]),
        st.sampled_from(["", "Entreprise", "Particulier", "?"]),
        st.sampled_from(["", "a@x.example", "b@x.example"]),
        st.sampled_from(["", "Claire", "Paul"]),
    ),
    min_size=1,
    max_size=6,
)
TITLES = "Code client;Nom;Ville;SIREN;Type de client;E-mail;Contact\n"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(rows, min_size=1, max_size=3))
def test_twice_is_once_and_undone_is_as_before(
    house: House, tmp_path: Path, files: list[list[tuple[str, ...]]]
) -> None:
    mapping = {
        "meaning": "master",
        "columns": {
            "customer_code": "Code client", "customer_name": "Nom", "city": "Ville",
            "siren": "SIREN", "debtor_class": "Type de client", "email": "E-mail",
            "contact_name": "Contact",
        },
    }  # fmt: skip
    begun = state(house)
    done = []
    for number, told_rows in enumerate(files):
        text = TITLES + "\n".join(";".join(row) for row in told_rows) + "\n"
        before = state(house)
        outcome = bring(house, write(tmp_path, text, f"{number}.csv"), mapping=mapping)
        after = state(house)
        bring(house, write(tmp_path, text + "\n", f"{number}-2.csv"), mapping=mapping)
        assert state(house) == after, "the same rows again change nothing"
        if outcome.applied:
            done.append((outcome, before))
    for outcome, before in reversed(done):
        undo(house, outcome)
        assert state(house) == before
    assert state(house) == begun
