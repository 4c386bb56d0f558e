"""Abbreviations of hurried writers, in full: read before anything else is looked for."""

from __future__ import annotations

import re
from typing import Final

ABBREVIATIONS: Final = {
    "vs": "vous", "ns": "nous", "svp": "s'il vous plait", "stp": "s'il te plait", "pr": "pour",
    "jai": "j'ai", "ya": "il y a", "tjs": "toujours", "tjrs": "toujours", "mnt": "maintenant",
    "ds": "dans", "qd": "quand", "qq": "quelques", "reglt": "reglement", "vrt": "virement",
    "virmt": "virement", "chq": "cheque", "pb": "probleme", "plz": "please", "pls": "please",
    "u": "you", "ur": "your", "thx": "thanks", "pymt": "payment", "pmt": "payment",
    "soz": "sorry", "bcp": "beaucoup", "pk": "pourquoi", "koi": "quoi", "ke": "que",
    "avc": "avec", "jpeu": "je peux", "jpe": "je peux", "jpeux": "je peux",
    "dmain": "demain", "bjr": "bonjour", "slt": "salut", "mtn": "maintenant", "rdv": "rendez-vous",
    "cde": "commande", "qte": "quantite", "oklm": "ok", "dsl": "desole",
    "cant": "can't", "wont": "won't", "havent": "haven't",
    "hasnt": "hasn't", "didnt": "didn't", "isnt": "isn't", "wasnt": "wasn't",
    "ive": "i've", "2day": "today", "aint": "isn't", "vx": "veux",
    "js": "je suis", "jsuis": "je suis", "ct": "c'etait", "cest": "c'est", "c": "c'est",
    "jms": "jamais", "rembt": "remboursement", "asap": "as soon as possible", "yr": "your",
    "g": "j'ai", "pa": "pas", "jvou": "je vous", "tjr": "toujours", "vot": "votre",
    "kan": "quand", "fai": "fais", "bsr": "bonsoir", "inv": "invoice", "stmt": "statement",
    "acct": "account", "amt": "amount", "recd": "received", "thnx": "thanks", "ty": "thank you",
    "fac": "facture", "viremt": "virement", "paiemt": "paiement", "rglt": "reglement",
}  # fmt: skip
_TOKEN: Final = re.compile(r"[a-z0-9']+")


def spelt_out(folded: str) -> str:
    """Return the folded text with its abbreviations in full."""
    return _TOKEN.sub(lambda match: ABBREVIATIONS.get(match[0], match[0]), folded)
