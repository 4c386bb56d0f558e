"""A reply read whole: its own words, its class or an abstention, what it says, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from encours.replies.rules import (
    amounts,
    dates,
    features,
    languages,
    linear,
    picking,
    references,
    signs,
)
from encours.replies.rules.abbreviations import spelt_out
from encours.replies.rules.bounces import bounce_of_text
from encours.replies.rules.folding import TEXT_MAX, composed, fold
from encours.replies.rules.stripping import own_words
from encours.replies.rules.values import CAUSES, CUSTOMER, MARKET, OURS, Bounce, Intent, Reading

WHY_MAX: Final = 5
OTHERS_MAX: Final = 3
_SURE: Final = 1.0
_DIGITS: Final = 2
_SHORT_WORD: Final = 3
_WITHOUT_DATE: Final = frozenset({"dispute", "invoice_asked"})
_OUTRIGHT: Final = "why_"
_OTHERS: Final = ("credit_granted", "none")


def read_reply(
    text: str,
    *,
    received: date,
    model: linear.Model | None = None,
    is_automatic: bool = False,
    bounce: Bounce | None = None,
) -> Reading:
    """Read a reply; what headers and delivery notices already say is given and not guessed."""
    own = own_words(composed(text))[:TEXT_MAX]
    folded = spelt_out(fold(own))
    if bounce:
        return Reading("bounce", _SURE, False, languages.language_of(folded), bounce=bounce)
    language = languages.language_of(folded)
    if language not in languages.READ or not any(one.isalnum() for one in own):
        return Reading("other", 0.0, True, language, own_text=own)
    return _read(own, folded, received, model or linear.shipped_model(), automatic=is_automatic)


def _read(
    own: str, folded: str, received: date, model: linear.Model, *, automatic: bool
) -> Reading:
    found = features.features_of(own, received)
    vector = features.vector(found)
    kind, confidence, others = _classes(vector, model, automatic=automatic)
    topic = _topic(kind, others)
    said = dates.dates_said(folded, received)
    told = references.addresses(own)
    return Reading(
        kind,
        round(confidence, _DIGITS),
        confidence < model.threshold,
        languages.language_of(folded),
        why(own, found, model.kinds, kind),
        others,
        picking.date_of(topic, folded, said, received),
        picking.amount_of(topic, folded, amounts.amounts_said(folded, said)),
        cause_of(kind, vector, model.causes, found),
        references.invoices_cited(own),
        references.payment_reference(own) if kind == "payment_proof" else "",
        told[0] if told and kind in {"wrong_contact", "out_of_office"} else "",
        bounce_of_text(own, folded) if kind == "bounce" else None,
        own,
    )


def _topic(kind: str, others: tuple[Intent, ...]) -> str:
    """Return whose date and amount are told: the promise that a dispute or a request also holds."""
    if kind in _WITHOUT_DATE:
        return "promise" if any(one.kind == "promise" for one in others) else kind
    return kind


def _classes(
    vector: list[tuple[int, float]], model: linear.Model, *, automatic: bool
) -> tuple[str, float, tuple[Intent, ...]]:
    """Return the main class, its confidence, and the others that the reply also holds."""
    margins = model.kinds.margins(vector)
    shares = linear.chances(margins, model.sharpness)
    ranked = sorted(zip(shares, margins, model.kinds.classes, strict=True), reverse=True)
    confidence, _, kind = ranked[0]
    if automatic and kind not in {"bounce", "wrong_contact"}:
        kind, confidence = "out_of_office", _SURE
    others = tuple(
        Intent(other, round(share, _DIGITS))
        for share, margin, other in ranked
        if other not in {kind, "other"} and margin > model.other_margin
    )
    return kind, confidence, others[:OTHERS_MAX]


def cause_of(
    kind: str, vector: list[tuple[int, float]], causes: linear.Linear, told: Iterable[str] = ()
) -> str:
    """Return the cause of non-payment that fits the class; nothing where none is said.

    Words that say it outright (`told`, names of signs) are heard where the model hears nothing.
    """
    if kind in {"payment_proof", "out_of_office", "bounce", "wrong_contact"}:
        return ""
    allowed = (*OURS[:-1], "unsaid") if kind == "dispute" else (*CUSTOMER, *MARKET, *_OTHERS)
    margins = zip(causes.margins(vector), causes.classes, strict=True)
    _, cause = max((margin, one) for margin, one in margins if one in allowed)
    if cause in CAUSES:
        return cause
    outright = [one for one in allowed if f"s:{_OUTRIGHT}{one}" in told]
    return outright[0] if outright else ""


def why(own: str, found: dict[str, float], kinds: linear.Linear, kind: str) -> tuple[str, ...]:
    """Return the words of the reply that weighed most for the class, as they were written."""
    folded = fold(own)
    said = signs.signs_of(spelt_out(folded))
    weighed: list[tuple[float, str]] = []
    for name, value in found.items():
        words = _words_of(name, said)
        weight = kinds.weight(features.bucket(name), kind) * value if words else 0.0
        if weight > 0:
            weighed.append((-weight, words))
    kept: list[str] = []
    for _, words in sorted(weighed):
        place = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", folded)
        if place and not any(words in fold(one) or fold(one) in words for one in kept):
            kept.append(own[place.start() : place.end()])
        if len(kept) == WHY_MAX:
            break
    return tuple(kept)


def _words_of(name: str, said: dict[str, str]) -> str:
    """Return the words that a feature shows to a person; nothing for parts of words."""
    kind, words = name[:2], name[2:]
    if kind == "s:":
        return said.get(words, "")
    is_plain = kind in {"w:", "p:"} and "<" not in words
    return words if is_plain and max(map(len, words.split())) > _SHORT_WORD else ""
