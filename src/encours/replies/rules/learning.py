"""The model learnt from the corpus: vectors, folds, thresholds chosen on them, the file written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from encours.replies.rules import features, linear, training
from encours.replies.rules.corpus import Example
from encours.replies.rules.folding import TEXT_MAX, composed
from encours.replies.rules.stripping import own_words
from encours.replies.rules.values import CAUSES, CLASSES, OURS

PARTS: Final = 5
PASSES: Final = 12
COST: Final = 2.0
SECOND_COST: Final = 0.5
"""What an example counts for a class that is not its main one."""
RARE_COST: Final = 4.0
"""What an example counts for the cause it shows: causes are said much less than classes."""
SHARPNESS: Final = 2.5
PRECISION: Final = 0.95
"""Of the replies that are not left to a person, the share that must be read right."""
OTHER_PRECISION: Final = 0.8
NO_CAUSE: Final = "none"
UNSAID: Final = "unsaid"
OF_DISPUTES: Final = (*(one for one in OURS if one != "credit_granted"), UNSAID)
CAUSE_CLASSES: Final = (*CAUSES, UNSAID, NO_CAUSE)
Vector = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Tried:
    """An example read by a model that had not seen it."""

    example: Example
    kind: str
    confidence: float
    margins: tuple[float, ...]

    @property
    def is_right(self) -> bool:
        """Say whether the main class was found."""
        return self.kind == self.example.classes[0]


def vector_of(example: Example) -> Vector:
    """Return the vector of an example, stripped as a message is."""
    own = own_words(composed(example.text))[:TEXT_MAX]
    return features.vector(features.features_of(own, example.received))


def learn_kinds(vectors: Sequence[Vector], known: Sequence[Example]) -> linear.Linear:
    """Return the model of classes; a secondary class is neither against nor wholly for."""
    sides = {kind: [1.0 if kind in one.classes else -1.0 for one in known] for kind in CLASSES}
    costs = {
        kind: [COST * (SECOND_COST if kind in one.classes[1:] else 1.0) for one in known]
        for kind in CLASSES
    }
    return _learn(CLASSES, vectors, sides, costs)


def learn_causes(vectors: Sequence[Vector], known: Sequence[Example]) -> linear.Linear:
    """Return the model of causes: ours learnt from disputes, the others from the rest.

    A reply that says none teaches what none looks like, on its own side.
    """
    sides = {cause: [_cause_side(cause, one) for one in known] for cause in CAUSE_CLASSES}
    costs = {
        cause: [COST * (RARE_COST if one.cause == cause else 1.0) for one in known]
        for cause in CAUSE_CLASSES
    }
    return _learn(CAUSE_CLASSES, vectors, sides, costs)


def _cause_side(cause: str, example: Example) -> float:
    is_dispute = "dispute" in example.classes
    if is_dispute != (cause in OF_DISPUTES):
        return 0.0
    told = example.cause or (UNSAID if is_dispute else NO_CAUSE)
    return 1.0 if told == cause else -1.0


def _learn(
    classes: tuple[str, ...],
    vectors: Sequence[Vector],
    sides: dict[str, list[float]],
    costs: dict[str, list[float]],
) -> linear.Linear:
    learnt = [
        training.one_against_rest(vectors, sides[one], costs[one], passes=PASSES) for one in classes
    ]
    return linear.quantised(classes, [row for row, _ in learnt], [bias for _, bias in learnt])


def read_by(
    model: linear.Linear, vectors: Iterable[Vector], known: Iterable[Example]
) -> Iterator[Tried]:
    """Yield each example as the model reads it."""
    for vector, example in zip(vectors, known, strict=True):
        margins = model.margins(vector)
        shares = linear.chances(margins, SHARPNESS)
        best = max(range(len(shares)), key=shares.__getitem__)
        yield Tried(example, model.classes[best], shares[best], tuple(margins))


def validated(vectors: Sequence[Vector], known: Sequence[Example]) -> list[Tried]:
    """Return every example read by a model that learnt from the other folds."""
    found: list[Tried] = []
    for learnt, tried in training.folds(len(known), PARTS):
        model = learn_kinds([vectors[one] for one in learnt], [known[one] for one in learnt])
        found += read_by(model, [vectors[one] for one in tried], [known[one] for one in tried])
    return found


def threshold_of(tried: Sequence[Tried]) -> float:
    """Return the least confidence above which readings are as right as promised."""
    ranked = sorted(tried, key=lambda one: -one.confidence)
    right, kept = 0, ranked[0].confidence
    for count, (one, following) in enumerate(pairwise(ranked), start=1):
        right += one.is_right
        if right >= PRECISION * count and following.confidence < one.confidence:
            kept = one.confidence
    return round(kept, 3)


def other_margin_of(tried: Sequence[Tried]) -> float:
    """Return the least margin above which a second class is as often meant as promised."""
    seen = sorted(
        (
            (margin, kind in one.example.classes)
            for one in tried
            for margin, kind in zip(one.margins, CLASSES, strict=True)
            if kind not in {one.kind, "other"}
        ),
        reverse=True,
    )
    right, kept = 0, seen[0][0]
    for count, (margin, is_meant) in enumerate(seen, start=1):
        right += is_meant
        if right >= OTHER_PRECISION * count:
            kept = margin
    return round(kept, 3)


def learn(known: Sequence[Example]) -> linear.Model:
    """Return the model of a corpus, its thresholds chosen on folds of it and on nothing else."""
    vectors = [vector_of(example) for example in known]
    tried = validated(vectors, known)
    return linear.Model(
        learn_kinds(vectors, known),
        learn_causes(vectors, known),
        SHARPNESS,
        threshold_of(tried),
        other_margin_of(tried),
        digest_of(known),
    )


def digest_of(known: Iterable[Example]) -> str:
    """Return what identifies a corpus: the model says which one it learnt from."""
    return hashlib.sha256("\n".join(repr(one) for one in known).encode()).hexdigest()
