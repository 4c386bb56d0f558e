"""Lists of open items through the door: settled by then, corrected by the real payment, undone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import House
from tests.imports.tables.doors import bring, cents, still_open, undo, write

HEADER = "Code client;Nom;N° facture;Date;Échéance;Reste dû\n"
MARCH = (
    HEADER
    + "C1;Dupont SA;F1;05/01/2026;04/02/2026;100,00\nC1;Dupont SA;F2;05/02/2026;07/03/2026;50,00\n"
    "C2;Durand;F3;10/02/2026;12/03/2026;80,00\nC2;Durand;AV1;20/02/2026;;-20,00\n"
)
APRIL = (
    HEADER
    + "C1;Dupont SA;F2;05/02/2026;07/03/2026;30,00\nC3;Martin;F4;02/04/2026;02/05/2026;9,00\n"
)
ON = {"march": date(2026, 3, 31), "april": date(2026, 4, 30)}
PAID = "Date de règlement;Code client;Facture réglée;Montant\n"


@pytest.fixture
def two_lists(house: House, tmp_path: Path) -> House:
    for name, text in (("march", MARCH), ("april", APRIL)):
        outcome = bring(house, write(tmp_path, text, f"{name}.csv"), as_of=ON[name])
        assert outcome.applied, outcome.issues
        assert outcome.control["ok"], outcome.control
    return house


def test_each_day_is_what_its_list_said(two_lists: House) -> None:
    assert cents(two_lists, ON["march"]) == {"F1": 100_00, "F2": 50_00, "F3": 80_00, "AV1": -20_00}
    assert cents(two_lists, ON["april"]) == {"F2": 30_00, "F4": 9_00}


def test_a_list_put_in_between(two_lists: House, tmp_path: Path) -> None:
    text = HEADER + "C1;Dupont SA;F2;05/02/2026;07/03/2026;50,00\n"
    outcome = bring(two_lists, write(tmp_path, text, "between.csv"), as_of=date(2026, 4, 15))

    assert outcome.control["ok"], outcome.control
    assert cents(two_lists, date(2026, 4, 15)) == {"F2": 50_00}
    assert cents(two_lists, ON["march"]) == {"F1": 100_00, "F2": 50_00, "F3": 80_00, "AV1": -20_00}
    assert cents(two_lists, ON["april"]) == {"F2": 30_00, "F4": 9_00}


def test_the_real_payment_takes_the_place_of_the_inference(
    two_lists: House, tmp_path: Path
) -> None:
    text = PAID + "10/04/2026;C1;F1;100,00\n12/04/2026;C1;;20,00\n"
    paid = bring(two_lists, write(tmp_path, text, "reglements.csv"))

    assert paid.counts["payments"] == 2
    assert paid.control["ok"], paid.control
    assert cents(two_lists, ON["april"]) == {"F2": 30_00, "F4": 9_00}, "what is open did not move"
    assert cents(two_lists, date(2026, 4, 10)) == {
        "F2": 50_00, "F3": 80_00, "AV1": -20_00, "F4": 9_00,
    }, "F1 was paid on the 10th"  # fmt: skip
    undo(two_lists, paid)
    assert cents(two_lists, date(2026, 4, 10))["F1"] == 100_00


def test_undo_gives_the_day_before_back(house: House, tmp_path: Path) -> None:
    first = bring(house, write(tmp_path, MARCH, "march.csv"), as_of=ON["march"])
    held = still_open(house)
    second = bring(house, write(tmp_path, APRIL, "april.csv"), as_of=ON["april"])

    undo(house, second)
    assert still_open(house) == held
    undo(house, first)
    assert still_open(house) == []
    again = bring(house, write(tmp_path, MARCH, "march.csv"), as_of=ON["march"])
    assert again.control["ok"]
    assert [row[1:] for row in still_open(house)] == [row[1:] for row in held]


def test_a_list_after_movements_settles_what_it_lacks(house: House, tmp_path: Path) -> None:
    text = (
        "Code client;N° pièce;Date;Échéance;Journal;Libellé;Débit;Crédit\n"
        "C1;F1;05/01/2026;04/02/2026;VE;Facture;100,00;\n"
        "C1;F2;05/02/2026;07/03/2026;VE;Facture;50,00;\n"
        "C1;B1;10/03/2026;;BQ;Virement;;60,00\n"
    )
    bring(house, write(tmp_path, text, "mouvements.csv"))
    only_f2 = HEADER + "C1;Dupont SA;F2;05/02/2026;07/03/2026;50,00\n"
    outcome = bring(house, write(tmp_path, only_f2, "march.csv"), as_of=ON["march"])

    assert outcome.control["ok"], outcome.control
    assert cents(house, ON["march"]) == {"F2": 50_00}
    assert outcome.counts["inferred"] == 1


def test_what_a_title_dates_needs_no_option(house: House, tmp_path: Path) -> None:
    outcome = bring(house, write(tmp_path, "Balance au 31/03/2026\n\n" + MARCH, "b.csv"))

    assert outcome.control["on"] == "2026-03-31"
    assert {issue.code for issue in outcome.issues} == set()
