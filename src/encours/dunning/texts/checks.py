"""What is wrong with a template: how it is written, then what the law and good sense say of it.

The words are read as each kind of debtor would read them: the template is filled for every
situation that its step may meet, and `tone` reads the results (law-fr 4.6 to 4.10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from encours.dunning.texts import engine, samples
from encours.dunning.texts.mandates import framed
from encours.dunning.texts.samples import Situation
from encours.dunning.texts.shipped import OF_AGENCY
from encours.dunning.texts.words import Message, Text, compose
from encours.kernel.issue import Issue, Severity, has_errors
from encours.messaging.rules.notice import Language
from encours.messaging.rules.plain import text_body
from encours.tone.rules.check import check
from encours.tone.rules.values import Context, Finding, SenderKind

DECIDED_LATER: Final = frozenset({"class"})
"""What the plan sees to: a formal notice waits until the class is confirmed."""
REQUIRED: Final = ("subject", "email")


@dataclass(frozen=True, slots=True)
class Slot:
    """Which text of a set: what it is for decides what the law asks of it."""

    name: str
    language: Language

    @property
    def sender(self) -> SenderKind:
        """Say who writes this text: the creditor, or a collector for it."""
        return "collector" if self.name == OF_AGENCY else "creditor"


def text_issues(text: Text, slot: Slot) -> tuple[Issue, ...]:
    """Return everything wrong with a text, the part in `column`; an error forbids to keep it."""
    issues = list(_written(text))
    if has_errors(issues):
        return tuple(issues)
    gaps = list(_gaps(text, slot))
    if gaps:
        return tuple(gaps)
    return tuple(_unwise(text, slot))


def _written(text: Text) -> Iterator[Issue]:
    for part, source in text.parts().items():
        if part in REQUIRED and not source.strip():
            yield Issue("text_part", "Cette partie est obligatoire.", column=part)
        for issue in engine.source_issues(source):
            yield replace(issue, column=part)
    if "\n\n" in text.subject.strip():
        yield Issue("text_part", "Un objet tient sur une ligne.", column="subject")


def _gaps(text: Text, slot: Slot) -> Iterator[Issue]:
    told = set[str]()
    for situation in samples.situations(slot.name):
        for medium in _media(text):
            try:
                _filled(text, slot, situation, medium)
            except engine.GapFound as gap:
                if gap.name not in told:
                    told.add(gap.name)
                    yield _gap(gap.name)
            except engine.LiquidError as problem:
                message = "Ce texte ne peut pas être rempli."
                yield Issue("text_fill", message, found=str(problem).splitlines()[0][:120])
                return


def _gap(name: str) -> Issue:
    written = f"{{{{ {name} }}}}"
    return Issue(
        "text_gap",
        "Cette valeur n'est pas toujours connue : écrivez la phrase sous une condition.",
        found=written,
        expected=f"{{% if {name} %}}… {written} …{{% endif %}}",
    )


def _unwise(text: Text, slot: Slot) -> Iterator[Issue]:
    told = set[tuple[str, str]]()
    for finding in (*_spoken(text, slot), *_lacking(text, slot)):
        if finding.code in DECIDED_LATER or (finding.code, finding.excerpt) in told:
            continue
        told.add((finding.code, finding.excerpt))
        severity: Severity = "error" if finding.severity == "block" else "warning"
        yield Issue(
            finding.code,
            finding.reason,
            found=finding.excerpt,
            expected=finding.better,
            severity=severity,
        )


def _spoken(text: Text, slot: Slot) -> Iterator[Finding]:
    """Yield what may not be said, to whom it would be said."""
    for debtor, some in samples.by_debtor(slot.name).items():
        said = dict[str, None]()
        for situation in some:
            for medium in _media(text):
                said |= dict.fromkeys(_paragraphs(_filled(text, slot, situation, medium)))
        yield from check("\n\n".join(said), _context(slot, debtor, "part"))


def _lacking(text: Text, slot: Slot) -> Iterator[Finding]:
    """Yield what the whole message then lacks, read with its table and its account."""
    if samples.step_of(slot.name) != "formal_notice" and slot.sender == "creditor":
        return
    for debtor, some in samples.by_debtor(slot.name).items():
        for situation in samples.barest(some):
            for medium in _media(text):
                message = _filled(text, slot, situation, medium)
                notice = samples.notice(message, situation, slot.language)
                if slot.sender == "collector":
                    notice = framed(replace(notice, sender=samples.AGENCY), samples.MANDATE)
                whole = f"{notice.subject}\n\n{text_body(notice)}"
                found = check(whole, _context(slot, debtor, "whole"))
                yield from (one for one in found if not one.end)


def _media(text: Text) -> tuple[bool, ...]:
    """Say whether the letter has words of its own."""
    return (False, True) if text.letter.strip() else (False,)


def _filled(text: Text, slot: Slot, situation: Situation, is_letter: bool) -> Message:  # noqa: FBT001 - one of `_media`
    flags = situation.flags | ({"letter"} if is_letter else set())
    return compose(
        text,
        values=samples.spelled(situation, slot.language),
        flags=flags,
        language=slot.language,
        invoices=samples.invoices(situation),
        strict=True,
    )


def _paragraphs(message: Message) -> tuple[str, ...]:
    head = (message.subject, message.greeting, *message.opening, *message.closing)
    return tuple(filter(None, (*head, message.farewell, *message.mentions, message.short)))


def _context(slot: Slot, debtor: samples.Debtor, extent: samples.Extent) -> Context:
    return Context(debtor, samples.step_of(slot.name), slot.sender, slot.language, extent=extent)
