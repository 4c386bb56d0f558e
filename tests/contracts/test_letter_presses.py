"""What every press of letters promises; a new one is one line in `PRESSES`."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.messaging.samples import ADDRESSEE, LINES, PENALTIES, SENDER, notice

from encours.messaging.ports import LetterPress
from encours.messaging.providers.typst_letter import TypstPress
from encours.messaging.rules.notice import Line, Payment, Sender

PRESSES: dict[str, Callable[[Path], LetterPress]] = {"typst": TypstPress}


@pytest.fixture(scope="module", params=PRESSES)
def press(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LetterPress:
    made = PRESSES[request.param](tmp_path_factory.mktemp("press"))
    assert made.code == request.param
    return made


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """Return what is printed, without the spaces that layout adds or drops."""
    pages = "".join(page.extract_text() for page in read(pdf).pages)
    return squeezed(pages)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\u200b]+", "", text).replace("ﬁ", "fi").replace("ﬀ", "ff")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_formal_notice_holds_all_it_must(press: LetterPress, language: str) -> None:
    printed = text_of(press.typeset(notice(language=language, subject="Factures impayées")))
    french = language == "fr"

    for fact in (
        "Mise en demeure de payer" if french else "Formal notice to pay",
        *("Maison Lenoir & Fils", "732 829 320", "FR44732829320", "Boulangerie <Dupain> SARL"),
        *("404 833 048", "69003 LYON", "Mme Zoé Lefèvre", "FA-2026-0101", "FA-2026-0117"),
        *(("31/08/2026", "30/09/2026") if french else ("31 Aug 2026", "30 Sep 2026")),
        *(
            ("1 200,00 €", "840,50 €", "500,00 €")
            if french
            else ("€1,200.00", "€840.50", "€500.00")
        ),
        *(("340,50 €", "26,52 €", "80,00 €") if french else ("€340.50", "€26.52", "€80.00")),
        *(("1 647,02 €", "12,40 %") if french else ("€1,647.02", "12.40%")),
        *(("01/10/2026 - 23/11/2026",) if french else ("1 Oct 2026 - 23 Nov 2026",)),
        *("FR14 2004 1010 0505 0001 3M02 606", "MAISON LENOIR ET FILS", "RF18 5390 0754 7034"),
        "Bordeaux, le 23 novembre 2026" if french else "Bordeaux, 23 November 2026",
        *("Anne Lenoir", "Responsable crédit", "écrivez-nous sous huit jours", "L441-10"),
        "Page 1/",
    ):
        assert squeezed(fact) in printed, fact


@pytest.mark.parametrize("kind", ["prevenance", "relance", "mise_en_demeure", "releve"])
def test_each_kind_is_an_archivable_pdf(press: LetterPress, kind: str) -> None:
    pdf = press.typeset(notice(kind=kind))
    known = read(pdf)
    metadata = known.xmp_metadata
    assert metadata is not None
    described = metadata.stream.get_data().decode()
    root: Any = known.trailer["/Root"]
    page: Any = known.pages[0]

    assert pdf.startswith(b"%PDF-1.7")
    assert re.search(r"<pdfaid:part>[23]</pdfaid:part>", described)
    assert "/OutputIntents" in root
    assert root["/Lang"] == "fr"
    assert known.metadata is not None
    assert known.metadata.title == "Mise en demeure de payer : 1 540,50 €"
    assert known.metadata.author == "Maison Lenoir & Fils"
    assert all("/FontFile3" in _font(font) or "/FontFile2" in _font(font) for font in _fonts(page))
    assert len(pdf) < 80_000


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def _font(font: Any) -> Any:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return inner["/FontDescriptor"].get_object()


def test_the_same_notice_gives_the_same_bytes(press: LetterPress) -> None:
    assert press.typeset(notice()) == press.typeset(notice())
    assert press.typeset(notice()) != press.typeset(notice(our_reference="x"))


def test_a_long_table_repeats_its_head_and_loses_no_line(press: LetterPress) -> None:
    lines = tuple(
        Line(f"FA-{number:05d}", date(2026, 8, 31), date(2026, 9, 30), 100, 100, 54)
        for number in range(200)
    )
    pages = read(press.typeset(notice(lines=lines, penalties=PENALTIES * 30))).pages
    heads = [page.extract_text().count("Échéance") for page in pages]
    printed = "".join(page.extract_text() for page in pages)

    assert len(pages) >= 5
    assert heads[:4] == [1, 1, 1, 1]
    assert all(line.number in printed for line in lines)
    assert f"Page{len(pages)}/{len(pages)}" in squeezed(pages[-1].extract_text())


@pytest.mark.parametrize(
    ("paragraphs", "pages"),
    [
        pytest.param(1, 1, id="one page, laid out once"),
        pytest.param(60, 3, id="few lines but much to say: the pages are counted"),
    ],
)
def test_each_page_says_its_number_among_all(
    press: LetterPress, paragraphs: int, pages: int
) -> None:
    said = notice(closing=("Nous restons à votre disposition.",) * paragraphs)
    found = [squeezed(page.extract_text()) for page in read(press.typeset(said)).pages]

    assert len(found) == pages
    assert all(f"Page{place}/{pages}" in page for place, page in enumerate(found, start=1))


HOSTILE = [
    pytest.param('#import "x": *', id="an import"),
    pytest.param('#sys.inputs #panic() #read("/etc/passwd")', id="function calls"),
    pytest.param("*gras* _penché_ $x^2$ `brut` @ref <label>", id="markup"),
    pytest.param("= Titre\n- puce\n+ liste\n/ terme: x", id="blocks"),
    pytest.param("// commentaire /* fin */ \\ \\u{41} ~ -- --- ...", id="comments and escapes"),
    pytest.param('"guillemets" {accolades} [crochets] (parenthèses)', id="brackets"),
    pytest.param("{{x}} ${x} %s {0} $x", id="other templates"),
    pytest.param("I" * 300, id="a word without end"),
    pytest.param("Ж Ω ş ğ ő ł", id="other alphabets"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_user_wrote_is_printed_to_the_letter(press: LetterPress, text: str) -> None:
    printed = text_of(press.typeset(notice(kind="relance", opening=(text,), mentions=())))

    assert squeezed(text) in printed


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("שלום مرحبا", id="right to left"),
        pytest.param("😀 漢字 \U0001f9ff", id="what no font has"),
        pytest.param("a\x00b\x07c\u202ed\ud800e\ufffef", id="what cannot be seen"),
        pytest.param("\ue000\ufdd0\U000e0041", id="what means nothing"),
        pytest.param("e" + "\u0301" * 50, id="a pile of accents"),
        pytest.param("ก็็็็็ 👨‍👩‍👧‍👦 🇫🇷", id="joined emoji"),
    ],
)
def test_any_writing_is_printed_somehow(press: LetterPress, text: str) -> None:
    everywhere = notice(
        kind="relance",
        subject=text,
        sender=Sender(text, (text,)),
        addressee=replace(ADDRESSEE, name=text, code=text),
        opening=(text, "witness"),
        lines=(Line(text, None, None, 1, 1, label=text), *LINES),
        our_reference=text,
        payment=Payment(text, "FR14", text, text),
    )

    assert "witness" in text_of(press.typeset(everywhere))


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=40))
def test_no_text_stops_a_letter(press: LetterPress, text: str) -> None:
    pdf = press.typeset(notice(kind="relance", opening=(text,), subject=text, lines=()))

    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    "logo",
    [
        pytest.param(b"\x89PNG\r\n\x1a\nbroken", id="a broken PNG"),
        pytest.param(b"\xff\xd8\xffbroken", id="a broken JPEG"),
        pytest.param(b"<svg onload='x'/>", id="an SVG, which we do not take"),
    ],
)
def test_a_logo_that_cannot_be_read_is_left_out(press: LetterPress, logo: bytes) -> None:
    with_logo = press.typeset(notice(sender=replace(SENDER, logo=logo)))

    assert with_logo == press.typeset(notice())


def test_the_address_stays_in_the_window(press: LetterPress) -> None:
    """Right window of a DL envelope, wherever the sheet slides: x 100-190 mm, y 53-90 mm."""
    found = list[tuple[float, float, str]]()

    def seen(text: str, place: list[float], _matrix: object, _font: object, _size: object) -> None:
        if text.strip():
            found.append((place[4] / 72 * 25.4, 297 - place[5] / 72 * 25.4, text))

    long = replace(ADDRESSEE, address=tuple(f"LIGNE {n} " + "N" * 24 for n in range(8)))
    page = read(press.typeset(notice(addressee=long))).pages[0]
    page.extract_text(visitor_text=seen)
    inside = [(x, y) for x, y, _ in found if 44 < y < 91 and x > 88]
    left = [(x, y) for x, y, text in found if y < 91 and x <= 88]

    assert inside
    assert all(100 < x < 190 and 53 < y < 90 for x, y in inside)
    assert left


def test_threads_take_turns(press: LetterPress) -> None:
    made = dict[int, bytes]()

    def work(number: int) -> None:
        made[number] = press.typeset(notice(our_reference=f"N{number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(f"N{number}" in text_of(pdf) for number, pdf in made.items())
    assert len(made) == 8


@pytest.mark.parametrize(
    "payment",
    [
        pytest.param(Payment("X", "FR00"), id="a wrong IBAN"),
        pytest.param(Payment("x" * 71, "FR1420041010050500013M02606"), id="a holder too long"),
        pytest.param(None, id="no account at all"),
    ],
)
def test_without_a_valid_account_there_is_no_code(
    press: LetterPress, payment: Payment | None
) -> None:
    page = read(press.typeset(notice(payment=payment))).pages[0]

    assert not page.images
    assert read(press.typeset(notice())).pages[0].images
