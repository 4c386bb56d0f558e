"""What the sender says he does, can or must do: known verbs pass in every form, others do not."""

from __future__ import annotations

import pytest

from encours.tone.rules.deeds import deeds
from encours.tone.rules.plain import plain
from encours.tone.rules.words import is_english, is_participle, is_present


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Nous vous mettons en demeure de payer.", id="a pronoun before the verb"),
        pytest.param("Nous livrons à réception du virement.", id="a present that looks a future"),
        pytest.param("J'attends votre règlement et je vous remercie.", id="one person"),
        pytest.param("On vous envoie le relevé.", id="on"),
        pytest.param("Nous pouvons étaler la somme.", id="what may be done"),
        pytest.param("We noted your email and are reviewing the invoice.", id="past and ongoing"),
        pytest.param("The order is on hold; we may refer the file.", id="on is English here"),
        pytest.param("May we ask you to settle it?", id="a question"),
    ],
)
def test_what_a_creditor_does_passes(text: str) -> None:
    assert not list(deeds(plain(text).text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Payez ou je publie la facture.", "je publie"),
        ("Nous débarquons demain.", "nous debarquons"),
        ("On vous traque.", "on vous traque"),
        ("Nous allons vous harceler.", "allons vous harceler"),
        ("We tag you online.", "we tag"),
        ("They could drain it.", "could drain"),
    ],
)
def test_what_no_list_knows_is_found(text: str, said: str) -> None:
    plain_text = plain(text).text

    assert [plain_text[start:end] for start, end in deeds(plain_text)] == [said]


def test_the_forms_of_known_verbs() -> None:
    assert all(map(is_present, ("livrons", "fournissons", "attends", "passez", "finit")))
    assert all(map(is_participle, ("montee", "fournies", "facture")))
    assert all(map(is_english, ("notified", "applies", "stopped", "receiving", "kindly")))
    assert not any(map(is_english, ("drained", "tagging")))
    assert not is_present("harcelons")
    assert not is_participle("harcelee")
