"""RF references and payment codes, against the vectors of the norms."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.messaging.rules.payment import (
    epc_payload,
    qr_png,
    qr_rows,
    rf_base,
    rf_reference,
    rf_text,
)

IBAN = "FR1420041010050500013M02606"


def test_the_vector_of_the_norm() -> None:
    assert rf_reference("539007547034") == "RF18539007547034"
    assert rf_text("RF18539007547034") == "RF18 5390 0754 7034"
    assert rf_base("rf18 5390 0754 7034") == "539007547034"


@pytest.mark.parametrize(
    ("base", "kept"),
    [
        pytest.param("c-001/42", "C00142", id="punctuation goes"),
        pytest.param("Été 2026", "ETE2026", id="accents go"),
        pytest.param("x" * 21, "X" * 21, id="twenty-one characters"),
    ],
)
def test_our_own_reference_in_letters_and_digits(base: str, kept: str) -> None:
    assert rf_base(rf_reference(base)) == kept


@pytest.mark.parametrize(
    "base", [pytest.param("", id="empty"), pytest.param("--", id="no letter"), "x" * 22]
)
def test_a_reference_that_cannot_be_written(base: str) -> None:
    with pytest.raises(ValueError, match="RF"):
        rf_reference(base)


def test_what_is_not_an_rf_reference() -> None:
    assert rf_base("RF19539007547034") is None
    assert rf_base("FA-2026-1") is None


@given(st.text("0123456789", min_size=1, max_size=21), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(base: str, shift: int) -> None:
    reference = rf_reference(base)
    wrong = reference[:-1] + str((int(reference[-1]) + shift) % 10)

    assert rf_base(reference) == base
    assert rf_base(wrong) is None


def test_the_lines_of_the_code() -> None:
    payload = epc_payload(
        name="MAISON LENOIR",
        iban="FR14 2004 1010 0505 0001 3M02 606",
        cents=154_050,
        reference="RF18 5390 0754 7034",
    )

    assert payload.split("\n") == [
        *("BCD", "002", "1", "SCT", "", "MAISON LENOIR", IBAN, "EUR1540.50", ""),
        "RF18539007547034",
    ]


def test_a_free_text_and_a_note() -> None:
    payload = epc_payload(
        name="É",
        iban=IBAN,
        cents=1,
        bic="psstfrpp",
        purpose="GDDS",
        text="Facture 1",
        note="Merci",
    )

    assert payload.split("\n")[4] == "PSSTFRPP"
    assert payload.split("\n")[7:] == ["EUR0.01", "GDDS", "", "Facture 1", "Merci"]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"name": ""}, id="no holder"),
        pytest.param({"name": "x" * 71}, id="a holder of 71 characters"),
        pytest.param({"name": "a\x01b"}, id="a control character"),
        pytest.param({"iban": "FR1420041010050500013M02607"}, id="a wrong IBAN"),
        pytest.param({"bic": "PSST"}, id="a wrong BIC"),
        pytest.param({"cents": 0}, id="nothing to pay"),
        pytest.param({"cents": 100_000_000_000}, id="a billion"),
        pytest.param({"currency": "USD"}, id="dollars"),
        pytest.param({"reference": "RF00539007547034"}, id="a wrong reference"),
        pytest.param({"reference": "RF18539007547034", "text": "x"}, id="both references"),
        pytest.param({"text": "x" * 141}, id="a long text"),
        pytest.param({"text": "é" * 140, "name": "é" * 70}, id="more than 331 bytes"),
    ],
)
def test_what_a_bank_would_refuse(wrong: dict[str, object]) -> None:
    asked: dict[str, object] = {"name": "X", "iban": IBAN, "cents": 100, **wrong}
    with pytest.raises(ValueError, match=r".+"):
        epc_payload(**asked)  # type: ignore[arg-type]


def test_a_new_line_cannot_add_a_field() -> None:
    payload = epc_payload(name="X\nDE00", iban=IBAN, cents=100, text="a\nb")

    assert payload.split("\n")[5] == "X DE00"
    assert payload.split("\n")[10] == "a b"


def test_the_code_is_square_and_small_enough() -> None:
    rows = qr_rows(epc_payload(name="é" * 40, iban=IBAN, cents=100, text="x" * 140))

    assert all(len(row) == len(rows) for row in rows)
    assert len(rows) <= 17 + 4 * 13
    assert set("".join(rows)) == {"0", "1"}
    with pytest.raises(ValueError, match="dense"):
        qr_rows("x" * 800)


def test_the_picture_shows_the_same_squares() -> None:
    payload = epc_payload(name="X", iban=IBAN, cents=100)
    drawn = qr_png(payload)
    width, height, depth, colour = struct.unpack(">IIBB", drawn[16:26])
    start = drawn.index(b"IDAT") + 4
    size = struct.unpack(">I", drawn[start - 8 : start - 4])[0]
    line = 1 + (width + 7) // 8
    content = zlib.decompress(drawn[start : start + size])
    shown = [
        f"{int.from_bytes(content[at + 1 : at + line], 'big'):b}"
        for at in range(0, len(content), line)
    ]

    rows = qr_rows(payload)
    assert (width, height, depth, colour) == (len(rows) * 4, len(rows) * 4, 1, 0)
    for y, row in enumerate(rows):
        bits = shown[y * 4 + 1].zfill((width + 7) // 8 * 8)
        assert "".join("0" if bits[x * 4 + 1] == "1" else "1" for x in range(len(rows))) == row
