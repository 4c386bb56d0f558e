"""One notice, three renderings that say the same; here the text and the HTML."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.messaging.samples import LINES, notice

from encours.messaging.rules.html import html_body
from encours.messaging.rules.notice import Addressee, Line, Sender, due_cents, open_cents, totals
from encours.messaging.rules.plain import literal, text_body
from encours.messaging.rules.wording import (
    amount_text,
    day_text,
    iban_text,
    late_text,
    long_day_text,
    rate_text,
    siren_text,
)


def shown(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


def test_the_totals_add_up() -> None:
    formal = notice()

    assert open_cents(formal) == 154_050
    assert due_cents(formal) == 154_050 + 2_652 + 8_000
    assert [(total.name, total.cents, total.strong) for total in totals(formal)] == [
        ("open", 154_050, False),
        ("interest", 2_652, False),
        ("indemnity", 8_000, False),
        ("due", 164_702, True),
    ]


def test_without_interest_one_total_is_enough() -> None:
    friendly = notice(interest_cents=None, indemnity_cents=None, penalties=())

    assert [(total.name, total.cents) for total in totals(friendly)] == [("due", 154_050)]
    assert totals(notice(lines=())) == ()


def test_credits_are_deducted() -> None:
    assert due_cents(notice(credits_cents=-4_050)) == 160_652
    assert [total.name for total in totals(notice(credits_cents=-4_050))][1] == "credits"


@pytest.mark.parametrize("render", [text_body, lambda told: shown(html_body(told))])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_fact_is_told(render: object, language: str) -> None:
    said = " ".join(render(notice(language=language)).split())  # type: ignore[operator]
    amounts = ("1 540,50 €", "340,50 €", "26,52 €", "80,00 €", "1 647,02 €")
    english = ("€1,540.50", "€340.50", "€26.52", "€80.00", "€1,647.02")
    dates = ("30/09/2026", "15/10/2026") if language == "fr" else ("30 Sep 2026", "15 Oct 2026")

    for fact in (
        *(amounts if language == "fr" else english),
        *dates,
        *("FA-2026-0101", "FA-2026-0117", "MAISON LENOIR ET FILS", "RF18 5390 0754 7034"),
        *("FR14 2004 1010 0505 0001 3M02 606", "Anne Lenoir", "732 829 320", "L441-10"),
        "12,40 %" if language == "fr" else "12.40%",
        "54 jours" if language == "fr" else "54 days",
    ):
        assert " ".join(fact.split()) in said, fact


def test_what_is_unknown_is_left_out() -> None:
    bare = notice(
        sender=Sender("X"),
        payment=None,
        lines=(Line("", None, None, 100, 100, label="Solde"),),
        penalties=(),
        interest_cents=None,
        indemnity_cents=None,
        signatory="",
        signatory_role="",
        our_reference="",
        mentions=(),
    )

    assert "IBAN" not in text_body(bare) + html_body(bare)
    assert "- Solde, reste dû 1,00\u00a0€" in text_body(bare)
    assert "Solde" in html_body(bare)
    assert "\n\n\n" not in text_body(bare)


def test_without_lines_there_is_no_table() -> None:
    thanks = notice(kind="remerciement", lines=(), payment=None, penalties=())

    assert "<th" not in html_body(thanks)
    assert "Total" not in text_body(thanks)


def test_nothing_is_fetched_from_anywhere() -> None:
    page = html_body(notice())

    assert not re.search(
        r"<(img|script|link|iframe|object)|https?:|url\(|javascript:|@import", page
    )
    assert page.count("<style>") == 1


def test_a_mailbox_shows_the_amount_and_the_day_beside_the_subject() -> None:
    before = re.search(r'<div style="display:none[^>]*>([^<]*)', html_body(notice()))

    assert before is not None
    assert unescape(before[1]).startswith(
        "Total à régler\u00a0: 1\u202f647,02\u00a0€ · Au plus tard le"
    )


def test_what_is_due_stands_apart_from_what_will_be() -> None:
    soon = Line("FA-2026-0200", date(2026, 11, 20), date(2026, 12, 20), 10_000, 10_000)
    mixed = notice(kind="relance", lines=(soon, *LINES), interest_cents=None, indemnity_cents=None)
    page, plain = shown(html_body(mixed)), text_body(mixed)

    assert page.index("FA-2026-0117") < page.index("FA-2026-0200")
    assert "À régler aujourd’hui" in page
    assert "Échu\u00a0: 1\u202f540,50\u00a0€" in page
    assert "À échoir\u00a0: 100,00\u00a0€" in plain
    assert "À régler aujourd’hui" not in shown(html_body(notice()))


def test_two_links_answer_with_the_reference() -> None:
    links = re.findall(r'href="(mailto:[^"]+)"', html_body(notice()))
    thanks = html_body(notice(kind="remerciement"))

    assert len(links) == 2
    assert all(link.startswith("mailto:compta@lenoir.example?subject=") for link in links)
    assert all("C00042-4" in link for link in links)
    assert "mailto:" not in thanks


hostile = st.text(max_size=60) | st.sampled_from(
    ["<script>alert(1)</script>", "<!--[if mso]>", "&amp;", "\" onmouseover='x'", "]]>", "{table}"]
)


@given(text=hostile)
def test_what_a_user_wrote_is_shown_to_the_letter(text: str) -> None:
    plain = html_body(notice())
    page = html_body(
        notice(
            subject=text,
            opening=(text,),
            addressee=Addressee(text),
            lines=(Line(text, None, None, 1, 1), *LINES),
            mentions=(text,),
        )
    )
    tree = etree.fromstring(page.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))

    kinds = {element.tag for element in tree.iter(etree.Element)}
    assert kinds <= {element.tag for element in parsed(plain).iter(etree.Element)}
    expected = " ".join(literal(text).replace("\x00", "").split())
    assert expected in " ".join(" ".join(str(part) for part in tree.itertext()).split())
    assert page.count("<!--[if mso]>") == 2


def parsed(page: str) -> etree._Element:
    return etree.fromstring(page.encode(), etree.HTMLParser(encoding="utf-8"))


def test_control_and_direction_characters_go() -> None:
    assert literal("a\x00b\u202ec\r\nd\te\u2028f\ud800") == "abc\nd e\nf"
    assert literal("é\u00a0€\u202f漢") == "é\u00a0€\u202f漢"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(day_text(date(2026, 3, 5), "fr"), "05/03/2026", id="a French date"),
        pytest.param(day_text(date(2026, 3, 5), "en"), "5 Mar 2026", id="an English date"),
        pytest.param(day_text(None, "fr"), "", id="no date"),
        pytest.param(long_day_text(date(2026, 3, 1), "fr"), "1er mars 2026", id="the first"),
        pytest.param(long_day_text(date(2026, 8, 15), "fr"), "15 août 2026", id="in August"),
        pytest.param(long_day_text(date(2026, 8, 15), "en"), "15 August 2026", id="in English"),
        pytest.param(late_text(0, "fr"), "à échoir", id="not late"),
        pytest.param(late_text(1, "fr"), "1 jour de retard", id="one day"),
        pytest.param(late_text(12, "en"), "12 days overdue", id="twelve days"),
        pytest.param(rate_text(Decimal("12.4"), "fr"), "12,40 %", id="two decimals at least"),
        pytest.param(rate_text(Decimal("12.125"), "en"), "12.125%", id="three when needed"),
        pytest.param(rate_text(Decimal(10), "fr"), "10,00 %", id="a round rate"),
        pytest.param(amount_text(-5, "USD", "fr"), "-0,05 USD", id="another currency"),
        pytest.param(iban_text("fr14 2004"), "FR14 2004", id="an IBAN in fours"),
        pytest.param(siren_text("732829320"), "732 829 320", id="a SIREN in threes"),
        pytest.param(siren_text("BE0123"), "BE0123", id="a foreign number as it is"),
    ],
)
def test_how_figures_are_written(found: str, expected: str) -> None:
    assert " ".join(found.split()) == expected
