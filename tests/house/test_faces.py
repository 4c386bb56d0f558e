"""Who stands for whom is joined so that an index can be used under a policy."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "encours"
HIDDEN = re.compile(r"=\s*coalesce\(\s*(face|faces|merged)\.face_id")


def test_no_join_on_a_coalesced_face() -> None:
    found = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if HIDDEN.search(path.read_text("utf-8"))
    ]

    assert found == [], "coalesce is not leakproof to PostgreSQL: write the case of parties.faces"
    assert HIDDEN.search("on k.id = coalesce(face.face_id, i.customer_id)")
