"""Asks the poor process about PDFs: how many pages, what text, one page as a picture."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from encours.documents import render
from encours.documents.rules.content import NotTaken

SECONDS: Final = 20
LOCKED: Final = "Ce PDF est protégé par un mot de passe : enregistrez-le sans protection."
BROKEN: Final = "Ce PDF ne peut pas être lu : il est abîmé, ou trop lourd à afficher."
PAGES_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What is read of a PDF when it comes in."""

    pages: int
    text: str


class PdfReader:
    """One process for many files; killed when a file takes too long, started again after."""

    def __init__(self) -> None:
        """Start nothing before the first question."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the process end."""
        self._stop()

    def facts(self, content: bytes) -> PdfFacts:
        """Return pages and text; raises NotTaken for a PDF that is locked, broken or endless."""
        header, body = self._ask({"what": "facts"}, content)
        if not 0 < header["pages"] <= PAGES_MAX:
            raise NotTaken(BROKEN)
        return PdfFacts(header["pages"], body.decode())

    def page(self, content: bytes, number: int) -> bytes:
        """Return one page (the first is 0) as a PNG."""
        return self._ask({"what": "page", "page": number}, content)[1]

    def _ask(self, asked: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        try:
            render.send(process.stdin, asked, content)
            head = process.stdout.read(4)
            header = json.loads(process.stdout.read(struct.unpack(">I", head)[0]))
            body = process.stdout.read(header["size"])
        except (OSError, struct.error, ValueError) as dead:
            self._stop()
            raise NotTaken(BROKEN) from dead
        finally:
            timer.cancel()
        if "error" in header:
            raise NotTaken(LOCKED if header["error"] == "locked" else BROKEN)
        return header, body

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "encours.documents.render"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.kill()
        process.wait()
