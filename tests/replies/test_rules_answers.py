"""Suggested answers: every kind, both languages, none that the checker of tone would stop."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from encours.replies.rules.answers import TEXTS, Facts, Language, reply_subject, suggested
from encours.tone.rules.check import check
from encours.tone.rules.values import Context, DebtorClass, is_blocked

KINDS = sorted({kind for kind, _ in TEXTS})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("debtor", get_args(DebtorClass))
def test_no_suggestion_is_stopped(kind: str, language: Language, debtor: DebtorClass) -> None:
    for full in (True, False):
        facts = Facts(
            kind=kind,
            language=language,
            name="Mme Adam" if full else "",
            subject="Re: Relance",
            creditor="Maison Durand",
            invoices=("FA-101",) if full else (),
            said_on=date(2026, 10, 9) if full else None,
            amount_cents=100_000 if full else None,
            has_copies=full,
        )
        found = suggested(facts)
        context = Context(debtor_class=debtor, step="other", language=language)

        assert not is_blocked(check(f"{found.subject}\n\n{found.body}", context)), found.body
        assert "{" not in found.body
        assert ("FA-101" in found.body) is full


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Relance", "Re: Relance"),
        ("Re: Relance", "Re: Relance"),
        ("RE : Rép: AW: Relance", "Re: Relance"),
        ("", "Re:"),
        ("Réponse attendue", "Re: Réponse attendue"),
    ],
)
def test_re_is_written_once(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_an_unknown_kind_has_the_words_of_any() -> None:
    assert suggested(Facts(kind="bounce")).body.startswith("Bonjour,\n\nMerci de votre message.")


def test_dates_and_amounts_are_written_as_readers_do() -> None:
    french = suggested(Facts("promise", said_on=date(2026, 10, 9), amount_cents=100_050)).body
    english = suggested(
        Facts("promise", "en", said_on=date(2026, 10, 9), amount_cents=100_050)
    ).body

    assert "au plus tard le 09/10/2026" in french
    assert "de 1\u202f000,50\u00a0€" in french
    assert "of €1,000.50 by 9 October 2026" in english
