"""Own words out of what mailers quote, sign and disclaim."""

from __future__ import annotations

import pytest

from encours.replies.rules.markup import text_of
from encours.replies.rules.stripping import own_words

ASKED = "Bonjour,\nMerci de régler 1 200 € sous huit jours.\nContestez-vous cette facture ?"
QUOTED = "\n".join(f"> {line}" for line in ASKED.split("\n"))


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(
            f"Le lun. 9 mars 2026 à 10:12, Julie <j@x.example> a écrit :\n{QUOTED}", id="Gmail"
        ),
        pytest.param(
            f"Le lun. 9 mars 2026 à 10:12,\nJulie Martin <j@x.example>\na écrit :\n\n{QUOTED}",
            id="Gmail, wrapped",
        ),
        pytest.param(
            f"On Mon, 9 Mar 2026 at 10:12, Julie <j@x.example> wrote:\n{QUOTED}",
            id="Gmail, English",
        ),
        pytest.param(f"Le 09/03/2026 à 10:12, Julie Martin a écrit :\n{QUOTED}", id="Thunderbird"),
        pytest.param(
            f"> Le 9 mars 2026 à 10:12, Julie <j@x.example> a écrit :\n>\n{QUOTED}", id="Apple Mail"
        ),
        pytest.param(
            f"-----Message d'origine-----\nDe : Julie\nEnvoyé : lundi 9 mars 2026\n{ASKED}",
            id="Outlook",
        ),
        pytest.param(
            f"-----Original Message-----\nFrom: Julie\nSent: Monday\n{ASKED}", id="Outlook, English"
        ),
        pytest.param(
            f"________________________________\nDe : Julie <j@x.example>\nEnvoyé : lundi\n{ASKED}",
            id="Outlook on the web",
        ),
        pytest.param(
            f"De : Julie <j@x.example>\nEnvoyé : lundi 9 mars\nÀ : Paul\nObjet : Relance\n\n{ASKED}",
            id="Outlook, no rule",
        ),
        pytest.param(
            f"From: Julie <j@x.example>\nDate: Monday\nTo: Paul\nSubject: Reminder\n\n{ASKED}",
            id="Apple Mail, English headers",
        ),
        pytest.param(f"Début du message transféré :\n\nDe: Julie\n{ASKED}", id="forwarded"),
        pytest.param(
            f"---------- Forwarded message ---------\nFrom: Julie\n{ASKED}", id="forwarded, English"
        ),
    ],
)
def test_history_is_left_out(history: str) -> None:
    assert own_words(f"C'est payé depuis vendredi.\n\n{history}") == "C'est payé depuis vendredi."


@pytest.mark.parametrize(
    "ending",
    [
        "Cordialement,\nPaul Rey\nComptable",
        "Bien à vous",
        "Kind regards,\nPaul",
        "-- \nPaul Rey\n01 02 03 04 05",
        "Envoyé de mon iPhone",
        "Sent from my Galaxy",
        "Télécharger Outlook pour Android",
        "Ce message et ses pièces jointes sont confidentiels et destinés à leur seul destinataire.",
        "This e-mail and any attachments are confidential.",
        "Pensez à l'environnement avant d'imprimer ce message.",
    ],
)
def test_signatures_and_disclaimers_are_left_out(ending: str) -> None:
    assert own_words(f"Nous payons vendredi.\n\n{ending}") == "Nous payons vendredi."


def test_an_answer_below_the_history_is_found() -> None:
    assert own_words(f"Le 9 mars 2026, Julie a écrit :\n{QUOTED}\n\nPayé hier.") == "Payé hier."


def test_an_answer_between_the_lines_is_found() -> None:
    assert own_words("> Contestez-vous ?\nOui, tout.\n> Merci") == "Oui, tout."


def test_a_closing_alone_stays() -> None:
    assert own_words("Cordialement") == "Cordialement"
    assert own_words("") == ""


def test_a_sentence_that_begins_as_a_header_stays() -> None:
    text = "De : toute façon nous paierons.\nMerci."
    assert own_words(text) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Payé <b>hier</b>&nbsp;!</p>", "Payé hier !"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<style>p{}</style><script>alert('x')</script>ok", "ok"),
        ("<!-- <p>no</p> -->yes", "yes"),
        ("1 < 2 et 3 > 2", "1 < 2 et 3 > 2"),
        ("&lt;script&gt; &eacute;", "<script> é"),
        ('<img src="https://x.example/p.gif" onerror="x()">vu', "vu"),
        ("<script>never closed", ""),
        ("<!-- never closed", ""),
        ("<div", ""),
        ("<br", ""),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote">Merci de régler</div>',
        '<blockquote type="cite">Merci de régler</blockquote>',
        '<div class="moz-cite-prefix">Le 9 mars</div><blockquote>Merci de régler</blockquote>',
        '<div id="divRplyFwdMsg"><b>De :</b> Julie</div>Merci de régler',
    ],
)
def test_markup_says_where_history_begins(quote: str) -> None:
    assert own_words(text_of(f"<div>Payé hier.</div>{quote}")) == "Payé hier."
