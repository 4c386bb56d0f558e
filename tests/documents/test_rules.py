"""Retention, mentions, and which invoice a file proves: tables and properties."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.documents.models import KINDS
from encours.documents.rules import kinds, matching
from encours.documents.rules.kinds import Kind, NoRetention, kept_until, retention_on
from encours.documents.rules.mentions import missing_mentions

TODAY = date(2026, 11, 20)
FULL = (
    "Facture FA-1 du 3 novembre 2026 SIREN 552 100 554 Total TTC 120,00 EUR payable à trente jours. "
    "Pas d'escompte pour paiement anticipé. En cas de retard, pénalités au taux de 12,40 % et "
    "indemnité forfaitaire pour frais de recouvrement de 40 euros."
)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_name_and_a_period_with_its_source(kind: Kind) -> None:
    row = retention_on(kinds.shipped_retention(), kind, TODAY)

    assert kind in kinds.LABELS
    assert kind.value in KINDS
    assert row.source
    assert kept_until(row, TODAY) > TODAY


def test_no_period_is_guessed() -> None:
    with pytest.raises(NoRetention):
        retention_on(kinds.shipped_retention(), "invoice", date(1999, 1, 1))


def test_an_invoice_is_kept_ten_years() -> None:
    row = retention_on(kinds.shipped_retention(), Kind.INVOICE, TODAY)

    assert kept_until(row, date(2016, 2, 29)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(FULL, [], id="all there"),
        pytest.param(FULL.replace("40 euros", "légale"), ["indemnity"], id="no amount, no mention"),
        pytest.param(FULL.replace("40 euros", "40 €"), [], id="the sign of the euro"),
        pytest.param(FULL.replace("40 euros", "140 euros"), ["indemnity"], id="another amount"),
        pytest.param(
            FULL.replace("pénalités au taux de 12,40 %", "intérêts"), ["penalty_rate"], id="no rate"
        ),
        pytest.param(FULL.replace("escompte", "rabais"), ["discount"], id="no discount"),
        pytest.param(FULL.replace("SIREN 552 100 554", ""), ["siren"], id="no SIREN"),
        pytest.param("scan", None, id="a scanned page says nothing"),
    ],
)
def test_missing_mentions(text: str, expected: list[str] | None) -> None:
    assert missing_mentions(text) == expected


def matched(name: str, text: str, numbers: list[str]) -> list[str]:
    said = pl.DataFrame(
        [(0, token, True) for token in matching.tokens(name)]
        + [(0, token, False) for token in matching.tokens(text)],
        schema=matching.TOKENS,
        orient="row",
    )
    invoices = pl.DataFrame(
        {"invoice_id": list(range(len(numbers))), "number": numbers},
        schema={"invoice_id": pl.Int64, "number": pl.String},
    )
    return matching.matches(said, matching.known(invoices))["number"].to_list()


@pytest.mark.parametrize(
    ("name", "text", "numbers", "expected"),
    [
        pytest.param("FA-2026-0012.pdf", "", ["FA-2026-0012"], ["FA-2026-0012"], id="in the name"),
        pytest.param("fa_2026_0012.pdf", "", ["FA-2026-0012"], ["FA-2026-0012"], id="otherwise"),
        pytest.param("scan1.pdf", "Facture n° FA 2026/0012", ["FA-2026-0012"], ["FA-2026-0012"],
                     id="in the text"),
        pytest.param("FA-2026-0012.pdf", "rappel FA-2026-0011", ["FA-2026-0011", "FA-2026-0012"],
                     ["FA-2026-0012"], id="the name before the text"),
        pytest.param("x.pdf", "FA-2026-0012", ["2026-0012", "FA-2026-0012"], ["FA-2026-0012"],
                     id="the longest wins"),
        pytest.param("x.pdf", "FA-0011 et FA-0012", ["FA-0011", "FA-0012"], ["FA-0011", "FA-0012"],
                     id="two of one length are a question"),
        pytest.param("x.pdf", "FA-00123", ["FA-0012"], [], id="not a piece of another number"),
        pytest.param("x.pdf", "lot 12", ["12"], [], id="too short to prove anything"),
        pytest.param("x.pdf", "facture", ["FACTURE"], [], id="a word is no number"),
    ],
)  # fmt: skip
def test_which_invoice(name: str, text: str, numbers: list[str], expected: list[str]) -> None:
    assert matched(name, text, numbers) == expected


@given(
    number=st.from_regex(r"[A-Z]{2}-20[0-9]{2}-[0-9]{4}", fullmatch=True),
    before=st.text("abc ", max_size=20),
)
def test_a_number_written_in_the_text_is_always_found(number: str, before: str) -> None:
    assert matched("scan.pdf", f"{before} {number} fin", [number]) == [number]
