"""The texts in force: a creditor's own, else its tenant's, else the shipped ones (0053)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q

from encours.dunning.models import TextTemplate
from encours.dunning.rules.scenario import Step
from encours.dunning.texts.checks import Slot, text_issues
from encours.dunning.texts.shipped import STEPS, phrases, shipped, shipped_name
from encours.dunning.texts.words import Text
from encours.kernel.issue import Issue
from encours.messaging.rules.notice import LANGUAGES, Language
from encours.tenancy.inherited import Origin
from encours.tenancy.queries import people

DEFAULT: Final = ""
Key = tuple[str, str, str]
"""The code of a set, the name of a text, its language."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts that a creditor's messages are written from."""

    own: Mapping[Key, Text]

    def of_step(self, step: Step, language: Language) -> Text:
        """Return what a step says: its own set, else the usual one, else the shipped text."""
        return self.named(step.texts, shipped_name(step.kind, step.tone, step.sender), language)

    def named(self, code: str, name: str, language: Language) -> Text:
        """Return a text of a set, by its name."""
        for asked in (code, DEFAULT):
            found = self.own.get((asked, name, language))
            if found is not None:
                return found
        return shipped(name, language)


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text as the list shows it: where it is from, who wrote it and when."""

    code: str
    name: str
    language: Language
    origin: Origin
    version: int
    author: str
    created_at: datetime | None
    subject: str


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of a text, in force or not."""

    id: int
    version: int
    origin: Origin
    is_active: bool
    author: str
    created_at: datetime
    text: Text
    kept_despite: tuple[str, ...]


def texts_of(*, tenant_id: int, creditor_id: int | None) -> Texts:
    """Return the texts that hold for a creditor, or (None) for the tenant."""
    rows = _rows(tenant_id, creditor_id).filter(is_active=True)
    found: dict[Key, Text] = {}
    for row in rows:
        found.setdefault((row.code, row.name, row.language), text_of(row))
    return Texts(found)


def listed(*, tenant_id: int, creditor_id: int | None) -> list[TextRow]:
    """Return every text of every set, the usual set first, in the order of the steps."""
    rows = list(_rows(tenant_id, creditor_id).filter(is_active=True))
    authors = _authors(rows)
    found: dict[Key, TextRow] = {}
    for row in rows:
        told = TextRow(
            row.code,
            row.name,
            _language(row.language),
            _origin(row),
            row.version,
            authors.get(row.author_id or 0, ""),
            row.created_at,
            row.subject,
        )
        found.setdefault((row.code, row.name, row.language), told)
    for name in STEPS:
        for language in LANGUAGES:
            given = shipped(name, language)
            usual = TextRow("", name, language, "shipped", 0, "", None, given.subject)
            found.setdefault((DEFAULT, name, language), usual)
    return sorted(found.values(), key=_place)


def versions(
    *, tenant_id: int, creditor_id: int | None, code: str, name: str, language: Language
) -> list[TextVersion]:
    """Return the versions that a creditor (or its tenant) ever had, the last first."""
    asked = {"code": code, "name": name, "language": language}
    rows = list(_rows(tenant_id, creditor_id).filter(**asked).order_by("-id"))
    authors = _authors(rows)
    return [
        TextVersion(
            row.pk,
            row.version,
            _origin(row),
            row.is_active,
            authors.get(row.author_id or 0, ""),
            row.created_at,
            text_of(row),
            tuple(row.kept_despite),
        )
        for row in rows
    ]


def checked(*, tenant_id: int, creditor_id: int) -> list[tuple[TextRow, tuple[Issue, ...]]]:
    """Return every text in force for a creditor with what is wrong in it."""
    held = texts_of(tenant_id=tenant_id, creditor_id=creditor_id)
    return [
        (
            row,
            text_issues(held.named(row.code, row.name, row.language), Slot(row.name, row.language)),
        )
        for row in listed(tenant_id=tenant_id, creditor_id=creditor_id)
    ]


def version_text(*, tenant_id: int, text_id: int) -> Text | None:
    """Return the version that a message was written with; None when there is no such one."""
    row = TextTemplate.objects.of(tenant_id).filter(pk=text_id).first()
    return text_of(row) if row else None


def codes(*, tenant_id: int, creditor_id: int | None) -> list[str]:
    """Return the codes of the sets that a step may name."""
    rows = _rows(tenant_id, creditor_id).filter(is_active=True).exclude(code=DEFAULT)
    return sorted(set(rows.values_list("code", flat=True)))


def text_of(row: TextTemplate) -> Text:
    """Return a stored version as a text, with the sentences that come with encours."""
    return Text(
        subject=row.subject,
        email=row.email,
        letter=row.letter,
        short=row.short,
        phrases=phrases(_language(row.language)),
        template=row.pk,
    )


def _rows(tenant_id: int, creditor_id: int | None) -> Any:
    """Return the rows of a creditor, its own first, and those of its tenant."""
    level = Q(creditor=None)
    if creditor_id is not None:
        level |= Q(creditor_id=creditor_id)
    mine = TextTemplate.objects.of(tenant_id).filter(level)
    return mine.order_by(F("creditor_id").asc(nulls_last=True), "-version")


def _authors(rows: Sequence[TextTemplate]) -> dict[int, str]:
    return people.names_of({row.author_id for row in rows if row.author_id})


def _origin(row: TextTemplate) -> Origin:
    return "tenant" if row.creditor_id is None else "creditor"


def _language(code: str) -> Language:
    return "en" if code == "en" else "fr"


def _place(row: TextRow) -> tuple[str, int, int]:
    return row.code, STEPS.index(row.name), LANGUAGES.index(row.language)
