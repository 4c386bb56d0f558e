"""Liquid, made strict: a few tags and filters, no file, no loop without end, no unknown name.

Templates render to plain text; what reads it as HTML escapes it there, once. A filter that could
multiply a text (`split`, `join`, `replace`…) is not there, nor a tag that keeps state: time and
memory are bounded by the length of the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import ClassVar, Final

from liquid import BoundTemplate, Environment, Mode
from liquid.exceptions import LiquidError as LiquidError  # noqa: PLC0414 - what `render` raises
from liquid.undefined import StrictUndefined

from encours.dunning.texts.names import KNOWN
from encours.kernel.issue import Issue
from encours.messaging.rules.notice import Language

SOURCE_MAX: Final = 12_000
TAGS: Final = frozenset({"if", "unless", "case", "for", "comment"})
FILTERS: Final = frozenset({"default", "capitalize", "downcase", "upcase"})
ITEMS: Final = "invoices"
"""What `for` may go through: the invoices of the message (number, due_on, open,
discount, discount_before, discount_pay)."""
ITEM_NAMES: Final = ("number", "due_on", "open", "discount", "discount_before", "discount_pay")
NO_BREAK: Final = "\u00a0"
_MARKUP: Final = re.compile(r"(\{%.*?%\}|\{\{.*?\}\})", re.DOTALL)
_HIGH: Final = re.compile(r" (?=[:;!?»%€])|(?<=«) ")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


class _Strict(Environment):
    """Bounds of one rendering."""

    block_nesting_limit: ClassVar[int] = 12
    context_depth_limit: ClassVar[int] = 12
    loop_iteration_limit: ClassVar[int | None] = 500
    local_namespace_limit: ClassVar[int | None] = 20_000
    output_stream_limit: ClassVar[int | None] = 40_000
    logical_parentheses = True

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _KEPT_TAGS}
        self.filters = {name: one for name, one in self.filters.items() if name in FILTERS}


class TemplateTooLong(LiquidError):
    """The source is longer than any letter."""


class Unknown:
    """A value that this message has not: false as a condition, nothing as a word."""

    __slots__ = ()

    def __liquid__(self) -> None:
        return None

    def __str__(self) -> str:
        return ""


class Gap(Unknown):
    """A value that is not there and is written all the same: a mistake of the template."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        raise GapFound(self.name)


class GapFound(Exception):
    """A template writes a value that may be missing, outside a condition."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


_KEPT_TAGS: Final = TAGS | {"illegal", "content", "output", "literal", "statement", "#"}
UNKNOWN: Final = Unknown()
_ENVIRONMENT: Final = _Strict(tolerance=Mode.STRICT, undefined=StrictUndefined, autoescape=False)


def render(source: str, values: Mapping[str, object], language: Language) -> str:
    """Fill a template; raises LiquidError when it cannot be."""
    return _template(source, language).render(**values)


def plain_value(value: str) -> str:
    """Return a value on one line: it never makes a paragraph of its own."""
    return value if value.isprintable() else _CONTROL.sub(" ", value)


def names_of(source: str) -> frozenset[str]:
    """Return the names that a template asks for; raises LiquidError when it cannot be read."""
    return frozenset(_template(source, "fr").analyze().globals)


def source_issues(source: str) -> Iterator[Issue]:
    """Yield what makes a template impossible to read, or to fill; `line` counts from 1."""
    try:
        asked = _template(source, "fr").analyze().globals
    except TemplateTooLong:
        most = f"{SOURCE_MAX} caractères au plus"
        yield Issue("text_length", "Ce texte est trop long.", expected=most)
        return
    except LiquidError as problem:
        yield _syntax(problem, source)
        return
    for name, places in sorted(asked.items()):
        if name not in KNOWN and name != ITEMS:
            line = places[0].span.line_col(source)[0] if places else 0
            yield Issue("text_name", "Variable inconnue.", found=f"{{{{ {name} }}}}", line=line)


def spaced(words: str, language: Language) -> str:
    """Put the no-break spaces of French typography, which nobody types."""
    return _HIGH.sub(NO_BREAK, words) if language == "fr" else words


@lru_cache(maxsize=1024)
def _template(source: str, language: Language) -> BoundTemplate:
    if len(source) > SOURCE_MAX:
        raise TemplateTooLong("too long", token=None)
    pieces = _MARKUP.split(source)
    pieces[::2] = [spaced(words, language) for words in pieces[::2]]
    return _ENVIRONMENT.from_string("".join(pieces))


def _syntax(problem: LiquidError, source: str) -> Issue:
    line = 0
    if problem.token is not None:
        line = source.count("\n", 0, max(problem.token.start_index, 0)) + 1
    return Issue(
        "text_syntax",
        "Cette accolade ne se lit pas : une variable s'écrit {{ amount }}, une condition "
        "{% if one %}…{% else %}…{% endif %}.",
        found=str(problem).splitlines()[0][:120],
        line=line,
    )
