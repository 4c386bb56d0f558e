"""HTML to text by one walk over the characters: nothing is fetched, all is bounded."""

from __future__ import annotations

import html
import re
from typing import Final

HTML_MAX: Final = 2_000_000
_TAG_MAX: Final = 20_000
_NAME: Final = re.compile(r"/?([a-z][a-z0-9]{0,15})", re.IGNORECASE)
_QUOTE: Final = re.compile(
    r"gmail_quote|moz-cite-prefix|yahoo_quoted|divrplyfwdmsg|outlookmessageheader|protonmail_quote"
    r"|appendonsend",
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"[ \t\xa0]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_DROPPED: Final = frozenset({"script", "style", "head", "title", "noscript", "template", "svg"})
_BREAKS: Final = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr", "blockquote"}
)
HISTORY: Final = "----- Message d'origine -----"
"""What stands in the text where the markup says that a quoted history begins."""


def text_of(markup: str) -> str:
    """Return the text of an HTML message; a part quoted by its mailer is marked as history."""
    markup = markup[:HTML_MAX]
    lowered = markup.lower() if markup.isascii() else markup.translate(_ASCII_LOWER)
    pieces: list[str] = []
    place = 0
    while place < len(markup):
        opened = markup.find("<", place)
        if opened < 0:
            pieces.append(markup[place:])
            break
        pieces.append(markup[place:opened])
        place = _after_tag(markup, lowered, opened, pieces)
    text = _SPACES.sub(" ", html.unescape("".join(pieces)).replace("\r", ""))
    lines = [line.strip() for line in text.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


_ASCII_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _after_tag(markup: str, lowered: str, opened: int, pieces: list[str]) -> int:
    """Write what a tag stands for and return where the text goes on."""
    if markup.startswith("<!--", opened):
        closed = markup.find("-->", opened + 4)
        return len(markup) if closed < 0 else closed + 3
    named = _NAME.match(markup, opened + 1)
    if named is None and markup[opened + 1 : opened + 2] not in {"!", "?"}:
        pieces.append("<")
        return opened + 1
    closed = markup.find(">", opened, opened + _TAG_MAX)
    if closed < 0:
        return min(len(markup), opened + _TAG_MAX)
    name = named[1].lower() if named else ""
    if name in _DROPPED and markup[opened + 1] != "/" and markup[closed - 1] != "/":
        end = lowered.find(f"</{name}", closed)
        return len(markup) if end < 0 else end
    if name in _BREAKS:
        pieces.append("\n")
    if name in {"div", "blockquote"} and _QUOTE.search(markup, opened, closed):
        pieces.append(f"\n{HISTORY}\n")
    if name == "blockquote" and "cite" in lowered[opened:closed]:
        pieces.append(f"\n{HISTORY}\n")
    return closed + 1
