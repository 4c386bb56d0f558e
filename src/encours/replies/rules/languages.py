"""Which language a reply is written in: French, English, or another that nobody here reads."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[a-z]+|[^\W\d_a-z]")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MARKS: Final[dict[str, frozenset[str]]] = {
    "fr": _words(
        "le la les non de des du un une je tu il elle on nous vous ils et ou est sont pas ne"
        " que qui pour avec sur dans ce cette ces mon ma mes votre vos notre nos au aux par plus"
        " bien merci bonjour facture paiement reglement virement cheque mois semaine fin suis"
        " avons avez sera ete deja svp demain lundi mardi mercredi jeudi vendredi samedi paye"
        " payer c j l d n m s qu ai y en si a jamais rien tout voir fait faire peux peut absent"
        " adresse numero commande compte"
    ),
    "en": _words(
        "the a an of and to in is are was were we i you he she it they our your my this that"
        " these not for with on at by from will shall can could would have has had been be"
        " please thank thanks hello hi dear invoice payment paid pay week month friday monday"
        " tuesday wednesday thursday tomorrow yesterday today no yes do did don t s ll ve re as"
        " per out back office who what how which when send sent copy due bank account delivery"
        " failed mailbox address me us so if any"
    ),
    "de": _words(
        "der die das und ist nicht wir ich sie haben wird werden mit fur auf bitte danke"
        " rechnung zahlung ein eine den dem von zu im am bis uberweisung heute morgen sehr"
        " geehrte bezahlt konnen ihre zahlen woche nachste nachsten wurde bezahlen montag"
        " freitag senden uns buro"
    ),
    "es": _words(
        "el los las una y es no nosotros usted ustedes hemos con para por factura pago gracias"
        " hola pagaremos que del al mes semana transferencia ya esta su sus lo pagado buenos"
        " dias estimado saludos viernes lunes manana correcta enviar"
    ),
    "it": _words(
        "il lo gli una e non noi siamo abbiamo con per fattura pagamento grazie buongiorno"
        " della del che sara bonifico mese gia stata pagata vi saluti cordiali entro pagheremo"
        " pagare venerdi lunedi domani inviare"
    ),
    "nl": _words(
        "het een en is niet wij ik hebben wordt met voor op factuur betaling bedankt dank u de"
        " van te zullen betalen betaald graag groet vriendelijke volgende reeds morgen vrijdag"
        " sturen"
    ),
    "pt": _words(
        "o os as uma e nao nos temos com para por fatura pagamento obrigado ola que do da mes"
        " semana transferencia ja bom dia iremos pagar pago cumprimentos pagamos pagaremos sexta"
        " segunda amanha enviar"
    ),
    "sv": _words("och ar inte faktura fakturan betald betalar vi tack ni det att fredag imorgon"),
    "tr": _words("ve bir bu icin fatura faturayi odeme lutfen gonderin odendi tesekkurler"),
    "pl": _words(
        "nie jest faktura zaplacimy dziekuje prosze dzien dobry w na z do sie przelew piatek"
        " faktury zaplacone"
    ),
}
READ: Final = ("fr", "en")
_MARGIN: Final = 2
_FOREIGN_SCRIPT: Final = 4


def language_of(folded: str) -> str:
    """Return `fr`, `en`, or `other` where the words are plainly of neither."""
    words = _WORD.findall(folded)[:2000]
    if sum(not word.isascii() and word.isalpha() for word in words) > max(
        _FOREIGN_SCRIPT, len(words) // 4
    ):
        return "other"
    counts = {code: sum(word in marks for word in words) for code, marks in _MARKS.items()}
    best = max(READ, key=lambda code: counts[code])
    foreign = max(count for code, count in counts.items() if code not in READ)
    margin = _MARGIN if counts[best] else 1
    return "other" if foreign >= counts[best] + margin else best
