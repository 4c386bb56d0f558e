"""The HTML part of a notice: tables and inline styles, the one dialect every mail reader shares.

No script, no image, no remote style sheet: nothing is fetched, nothing tells us who opened it.
Outlook for Windows draws with Word: widths by a table of its own, no max-width, no padding on div.
The one style block only says the colours of the dark; a reader that drops it loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final
from urllib.parse import quote

from encours.messaging.rules.notice import ASKING, Line, Notice, due_cents, parts, totals
from encours.messaging.rules.plain import literal, payment_rows, sender_lines
from encours.messaging.rules.wording import (
    WORDS,
    amount_text,
    day_text,
    late_text,
    rate_text,
    total_text,
)

INK: Final = "#1f2933"
QUIET: Final = "#5b6775"
RULE: Final = "#d5dbe2"
PAPER: Final = "#f4f6f8"
LATE: Final = "#a32020"
_FONT: Final = "font-family:'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_TEXT: Final = f"{_FONT};font-size:16px;line-height:1.5;color:{INK}"
_SMALL: Final = f"{_FONT};font-size:13px;line-height:1.45;color:{QUIET}"
_TABLE: Final = 'role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%"'
_WRAP: Final = "word-break:break-word;overflow-wrap:anywhere"
HIDDEN_PAD: Final = "&#847;&zwnj;&nbsp;" * 40
"""Keeps the words of the page out of the line that a mailbox shows beside the subject."""
SHORT_NUMBER: Final = 14
"""Numbers of so many characters are never cut in two, even on a phone."""

BUTTON: Final = "#1f4e79"
_DARK: Final = (
    "@media (prefers-color-scheme:dark){"
    ".e-paper{background-color:#14181d!important}"
    ".e-card{background-color:#1c2229!important;border-color:#39424d!important}"
    ".e-box{background-color:#252d36!important}"
    ".e-card td,.e-card th,.e-card p,.e-card span{color:#e8ecf0!important;"
    "border-color:#39424d!important}"
    ".e-card .e-quiet,.e-card .e-quiet td,.e-card .e-quiet span{color:#b3bdc8!important}"
    ".e-card .e-late{color:#ff9d94!important}"
    ".e-card .e-button{background-color:#8ec5f5!important}"
    ".e-card .e-button a{color:#10212f!important}"
    "}"
)

_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>{subject}</title>
<style>{dark}</style>
</head>
<body class="e-paper" style="margin:0;padding:0;background-color:{paper}">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{before}</div>
<table class="e-paper" {table} style="background-color:{paper}"><tr>
<td align="center" style="padding:24px 8px">
<!--[if mso]><table role="presentation" width="600"><tr><td><![endif]-->
<table class="e-card" {table} style="max-width:600px;background-color:#ffffff;\
border:1px solid {rule}">
<tr><td style="padding:20px 16px;border-bottom:3px solid {ink};{text};font-size:18px;\
font-weight:600;text-align:left">{name}</td></tr>
<tr><td style="padding:24px 16px 8px 16px;text-align:left">
{content}
</td></tr>
<tr><td class="e-quiet" style="padding:16px 16px 20px 16px;border-top:1px solid {rule};\
{small};text-align:left">
{footer}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</body>
</html>
"""


def html_body(notice: Notice) -> str:
    """Draw the message; every word of the user's data is escaped."""
    words = WORDS[notice.language]
    content = [
        *_paragraphs((notice.greeting, *notice.opening)),
        _asked(notice),
        _lines_table(notice),
        _penalties_table(notice),
        _payment_box(notice),
        _buttons(notice),
        *_paragraphs((*notice.closing, notice.farewell)),
        *_paragraphs(("\n".join(filter(None, (notice.signatory, notice.signatory_role))),)),
    ]
    footer = [*sender_lines(notice), *notice.mentions]
    if notice.our_reference:
        footer.append(f"{words.our_reference}{words.colon}{notice.our_reference}")
    return _PAGE.format(
        language=notice.language,
        subject=_shown(notice.subject),
        name=_shown(notice.sender.name),
        content="\n".join(block for block in content if block),
        footer="<br>\n".join(map(_shown, footer)),
        before=_shown(_before(notice)) + HIDDEN_PAD,
        dark=_DARK,
        table=_TABLE,
        paper=PAPER,
        rule=RULE,
        ink=INK,
        text=_TEXT,
        small=_SMALL,
    )


