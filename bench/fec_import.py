"""Import of a big FEC: documents, due lines, payments, allocations, indexes, policies, journal."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench import data, doors, limits
from bench.figures import Figure, say, spaced, timed
from bench.installation import found_books


def measure(size: int) -> list[Figure]:
    """Import a FEC of so many lines, then the same file again."""
    with tempfile.TemporaryDirectory() as folder:
        fec = data.write_fec(Path(folder), size)
        say(f"FEC: {fec}")
        limit = timed(lambda: limits.parse_and_copy(fec.path))
        first, again, note = _ours(fec)
    return [
        Figure(f"FEC import, {spaced(fec.lines)} lines", first, limit, to_reach=4, note=note),
        Figure("the same file again, nothing new", again, limit, to_reach=1.5),
    ]


def _ours(fec: data.BigFec) -> tuple[float | None, float | None, str]:
    """Import twice through the command line; what it counted must be what was written."""
    if not doors.has("imports"):
        return None, None, ""
    books = found_books("BANC-FEC")
    words = ("import", "fec", str(fec.path), "--creditor", books.code, "--json")
    first = doors.run(*words)
    told = json.loads(first.text)
    assert told["applied"], first.text[:2000]
    assert told["control"]["ok"], told["control"]
    assert told["counts"]["invoices"] == fec.invoices, told["counts"]
    again = doors.run(*words)
    assert not json.loads(again.text)["applied"], again.text[:2000]
    other = found_books("BANC-MEMOIRE")
    peak = doors.peak_mb("import", "fec", str(fec.path), "--creditor", other.code, "--json")
    return first.duration_s, again.duration_s, f"peak {peak:.0f} MB"
