"""The shipped texts, in every case they may meet; and the texts that users write."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.texts.checks import read_text
from encours.dunning.texts.passages import (
    PLACEHOLDERS,
    Message,
    Passage,
    StepText,
    compose,
    filled,
    spaced,
)
from encours.dunning.texts.shipped import STEPS, shipped
from encours.messaging.rules.notice import LANGUAGES, Language

ALWAYS = {
    "amount": "1 647,02 €",
    "open": "1 540,50 €",
    "count": "2",
    "oldest_due_on": "30 septembre 2026",
    "days_late": "54 jours",
    "pay_before": "1er décembre 2026",
    "as_of": "23 novembre 2026",
    "creditor": "Maison Lenoir",
    "customer": "Dupain",
}
ONE = {**ALWAYS, "due_on": "30 septembre 2026", "invoice": "FA-1", "count": "1"}
OPTIONS: tuple[dict[str, str], ...] = (
    {},
    {"phone": "05 56 00 00 00"},
    {"email": "compta@lenoir.example"},
    {"phone": "05 56 00 00 00", "email": "compta@lenoir.example", "reminders": "3 novembre 2026"},
    {"credits": "50,00 €", "paid": "100,00 €", "paid_on": "2 novembre 2026"},
)
PENALTIES: tuple[tuple[dict[str, str], set[str]], ...] = (
    ({}, set()),
    ({"interest": "26,52 €", "indemnity": "80,00 €"}, set()),
    ({"interest": "26,52 €"}, {"agreed_rate"}),
    ({"indemnity": "80,00 €"}, {"interest_missing"}),
)


def words_of(message: Message) -> str:
    parts = (message.subject, message.greeting, *message.opening, *message.closing)
    return "\n".join((*parts, message.farewell, *message.mentions))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_reads_well_in_every_case(step: str, language: Language) -> None:
    text = shipped(step, language)
    for values, known, (owed, said), debtor in product(
        (ONE, ALWAYS), OPTIONS, PENALTIES, ("business", "public", "consumer", "")
    ):
        if debtor in {"consumer", ""} and (owed or said):
            continue
        flags = {"one" if values is ONE else "many", *said, *({debtor} if debtor else ())}
        message = compose(text, values={**values, **known, **owed}, flags=flags, language=language)
        words = words_of(message)

        assert message.subject
        assert len(message.subject) <= 90
        assert message.greeting
        assert message.opening
        assert message.farewell
        assert "$" not in words
        assert "  " not in words
        assert not re.search(r" [:;!?]", words) if language == "fr" else True
        if debtor in {"consumer", ""}:
            assert not re.search(r"\b40\s€|€40\b", words)
            assert "L441" not in words
        if owed.get("interest") and step == "mise_en_demeure":
            assert "26,52" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_formal_notice_demands_a_sum_by_a_date_and_says_what_follows(
    language: Language,
) -> None:
    values = {
        **ALWAYS,
        "interest": "26,52 €",
        "indemnity": "80,00 €",
        "email": "compta@lenoir.example",
    }
    message = compose(
        shipped("mise_en_demeure", language),
        values=values,
        flags={"many", "business"},
        language=language,
    )
    words = words_of(message)

    for fact in ("1 647,02 €", "1 540,50 €", "1er décembre 2026", "compta@lenoir.example", "1344"):
        assert fact in words
    assert "mise en demeure" in words.lower()
    assert ("tribunal" if language == "fr" else "court") in words
    assert "D441-5" in words
    assert "L441-10" in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", ["relance_2", "relance_3", "mise_en_demeure"])
def test_where_a_rate_is_missing_the_message_says_so(step: str, language: Language) -> None:
    message = compose(
        shipped(step, language),
        values=ALWAYS,
        flags={"many", "business", "interest_missing"},
        language=language,
    )

    assert ("séparément" if language == "fr" else "separately") in words_of(message)


def test_both_languages_have_the_same_passages() -> None:
    for step in STEPS:
        french, english = (shipped(step, language) for language in LANGUAGES)
        assert [passage.when for passage in french.passages()] == [
            passage.when for passage in english.passages()
        ]
        assert [passage.names for passage in french.passages()] == [
            passage.names for passage in english.passages()
        ]


def test_an_unknown_step_reads_as_an_ordinary_reminder() -> None:
    assert shipped("relance_7", "fr") is shipped("relance_2", "fr")


def test_the_indemnity_is_never_asked_of_a_consumer() -> None:
    for flags in ({"consumer", "many"}, {"many"}):
        with pytest.raises(AssertionError, match="40 EUR"):
            compose(
                shipped("mise_en_demeure", "fr"),
                values={**ALWAYS, "indemnity": "40,00 €"},
                flags=flags,
                language="fr",
            )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("Dû $amount.", "Dû 5 €.", id="a name"),
        pytest.param("$$amount et $$", "$amount et $", id="a dollar of its own"),
        pytest.param("$customer", "$amount ${x} {0} %s", id="a value is never read again"),
    ],
)
def test_names_become_values(words: str, expected: str) -> None:
    values = {"amount": "5 €", "customer": "$amount ${x} {0} %s"}

    assert filled(words, values) == expected


def test_a_name_without_a_value_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="phone"):
        filled("$phone", {"phone": ""})


@given(value=st.text(max_size=60))
def test_a_value_is_kept_to_the_letter(value: str) -> None:
    assert filled("<$customer>", {"customer": value or "x"}) == f"<{value or 'x'}>"


def test_french_spaces_do_not_break() -> None:
    assert spaced("Quoi ? « Oui » : 40 € !", "fr") == (
        "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: 40\u00a0€\u00a0!"
    )
    assert spaced("What ?", "en") == "What ?"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_shipped_text_can_be_copied_and_edited(step: str, language: Language) -> None:
    text = shipped(step, language)

    assert read_text(text.as_json()) == (text, ())


def user_text(opening: str, **parts: object) -> dict[str, object]:
    said = {"subject": "Rappel", "greeting": "Bonjour,", "opening": opening}
    return {**{name: [{"text": words, "when": []}] for name, words in said.items()}, **parts}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(user_text("Dû : $montant"), "text_name", id="a name we do not know"),
        pytest.param(user_text("5 $ de plus"), "text_name", id="a lonely dollar"),
        pytest.param(
            user_text("x", closing=[{"text": "x", "when": ["rich"]}]),
            "text_condition",
            id="a condition we do not know",
        ),
        pytest.param(user_text("x", postscript=[]), "text_part", id="a part we do not know"),
        pytest.param({"subject": [{"text": "x"}]}, "text_part", id="no opening"),
        pytest.param(user_text(" "), "text_passage", id="an empty passage"),
        pytest.param(user_text("x" * 3_001), "text_passage", id="an endless passage"),
        pytest.param(user_text("x", closing="x"), "text_passage", id="a text alone"),
        pytest.param(user_text("x", closing=[{"text": "x", "if": []}]), "text_passage", id="a key"),
        pytest.param(user_text("Dernier avis avant saisie"), "seizure", id="a seizure"),
        pytest.param(user_text("Notre huissier passera"), "officer", id="a court officer"),
        pytest.param(user_text("Frais de dossier : 15 €"), "costs", id="fees"),
        pytest.param(user_text("Vous serez fiché au FICP"), "register", id="a register"),
        pytest.param(user_text("Nous porterons plainte"), "criminal", id="a complaint"),
        pytest.param(user_text("Nous appellerons votre employeur"), "third_party", id="others"),
    ],
)
def test_what_a_user_may_not_write(data: dict[str, object], code: str) -> None:
    text, issues = read_text(data)

    assert text is None
    assert code in {issue.code for issue in issues}
    assert all(issue.message for issue in issues)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Nous pourrons saisir le tribunal compétent.", id="going to court"),
        pytest.param("Sauf erreur de saisie de notre part.", id="a typing mistake"),
        pytest.param("Votre police d'assurance est échue.", id="an insurance policy"),
    ],
)
def test_what_a_user_may_write(words: str) -> None:
    text, issues = read_text(user_text(words))

    assert issues == ()
    assert text == StepText((Passage("Rappel"),), (Passage("Bonjour,"),), (Passage(words),))


def test_a_text_that_is_only_unwise_is_kept_with_its_warning() -> None:
    text, issues = read_text(user_text("Dernier rappel : merci de nous répondre."))

    assert text is not None
    assert [(issue.code, issue.severity) for issue in issues] == [("last_notice", "warning")]


def test_an_indemnity_needs_the_condition_that_keeps_it_from_consumers() -> None:
    owed = "Indemnité forfaitaire de 40 € par facture."
    closing = [{"text": owed, "when": ["business"]}]

    assert read_text(user_text(owed))[0] is None
    assert read_text(user_text("Un rappel.", closing=closing))[0] is not None


def test_every_name_is_explained() -> None:
    assert all(PLACEHOLDERS.values())
