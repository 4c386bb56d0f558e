"""What the reading is worth on replies that it never learnt from: figures printed, and held.

`pytest tests/replies/test_held_out.py -s` prints the table of confusions. `blind.txt` was written by
somebody who had seen neither the rules nor the corpus: it tells best what a new reply is worth.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from encours.replies.rules import amounts, corpus, dates, picking, reading, references
from encours.replies.rules.abbreviations import spelt_out
from encours.replies.rules.corpus import Example
from encours.replies.rules.folding import composed, fold
from encours.replies.rules.stripping import own_words
from encours.replies.rules.values import CLASSES

MACRO_F1 = 0.85
KEPT_PRECISION = 0.93
KEPT_PRECISION_BLIND = 0.9
ABSTAINED_MAX = 0.20
EXTRACTED = 0.95
CAUSES_RIGHT = 0.75
HELD_OUT_SHARE = 0.25
REPLIES = 1500
# The identifiers of the part held out: a reply may be added to it, none may leave for training.
NOTHING = (None, (), "", (None, None, None))
MACHINES = {"bounce", "out_of_office"}  # nobody writes them
BLIND = Path(__file__).parent / "blind.txt"
FIRST_IDS = "h0001", "h0901"


@cache
def held_out() -> tuple[Example, ...]:
    return corpus.examples(corpus.HELD_OUT)


@cache
def blind() -> tuple[Example, ...]:
    return corpus.read(BLIND.read_text("utf-8"))


@cache
def readings() -> tuple[reading.Reading, ...]:
    return tuple(reading.read_reply(one.text, received=one.received) for one in held_out())


def scores(pairs: Counter[tuple[str, str]]) -> dict[str, float]:
    found = {}
    for kind in CLASSES:
        right = pairs[kind, kind]
        meant = sum(count for (true, _), count in pairs.items() if true == kind)
        said = sum(count for (_, read), count in pairs.items() if read == kind)
        found[kind] = 2 * right / max(meant + said, 1)
    return found


def test_sizes_of_the_corpus() -> None:
    training, held = corpus.examples(corpus.TRAINING), (*held_out(), *blind())
    french = sum(one.language == "fr" for one in (*training, *held))
    total = len(training) + len(held)
    print(f"\n{len(training)} replies to learn from, {len(held)} held out, {french} in French")  # noqa: T201

    assert total >= REPLIES
    assert len(held) >= HELD_OUT_SHARE * total
    assert 0.55 < french / total < 0.8
    assert min(Counter(one.classes[0] for one in training).values()) >= 50


def test_no_reply_held_out_is_learnt_from() -> None:
    training, held = corpus.examples(corpus.TRAINING), held_out()
    codes = [one.code for one in (*training, *held, *blind())]

    assert len(set(codes)) == len(codes)
    assert [one.code for one in held][:: len(held) - 1] == list(FIRST_IDS)
    assert all(one.code.startswith("h") for one in held)
    held = (*held, *blind())
    learnt = {
        hashlib.sha256(fold(one.text).encode()).digest() for one in training if len(one.text) > 40
    }
    assert not [
        one.code for one in held if hashlib.sha256(fold(one.text).encode()).digest() in learnt
    ]


def test_classes() -> None:
    pairs = Counter(
        (one.classes[0], read.kind) for one, read in zip(held_out(), readings(), strict=True)
    )
    found = scores(pairs)
    print("\n" + " " * 15 + " ".join(f"{kind[:7]:>7}" for kind in CLASSES) + "      F1")  # noqa: T201
    for kind in CLASSES:
        row = " ".join(f"{pairs[kind, other]:>7}" for other in CLASSES)
        print(f"{kind:<15}{row}   {found[kind]:.3f}")  # noqa: T201
    macro = sum(found.values()) / len(found)
    print(f"macro-F1 {macro:.3f}")  # noqa: T201

    assert macro >= MACRO_F1


def test_what_a_stranger_wrote() -> None:
    asked = blind()
    read = [reading.read_reply(one.text, received=one.received) for one in asked]
    pairs = Counter((one.classes[0], said.kind) for one, said in zip(asked, read, strict=True))
    found = [score for kind, score in scores(pairs).items() if kind not in MACHINES]
    kept = [
        one.classes[0] == said.kind
        for one, said in zip(asked, read, strict=True)
        if not said.is_abstained
    ]
    macro, right = sum(found) / len(found), sum(kept) / len(kept)
    abstained = 1 - len(kept) / len(asked)
    print(f"\nblind: macro-F1 {macro:.3f}, abstained {abstained:.1%}, others right {right:.1%}")  # noqa: T201

    assert macro >= MACRO_F1
    assert right >= KEPT_PRECISION_BLIND


def test_abstentions() -> None:
    both = list(zip(held_out(), readings(), strict=True))
    kept = [(one, read) for one, read in both if not read.is_abstained]
    right = sum(one.classes[0] == read.kind for one, read in kept)
    abstained = 1 - len(kept) / len(both)
    print(f"\nabstained {abstained:.1%}, of the others {right / len(kept):.1%} right")  # noqa: T201

    assert abstained <= ABSTAINED_MAX
    assert right / len(kept) >= KEPT_PRECISION


def test_causes() -> None:
    told = [(one, read) for one, read in zip(held_out(), readings(), strict=True) if one.cause]
    right = sum(one.cause == read.cause for one, read in told)
    print(f"\n{right} causes of {len(told)}: {right / len(told):.1%}")  # noqa: T201

    assert right / len(told) >= CAUSES_RIGHT


def extracted(one: Example) -> dict[str, object]:
    """What is extracted when the class is right: the two are measured apart."""
    own = own_words(composed(one.text))
    folded = spelt_out(fold(own))
    said = dates.dates_said(folded, one.received)
    kind = one.classes[0]
    if kind in {"dispute", "invoice_asked"} and "promise" in one.classes:
        kind = "promise"
    day = picking.date_of(kind, folded, said, one.received)
    amount = picking.amount_of(kind, folded, amounts.amounts_said(folded, said))
    told = references.addresses(own) if kind in {"wrong_contact", "out_of_office"} else ()
    return {
        "date": day,
        "amount": (amount.cents, amount.times, amount.share) if amount else (None, None, None),
        "invoices": references.invoices_cited(own),
        "address": told[0] if told else "",
    }


def labelled(one: Example) -> dict[str, object]:
    return {
        "date": one.said_on,
        "amount": (one.cents, one.times, one.share),
        "invoices": one.invoices,
        "address": one.address,
    }


@pytest.mark.parametrize("field", ["date", "amount", "invoices", "address"])
def test_extraction_is_exact(field: str) -> None:
    asked = [one for one in held_out() if labelled(one)[field] not in NOTHING]
    right = sum(extracted(one)[field] == labelled(one)[field] for one in asked)
    invented = sum(
        extracted(one)[field] != labelled(one)[field] for one in held_out() if one not in asked
    )
    print(f"\n{field}: {right} of {len(asked)} exact, {invented} found where there is none")  # noqa: T201

    assert right >= EXTRACTED * len(asked)
    assert invented <= (1 - EXTRACTED) * len(held_out())


def test_extraction_of_whole_replies() -> None:
    right = sum(extracted(one) == labelled(one) for one in held_out())
    print(f"\n{right} of {len(held_out())} replies exact in every field")  # noqa: T201

    assert right >= EXTRACTED * len(held_out())
