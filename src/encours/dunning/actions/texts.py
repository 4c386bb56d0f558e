"""Texts of one's own: each change is a version, read by `tone` before it is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from encours.dunning.models import TextTemplate
from encours.dunning.queries import texts
from encours.dunning.texts.checks import Slot, text_issues
from encours.dunning.texts.shipped import STEPS, phrases
from encours.dunning.texts.words import Text
from encours.kernel.issue import Issue, has_errors
from encours.kernel.refusal import Refusal
from encours.messaging.rules.notice import LANGUAGES, Language
from encours.tenancy import journal

LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.texts'), %s)"
_CODE: Final = re.compile(r"[a-z0-9_]{0,40}")


class NotInThoseWords(Refusal):
    """The text may not be kept as it is; without `is_final` a person may keep it all the same."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        self.is_final = has_errors(issues)
        super().__init__(
            "Ce texte ne peut pas être enregistré ainsi."
            if self.is_final
            else "Ce texte est à relire : corrigez-le, ou gardez-le quand même."
        )


class NoSuchText(Refusal):
    """A set, a text or a language that does not exist."""

    message = "Ce texte n'existe pas."


class NothingOfItsOwn(Refusal):
    """There is no version of one's own to give up."""

    message = "Ce texte est déjà celui qui est livré, ou celui de l'organisation."


@dataclass(frozen=True, slots=True)
class Which:
    """One text: its level (None: the organisation), its set, its name, its language."""

    creditor_id: int | None
    code: str
    name: str
    language: Language

    def columns(self) -> dict[str, Any]:
        """Return what names its rows."""
        return {
            "creditor_id": self.creditor_id,
            "code": self.code,
            "name": self.name,
            "language": self.language,
        }


@transaction.atomic
def keep(
    *,
    tenant_id: int,
    which: Which,
    text: Text,
    actor_id: int,
    is_kept: bool = False,
    today: date,
) -> int:
    """Store the next version and return its number; the same words again make none.

    Unlawful words are refused whatever is asked; unwise ones are kept when `is_kept`, and the
    journal says despite what.
    """
    _known(which)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    before = _in_force(tenant_id, which)
    clean = _clean(text, which.language)
    if before is not None and texts.text_of(before).parts() == clean.parts():
        return before.version
    issues = text_issues(clean, Slot(which.name, which.language))
    if has_errors(issues) or (issues and not is_kept):
        raise NotInThoseWords(issues)
    despite = list(dict.fromkeys(issue.code for issue in issues))
    row = _replaced(tenant_id, which, clean, actor_id, despite)
    _record("text.saved", tenant_id, which, actor_id, today, version=row.version, despite=despite)
    return row.version


@transaction.atomic
def give_up(*, tenant_id: int, which: Which, actor_id: int, today: date) -> None:
    """Follow the organisation's text, or the shipped one, again; the versions stay."""
    _known(which)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    row = _in_force(tenant_id, which)
    if row is None:
        raise NothingOfItsOwn
    TextTemplate.objects.of(tenant_id).filter(pk=row.pk).update(is_active=False)
    _record("text.given_up", tenant_id, which, actor_id, today, version=row.version, despite=[])


def start(*, tenant_id: int, which: Which, source: Which | None = None) -> Text:
    """Return the words to begin from: those in force, or those of another text (`source`).

    Words of another language are theirs to translate: nothing is kept before `keep`.
    """
    asked = source or which
    _known(asked)
    found = texts.texts_of(tenant_id=tenant_id, creditor_id=asked.creditor_id)
    return found.named(asked.code, asked.name, asked.language)


def _known(which: Which) -> None:
    is_known = which.name in STEPS and which.language in LANGUAGES
    if not is_known or not _CODE.fullmatch(which.code):
        raise NoSuchText


def _clean(text: Text, language: Language) -> Text:
    parts = {name: source.replace("\r\n", "\n").strip() for name, source in text.parts().items()}
    return Text.of_parts(parts, phrases(language))


def _in_force(tenant_id: int, which: Which) -> TextTemplate | None:
    rows = TextTemplate.objects.of(tenant_id).filter(**which.columns(), is_active=True)
    return rows.first()


def _replaced(
    tenant_id: int, which: Which, text: Text, actor_id: int, despite: list[str]
) -> TextTemplate:
    rows = TextTemplate.objects.of(tenant_id).filter(**which.columns())
    last = rows.aggregate(last=Max("version"))["last"] or 0
    rows.filter(is_active=True).update(is_active=False)
    return TextTemplate.objects.create(
        tenant_id=tenant_id,
        **which.columns(),
        version=last + 1,
        **text.parts(),
        kept_despite=despite,
        author_id=actor_id,
    )


def _record(
    verb: str,
    tenant_id: int,
    which: Which,
    actor_id: int,
    today: date,
    *,
    version: int,
    despite: list[str],
) -> None:
    creditor_id = which.creditor_id
    journal.record(
        verb,
        tenant_id=tenant_id,
        subject=("tenant", tenant_id) if creditor_id is None else ("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={
            "text": which.name,
            "set": which.code,
            "language": which.language,
            "version": version,
            **({"kept_despite": despite} if despite else {}),
        },
    )
