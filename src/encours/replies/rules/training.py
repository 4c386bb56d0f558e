"""How the model is learnt: one against the rest, squared hinge, dual coordinate descent.

Only sums, products and quotients, in a fixed order: the same corpus gives the same weights on any
machine (Hsieh et al., ICML 2008, algorithm 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from encours.replies.rules.features import BUCKETS

Vector = list[tuple[int, float]]


def one_against_rest(
    vectors: Sequence[Vector],
    signs: Sequence[float],
    costs: Sequence[float],
    *,
    passes: int,
    buckets: int = BUCKETS,
) -> tuple[list[float], float]:
    """Return weights and bias that put +1 on one side and -1 on the other; 0 is left out.

    The cost of an example is how much it counts: `C` of its own.
    """
    weights, bias = [0.0] * buckets, 0.0
    duals = [0.0] * len(vectors)
    for order in _orders(len(vectors), passes):
        for one in order:
            sign = signs[one]
            if not sign:
                continue
            found, half = vectors[one], 0.5 / costs[one]
            margin = bias
            for place, value in found:
                margin += weights[place] * value
            gradient = sign * margin - 1.0 + half * duals[one]
            # vectors are of length one, the bias is a feature of value one: the diagonal is 2
            moved = max(duals[one] - gradient / (2.0 + half), 0.0)
            step = (moved - duals[one]) * sign
            if step:
                duals[one] = moved
                bias += step
                for place, value in found:
                    weights[place] += step * value
    return weights, bias


def _orders(count: int, passes: int) -> Iterator[list[int]]:
    """Yield the orders in which examples are seen, mixed by a fixed sequence."""
    order, state = list(range(count)), 20_261_201
    for _ in range(passes):
        for last in range(count - 1, 0, -1):
            state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
            other = state // 65_536 % (last + 1)
            order[last], order[other] = order[other], order[last]
        yield list(order)


def folds(count: int, parts: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield, part by part, what to learn from and what to try it on."""
    for part in range(parts):
        tried = [one for one in range(count) if one % parts == part]
        learnt = [one for one in range(count) if one % parts != part]
        yield learnt, tried
