"""A ZIP written as it comes, in flat memory, with the digest of each of its files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import IO, Any, Final

MANIFEST: Final = "MANIFESTE.csv"
PACKED: Final = frozenset(
    {".pdf", ".png", ".jpg", ".jpeg", ".zip", ".docx", ".xlsx", ".odt", ".ods"}
)


class Archive:
    """One ZIP; close it to write its manifest."""

    def __init__(self, into: IO[bytes]) -> None:
        """Write into a stream, which need not seek."""
        self._zip = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._lines: list[tuple[str, int, str]] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write one file from its chunks; return its size."""
        digest, size = sha256(), 0
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        if any(name.lower().endswith(suffix) for suffix in PACKED):
            entry.compress_type = zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as handle:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                handle.write(chunk)
        self._lines.append((name, size, digest.hexdigest()))
        return size

    def add_text(self, name: str, text: str) -> None:
        """Write one small text."""
        self.add(name, [text.encode()])

    def add_rows(self, name: str, rows: Iterable[Iterable[Any]]) -> None:
        """Write a CSV from rows, the first being its titles."""
        self.add(name, csv_lines(rows))

    def close(self) -> int:
        """Write the manifest and the end of the ZIP; return the number of files."""
        titles = ("fichier", "octets", "sha256")
        text = b"".join(csv_lines([titles, *self._lines]))
        self._zip.writestr(MANIFEST, text)
        self._zip.close()
        return len(self._lines)


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """Yield a CSV as it is written."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue().encode()
