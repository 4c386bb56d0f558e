"""The PDF of a batch: every letter in order, each beginning on a sheet of its own."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing

import pypdfium2

A4 = (595.2756, 841.8898)


def pages(pdf: bytes) -> int:
    """Return how many pages a letter of ours has."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return len(document)


def merged(letters: Iterable[bytes], *, is_duplex: bool) -> bytes:
    """Return the letters one after the other; printed on both sides, none begins on a back."""
    with ExitStack() as stack:
        whole = stack.enter_context(closing(pypdfium2.PdfDocument.new()))
        for pdf in letters:
            one = stack.enter_context(closing(pypdfium2.PdfDocument(pdf)))
            whole.import_pages(one)
            if is_duplex and len(one) % 2:
                whole.new_page(*A4)
        out = io.BytesIO()
        whole.save(out)
        return out.getvalue()


def texts(pdf: bytes) -> Sequence[str]:
    """Return the text of each page."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        found = []
        for page in document:
            words = page.get_textpage()
            found.append(words.get_text_bounded())
            words.close()
            page.close()
        return found
