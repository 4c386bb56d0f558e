"""The shipped texts, in every case they may meet; and the templates that users write."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.dunning.texts import engine
from encours.dunning.texts.checks import Slot, text_issues
from encours.dunning.texts.names import FLAGS, KNOWN, PHRASES, PLACEHOLDERS
from encours.dunning.texts.shipped import STEPS, phrases, shipped, shipped_name
from encours.dunning.texts.words import Message, Text, compose
from encours.messaging.rules.notice import LANGUAGES, Language

GOLDEN = Path(__file__).parent.parent / "golden" / "texts"
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
NOTHING_LEFT = ("open", "count", "days_late", "pay_before", "amount")
SHAPES = {
    "one": ONE,
    "oneless": {key: value for key, value in ONE.items() if key != "invoice"},
    "many": ALWAYS,
    "nopay": {key: value for key, value in ALWAYS.items() if key != "pay_before"},
    "none": {key: value for key, value in ALWAYS.items() if key not in NOTHING_LEFT},
}
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
    ({}, {"interest_missing"}),
    ({"interest": "2,00 €"}, set()),
)


def words_of(message: Message) -> str:
    parts = (message.subject, message.greeting, *message.opening, *message.closing)
    return "\n".join((*parts, message.farewell, *message.mentions))


def written(email: str = "Bonjour,\n\nUn rappel.", **parts: str) -> Text:
    """Return what a user wrote, with a subject unless it gives one."""
    return Text.of_parts({"subject": "Rappel", "email": email, **parts}, phrases("fr"))


def codes(text: Text, name: str = "relance_2") -> dict[str, str]:
    return {issue.code: issue.severity for issue in text_issues(text, Slot(name, "fr"))}


def golden() -> list[tuple[str, str, str, str]]:
    found = []
    for path in sorted(GOLDEN.glob("*.txt")):
        language, _, step = path.stem.partition("-")
        for one in re.split(r"(?m)^== ", path.read_text("utf-8"))[1:]:
            case, _, words = one.partition("\n")
            found.append((language, step, case, words.strip()))
    return found


@pytest.mark.parametrize(("language", "step", "case", "expected"), golden())
def test_no_word_of_a_shipped_text_has_moved(
    language: Language, step: str, case: str, expected: str
) -> None:
    shape, known, owed, debtor, attached = case.split("|")
    owes, said = PENALTIES[int(owed)]
    lines = {"one": "one", "oneless": "one", "many": "many", "nopay": "many"}.get(shape)
    message = compose(
        shipped(step, language),
        values={**SHAPES[shape], **OPTIONS[int(known)], **owes},
        flags={*said, *filter(None, (lines, debtor, attached))},
        language=language,
    )
    head = (message.subject, message.greeting, *message.opening)
    parts = (*head, "--", *message.closing, message.farewell, "--", *message.mentions)

    assert "\n\n".join(parts).strip() == expected


def test_every_shipped_text_has_its_golden_words() -> None:
    assert {(language, step) for language, step, _, _ in golden()} == set(product(LANGUAGES, STEPS))


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
        by_post = step in ("mise_en_demeure", "cabinet")
        assert bool(message.short) == (not by_post), "what the law wants written is not texted"
        assert not re.search(r"[{}%$]", words.replace("%€", ""))
        assert "  " not in words
        assert not re.search(r" [:;!?]", words) if language == "fr" else True
        if debtor in {"consumer", ""}:
            assert not re.search(r"\b40\s€|€40\b", words)
            assert "L441" not in words
        if owed.get("interest") and step == "mise_en_demeure":
            assert owed["interest"] in words


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


def test_both_languages_ask_for_the_same_values() -> None:
    for step in STEPS:
        french, english = (shipped(step, language).parts() for language in LANGUAGES)
        assert [engine.names_of(one) for one in french.values()] == [
            engine.names_of(one) for one in english.values()
        ]
    assert phrases("fr").keys() == phrases("en").keys() == PHRASES.keys()


@pytest.mark.parametrize(
    ("kind", "tone", "name"),
    [
        pytest.param("reminder", "friendly", "relance_1", id="a cordial reminder"),
        pytest.param("reminder", "formal", "relance_3", id="a formal reminder is no formal notice"),
        pytest.param("pre_due", "neutral", "prevenance", id="a notice has one text"),
        pytest.param("thank_you", "grateful", "remerciement", id="thanks"),
        pytest.param("formal_notice", "firm", "mise_en_demeure", id="a formal notice"),
    ],
)
def test_kind_and_tone_choose_the_shipped_text(kind: str, tone: str, name: str) -> None:
    assert shipped_name(kind, tone) == name


def test_the_indemnity_is_never_asked_of_a_consumer() -> None:
    for flags in ({"consumer", "many"}, {"many"}):
        with pytest.raises(AssertionError, match="40 EUR"):
            compose(
                shipped("mise_en_demeure", "fr"),
                values={**ALWAYS, "indemnity": "40,00 €"},
                flags=flags,
                language="fr",
            )


@given(value=st.text(max_size=60))
def test_a_value_is_never_read_as_a_template_nor_makes_a_paragraph(value: str) -> None:
    message = compose(
        written("Bonjour,\n\n<{{ customer }}>\n\n{{ table }}\n\nFin\n\n{{ signature }}\n\nNB"),
        values={"customer": value},
        flags=(),
        language="fr",
    )

    assert len(message.opening) == 1
    assert message.opening[0] == f"<{engine.plain_value(value)}>"
    assert (message.farewell, message.mentions) == ("Fin", ("NB",))


def test_the_table_and_the_signature_divide_a_message() -> None:
    text = written("Bonjour,\n\nA\n\n\n{{ table }}\n\nB\n\nC\nD\n\n{{ signature }}\n\nE\n\nF")
    message = compose(text, values={}, flags=(), language="fr")

    assert (message.greeting, message.opening) == ("Bonjour,", ("A",))
    assert (message.closing, message.farewell) == (("B",), "C\nD")
    assert message.mentions == ("E", "F")


def test_without_a_place_the_table_comes_after_the_words() -> None:
    message = compose(written("Bonjour,\n\nA\n\nB"), values={}, flags=(), language="fr")

    assert (message.opening, message.closing, message.farewell) == (("A", "B"), (), "")


def test_a_letter_may_have_words_of_its_own() -> None:
    text = written("Bonjour,\n\nMessage", letter="Madame, Monsieur,\n\nLettre")
    said = [
        compose(text, values={}, flags=flags, language="fr").opening for flags in ((), ("letter",))
    ]

    assert said == [("Message",), ("Lettre",)]


def test_a_template_goes_through_the_invoices() -> None:
    text = written(
        "Bonjour,\n\n{% for one in invoices %}{{ one.number }} {{ one.open }};{% endfor %}"
    )
    invoices = [{"number": "A", "open": "1 €"}, {"number": "B", "open": "2 €"}]
    message = compose(text, values={}, flags=(), language="en", invoices=invoices)

    assert message.opening == ("A 1 €;B 2 €;",)


def test_french_spaces_do_not_break() -> None:
    assert engine.spaced("Quoi ? « Oui » : 40 € !", "fr") == (
        "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: 40\u00a0€\u00a0!"
    )
    assert engine.spaced("What ?", "en") == "What ?"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_a_shipped_text_passes_its_own_check(step: str, language: Language) -> None:
    assert text_issues(shipped(step, language), Slot(step, language)) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(written("Dû : {{ montant }}"), "text_name", id="a name we do not know"),
        pytest.param(written("{% if riche %}x{% endif %}"), "text_name", id="an unknown condition"),
        pytest.param(written("Dû : {{ amount"), "text_syntax", id="an open brace"),
        pytest.param(written("{% if one %}x"), "text_syntax", id="a condition without end"),
        pytest.param(written("{% include 'x' %}"), "text_syntax", id="another file"),
        pytest.param(written("{% render 'x' %}"), "text_syntax", id="another template"),
        pytest.param(written("{% assign a = 1 %}x"), "text_syntax", id="a variable of its own"),
        pytest.param(written("{{ creditor | split: '' | join: creditor }}"), "text_fill", id="x"),
        pytest.param(written("{{ creditor.__class__ }}"), "text_fill", id="the machine behind"),
        pytest.param(
            written("{% for a in (1..900) %}x{% endfor %}"), "text_fill", id="an endless loop"
        ),
        pytest.param(written("Appelez le {{ phone }}."), "text_gap", id="a value not always known"),
        pytest.param(written(""), "text_part", id="no words"),
        pytest.param(written("x" * 12_001), "text_length", id="an endless text"),
        pytest.param(written("Bonjour,\n\nDernier avis avant saisie"), "seizure", id="a seizure"),
        pytest.param(written("Notre huissier passera"), "officer", id="a court officer"),
        pytest.param(written("Frais de dossier : 15 €"), "costs", id="fees"),
        pytest.param(written("Vous serez fiché au FICP"), "register", id="a register"),
        pytest.param(written("Nous porterons plainte"), "criminal", id="a complaint"),
        pytest.param(written("Nous appellerons votre employeur"), "third_party", id="others"),
        pytest.param(written(short="Notre huissier passera demain"), "officer", id="in a text"),
        pytest.param(written(letter="Notre huissier passera"), "officer", id="in a letter"),
        pytest.param(
            written("{% if many and reminders %}Vous serez fiché au FICP{% endif %}"),
            "register",
            id="words that few customers would read",
        ),
    ],
)
def test_what_a_user_may_not_write(text: Text, code: str) -> None:
    issues = text_issues(text, Slot("relance_2", "fr"))

    assert code in {issue.code for issue in issues if issue.severity == "error"}
    assert all(issue.message for issue in issues)


def test_a_formal_notice_without_its_demand_is_refused() -> None:
    kept = shipped("mise_en_demeure", "fr")
    bare = written("Madame, Monsieur,\n\nMerci de nous écrire.", subject="Votre compte")

    assert codes(Text.of_parts(kept.parts(), phrases("fr")), "mise_en_demeure") == {}
    assert codes(bare, "mise_en_demeure")["missing"] == "error"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Nous pourrons saisir le tribunal compétent.", id="going to court"),
        pytest.param("Sauf erreur de saisie de notre part.", id="a typing mistake"),
        pytest.param("Votre police d'assurance est échue.", id="an insurance policy"),
        pytest.param("{% if phone %}Appelez le {{ phone }}.{% endif %}", id="a condition"),
    ],
)
def test_what_a_user_may_write(words: str) -> None:
    assert codes(written(f"Bonjour,\n\n{words}")) == {}


def test_a_text_that_is_only_unwise_is_kept_with_its_warning() -> None:
    found = codes(written("Bonjour,\n\nDernier rappel : merci de nous répondre."))

    assert found == {"last_notice": "warning"}


def test_an_indemnity_needs_the_condition_that_keeps_it_from_consumers() -> None:
    owed = "Indemnité forfaitaire de 40 € par facture."
    kept = f"Bonjour,\n\n{{% if business %}}{owed}{{% endif %}}"

    assert "error" in codes(written(f"Bonjour,\n\n{owed}")).values()
    assert codes(written(kept)) == {}


def test_a_hostile_template_is_stopped_in_time() -> None:
    nested = "{% for a in (1..400) %}{% for b in (1..400) %}" + "x" * 2_000
    before = perf_counter()
    with pytest.raises(engine.LiquidError):
        engine.render(f"{nested}{{% endfor %}}{{% endfor %}}", {}, "fr")

    assert perf_counter() - before < 1


def test_every_name_is_explained() -> None:
    assert all((*PLACEHOLDERS.values(), *FLAGS.values(), *PHRASES.values()))
    assert len(KNOWN) == len(PLACEHOLDERS) + len(FLAGS) + len(PHRASES) + 2
