"""Names made plain, and who may be one: tables, then what holds for any customers."""

from __future__ import annotations

import time
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from encours.receivables.rules.duplicates import (
    CUSTOMERS,
    duplicates,
    plain_name,
    same_company,
    siren_of,
)

SIREN, OTHER = "552100554", "443061841"


def customers(*rows: dict[str, Any]) -> pl.DataFrame:
    blank = {
        "creditor_id": 1,
        "name": "",
        "siren": "",
        "vat_number": "",
        "iban": "",
        "postcode": "",
    }
    return pl.DataFrame(
        [{"customer_id": place, **blank, **row} for place, row in enumerate(rows, start=1)],
        schema=CUSTOMERS,
    )


def found(*rows: dict[str, Any]) -> list[tuple[int, int, list[str]]]:
    return [row[:3] for row in duplicates(customers(*rows)).iter_rows()]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        pytest.param("S.A.R.L. Ets Dupont & Fils", "DUPONT FILS", id="forms and small words go"),
        pytest.param("DUPONT ET FILS SARL", "DUPONT FILS", id="the form comes last"),
        pytest.param("S A R L Dupont Fils", "DUPONT FILS", id="initials with spaces"),
        pytest.param("Société Générale d'Étanchéité", "ETANCHEITE GENERALE", id="accents"),
        pytest.param("J. P. Martin", "JP MARTIN", id="initials of a person"),
        pytest.param("JP MARTIN", "JP MARTIN", id="initials already joined"),
        pytest.param("Mme Martin Claire", "CLAIRE MARTIN", id="title, family name first"),
        pytest.param("Müller GmbH", "MULLER", id="a foreign form"),
        pytest.param("SA", "SA", id="nothing but a form"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_plain_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize(
    ("siren", "vat", "expected"),
    [(SIREN, "", SIREN), ("", f"FR 96 {SIREN}", SIREN), ("", "DE123456789", ""), ("", "FR12", "")],
)
def test_siren_of(siren: str, vat: str, expected: str) -> None:
    assert siren_of(siren, vat) == expected


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        pytest.param({"siren": SIREN}, {"siren": SIREN}, ["siren"], id="same SIREN"),
        pytest.param(
            {"siren": SIREN}, {"vat_number": f"FR96{SIREN}"}, ["siren"], id="SIREN in a VAT number"
        ),
        pytest.param(
            {"vat_number": "DE 811.569.869"}, {"vat_number": "de811569869"}, ["vat"], id="same VAT"
        ),
        pytest.param(
            {"iban": "FR76 3000 6000"}, {"iban": "fr7630006000"}, ["iban"], id="same IBAN"
        ),
        pytest.param({"name": "SARL Dupont"}, {"name": "DUPONT"}, ["name"], id="same name"),
        pytest.param(
            {"name": "Menuiserie Dupont"}, {"name": "MENUISERIE DUPOND SAS"}, ["alike"], id="a letter"
        ),
        pytest.param(
            {"name": "Dupont", "siren": SIREN}, {"name": "Dupont", "siren": OTHER}, None,
            id="two SIRENs are two companies",
        ),
        pytest.param(
            {"name": "Dupont", "siren": SIREN}, {"name": "Dupont"}, ["name"], id="one SIREN unknown"
        ),
        pytest.param(
            {"name": "Magasin Casinette 12"}, {"name": "Magasin Casinette 13"}, None, id="two shops"
        ),
        pytest.param({"name": "Boulangerie Petit"}, {"name": "Garage Renaud"}, None, id="nothing"),
        pytest.param(
            {"siren": SIREN}, {"siren": SIREN, "creditor_id": 2}, None, id="of two creditors"
        ),
        pytest.param({"name": ""}, {"name": ""}, None, id="no name at all"),
    ],
)  # fmt: skip
def test_pairs(first: dict[str, Any], second: dict[str, Any], reasons: list[str] | None) -> None:
    assert found(first, second) == ([(1, 2, reasons)] if reasons else [])


def test_reasons_add_up_the_strongest_first() -> None:
    twin = {"name": "Dupont", "siren": SIREN, "iban": "FR76"}

    assert found(twin, {**twin, "name": "SA Dupont"}) == [(1, 2, ["siren", "iban", "name"])]


