"""The HTML part of a notice: tables and inline styles, the one dialect every mail reader shares.

No script, no remote image, no style sheet: nothing is fetched, nothing tells us who opened it.
Outlook for Windows draws with Word: widths by a table of its own, no max-width, no padding on div.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from encours.messaging.rules.notice import Line, Notice, totals
from encours.messaging.rules.plain import literal, payment_rows, sender_lines
from encours.messaging.rules.wording import WORDS, amount_text, day_text, late_text, rate_text

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
SHORT_NUMBER: Final = 14
"""Numbers of so many characters are never cut in two, even on a phone."""

_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>{subject}</title>
</head>
<body style="margin:0;padding:0;background-color:{paper}">
<table {table} style="background-color:{paper}"><tr><td align="center" style="padding:24px 8px">
<!--[if mso]><table role="presentation" width="640"><tr><td><![endif]-->
<table {table} style="max-width:640px;background-color:#ffffff;border:1px solid {rule}">
<tr><td style="padding:20px 24px;border-bottom:3px solid {ink};{text};font-size:18px;\
font-weight:600;text-align:left">{name}</td></tr>
<tr><td style="padding:24px 24px 8px 24px;text-align:left">
{content}
</td></tr>
<tr><td style="padding:16px 24px 20px 24px;border-top:1px solid {rule};{small};text-align:left">
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
        _lines_table(notice),
        _penalties_table(notice),
        _payment_box(notice),
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
        table=_TABLE,
        paper=PAPER,
        rule=RULE,
        ink=INK,
        text=_TEXT,
        small=_SMALL,
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
    rows = "\n".join(_line_row(line, notice) for line in notice.lines)
    sums = "\n".join(_total_rows(notice))
    return (
        f'<table {_TABLE.replace("presentation", "table")} style="border-collapse:collapse;'
        f'margin:0 0 20px 0"><tr>{head}</tr>\n{rows}\n{sums}</table>'
    )


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
    return f'<br><span style="font-size:13px;color:{colour}">{_shown(text)}</span>'


def _cell(tag: str, content: str, side: str, style: str, *, span: int = 1) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    spanned = f' colspan="{span}"' if span > 1 else ""
    return (
        f'<{tag}{scope}{spanned} align="{side}" valign="top" style="padding:8px 6px;'
        f'border-bottom:1px solid {RULE};text-align:{side};{style}">{content}</{tag}>'
    )


def _total_rows(notice: Notice) -> Iterator[str]:
    words = WORDS[notice.language]
    for total in totals(notice):
        weight = ";font-weight:700;font-size:17px" if total.strong else ";font-size:15px"
        shown = _shown(amount_text(total.cents, notice.currency, notice.language))
        label = _cell("td", _shown(words.totals[total.name]), "left", _TEXT + weight, span=2)
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
        f'<table {_TABLE} style="background-color:{PAPER};margin:0 0 20px 0"><tr>'
        f'<td style="padding:14px 16px"><p style="margin:0 0 6px 0;{_TEXT};font-weight:600">'
        f'{title}</p><table role="presentation" border="0" cellpadding="0" cellspacing="0">\n'
        f"{rows}\n</table></td></tr></table>"
    )
