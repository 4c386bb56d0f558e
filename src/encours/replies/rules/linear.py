"""The linear model: weights by bucket and class, read from the file that training wrote.

The file is a line of JSON (classes, scales, thresholds, digest of the corpus), then the weights,
one signed byte each, compressed.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from typing import Any, Final

from encours.replies.rules.features import BUCKETS

MODEL: Final = "replies_model.bin"
_WEIGHT_MAX: Final = 127


@dataclass(frozen=True, slots=True)
class Linear:
    """One weight a bucket and class; `scale` turns bytes into weights."""

    classes: tuple[str, ...]
    biases: tuple[float, ...]
    weights: memoryview
    scale: float

    def margins(self, found: list[tuple[int, float]]) -> list[float]:
        """Return how far on its side each class finds the vector."""
        width, totals = len(self.classes), [0.0] * len(self.classes)
        for place, value in found:
            row = self.weights[place * width : (place + 1) * width]
            for one in range(width):
                if row[one]:
                    totals[one] += value * row[one]
        return [total * self.scale + bias for total, bias in zip(totals, self.biases, strict=True)]

    def weight(self, place: int, kind: str) -> float:
        """Return how much a bucket speaks for a class, against the mean of the others."""
        width = len(self.classes)
        row = self.weights[place * width : (place + 1) * width]
        own = row[self.classes.index(kind)]
        return (own - (sum(row) - own) / (width - 1)) * self.scale


@dataclass(frozen=True, slots=True)
class Model:
    """The model of classes, that of causes, and what was chosen on validation folds."""

    kinds: Linear
    causes: Linear
    sharpness: float
    threshold: float
    other_margin: float
    digest: str


def chances(margins: list[float], sharpness: float) -> list[float]:
    """Return margins as shares of one."""
    top = max(margins)
    raised = [exp((margin - top) * sharpness) for margin in margins]
    total = sum(raised)
    return [one / total for one in raised]


@cache
def shipped_model() -> Model:
    """Return the model of the package."""
    return model_of((files("encours.replies") / "data" / MODEL).read_bytes())


def model_of(content: bytes) -> Model:
    """Read a model as `bytes_of` wrote it."""
    head, _, packed = content.partition(b"\n")
    said: dict[str, Any] = json.loads(head)
    weights = memoryview(zlib.decompress(packed)).cast("b")
    cut = BUCKETS * len(said["kinds"]["classes"])
    return Model(
        _linear(said["kinds"], weights[:cut]),
        _linear(said["causes"], weights[cut:]),
        said["sharpness"],
        said["threshold"],
        said["other_margin"],
        said["digest"],
    )


def _linear(said: dict[str, Any], weights: memoryview) -> Linear:
    return Linear(tuple(said["classes"]), tuple(said["biases"]), weights, said["scale"])


def bytes_of(model: Model) -> bytes:
    """Write a model: the same weights give the same bytes."""
    head = {
        "kinds": _described(model.kinds),
        "causes": _described(model.causes),
        "sharpness": model.sharpness,
        "threshold": model.threshold,
        "other_margin": model.other_margin,
        "digest": model.digest,
    }
    packed = zlib.compress(bytes(model.kinds.weights) + bytes(model.causes.weights), 9)
    return json.dumps(head, sort_keys=True).encode() + b"\n" + packed


def _described(linear: Linear) -> dict[str, Any]:
    return {"classes": linear.classes, "biases": linear.biases, "scale": linear.scale}


def quantised(classes: tuple[str, ...], rows: list[list[float]], biases: list[float]) -> Linear:
    """Return the model of exact weights (one row a class) rounded to bytes."""
    top = max(max(abs(weight) for weight in row) for row in rows) or 1.0
    content = bytearray(BUCKETS * len(classes))
    packed = memoryview(content).cast("b")
    for one, row in enumerate(rows):
        for place, weight in enumerate(row):
            if weight:
                packed[place * len(classes) + one] = round(weight / top * _WEIGHT_MAX)
    rounded = tuple(round(bias, 6) for bias in biases)
    return Linear(classes, rounded, packed, top / _WEIGHT_MAX)
