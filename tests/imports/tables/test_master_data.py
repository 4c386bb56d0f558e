"""Limits, mandates and salespeople of a list of customers: taken, shown, undone to the letter."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House, found_house
from tests.imports.tables.doors import TODAY, bring, undo, write
from tests.web.places import add_user

from encours.imports.actions import CannotUndo
from encours.parties.actions import customers
from encours.parties.models import Customer
from encours.payments import queries as payments
from encours.payments.actions import mandates
from encours.risk import queries as risk
from encours.risk.actions import limits
from encours.tenancy.scope import in_tenant

IBAN = "FR7630006000011234567890189"
OTHER = "FR1420041010050500013M02606"
LIST = f"""Code client;Nom;Type de client;Plafond;RUM;IBAN;BIC;Date signature mandat;Type mandat
C1;Dupont SA;Entreprise;5 000,00;RUM-1;{IBAN};BDFEFRPPCCT;05/01/2026;B2B
C2;Durand;Particulier;0;RUM-2;{OTHER};;;CORE
C3;Martin;Entreprise;;;;;;
"""
STATE = """
select jsonb_agg(jsonb_build_array(l.customer_id, l.currency, l.amount_cents, l.valid_from,
        l.valid_to, l.origin, l.reason) order by l.customer_id, l.currency, l.valid_from),
    (select jsonb_agg(to_jsonb(m) - 'id' - 'recorded_at' - 'undone_at' - 'undone_by_id'
        order by m.reference) from payments_mandate m
        where m.tenant_id = %(tenant)s and m.undone_at is null),
    (select jsonb_agg(jsonb_build_array(c.code, c.salesperson_id, c.salesperson_name)
        order by c.code) from parties_customer c where c.tenant_id = %(tenant)s)
