"""The process that opens PDFs: alone, poor in memory and time, since PDFs are written by strangers.

Run as `python -m encours.documents.render`; frames in and out: 4 bytes of length, a JSON header,
then `size` bytes. It knows nothing of the program, and no file but its two pipes.
"""

from __future__ import annotations

import contextlib
import json
import resource
import struct
import sys
import zlib
from collections.abc import Mapping
from typing import IO, Any, Final

MEMORY: Final = 1536 * 1024 * 1024
CPU_S: Final = 120
PIXELS_MAX: Final = 4_000_000
WIDTH: Final = 1000
TEXT_PAGES: Final = 5
TEXT_MAX: Final = 100_000
PASSWORD: Final = 4  # FPDF_ERR_PASSWORD


def main() -> None:
    """Answer requests until the other side closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        head = source.read(4)
        if len(head) < 4:  # noqa: PLR2004 - the length of a length
            return
        asked = json.loads(source.read(struct.unpack(">I", head)[0]))
        header, body = _answer(asked, source.read(asked["size"]))
        send(answers, header, body)


def send(stream: IO[bytes], header: Mapping[str, Any], body: bytes) -> None:
    """Write one frame."""
    text = json.dumps({**header, "size": len(body)}).encode()
    stream.write(struct.pack(">I", len(text)) + text + body)
    stream.flush()


def _answer(asked: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    import pypdfium2  # noqa: PLC0415 - inside the limits

    try:
        with contextlib.closing(pypdfium2.PdfDocument(content)) as document:
            if asked["what"] == "page":
                return {"pages": len(document)}, _page(document, asked["page"])
            return {"pages": len(document)}, _text(document).encode("utf-8", "replace")
    except pypdfium2.PdfiumError as problem:
        is_locked = getattr(problem, "err_code", None) == PASSWORD or "assword" in str(problem)
        return {"error": "locked" if is_locked else "broken"}, b""
    except (IndexError, MemoryError, ValueError):
        return {"error": "broken"}, b""


def _text(document: Any) -> str:
    texts = []
    for number in range(min(len(document), TEXT_PAGES)):
        page = document[number]
        texts.append(page.get_textpage().get_text_bounded())
        page.close()
    return "\n".join(texts)[:TEXT_MAX]


def _page(document: Any, number: int) -> bytes:
    page = document[number]
    width, height = page.get_size()
    scale = min(WIDTH / max(width, 1), (PIXELS_MAX / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, may_draw_forms=False)
    return _png(bitmap)


def _png(bitmap: Any) -> bytes:
    """Write a BGR bitmap as a PNG: three chunks and zlib."""
    stride, wide, high = bitmap.stride, bitmap.width, bitmap.height
    pixels, channels = bytes(bitmap.buffer), bitmap.n_channels
    lines = bytearray()
    for row in range(high):
        line = pixels[row * stride : row * stride + wide * channels]
        coloured = bytearray(wide * 3)
        for place, channel in enumerate((2, 1, 0) if channels > 1 else (0, 0, 0)):
            coloured[place::3] = line[channel::channels]
        lines += b"\0" + coloured
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(lines), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


if __name__ == "__main__":
    main()