def _before(notice: Notice) -> str:
    """Return what a mailbox shows beside the subject: the amount and its day, or the words."""
    if not notice.lines or notice.kind not in ASKING:
        return next(iter(notice.opening), "")
    words, language, asked = WORDS[notice.language], notice.language, totals(notice)[-1]
    cents = amount_text(asked.cents, notice.currency, language)
    said = [f"{words.totals[asked.name]}{words.colon}{cents}"]
    if notice.pay_before:
        said.append(f"{words.pay_before} {day_text(notice.pay_before, language)}")
    return " · ".join(said)


def _asked(notice: Notice) -> str:
    """Draw what is asked today, with what is due and what will be, when both are listed."""
    late, soon = parts(notice)
    if not late or not soon or notice.kind not in ASKING:
        return ""
    words, language = WORDS[notice.language], notice.language
    asked = due_cents(notice) - sum(line.open_cents for line in soon)
    shown = (
        (words.overdue, sum(line.open_cents for line in late)),
        (words.due_soon, sum(line.open_cents for line in soon)),
    )
    rest = " · ".join(
        f"{label}{words.colon}{amount_text(cents, notice.currency, language)}"
        for label, cents in shown
    )
    return (
        f'<table class="e-box" {_TABLE} style="background-color:{PAPER};margin:0 0 20px 0"><tr>'
        f'<td style="padding:14px 16px;text-align:left"><span style="{_SMALL}">'
        f'{_shown(words.asked_today)}</span><br><span style="{_TEXT};font-size:22px;'
        f'font-weight:700">{_shown(amount_text(asked, notice.currency, language))}</span><br>'
        f'<span style="{_SMALL}">{_shown(rest)}</span></td></tr></table>'
    )


def _buttons(notice: Notice) -> str:
    """Draw two links that answer by e-mail: a date of payment, or a dispute."""
    address = notice.sender.email
    if not address or not notice.lines or notice.kind not in ASKING:
        return ""
    words = WORDS[notice.language]
    reference = notice.our_reference or notice.addressee.code
    cells = []
    for label in (words.answer_date, words.answer_dispute):
        about = words.about.format(what=label, reference=reference) if reference else label
        link = f"mailto:{quote(address, safe='@')}?subject={quote(about)}"
        cells.append(
            f'<table class="e-button" role="presentation" border="0" cellpadding="0" '
            f'cellspacing="0" align="left" bgcolor="{BUTTON}" style="background-color:{BUTTON};'
            f'border-radius:4px;margin:0 12px 12px 0"><tr><td style="padding:11px 18px">'
            f'<a href="{escape(link)}" style="{_FONT};font-size:15px;line-height:1.2;'
            f'color:#ffffff;text-decoration:none;display:inline-block">{_shown(label)}</a>'
            "</td></tr></table>"
        )
    return (
        f'<table {_TABLE} style="margin:0 0 8px 0"><tr><td style="text-align:left">'
        f"{''.join(cells)}</td></tr></table>"
    )


def _shown(text: str) -> str:
    return escape(literal(text)).replace("\n", "<br>\n")


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if text.strip():
            yield f'<p style="margin:0 0 16px 0;{_TEXT};{_WRAP}">{_shown(text)}</p>'


def _lines_table(notice: Notice) -> str:
    if not notice.lines:
        return ""
    words = WORDS[notice.language]
    first = words.document if notice.kind == "releve" else words.number
    heads = ((first, "left"), (words.due, "left"), (words.open, "right"))
    head = "".join(_cell("th", _shown(label), side, f"{_SMALL}") for label, side in heads)
    rows = "\n".join(_rows(notice))
    sums = "\n".join(_total_rows(notice))
    return (
        f'<table {_TABLE.replace("presentation", "table")} style="border-collapse:collapse;'
        f'margin:0 0 20px 0"><tr>{head}</tr>\n{rows}\n{sums}</table>'
    )


def _rows(notice: Notice) -> Iterator[str]:
    """Yield the lines, those already due before those that will be where both are listed."""
    late, soon = parts(notice)
    words = WORDS[notice.language]
    groups = ((words.overdue, late), (words.due_soon, soon))
    for title, lines in groups:
        if late and soon and notice.kind in ASKING:
            head = _cell("th", _shown(title), "left", f"{_SMALL};font-weight:600", span=3)
            yield f"<tr>{head}</tr>"
        for line in lines:
            yield _line_row(line, notice)