def test_another_town_is_less_sure() -> None:
    near, far = (
        duplicates(customers({"name": "Dupont", "postcode": "69001"}, {"name": "Dupont", **other}))
        for other in ({"postcode": "69001"}, {"postcode": "75011"})
    )
    assert near["score"][0] > far["score"][0]


def test_one_company_at_two_creditors() -> None:
    rows = customers(
        {"siren": SIREN}, {"vat_number": f"FR96{SIREN}", "creditor_id": 2}, {"siren": OTHER}
    )
    assert same_company(rows).rows() == [(1, SIREN), (2, SIREN)]


letters = st.text("ABCDEFGHIJKLMNOPRSTUVéàç", min_size=2, max_size=8)
names = st.lists(letters, min_size=1, max_size=3).map(" ".join)
people = st.lists(
    st.fixed_dictionaries(
        {
            "name": names,
            "siren": st.sampled_from(["", "", SIREN, OTHER]),
            "vat_number": st.sampled_from(["", f"FR96{SIREN}"]),
            "iban": st.sampled_from(["", "", "FR7611", "FR7622"]),
            "postcode": st.sampled_from(["", "69001", "75011"]),
            "creditor_id": st.integers(1, 2),
        }
    ),
    max_size=8,
)


@given(names)
def test_a_plain_name_is_its_own_plain_name(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)


@given(names, st.sampled_from(["SARL {}", "{} S.A.S.", "Ets {}", "  {}  "]))
def test_forms_and_blanks_change_nothing(name: str, written: str) -> None:
    assume(plain_name(f"{name} QQQQ") != "QQQQ")  # a name that is nothing but a form keeps it

    assert plain_name(written.format(name)) == plain_name(name)


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_of_no_matter(rows: list[dict[str, Any]], chance: Any) -> None:
    frame = customers(*rows)
    order = list(range(len(rows)))
    chance.shuffle(order)

    assert duplicates(frame[order]).rows() == duplicates(frame).rows()


@given(people)
def test_pairs_are_of_one_creditor_and_never_of_two_sirens(rows: list[dict[str, Any]]) -> None:
    frame = customers(*rows)
    known = {row["customer_id"]: row for row in frame.to_dicts()}
    for one, other, reasons, score in duplicates(frame).iter_rows():
        first, second = known[one], known[other]
        sirens = {siren_of(row["siren"], row["vat_number"]) for row in (first, second)} - {""}
        assert one < other
        assert first["creditor_id"] == second["creditor_id"]
        assert len(sirens) < 2
        assert reasons
        assert 0 < score <= 100


@given(people)
def test_whoever_shares_a_siren_is_paired(rows: list[dict[str, Any]]) -> None:
    frame = customers(*rows)
    paired = {other for _one, other, _reasons, _score in duplicates(frame).iter_rows()}
    seen: set[tuple[int, str]] = set()
    for row in frame.to_dicts():
        key = row["creditor_id"], siren_of(row["siren"], row["vat_number"])
        assert not key[1] or key not in seen or row["customer_id"] in paired
        seen.add(key)


def test_a_hundred_thousand_customers_in_seconds() -> None:
    words = [f"{a}{b}{c}" for a in ("BAT", "MEN", "GAR", "BOU", "TRA") for b in ("IRO", "ULA", "OPE", "ASI") for c in ("X", "NT", "LLE", "RD", "VE")]  # fmt: skip
    rows = pl.DataFrame(
        {
            "customer_id": range(1, 20_001),
            "creditor_id": [1] * 20_000,
            "name": [
                f"SARL {words[n % 100]} {words[n * 7 % 89]} {n * 7919 % 20_011:05d}"
                for n in range(20_000)
            ],
            "siren": [""] * 20_000,
            "vat_number": [""] * 20_000,
            "iban": [""] * 20_000,
            "postcode": ["69001"] * 20_000,
        },
        schema=CUSTOMERS,
    )
    began = time.perf_counter()
    duplicates(rows)

    assert time.perf_counter() - began < 10, "a fifth of the size, twice the time there is"
