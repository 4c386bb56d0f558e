"""Numbers given to invoices of a FEC that has none: they outlive imports, and are taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House, found_house
from tests.imports.books import HEADER, row

from encours.imports import actions
from encours.imports.actions import numbers
from encours.imports.queries.blockers import undoing
from encours.receivables.actions import numbering
from encours.receivables.actions.numbering import (
    HasItsNumber,
    InvalidNumber,
    NoNumberHere,
    NumberTaken,
)
from encours.receivables.models import GivenNumber, Invoice
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.numbering import Asked, waiting, waiting_count
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

TODAY = date(2024, 12, 31)
SALES = """
VE 1 20240105 411000 C1 VE0124 120.00 - Vente
VE 1 20240105 707000 - VE0124 -120.00 - Vente
VE 2 20240106 411000 C2 VE0124 50.00 - Vente
VE 2 20240106 707000 - VE0124 -50.00 - Vente
VE 3 20240107 411000 C2 VE0124 70.00 - Vente
VE 3 20240107 707000 - VE0124 -70.00 - Vente
VE 4 20240108 411000 C3 FA-77 30.00 - Facture FA-77
VE 4 20240108 707000 - FA-77 -30.00 - Facture FA-77
"""
LATER = """
VE 5 20240209 411000 C3 VE0224 11.00 - Vente
VE 5 20240209 707000 - VE0224 -11.00 - Vente
"""


def fec(folder: Path, lines: str = SALES) -> Path:
    path = folder / "552100554FEC20241231.txt"
    rows = [row(line) for line in lines.splitlines() if line]
    path.write_text("\r\n".join([HEADER, *rows]) + "\r\n", "utf-8")
    return path


def brought(house: House, path: Path) -> int:
    read = actions.read_file(path)
    with in_tenant(house.tenant_id):
        outcome = actions.import_file(
            read, tenant_id=house.tenant_id, creditor_id=house.creditor_id
        )
    assert outcome.applied, outcome.issues
    assert outcome.import_id is not None
    return outcome.import_id


def undone(house: House, import_id: int) -> None:
    with in_tenant(house.tenant_id):
        actions.undo(tenant_id=house.tenant_id, import_id=import_id, user_id=None, today=TODAY)


def table(house: House, text: str, **more: Any) -> numbers.NumbersImport:
    with in_tenant(house.tenant_id):
        return numbers.import_numbers(
            tenant_id=house.tenant_id,
            creditor_id=house.creditor_id,
            content=text.encode(),
            today=TODAY,
            **more,
        )


def live(house: House) -> dict[int, str]:
    """Return the numbers of the live invoices, by their amount in euros."""
    with in_tenant(house.tenant_id):
        rows = Invoice.objects.of(house.tenant_id).filter(
            creditor_id=house.creditor_id, undone_at=None
        )
        return {
            cents // 100: number for cents, number in rows.values_list("amount_cents", "number")
        }


def give(house: House, euros: int, number: str) -> bool:
    with in_tenant(house.tenant_id):
        found = Invoice.objects.of(house.tenant_id).get(
            creditor_id=house.creditor_id, undone_at=None, amount_cents=euros * 100
        )
        return numbering.give_number(
            tenant_id=house.tenant_id, invoice_id=found.pk, number=number, today=TODAY
        )


@pytest.fixture
def sold(house: House, tmp_path: Path) -> House:
    brought(house, fec(tmp_path))
    return house


def test_a_fec_without_numbers_waits_for_a_person(sold: House) -> None:
    moment = Moment(
        tenant_id=sold.tenant_id, creditor_ids=(sold.creditor_id,), as_of=TODAY, currency="EUR"
    )
    with in_tenant(sold.tenant_id):
        asked = Asked(sort="amount_cents", descending=False)
        assert [one.amount_cents for one in waiting(moment, asked)] == [5_000, 7_000, 12_000]
        assert [one.id for one in waiting(moment, Asked(cents=7_000, search="vente"))]
        assert not list(waiting(moment, Asked(search="FA-77")))
        assert waiting_count(moment) == 3
    give(sold, 50, "F-50")
    with in_tenant(sold.tenant_id):
        assert waiting_count(moment) == 2


def test_a_number_given_by_hand_is_a_fact_and_can_be_taken_back(sold: House) -> None:
    assert give(sold, 50, "  F   50 ")
    assert not give(sold, 50, "F 50")
    assert live(sold)[50] == "F 50"
    assert give(sold, 50, "F51")
    assert give(sold, 50, "")
    assert live(sold)[50] == ""
    with in_tenant(sold.tenant_id):
        verbs = list(
            Fact.objects.of(sold.tenant_id)
            .filter(verb__startswith="invoice.")
            .order_by("id")
            .values_list("verb", flat=True)
        )
    assert verbs == ["invoice.numbered", "invoice.numbered", "invoice.unnumbered"]


@pytest.mark.parametrize(
    ("euros", "number", "refusal"),
    [
        pytest.param(50, "sans", InvalidNumber, id="no digit"),
        pytest.param(50, "fa 77", NumberTaken, id="the accounts gave it to another"),
        pytest.param(50, "f120", NumberTaken, id="a person gave it to another"),
        pytest.param(30, "F30", HasItsNumber, id="the accounts say its number"),
    ],
)
def test_a_number_that_is_refused(
    sold: House, euros: int, number: str, refusal: type[Exception]
) -> None:
    give(sold, 120, "F-120")
    before = live(sold)
    with pytest.raises(refusal):
        give(sold, euros, number)
    assert live(sold) == before


def test_a_refund_has_no_number(house: House, tmp_path: Path) -> None:
    lines = """
