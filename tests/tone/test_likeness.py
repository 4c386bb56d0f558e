"""The second reader: what it adds to the rules, what it says of itself, where it stays silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tone.reading import cases
from tools import learn_tone

from encours.tone.rules import likeness
from encours.tone.rules.check import check
from encours.tone.rules.readings import Sentence, hits
from encours.tone.rules.values import Context, is_blocked

BUSINESS = Context("business")
CONSUMER = Context("consumer")
SILENT = "Ordonnance de paiement n° 558 : vous devez verser 900 € immédiatement."


def test_the_weights_were_learnt_from_this_very_corpus() -> None:
    assert likeness.weights().digest == learn_tone.digest_of(learn_tone.known())


def test_the_same_examples_give_the_same_bytes() -> None:
    few = learn_tone.examples(list(cases("batch_26.tsv")) + list(cases("good_26.tsv")))

    first, second = (likeness.bytes_of("d", learn_tone.learn(few)) for _ in range(2))

    assert first == second
    assert likeness.weights_of(first).codes[0] == ""


def test_the_weights_are_small() -> None:
    few = learn_tone.examples(cases("batch_26.tsv"))
    assert len(likeness.bytes_of("d", learn_tone.learn(few))) < 2**20
    assert len(likeness.weights().blocks[0]) == likeness.BUCKETS


def test_a_sentence_that_no_rule_knows_is_refused_with_the_words_that_weighed() -> None:
    read = Sentence(SILENT.lower().replace("é", "e"))
    assert not [hit for hit in hits(read, BUSINESS) if hit.severity == "block"]

    found = [one for one in check(SILENT, BUSINESS) if one.severity == "block"]

    assert [one.code for one in found] == ["court_look"]
    assert "C. pén. 433-13" in found[0].reason
    assert "Mots qui ont pesé : « " in found[0].reason
    assert found[0].better
    assert found[0].excerpt in SILENT


def test_with_a_title_the_second_reader_only_warns() -> None:
    found = check(SILENT, Context("business", has_title=True))

    assert [one.severity for one in found if one.code == "court_look"] == ["warn"]


def test_what_a_business_owes_is_left_to_exact_rules() -> None:
    text = "Late payment interest is calculated at the ECB rate plus 10 percentage points."

    assert not is_blocked(check(text, BUSINESS))
    assert is_blocked(check(text, CONSUMER))


def test_small_talk_off_the_closed_lists_only_warns_when_it_looks_lawful() -> None:
    text = "Give me a ring when you have five minutes."
    (found,) = check(text, BUSINESS)

    assert (found.code, found.severity) == ("stray", "warn")


@pytest.mark.parametrize("text", ["", "Madame,", "Bien à vous"])
def test_a_word_or_two_say_too_little(text: str) -> None:
    read = likeness.likeness(Sentence(text.lower()), CONSUMER)

    assert not read.said
    assert read.score <= likeness.UNLAWFUL


@given(st.text(alphabet="abcdefgh '€0?!", max_size=60))
def test_any_words_are_read_and_shown_in_order(text: str) -> None:
    read = likeness.likeness(Sentence(text), BUSINESS)
    start, end = read.span

    assert 0 <= start <= end <= len(text)
    assert all(word in text[start:end] for word in read.said)
    assert bool(read.code) is (read.score > likeness.UNLAWFUL)
