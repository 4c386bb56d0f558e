"""Every FEC and every export of `../shared/data` is derived or refused, and no variant breaks it."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from tests.imports.invariants import assert_consistent, unsettled_letters

from encours.imports.readers.fec import Fec
from encours.imports.rules.derive import derive

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="les fichiers réels ne sont pas sur ce poste"),
]
FECS: Final = sorted(path for path in (DATA / "fec").rglob("*") if path.is_file())
OTHERS: Final = sorted(path for path in (DATA / "erp").rglob("*") if path.is_file())
NET_CENTS: Final = {
    "ekylibre_agrigest/123456789FEC20230331.txt": 2_990_014,
    "ekylibre_istea/123456789FEC20201231.txt": 0,
    "ekylibre_quadra/123456789FEC20190731.txt": 28_299_083,
    "ekylibre_sage_coala/2020.txt": -36_370,
    "neolegal_maraichage/0000000001FEC20220831.txt": 5_251_724,
    "neolegal_negoce/111111111FEC20221231.TXT": 1_441_652,
    "small/la_societe_nouvelle_sample_pipe.txt": 250_000,
    "small/olivedu_fec-simple-realistic-2024.txt": 250_000,
    "small/olivedu_sample_fec_bijouterie.txt": -2_560_000,
    "small/olivedu_test-import-2024.txt": 0,
    "small/tryton_FEC.csv": 1_500,
}
"""Σ debit − credit of 411, 413, 416 and 419, added up by hand from each file."""

ERRORS: Final = {
    "small/olivedu_sample_fec_bijouterie.txt": {"fields_count": 1},
}
VARIANTS_PER_FILE: Final = int(os.environ.get("ENCOURS_VARIANTS", "20"))


def named(path: Path) -> str:
    return str(path.relative_to(DATA / "fec" if path in FECS else DATA / "erp"))


@pytest.mark.parametrize("path", FECS, ids=named)
def test_a_fec_is_derived_to_the_cent(path: Path) -> None:
    ledger = Fec().read(path)
    derived = derive(ledger)
    errors = Counter(issue.code for issue in derived.issues if issue.severity == "error")

    assert errors == ERRORS.get(named(path), {})
    assert derived.control["net_cents"].sum() == NET_CENTS[named(path)]
    assert_consistent(derived)
    assert unsettled_letters(ledger, derived).is_empty()


@pytest.mark.parametrize("path", OTHERS, ids=named)
def test_another_export_is_refused_by_what_it_looks_like(path: Path) -> None:
    ledger = Fec().read(path)

    assert [issue.code for issue in ledger.issues] == ["not_a_fec"]
    assert "on dirait" in ledger.issues[0].message
    assert derive(ledger).claims.is_empty()


def truncated(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def shuffled(data: bytes, draw: random.Random) -> bytes:
    lines = data.split(b"\n")
    body = lines[1:]
    draw.shuffle(body)
    return b"\n".join([lines[0], *body])


def mis_encoded(data: bytes, draw: random.Random) -> bytes:
    wrong = draw.choice(["utf-16", "cp850", "utf-8-sig", "cp1252", "utf-16-le", "mac-roman"])
    return data.decode("latin-1").encode(wrong, "replace")


def flipped(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.randrange(1, 40)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def torn(data: bytes, draw: random.Random) -> bytes:
    """Lose or repeat a piece of the file, or change what ends its lines."""
    start = draw.randrange(len(data))
    piece = data[start : start + draw.randrange(1, 500)]
    return draw.choice(
        [
            data[:start] + data[start + len(piece) :],
            data[:start] + piece + data[start:],
            data.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
            data.replace(b"\t", b";"),
            data.replace(b"\n", b"\n\n"),
            data.replace(b",", b"."),
        ]
    )


SPOIL: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    truncated,
    shuffled,
    mis_encoded,
    flipped,
    torn,
)


@pytest.mark.slow
@pytest.mark.parametrize("path", [*FECS, *OTHERS], ids=named)
def test_no_spoilt_variant_breaks_the_import(path: Path, tmp_path: Path) -> None:
    draw = random.Random(path.name)
    whole = path.read_bytes()
    lines = whole.split(b"\n")
    small = b"\n".join([lines[0], *lines[1:150]])
    for number in range(VARIANTS_PER_FILE):
        data = whole if number < 5 else small
        spoilt = tmp_path / path.name
        spoilt.write_bytes(SPOIL[number % len(SPOIL)](data, draw))
        derived = derive(Fec().read(spoilt))
        assert_consistent(derived)
        assert derived.claims.select(pl.col("amount_cents").min()).item() is None or (
            derived.claims["amount_cents"].min() > 0
        )
