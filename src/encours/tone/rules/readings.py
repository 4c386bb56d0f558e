"""One sentence read with the lexicons: which concepts it holds, what they make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Final

from encours.tone.rules.concepts import Rule, concepts, rules
from encours.tone.rules.sentences import Span, denials
from encours.tone.rules.values import Context, Severity

SPANS_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds, from where to where in the sentence; `said` are words that weighed."""

    code: str
    severity: Severity
    start: int
    end: int
    said: tuple[str, ...] = ()


@dataclass(slots=True)
class Sentence:
    """A sentence and what was looked for in it already."""

    text: str
    denied: tuple[Span, ...] = ()
    _found: dict[str, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.denied = denials(self.text)

    def spans(self, names: str) -> tuple[Span, ...]:
        """Return where one of these concepts (`a|b`) is said."""
        return tuple(span for name in names.split("|") for span in self._concept(name))

    def has(self, names: str) -> bool:
        """Say whether one of these concepts is there."""
        return bool(self.spans(names))

    def denies(self, span: Span) -> bool:
        """Say whether these words stand where the writer says that a thing is not done."""
        return any(start < span[1] and span[0] < end for start, end in self.denied)

    def told(self) -> list[str]:
        """Return the concepts that are said, in a fixed order; « not » before those denied."""
        found = list[str]()
        for name in concepts():
            spans = self._concept(name)
            if spans:
                is_denied = all(_inside(span, self.denied) for span in spans)
                found.append(f"not {name}" if is_denied else name)
        return found

    def _concept(self, name: str) -> tuple[Span, ...]:
        if name not in self._found:
            found = concepts()[name].finditer(self.text)
            self._found[name] = tuple(one.span() for one in found)[:SPANS_MAX]
        return self._found[name]


def hits(sentence: Sentence, context: Context) -> Iterator[Hit]:
    """Yield every rule that holds in this sentence."""
    for rule in rules():
        if _concerns(rule, context):
            hit = _hit(rule, sentence, context)
            if hit:
                yield hit


def _concerns(rule: Rule, context: Context) -> bool:
    if rule.classes and context.debtor_class not in rule.classes:
        return False
    if rule.steps and context.step not in rule.steps:
        return False
    return not (context.has_title and rule.titled == "none")


def _hit(rule: Rule, sentence: Sentence, context: Context) -> Hit | None:
    found = _together(rule, sentence)
    if found is None or any(sentence.has(name) for name in rule.unless):
        return None
    if rule.proved and context.is_professional and sentence.has("proof"):
        return None
    severity = rule.severity
    if context.has_title and rule.titled == "warn":
        severity = "warn"
    elif rule.soften and all(sentence.has(names) for names in rule.soften):
        hard = any(sentence.has(name) for name in rule.harden)
        severity = severity if hard else "warn"
    return Hit(rule.code, severity, *found)


def _together(rule: Rule, sentence: Sentence) -> Span | None:
    masks = sentence.spans(rule.mask) if rule.mask else ()
    hidden = sentence.denied if rule.denied else ()
    groups = list[tuple[Span, ...]]()
    for names in rule.all:
        left = tuple(
            span
            for span in sentence.spans(names)
            if not _inside(span, hidden) and not _overlaps(span, masks)
        )
        if not left:
            return None
        groups.append(left)
    best: Span | None = None
    for chosen in product(*groups):
        if rule.first and sentence.text[: chosen[0][0]].strip():
            continue
        start, end = min(one[0] for one in chosen), max(one[1] for one in chosen)
        if len(chosen) > 1 and len(set(chosen)) < len(chosen):
            continue
        if rule.near and _words_between(sentence.text, chosen) > rule.near:
            continue
        if best is None or end - start < best[1] - best[0]:
            best = (start, end)
    return best


def _inside(span: Span, hidden: Iterable[Span]) -> bool:
    return any(start <= span[0] < end for start, end in hidden)


def _overlaps(span: Span, masks: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in masks)


def _words_between(text: str, chosen: Iterable[Span]) -> int:
    ordered = sorted(chosen)
    gaps = pairwise(ordered)
    return max((text[left[1] : right[0]].count(" ") for left, right in gaps), default=0)