from risk_creditlimit l where l.tenant_id = %(tenant)s and l.undone_at is null
"""


def state(house: House) -> Any:
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        cursor.execute(STATE, {"tenant": house.tenant_id})
        return tuple(text and json.loads(text) for text in cursor.fetchone())


def id_of(house: House, code: str) -> int:
    with in_tenant(house.tenant_id):
        return Customer.objects.of(house.tenant_id).get(code=code).pk


def limit(house: House, code: str) -> int | None:
    customer_id = id_of(house, code)
    with in_tenant(house.tenant_id):
        found = risk.limit_on(
            tenant_id=house.tenant_id, customer_id=customer_id, currency="EUR", day=TODAY
        )
    return found.amount_cents if found else None


def signed(house: House, code: str) -> list[tuple[str, str, str, str]]:
    customer_id = id_of(house, code)
    with in_tenant(house.tenant_id):
        found = payments.mandates_of(
            tenant_id=house.tenant_id, customer_id=customer_id, today=TODAY
        )
    return [(one.reference, one.scheme, one.account, str(one.state)) for one in found]


def test_limits_and_mandates_enter_once(house: House, tmp_path: Path) -> None:
    done = bring(house, write(tmp_path, LIST))

    assert done.applied, done.issues
    assert (done.counts["limits"], done.counts["mandates"]) == (2, 2)
    assert [limit(house, code) for code in ("C1", "C2", "C3")] == [500_000, 0, None]
    assert signed(house, "C1") == [("RUM-1", "b2b", "FR76…0189", "active")]
    assert signed(house, "C2") == [("RUM-2", "core", "FR14…2606", "incomplete")]
    before = state(house)
    again = bring(house, write(tmp_path, LIST + "C3;Martin;;;;;;;\n", "encore.csv"))
    assert again.applied
    assert "limits" not in again.counts
    assert state(house) == before


def test_the_preview_shows_them(house: House, tmp_path: Path) -> None:
    bring(house, write(tmp_path, LIST))
    later = LIST.replace("5 000,00", "7 500").replace(";05/01/2026;", ";06/01/2026;")
    tried = bring(house, write(tmp_path, later, "b.csv"), dry_run=True)

    assert {"customer": "C1", "field": "credit_limit", "before": "5000.00", "after": "7500.00"} in (
        tried.control["changes"]
    )
    assert limit(house, "C1") == 500_000


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param("C3;;;;RUM-1;;;;", "mandate_refused", id="another customer's reference"),
        pytest.param("C1;;;;Réf;;;;", "mandate_refused", id="no reference"),
        pytest.param(f"C1;;;;RUM-1;{OTHER};;;", "iban_kept", id="another account"),
        pytest.param("C2;;;;RUM-2;;;;B2B", "mandate_refused", id="B2B for a consumer"),
        pytest.param("C1;;;beaucoup;;;;;", "limit_unreadable", id="no amount"),
        pytest.param("C1;;;-5;;;;;", "limit_unreadable", id="less than nothing"),
        pytest.param("C1;;;;RUM-1;;;31/02/2026;", "date_unreadable", id="no day"),
        pytest.param("C1;;;;RUM-8;;XX;;", "mandate_refused", id="no BIC"),
        pytest.param("C1;;;;RUM-8;;;01/01/2031;", "mandate_refused", id="signed tomorrow"),
    ],
)
def test_what_cannot_be_is_left_with_a_word(
    house: House, tmp_path: Path, row: str, code: str
) -> None:
    bring(house, write(tmp_path, LIST))
    before = state(house)[:2]
    done = bring(house, write(tmp_path, f"{LIST}{row}\n", "b.csv"))

    assert code in [one.code for one in done.issues]
    assert not [one for one in done.issues if one.severity == "error"]
    assert state(house)[:2] == before


def test_a_date_of_mandate_without_a_mandate_is_said(house: House, tmp_path: Path) -> None:
    done = bring(house, write(tmp_path, "Code client;Nom;BIC\nC1;Dupont;BDFEFRPPCCT\n"))

    assert [(one.code, one.severity) for one in done.issues] == [("no_mandate", "info")]


def test_undone_it_is_as_before_and_new_customers_leave(house: House, tmp_path: Path) -> None:
    with in_tenant(house.tenant_id):
        first = customers.create_customer(
            tenant_id=house.tenant_id, creditor_id=house.creditor_id, code="C1", name="Dupont",
            today=TODAY,
        )  # fmt: skip
        limits.set_limit(
            tenant_id=house.tenant_id, customer_id=first, amount_cents=100,
            valid_from=TODAY - timedelta(days=30), reason="Comité", today=TODAY,
        )  # fmt: skip
    before = state(house)
    done = bring(house, write(tmp_path, LIST))
    assert limit(house, "C1") == 500_000
    undo(house, done)

    assert state(house) == before


def test_a_later_list_is_undone_first(house: House, tmp_path: Path) -> None:
    first = bring(house, write(tmp_path, LIST))
    second = bring(house, write(tmp_path, "Code client;Plafond\nC1;9000\n", "b.csv"))
    with pytest.raises(CannotUndo):
        undo(house, first)
    undo(house, second)
    assert limit(house, "C1") == 500_000
    undo(house, first)


def test_what_a_person_says_after_the_list_stays(house: House, tmp_path: Path) -> None:
    bring(house, write(tmp_path, "Code client;Nom\nC1;Dupont\n"))
    done = bring(house, write(tmp_path, "Code client;Plafond;RUM\nC1;9000;RUM-7\n", "b.csv"))
    customer_id = id_of(house, "C1")
    with in_tenant(house.tenant_id):
        limits.set_limit(
            tenant_id=house.tenant_id, customer_id=customer_id, amount_cents=1, today=TODAY
        )
        mandates.record_mandate(
            tenant_id=house.tenant_id,
            customer_id=customer_id,
            terms=mandates.Terms(reference="RUM-7", iban=IBAN),
            today=TODAY,
        )
    undo(house, done)
    assert limit(house, "C1") == 1
    assert signed(house, "C1") == [("RUM-7", "core", "FR76…0189", "incomplete")]


def test_salespeople_are_known_by_address_or_by_name(house: House, tmp_path: Path) -> None:
    with in_tenant(house.tenant_id):
        user = add_user(house, "sales", "Lea")
    text = (
        "Code client;Nom;Commercial\n"
        f"C1;Dupont;{user.email}\nC2;Durand;SALES Léa\nC3;Martin;Inconnu\n"
    )
    before = bring(house, write(tmp_path, "Code client;Nom\nC1;Dupont\n"))
    assert before.applied
    kept = state(house)
    done = bring(house, write(tmp_path, text, "b.csv"))

    assert state(house)[2] == [
        ["C1", user.pk, str(user)], ["C2", user.pk, "SALES Léa"], ["C3", None, "Inconnu"],
    ]  # fmt: skip
    assert [one.code for one in done.issues] == ["salesperson_unknown"]
    undo(house, done)
    assert state(house) == kept


cells = st.tuples(
    st.sampled_from(["C1", "C2", "C3"]),
    st.sampled_from(["", "0", "10", "2000"]),
    st.sampled_from(["", "R1", "R2", "R3"]),
    st.sampled_from(["", IBAN, OTHER]),
)
files = st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=3)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=files)
@pytest.mark.usefixtures("transactional_db")
def test_imports_undone_last_first_leave_nothing(files: list[Any], tmp_path: Path) -> None:
    house = found_house()
    states, done = [state(house)], []
    for at, rows in enumerate(files):
        text = "Code client;Nom;Plafond;RUM;IBAN\n" + "".join(
            f"{code};Client {code};{cents};{reference};{iban}\n"
            for code, cents, reference, iban in rows
        )
        outcome = bring(house, write(tmp_path, text, f"{at}-{house.code}.csv"))
        if not outcome.applied:
            continue
        done.append(outcome)
        states.append(state(house))
    while done:
        assert state(house) == states.pop()
        undo(house, done.pop())
    assert state(house) == states.pop()
