"""Letters typeset by typst: an A4 page for window envelopes, PDF/A-3, one compiler kept.

Data goes in as JSON through `sys.inputs`, as strings the template only places: nothing a customer
is called can become code. Fonts are those inside typst, so every machine prints the same letter.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
from datetime import UTC, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typst

from encours.messaging.providers.typst_letter.pages import letter_data
from encours.messaging.rules.notice import Notice

TEMPLATE: Final = "letter.typ"
STANDARD: Final = "a-3b"
UNSHOWN_MAX: Final = 40
SURELY_SHOWN: Final = frozenset(map(chr, range(0x180))) | frozenset("€’‘“”«»–—…•\u200b\u202f□")
SUBSTITUTE: Final = "□"
_UNSHOWN: Final = re.compile(r"the text `\"(.*)\"` could not be displayed", re.DOTALL)
_PAGE: Final = re.compile(rb"/Type\s*/Page\b")
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
_LOGOS: Final = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


class TypstPress:
    """One compiler, reused: three times faster than one for each letter; threads take turns."""

    code = "typst"

    def __init__(self, folder: Path | None = None) -> None:
        """Name a folder of ours; without one, a temporary one is removed at the end."""
        self._folder = folder
        self._compiler: typst.Compiler | None = None
        self._lock = threading.Lock()
        self._unshown = dict[int, str]()

    def typeset(self, notice: Notice) -> bytes:
        """Return the letter as a PDF/A-3b; the same notice always gives the same bytes."""
        written_at = datetime.combine(notice.written_on, time(12), UTC)
        with self._lock:
            self._compiler = self._compiler or self._opened()
            logo = self._laid(notice.sender.logo)
            try:
                return self._numbered(letter_data(notice, logo=logo), written_at)
            except typst.TypstError:
                if logo is None:
                    raise
                return self._numbered(letter_data(notice, logo=None), written_at)

    def _opened(self) -> typst.Compiler:
        """Lay the template in the folder, where logos go beside it; fonts are read once."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="encours-letters-"))
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lay(TEMPLATE, (files(__package__) / TEMPLATE).read_bytes())
        template = str(self._folder / TEMPLATE)
        return typst.Compiler(template, root=str(self._folder), ignore_system_fonts=True)

    def _numbered(self, data: dict[str, Any], written_at: datetime) -> bytes:
        """Compile as one page where that is likely, and again, pages counted, where it was not."""
        made = self._compiled(data, written_at)
        if data["single"] and len(_PAGE.findall(made)) != 1:
            made = self._compiled({**data, "single": False}, written_at)
        return made

    def _compiled(self, data: dict[str, Any], written_at: datetime) -> bytes:
        """Compile; a character that no font has becomes a box, and is remembered as such.

        PDF/A refuses a missing glyph rather than printing something else than what was written.
        """
        said = json.dumps(data, ensure_ascii=False)
        for _ in range(UNSHOWN_MAX):
            try:
                return self._pdf(said.translate(self._unshown), written_at)
            except typst.TypstError as problem:
                if _UNSHOWN.search(problem.message) is None:
                    raise
                if not self._learned(problem.message):
                    break
        plain = "".join(one if one in SURELY_SHOWN else SUBSTITUTE for one in said)
        return self._pdf(plain, written_at)

    def _pdf(self, said: str, written_at: datetime) -> bytes:
        assert self._compiler is not None, "opened by typeset"
        made = self._compiler.compile(
            format="pdf",
            sys_inputs={"letter": said},
            pdf_standards=[STANDARD],
            timestamp=written_at,
        )
        assert isinstance(made, bytes), "one PDF, not one image a page"
        return made

    def _learned(self, message: str) -> bool:
        found = _UNSHOWN.search(message)
        if found is None:
            return False
        text = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), found[1])
        new = {ord(one): SUBSTITUTE for one in text if one not in SURELY_SHOWN}
        new = {code: box for code, box in new.items() if code not in self._unshown}
        self._unshown.update(new)
        return bool(new)

    def _laid(self, logo: bytes) -> str | None:
        kind = next((kind for start, kind in _LOGOS.items() if logo.startswith(start)), None)
        if kind is None:
            return None
        name = f"{hashlib.sha256(logo).hexdigest()[:32]}.{kind}"
        self._lay(name, logo)
        return f"/{name}"

    def _lay(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all: other processes print from the same folder."""
        assert self._folder is not None, "opened by typeset"
        laid = self._folder / name
        if laid.exists() and laid.read_bytes() == content:
            return
        written = laid.with_name(f"{name}.{os.getpid()}")
        written.write_bytes(content)
        written.replace(laid)
