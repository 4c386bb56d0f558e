"""Learn the second reader of the tone checker from its corpus, and write its weights.

The same corpus and lexicons give the same file; a test compares what identifies the corpus.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.tone.reading import Case, cases  # noqa: E402 - the tree comes first

from encours.replies.rules import training  # noqa: E402
from encours.tone.rules import likeness  # noqa: E402
from encours.tone.rules.concepts import concepts  # noqa: E402
from encours.tone.rules.plain import plain  # noqa: E402
from encours.tone.rules.readings import Sentence, hits  # noqa: E402
from encours.tone.rules.sentences import sentences  # noqa: E402
from encours.tone.rules.values import Context  # noqa: E402

WRITTEN = ROOT / "src" / "encours" / "tone" / "data" / likeness.MODEL
PASSES: Final = 12
COST: Final = 2.0
WHY_COST: Final = 4.0
WHOLE: Final = frozenset({"missing", "missing_collector"})
"""What a whole message lacks is in none of its sentences."""
BOUND: Final = frozenset({"penalties", "indemnity", "costs", "damages", "false_claim"})
"""What is unlawful to some debtors and lawful to others."""
Example = tuple[list[tuple[int, float]], str]


def known() -> list[Case]:
    """Return the texts that are learnt from: all but what lacks something as a whole."""
    return [case for case in cases() if not case.expected & WHOLE]


def digest_of(texts: Iterable[Case]) -> str:
    """Return what identifies a corpus and the names of concepts: the file says what it learnt."""
    lines = sorted(f"{one.text}\t{sorted(one.expected)}\t{one.context}" for one in texts)
    lines += concepts()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def examples(texts: Iterable[Case]) -> list[Example]:
    """Return the vector and the code of each example, "" when lawful.

    Each sentence of a lawful text is lawful; which one of an unlawful text is not is not said.
    What is as true of any debtor is said of both kinds, so that none looks unlawful by itself.
    """
    found = list[Example]()
    for case in texts:
        read = plain(case.text).text
        parts = [read[start:end].replace("\n", " ") for start, end in sentences(read)]
        code = min((code for code in case.expected if not code.startswith("~")), default="")
        for context in (case.context, *_twin(code, parts, case.context)):
            said = [" ".join(parts)] if code else parts
            found += [(_vector(one, context), code) for one in said]
    return found


def _twin(code: str, parts: list[str], context: Context) -> Iterator[Context]:
    """Yield the same context with a debtor of the other kind, if the text is as true of it."""
    other = replace(context, debtor_class="consumer" if context.is_professional else "business")
    if code and code not in BOUND:
        yield other
    if not code and all(
        hit.severity != "block" for part in parts for hit in hits(Sentence(part), other)
    ):
        yield other


def _vector(sentence: str, context: Context) -> list[tuple[int, float]]:
    return likeness.vector(likeness.features(Sentence(sentence), context))


def learn(read: Sequence[Example]) -> dict[str, tuple[list[float], float]]:
    """Return the weights that tell unlawful from lawful, then those that tell why."""
    unlawful = [one for one in read if one[1]]
    learnt = {"": _side([one for one, _ in read], [bool(code) for _, code in read], COST)}
    for code in sorted({code for _, code in unlawful}):
        vectors = [one for one, _ in unlawful]
        learnt[code] = _side(vectors, [other == code for _, other in unlawful], WHY_COST)
    return learnt


def _side(
    vectors: list[list[tuple[int, float]]], sides: list[bool], cost: float
) -> tuple[list[float], float]:
    return training.one_against_rest(
        vectors,
        [1.0 if side else -1.0 for side in sides],
        [cost] * len(vectors),
        passes=PASSES,
        buckets=likeness.BUCKETS,
    )


def main() -> None:
    """Learn, write, and say the size."""
    texts = known()
    content = likeness.bytes_of(digest_of(texts), learn(examples(texts)))
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_bytes(content)
    print(f"{len(texts)} texts → {WRITTEN.name}, {len(content) // 1024} KiB")


if __name__ == "__main__":
    main()
