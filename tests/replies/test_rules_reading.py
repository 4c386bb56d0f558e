"""A reply read whole: its class, why, what it says; and what it must never do."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encours.replies.rules import cases, languages, reading
from encours.replies.rules.folding import TEXT_MAX, composed, fold
from encours.replies.rules.values import CAUSES, CLASSES, Bounce
from encours.standing.causes import side_of

RECEIVED = date(2026, 3, 10)
LONG = 1_000_000
SECONDS_MAX = 20.0


def read(text: str) -> reading.Reading:
    return reading.read_reply(text, received=RECEIVED)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(
            "Nous n'avons pas encore payé, ce sera fait vendredi", "promise", id="not yet paid"
        ),
        pytest.param("Je ne conteste pas la facture, je la paie lundi", "promise", id="no dispute"),
        pytest.param(
            "We have not received the invoice, please resend it", "invoice_asked", id="no invoice"
        ),
        pytest.param("We have not received the goods", "dispute", id="no goods"),
        pytest.param("Bravo, trois semaines de panne et vous relancez !", "dispute", id="irony"),
        pytest.param("Pourriez-vous nous accorder un délai ?", "delay_asked", id="a delay"),
        pytest.param("Le virement a été fait le 3 mars", "payment_proof", id="paid"),
        pytest.param("Mme Perrin a quitté la société", "wrong_contact", id="gone"),
        pytest.param("Je suis absent jusqu'au 20 mars", "out_of_office", id="absent"),
        pytest.param("Bien reçu, je transmets à la compta", "other", id="passed on"),
    ],
)
def test_what_a_reply_is(text: str, kind: str) -> None:
    found = read(text)

    assert (found.kind, found.is_abstained) == (kind, False)
    assert found.why
    assert all(words.lower() in text.lower() for words in found.why)


def test_several_intents_are_told() -> None:
    found = read("Il manque deux cartons, nous réglerons le reste vendredi par virement.")

    assert {found.kind, *(one.kind for one in found.others)} >= {"dispute", "promise"}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("La TVA est fausse, merci de corriger la facture", "invoice_error"),
        ("Nous n'avons pas reçu la marchandise livrée", "delivery"),
        ("La remise prévue au devis n'est pas appliquée", "price"),
        ("Il manque le numéro de bon de commande", "order_number"),
        ("L'appareil est en panne, réparez-le", "quality"),
        ("L'avoir promis n'a pas été déduit", "already_credited"),
        ("Je ne suis pas client chez vous, je n'ai rien commandé", "wrong_debtor"),
        ("Nos difficultés de trésorerie nous obligent à demander un délai", "cash"),
        ("Désolé, j'ai oublié, je paie demain", "oversight"),
        ("Le marché s'est effondré, laissez-nous un délai", "market"),
        ("Le paiement est prévu vendredi", ""),
        ("C'est payé", ""),
    ],
)
def test_the_cause_of_non_payment(text: str, cause: str) -> None:
    assert read(text).cause == cause


def test_each_cause_has_its_side() -> None:
    sides = {cause: side_of(cause) for cause in CAUSES}

    assert set(sides.values()) == {"ourselves", "customer", "market"}
    assert (sides["credit_granted"], sides["cash"]) == ("ourselves", "customer")
    assert side_of("") == ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Wir haben die Rechnung am Montag bezahlt, vielen Dank", id="German"),
        pytest.param("Hemos pagado la factura el lunes por transferencia, gracias", id="Spanish"),
        pytest.param(
            "Abbiamo pagato la fattura con bonifico lunedì, grazie e saluti", id="Italian"
        ),
        pytest.param("Wij betalen volgende week", id="Dutch"),
        pytest.param("Já pagámos a fatura", id="Portuguese"),
        pytest.param("Faktura är betald", id="Swedish"),
        pytest.param("Zapłacimy w piątek", id="Polish"),
        pytest.param("Мы оплатили счёт вчера", id="Russian"),
        pytest.param("我们已经付款了，请核对您的账户", id="Chinese"),
        pytest.param("", id="nothing"),
        pytest.param(" \n\t ", id="blank"),
        pytest.param("👍👍", id="no letter"),
    ],
)
def test_what_nobody_here_reads_is_left_to_a_person(text: str) -> None:
    found = read(text)

    assert (found.kind, found.is_abstained) == ("other", True)


def test_languages() -> None:
    assert languages.language_of(fold("Nous payons la facture vendredi")) == "fr"
    assert languages.language_of(fold("Non justifié.")) == "fr"
    assert languages.language_of(fold("We will pay the invoice on Friday")) == "en"


def test_headers_decide_before_words() -> None:
    bounce = Bounce("a@b.example", is_permanent=True, status="5.1.1")
    text = "Votre message est bien arrivé, merci."

    assert reading.read_reply(text, received=RECEIVED, bounce=bounce).kind == "bounce"
    found = reading.read_reply(text, received=RECEIVED, is_automatic=True)
    assert (found.kind, found.confidence, found.is_abstained) == ("out_of_office", 1.0, False)


def test_quoted_reminders_say_nothing() -> None:
    history = "\n\nLe 9 mars 2026, Julie a écrit :\n> Contestez-vous ? Preuve de virement ? Délai ?"
    alone, quoted = read("Payé vendredi dernier"), read(f"Payé vendredi dernier{history}")

    assert (alone.kind, alone.confidence) == (quoted.kind, quoted.confidence)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    found = read(text)

    assert found.kind in CLASSES
    assert 0 <= found.confidence <= 1
    assert found.cause in {"", *CAUSES}
    assert found.amount is None or found.amount.cents is None or found.amount.cents > 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "je",
                "paie",
                "le",
                "15",
                "31",
                "mars",
                "vendredi",
                "prochain",
                "500",
                "€",
                "euros",
                "fois",
                "en",
                "3",
                "x",
                "50",
                "%",
                "facture",
                "n°",
                "12-34",
                "dans",
                "deux",
                "jours",
                "mois",
                "fin",
                "de",
                "pas",
                "ne",
                "jusqu'au",
                "on",
                "the",
                "5th",
                "by",
                "next",
                "week",
                "a@b.example",
                "99/99",
                "0",
                "000",
                "k€",
                "mille",
                "cent",
                "solde",
                "moitié",
                ">",
                ":",
                "--",
                "/",
                ".",
                ",",
                "?",
            ]
        ),
        max_size=30,
    )
)
def test_any_order_of_telling_words_is_read(words: list[str]) -> None:
    assert read(" ".join(words)).kind in CLASSES


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered(raw: bytes) -> None:
    for by_line in (False, True):
        try:
            answers = cases.answers_of(raw, received=RECEIVED, by_line=by_line)
        except cases.UnreadableCase:
            continue
        assert all(one["class"] in CLASSES for one in answers)


@pytest.mark.parametrize(
    "piece",
    [
        "a", " ", "\n", "111 ", "deux cents ", "<", "&amp", "De : x\n", "Le 1 x\n", "a@",
        "facture 1a-1, ", "e\u0301", "payer 1 ", "'",
    ],
)  # fmt: skip
def test_a_megabyte_takes_seconds(piece: str) -> None:
    text = (piece * (LONG // len(piece) + 1))[:LONG]
    before = time.perf_counter()
    cases.answers_of(text.encode(), received=RECEIVED)
    cases.answers_of(
        b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: text/html\n\n" + text.encode(),
        received=RECEIVED,
    )

    assert time.perf_counter() - before < SECONDS_MAX


def test_a_long_reply_says_it_in_its_beginning() -> None:
    found = read("C'est payé depuis vendredi. " * 5000)

    assert found.kind == "payment_proof"
    assert len(found.own_text) <= TEXT_MAX


def test_folding_keeps_places() -> None:
    text = composed("Réglé « l’été » à Œuvre\u00a0: 1\u202f250 €\r\nİ")

    assert len(fold(text)) == len(text)
    assert fold(text).startswith('regle " l\'ete "')


def test_a_dispute_has_a_date_only_when_it_promises() -> None:
    alone = read(
        "La livraison prévue le 28 avril pour 500 € n'a toujours pas eu lieu, nous contestons"
    )
    both = read("Il manque deux cartons et un article cassé, je règle le reste vendredi 13 mars.")

    assert (alone.kind, alone.said_on, alone.amount) == ("dispute", None, None)
    assert (both.kind, both.said_on) == ("dispute", date(2026, 3, 13))