def _line_row(line: Line, notice: Notice) -> str:
    words, language = WORDS[notice.language], notice.language
    number = _shown(line.title)
    if len(line.title) <= SHORT_NUMBER:
        number = f'<span style="white-space:nowrap">{number}</span>'
    if line.issued_on:
        said = words.issued_short.format(date=day_text(line.issued_on, language))
        number += _second(said)
    due = _shown(day_text(line.due_on, language))
    if line.due_on:
        late = late_text(line.days_late, language)
        due += _second(late, LATE if line.days_late > 0 else QUIET)
    amount = _shown(amount_text(line.open_cents, notice.currency, language))
    if line.paid_cents:
        gross = amount_text(line.amount_cents, notice.currency, language)
        amount += _second(words.out_of.format(amount=gross))
    cells = (
        _cell("td", number, "left", f"{_TEXT};font-size:15px;{_WRAP}"),
        _cell("td", due, "left", f"{_TEXT};font-size:15px"),
        _cell("td", amount, "right", f"{_TEXT};font-size:15px;white-space:nowrap"),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _second(text: str, colour: str = QUIET) -> str:
    name = "e-late" if colour == LATE else "e-quiet"
    return f'<br><span class="{name}" style="font-size:13px;color:{colour}">{_shown(text)}</span>'


def _cell(tag: str, content: str, side: str, style: str, *, span: int = 1) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    spanned = f' colspan="{span}"' if span > 1 else ""
    return (
        f'<{tag}{scope}{spanned} align="{side}" valign="top" style="padding:8px 4px;'
        f'border-bottom:1px solid {RULE};text-align:{side};{style}">{content}</{tag}>'
    )


def _total_rows(notice: Notice) -> Iterator[str]:
    for total in totals(notice):
        weight = ";font-weight:700;font-size:17px" if total.strong else ";font-size:15px"
        shown = _shown(amount_text(total.cents, notice.currency, notice.language))
        said = total_text(total.name, notice.language, total.until_on)
        label = _cell("td", _shown(said), "left", _TEXT + weight, span=2)
        amount = _cell("td", shown, "right", f"{_TEXT}{weight};white-space:nowrap")
        yield f"<tr>{label}{amount}</tr>"


def _penalties_table(notice: Notice) -> str:
    if not notice.penalties:
        return ""
    words, language = WORDS[notice.language], notice.language
    rows = list[str]()
    for part in notice.penalties:
        base = amount_text(part.base_cents, notice.currency, language)
        period = f"{day_text(part.from_on, language)} - {day_text(part.to_on, language)}"
        days = f"{part.days} {words.days.lower()}, {rate_text(part.rate_percent, language)}"
        amount = amount_text(part.amount_cents, notice.currency, language)
        cells = (
            _cell("td", _shown(part.number) + _second(base), "left", f"{_SMALL};{_WRAP}"),
            _cell("td", _shown(period) + _second(days), "left", _SMALL),
            _cell("td", _shown(amount), "right", f"{_SMALL};white-space:nowrap"),
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    title = _cell("th", _shown(words.penalties), "left", f"{_SMALL};font-weight:600", span=3)
    return (
        f'<table {_TABLE.replace("presentation", "table")} style="border-collapse:collapse;'
        f'margin:0 0 20px 0"><tr>{title}</tr>\n' + "\n".join(rows) + "</table>"
    )


def _payment_box(notice: Notice) -> str:
    if notice.payment is None:
        return ""
    cell = "padding:2px 12px 2px 0;text-align:left"
    rows = "\n".join(
        f'<tr><td valign="top" style="{cell};{_SMALL};white-space:nowrap">{_shown(label)}</td>'
        f'<td valign="top" style="{cell};{_TEXT};font-size:15px;{_WRAP}">{_shown(value)}</td></tr>'
        for label, value in payment_rows(notice.payment, notice)
    )
    title = _shown(WORDS[notice.language].how_to_pay)
    return (
        f'<table class="e-box" {_TABLE} style="background-color:{PAPER};margin:0 0 20px 0"><tr>'
        f'<td style="padding:14px 16px"><p style="margin:0 0 6px 0;{_TEXT};font-weight:600">'
        f'{title}</p><table role="presentation" border="0" cellpadding="0" cellspacing="0">\n'
        f"{rows}\n</table></td></tr></table>"
    )
