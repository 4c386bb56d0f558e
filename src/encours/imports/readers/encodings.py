"""Bytes to UTF-8, block by block: ASCII, UTF-8, ISO-8859-15, CP1252, and what else is met.

LPF art. A47 A-1 allows ASCII, ISO 8859-15 and UTF-8; software also writes CP1252, CP850, UTF-16.
"""

from __future__ import annotations

import codecs
from collections import Counter
from typing import Final

from encours.imports.rules.findings import Findings
from encours.kernel.issue import Issue

_BOM: Final = codecs.BOM_UTF8
_DOS_ACCENTS: Final = bytes((0x82, 0x85, 0x87, 0x88, 0x8A, 0x93, 0x96, 0x97))
_HIGH: Final = bytes(range(0x80, 0x100))
_SAMPLE_MIN: Final = 40
_SHOWN: Final = {
    "ascii": "ASCII",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "iso8859_15": "ISO-8859-15",
    "cp850": "DOS (CP850)",
}


class Decoder:
    """Turn each block into valid UTF-8 without null characters; remember what was met."""

    def __init__(self, head: bytes, findings: Findings) -> None:
        """Look at the first bytes for a mark of Unicode."""
        self._findings = findings
        self._met: Counter[str] = Counter()
        self._bom = head.startswith(_BOM)
        self._wide = _wide_decoder(head)
        self._at_start = True

    @property
    def name(self) -> str:
        """Return the encoding met most, as a user knows it."""
        if self._wide is not None:
            return _SHOWN["utf-16"]
        met = Counter({name: count for name, count in self._met.items() if name != "ascii"})
        name = met.most_common(1)[0][0] if met else "ascii"
        return _SHOWN[name] + (" BOM" if self._bom else "")

    @property
    def is_wide(self) -> bool:
        """Say whether characters take two bytes: then lines show only once decoded."""
        return self._wide is not None

    def decode(self, block: bytes) -> bytes:
        """Return a block as UTF-8; but for UTF-16 it must end where a line does."""
        if self._at_start:
            self._at_start = False
            block = block.removeprefix(_BOM)
        if self._wide is not None:
            return _without_nulls(self._wide.decode(block).lstrip("\ufeff").encode())
        if block.isascii():
            self._met["ascii"] += 1
            return _without_nulls(block)
        return _without_nulls(self._to_utf8(block))

    def _to_utf8(self, block: bytes) -> bytes:
        """Keep what is UTF-8 already; else choose one encoding, or mend the odd lines."""
        try:
            block.decode()
        except UnicodeDecodeError:
            pass
        else:
            self._met["utf-8"] += 1
            return block
        if _mostly_utf8(block):
            self._met["utf-8"] += 1
            return self._mended(block)
        name = _one_byte_name(block)
        self._met[name] += 1
        return block.decode(name, "replace").encode()

    def _mended(self, block: bytes) -> bytes:
        """Read line by line a block in UTF-8 where some lines are not."""
        lines = block.split(b"\n")
        mended = 0
        for at, line in enumerate(lines):
            try:
                line.decode()
            except UnicodeDecodeError:
                lines[at] = line.decode(_one_byte_name(line), "replace").encode()
                mended += 1
        self._findings.add(
            Issue(
                code="encoding_mixed",
                message=f"{mended} lignes ne sont pas en UTF-8 comme le reste du fichier ; "
                "leurs accents sont lus au mieux.",
                expected="un seul encodage",
                severity="warning",
            )
        )
        return b"\n".join(lines)


def _wide_decoder(head: bytes) -> codecs.IncrementalDecoder | None:
    """Return a decoder of UTF-16 where its mark or its null bytes show."""
    sample = head[:400]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif len(sample) > _SAMPLE_MIN and sample[1::2].count(0) > len(sample) // 3:
        name = "utf-16-le"
    elif len(sample) > _SAMPLE_MIN and sample[::2].count(0) > len(sample) // 3:
        name = "utf-16-be"
    else:
        return None
    return codecs.getincrementaldecoder(name)(errors="replace")


def _mostly_utf8(block: bytes) -> bool:
    """Say whether most of what is not ASCII makes UTF-8 characters."""
    right = sum(1 for char in block.decode("utf-8", "ignore")[:200_000] if not char.isascii())
    wrong = block.decode("utf-8", "replace")[:200_000].count("\ufffd")
    return right > wrong


def _one_byte_name(block: bytes) -> str:
    """Choose between DOS, Windows and ISO by the bytes that only one of them uses."""
    high = block.translate(None, bytes(range(0x80)))
    controls = len(high.translate(None, bytes(range(0xA0, 0x100))))
    dos = len(high) - len(high.translate(None, _DOS_ACCENTS))
    letters = len(high.translate(None, bytes(range(0xC0))))
    if dos > letters:
        return "cp850"
    return "cp1252" if controls else "iso8859_15"


def _without_nulls(block: bytes) -> bytes:
    """Replace null characters, which no database takes in a text."""
    return block.replace(b"\x00", b" ") if b"\x00" in block else block