BQ 1 20240105 411000 C1 - 40.00 - Rejet prelevement impaye
BQ 1 20240105 512000 - - -40.00 - Rejet prelevement impaye
"""
    brought(house, fec(tmp_path, lines))
    with in_tenant(house.tenant_id):
        kinds = set(Invoice.objects.of(house.tenant_id).values_list("kind", flat=True))
    assert kinds == {"returned_payment"}
    with pytest.raises(NoNumberHere):
        give(house, 40, "F40")


def test_a_number_outlives_the_import_and_what_replaces_it(sold: House, tmp_path: Path) -> None:
    give(sold, 120, "F-120")
    later = brought(sold, fec(tmp_path, SALES + LATER))
    assert live(sold) == {120: "F-120", 50: "", 70: "", 30: "FA-77", 11: ""}
    undone(sold, later)
    assert live(sold) == {120: "F-120", 50: "", 70: "", 30: "FA-77"}


def test_a_number_comes_back_with_the_invoice(sold: House, tmp_path: Path) -> None:
    give(sold, 120, "F-120")
    without = brought(sold, fec(tmp_path, "\n".join(SALES.strip().splitlines()[2:])))
    assert 120 not in live(sold)
    give(sold, 50, "F-50")
    undone(sold, without)
    assert live(sold) == {120: "F-120", 50: "F-50", 70: "", 30: "FA-77"}


def test_an_old_copy_never_brings_an_old_number_back(sold: House, tmp_path: Path) -> None:
    give(sold, 120, "F-OLD-1")
    moved = SALES.replace("20240105", "20240104")
    later = brought(sold, fec(tmp_path, moved))
    with in_tenant(sold.tenant_id):
        keys = Invoice.objects.of(sold.tenant_id).filter(amount_cents=12_000)
        assert keys.count() == 2
    undone(sold, later)
    assert live(sold)[120] == "F-OLD-1"
    give(sold, 120, "")
    assert live(sold)[120] == ""


def test_a_number_left_by_an_invoice_that_is_gone_is_free(sold: House, tmp_path: Path) -> None:
    give(sold, 120, "F-1")
    brought(sold, fec(tmp_path, "\n".join(SALES.strip().splitlines()[2:])))
    assert give(sold, 50, "F-1")
    assert live(sold)[50] == "F-1"


TABLE = "Date;Montant;Client;Numéro\n05/01/2024;120,00;C1;F-120\n07/01/2024;70;C2;F-70\n"


def test_a_table_numbers_and_is_undone_whole(sold: House) -> None:
    tried = table(sold, TABLE, dry_run=True)
    assert (tried.numbered, tried.applied) == (2, False)
    assert set(live(sold).values()) == {"", "FA-77"}
    give(sold, 70, "F-HAND-7")
    done = table(sold, TABLE, file_name="numéros.csv")
    assert done.numbered == 2
    assert live(sold) == {120: "F-120", 50: "", 70: "F-70", 30: "FA-77"}
    again = table(sold, TABLE)
    assert (again.numbered, again.unchanged, again.import_id) == (0, 2, None)
    assert done.import_id is not None
    undone(sold, done.import_id)
    assert live(sold) == {120: "", 50: "", 70: "F-HAND-7", 30: "FA-77"}


def test_what_a_person_says_after_the_table_stays(sold: House) -> None:
    done = table(sold, TABLE)
    give(sold, 120, "F-PERSON-1")
    assert done.import_id is not None
    undone(sold, done.import_id)
    assert live(sold)[120] == "F-PERSON-1"
    assert live(sold)[70] == ""


def test_a_table_gives_nothing_that_another_bears(sold: House) -> None:
    done = table(sold, "Montant;Numéro\n120,00;FA77\n50,00;F-50\n")

    assert done.numbered == 1
    assert [one.code for one in done.issues] == ["number_taken"]
    assert live(sold) == {120: "", 50: "F-50", 70: "", 30: "FA-77"}


def test_numbers_rest_on_no_import_and_hold_none(sold: House, tmp_path: Path) -> None:
    done = table(sold, TABLE)
    later = brought(sold, fec(tmp_path, SALES + LATER))
    with in_tenant(sold.tenant_id):
        for import_id in (done.import_id, later):
            assert import_id is not None
            found = undoing(tenant_id=sold.tenant_id, import_id=import_id)
            assert found is not None
            assert not found.blockers


def test_the_same_number_lives_in_two_companies(sold: House, tmp_path: Path) -> None:
    other = found_house()
    brought(other, fec(tmp_path))
    give(sold, 120, "F-1")
    give(other, 120, "F-1")

    assert live(sold)[120] == live(other)[120] == "F-1"


acts = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.sampled_from([120, 50, 70]),
                  st.sampled_from(["", "F-1", "F-2", "f1"])),
        st.tuples(st.just("import"), st.booleans(), st.just("")),
        st.tuples(st.just("undo"), st.just(0), st.just("")),
    ),
    max_size=7,
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=acts)
@pytest.mark.usefixtures("transactional_db")
def test_the_copy_is_always_what_was_given(done: list[Any], tmp_path: Path) -> None:
    """Whatever the order of acts: a model of what was given, beside what the rows say."""
    house = found_house()
    brought(house, fec(tmp_path))
    said: dict[int, str] = {120: "", 50: "", 70: ""}
    imports: list[int] = []
    for act, what, number in done:
        if act == "give":
            try:
                give(house, what, number)
            except NumberTaken:
                continue
            said[what] = number
        elif act == "import":
            later = SALES + LATER if what else SALES
            read = actions.read_file(fec(tmp_path, later))
            with in_tenant(house.tenant_id):
                outcome = actions.import_file(
                    read, tenant_id=house.tenant_id, creditor_id=house.creditor_id
                )
            if outcome.applied and outcome.import_id is not None:
                imports.append(outcome.import_id)
        elif imports:
            undone(house, imports.pop())
        found = live(house)
        assert {euros: found[euros] for euros in said} == said
    with in_tenant(house.tenant_id):
        given_now = set(
            GivenNumber.objects.of(house.tenant_id)
            .filter(undone_at=None)
            .values_list("number", flat=True)
        )
    assert given_now == {number for number in said.values() if number}
