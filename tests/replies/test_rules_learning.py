"""The model: learnt the same way everywhere, its thresholds chosen on folds, its file faithful."""

from __future__ import annotations

import pytest

from encours.replies.rules import corpus, learning, linear, training
from encours.replies.rules.features import BUCKETS, bucket, features_of, vector
from encours.replies.rules.learning import Tried
from encours.replies.rules.values import CLASSES

KNOWN = corpus.examples(corpus.TRAINING)[::30]


def small() -> linear.Model:
    return learning.learn(KNOWN)


def test_the_shipped_model_learnt_from_the_shipped_corpus() -> None:
    shipped = linear.shipped_model()

    assert shipped.digest == learning.digest_of(corpus.examples(corpus.TRAINING)), (
        "run tools/learn_replies.py"
    )
    assert shipped.kinds.classes == CLASSES
    assert 0 < shipped.threshold < 1


@pytest.mark.slow
def test_learning_again_gives_the_shipped_file() -> None:
    content = linear.bytes_of(learning.learn(corpus.examples(corpus.TRAINING)))
    again, shipped = linear.model_of(content), linear.shipped_model()

    assert again.digest == shipped.digest
    assert bytes(again.kinds.weights) == bytes(shipped.kinds.weights)
    assert bytes(again.causes.weights) == bytes(shipped.causes.weights)


def test_the_same_corpus_gives_the_same_bytes_and_they_are_read_back() -> None:
    first, second = small(), small()
    content = linear.bytes_of(first)
    back = linear.model_of(content)

    assert content == linear.bytes_of(second) == linear.bytes_of(back)
    found = learning.vector_of(KNOWN[0])
    assert back.kinds.margins(found) == first.kinds.margins(found)
    assert len(content) < 400_000


def test_two_sides_are_told_apart() -> None:
    left, right = [(1, 1.0)], [(2, 1.0)]
    weights, bias = training.one_against_rest(
        [left, right, [(3, 1.0)]], [1.0, -1.0, 0.0], [2.0, 2.0, 2.0], passes=50
    )

    assert weights[1] + bias > 0.5
    assert weights[2] + bias < -0.5
    assert weights[3] == 0.0


def test_folds_cover_all_once() -> None:
    tried = [one for _, part in training.folds(23, 5) for one in part]

    assert sorted(tried) == list(range(23))
    assert all(not set(learnt) & set(part) for learnt, part in training.folds(23, 5))


def tried(kind: str, confidence: float, *, right: bool) -> Tried:
    example = next(one for one in KNOWN if (one.classes[0] == kind) is right)
    return Tried(example, kind, confidence, (0.0,) * len(CLASSES))


def test_the_threshold_keeps_what_is_right_often_enough() -> None:
    sure = [tried("promise", 0.9 + one / 1000, right=True) for one in range(40)]
    unsure = [tried("promise", 0.4 + one / 1000, right=one % 2 == 0) for one in range(20)]

    assert 0.41 < learning.threshold_of(sure + unsure) <= 0.9
    assert learning.threshold_of([*sure, tried("promise", 0.1, right=True)]) < 0.91


def test_features_and_their_buckets() -> None:
    found = features_of("Virement de 500 € le 12/03, facture F-77", KNOWN[0].received)

    assert {"s:montant", "s:document"} <= found.keys()
    assert 0 <= bucket("w:virement") < BUCKETS
    assert abs(sum(weight**2 for _, weight in vector(found)) - 1) < 1e-9
    assert vector({}) == []


def test_chances_share_one() -> None:
    shares = linear.chances([1.0, 0.0, -2.0], 2.5)

    assert abs(sum(shares) - 1) < 1e-9
    assert shares == sorted(shares, reverse=True)
