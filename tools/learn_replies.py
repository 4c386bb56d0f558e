"""Learn the model that reads replies from the corpus shipped, and write it beside it.

The same corpus gives the same file; a test compares what identifies the corpus.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from encours.replies.rules import corpus, learning, linear  # noqa: E402 - the tree comes first

WRITTEN = ROOT / "src" / "encours" / "replies" / "data" / linear.MODEL


def main() -> None:
    """Learn, write, and say the size and the thresholds."""
    known = corpus.examples(corpus.TRAINING)
    model = learning.learn(known)
    content = linear.bytes_of(model)
    WRITTEN.write_bytes(content)
    print(
        f"{len(known)} replies → {WRITTEN.name}, {len(content) // 1024} KiB, "
        f"threshold {model.threshold}, second class from {model.other_margin}"
    )


if __name__ == "__main__":
    main()
