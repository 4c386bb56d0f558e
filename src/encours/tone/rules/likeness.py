"""How much a sentence is like the unlawful ones of our corpus: a second reader, beside the rules.

Rules know turns of phrase; it has weighed every word, pair of words and concept of the corpus. It
is a linear model: the weights are a file of ours that `tools/learn_tone.py` makes again.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from math import sqrt
from typing import Final

from encours.tone.rules.readings import Sentence
from encours.tone.rules.sentences import Span
from encours.tone.rules.values import Context

MODEL: Final = "tone_model.bin"
BUCKETS: Final = 1 << 16
UNLAWFUL: Final = 0.0
"""Above it a sentence is refused even where no rule holds."""
SURELY_UNLAWFUL: Final = 0.3
"""The same in a letter, which has small talk, and where the words deny the thing."""
DOUBTFUL: Final = -0.2
"""Under it, what no closed list knows only warns."""
LAWFUL: Final = -0.5
"""Under it, a turn of phrase that a rule refuses only warns."""
WORDS_MIN: Final = 3
SAID_MAX: Final = 3
STEM: Final = 4
WEIGHT_MAX: Final = 127
_WORD: Final = re.compile(r"[a-z]+'?|\d+|[?!%]|[€£$]")
Feature = tuple[str, float, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Weights:
    """A signed byte a bucket, one block of buckets for each thing told apart."""

    digest: str
    codes: tuple[str, ...]
    biases: tuple[float, ...]
    scales: tuple[float, ...]
    blocks: tuple[memoryview, ...]

    def weight(self, block: int, name: str) -> float:
        """Return what a feature weighs in a block; the first says unlawful, the others why."""
        return self.blocks[block][bucket(name)] * self.scales[block]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How unlawful a sentence looks, and what it has that lawful ones have not."""

    score: float
    code: str = ""
    said: tuple[str, ...] = ()
    span: Span = (0, 0)


def bucket(name: str) -> int:
    """Return the bucket of a feature: the same everywhere and for ever."""
    return zlib.crc32(name.encode()) % BUCKETS


def features(sentence: Sentence, context: Context) -> list[Feature]:
    """Return names, weights and the words they come from, for a plain sentence."""
    words = ["0" if one[0][0].isdigit() else one[0] for one in words_of(sentence)]
    return [*_of_words(words, context), *_of_concepts(sentence.told())]


def _of_concepts(told: list[str]) -> Iterator[Feature]:
    for name in told:
        yield f"s:{name}", 1.0, ()
    for one, two in combinations(told, 2):
        yield f"b:{one} {two}", 0.5, ()


def _of_words(words: list[str], context: Context) -> Iterator[Feature]:
    who = "p" if context.is_professional else "c"
    stems = [word[:STEM] for word in words]
    yield f"k:{who}", 1.0, ()
    for at, word in enumerate(words):
        yield f"w:{word}", 1.5, (at,)
        yield f"t:{stems[at]}", 0.8, (at,)
        yield f"k:{who}:{stems[at]}", 0.5, (at,)
        if at:
            yield f"p:{words[at - 1]} {word}", 0.8, (at - 1, at)
            yield f"q:{stems[at - 1]} {stems[at]}", 0.8, (at - 1, at)
        if at > 1:
            yield f"r:{stems[at - 2]} {stems[at]}", 0.8, (at - 2, at)


def vector(found: list[Feature]) -> list[tuple[int, float]]:
    """Return features hashed and scaled to length one, each name once, in the order of buckets."""
    summed: dict[int, float] = {}
    for name, weight in {name: weight for name, weight, _ in found}.items():
        place = bucket(name)
        summed[place] = summed.get(place, 0.0) + weight
    length = sqrt(sum(weight * weight for weight in summed.values())) or 1.0
    return [(place, weight / length) for place, weight in sorted(summed.items())]


def words_of(sentence: Sentence) -> list[re.Match[str]]:
    """Return the words and signs that count in a plain sentence."""
    return list(_WORD.finditer(sentence.text))


def likeness(sentence: Sentence, context: Context) -> Likeness:
    """Read a plain sentence; one of two words says too little."""
    matches = words_of(sentence)
    if len(matches) < WORDS_MIN:
        return Likeness(0.0)
    model, found = weights(), features(sentence, context)
    scaled = vector(found)
    score = _margin(model, 0, scaled)
    if score <= UNLAWFUL:
        return Likeness(score)
    best = max(range(1, len(model.codes)), key=lambda block: _margin(model, block, scaled))
    told = _told(model, found, len(matches))
    heavy = [matches[at] for at in told]
    return Likeness(
        score,
        model.codes[best],
        tuple(one[0] for one in heavy),
        (heavy[0].start(), heavy[-1].end()),
    )


def _margin(model: Weights, block: int, scaled: list[tuple[int, float]]) -> float:
    row = model.blocks[block]
    total = sum(value * row[place] for place, value in scaled)
    return total * model.scales[block] + model.biases[block]


def _told(model: Weights, found: list[Feature], count: int) -> list[int]:
    """Return the places of the words that weighed most, in the order of reading."""
    shares = [0.0] * count
    for name, weight, places in found:
        for at in places:
            shares[at] += weight * model.weight(0, name) / len(places)
    ranked = sorted(range(count), key=lambda at: (-shares[at], at))
    return sorted(ranked[:SAID_MAX])


@cache
def weights() -> Weights:
    """Return the weights of the package, read once, when a first text is."""
    return weights_of((files("encours.tone") / "data" / MODEL).read_bytes())


def weights_of(content: bytes) -> Weights:
    """Read weights as `bytes_of` wrote them."""
    head, _, packed = content.partition(b"\n")
    said = json.loads(head)
    rows = memoryview(zlib.decompress(packed)).cast("b")
    blocks = tuple(rows[at : at + BUCKETS] for at in range(0, len(rows), BUCKETS))
    codes, biases, scales = (tuple(said[name]) for name in ("codes", "biases", "scales"))
    return Weights(said["digest"], codes, biases, scales, blocks)


def bytes_of(digest: str, learnt: dict[str, tuple[list[float], float]]) -> bytes:
    """Write weights and biases by code, "" first: the same give the same bytes."""
    scales = [max(map(abs, row)) / WEIGHT_MAX or 1.0 for row, _ in learnt.values()]
    biases = [round(bias, 6) for _, bias in learnt.values()]
    head = {"digest": digest, "codes": list(learnt), "biases": biases, "scales": scales}
    packed = bytearray()
    for (row, _), scale in zip(learnt.values(), scales, strict=True):
        packed += bytes(round(weight / scale) & 0xFF for weight in row)
    return json.dumps(head).encode() + b"\n" + zlib.compress(bytes(packed), 9)
