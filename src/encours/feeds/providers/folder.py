"""A folder of this machine: whole files, no link followed, never out of the roots allowed.

Every step is by descriptor from the root (openat, O_NOFOLLOW): a folder exchanged for a link
between two looks leads nowhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.rules.names import is_finished, is_wanted, safe_name

CHUNK: Final = 1024 * 1024
SETTLE_S: Final = 5.0
DONE: Final = "traites"
FILES_MAX: Final = 1_000
_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Folder:
    """`path` is below one of the roots; `after` is `move` (into `traites`) or `keep`."""

    code = "folder"

    def __init__(
        self, account: Account, *, roots: Sequence[Path], settle_s: float = SETTLE_S
    ) -> None:
        """Open the folder; raises Unreachable when it is not there, or not below a root."""
        self._settings = account.settings
        self._settle_s = settle_s
        self._folder = _opened(Path(account.settings.get("path", "")), roots)

    def check(self) -> str:
        """Count what waits; where files are moved, see that they can be."""
        count = sum(1 for one in self.waiting(lambda _: False) if isinstance(one, Waiting))
        if self._moves:
            self._done_folder()
        return f"Dossier lisible : {count} fichier(s) en attente."

    def waiting(self, is_known: Callable[[str], bool]) -> Iterator[Waiting | Unreachable]:
        """Yield regular files that nobody writes any more, the oldest first."""
        found: list[tuple[int, Waiting]] = []
        for name in sorted(os.listdir(self._folder)):  # noqa: PTH208 - by descriptor
            if not (is_finished(name) and is_wanted(name, self._settings.get("pattern", ""))):
                continue
            told = self._stat(name)
            if told is None or not stat.S_ISREG(told.st_mode) or self._is_fresh(told):
                continue
            one = Waiting(safe_name(name), _identity(name, told), told.st_size, name)
            if not is_known(one.identity):
                found.append((told.st_mtime_ns, one))
        yield from (one for _, one in sorted(found, key=lambda pair: pair[0])[:FILES_MAX])

    def read(self, one: Waiting) -> Iterator[bytes]:
        """Yield the file's bytes; one that changes while it is read is not taken."""
        try:
            handle = os.open(one.place, _OPEN, dir_fd=self._folder)
        except OSError as problem:
            raise Unreachable(f"« {one.name} » ne peut pas être lu.") from problem
        with os.fdopen(handle, "rb") as stream:
            if _identity(one.place, os.fstat(stream.fileno())) != one.identity:
                raise Unreachable(f"« {one.name} » a changé : il sera repris entier.")
            while chunk := stream.read(CHUNK):
                yield chunk
            if _identity(one.place, os.fstat(stream.fileno())) != one.identity:
                raise Unreachable(f"« {one.name} » a changé pendant la lecture.")

    def done(self, one: Waiting) -> None:
        """Move a taken file into `traites`, or leave it."""
        if not self._moves:
            return
        told = self._stat(one.place)
        if told is None or _identity(one.place, told) != one.identity:
            return
        target = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{one.name}"
        try:
            os.rename(one.place, target, src_dir_fd=self._folder, dst_dir_fd=self._done_folder())
        except OSError as problem:
            raise Unreachable(f"« {one.name} » est lu mais ne peut pas être rangé.") from problem

    def position(self) -> Mapping[str, Any]:
        """Remember nothing: identities do."""
        return {}

    def close(self) -> None:
        """Close the folder."""
        os.close(self._folder)

    @property
    def _moves(self) -> bool:
        return self._settings.get("after", "move") == "move"

    def _stat(self, name: str) -> os.stat_result | None:
        try:
            return os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except OSError:
            return None

    def _is_fresh(self, told: os.stat_result) -> bool:
        return time.time() - max(told.st_mtime, told.st_ctime) < self._settle_s

    def _done_folder(self) -> int:
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(DONE, 0o750, dir_fd=self._folder)
            return os.open(DONE, _OPEN | os.O_DIRECTORY, dir_fd=self._folder)
        except OSError as problem:
            raise Unreachable(
                f"Le sous-dossier « {DONE} » ne peut pas être écrit : donnez-en le droit, ou "
                "choisissez de laisser les fichiers en place."
            ) from problem


def _opened(path: Path, roots: Sequence[Path]) -> int:
    """Open a folder step by step from its root, no step being a link."""
    root = next((one for one in roots if path.is_absolute() and path.is_relative_to(one)), None)
    if root is None or ".." in path.parts:
        allowed = ", ".join(str(one) for one in roots)
        raise Unreachable(f"Ce dossier n'est pas sous un dossier permis ({allowed}).")
    try:
        here = os.open(root, _OPEN & ~os.O_NOFOLLOW | os.O_DIRECTORY)
        for step in path.relative_to(root).parts:
            inner = os.open(step, _OPEN | os.O_DIRECTORY, dir_fd=here)
            os.close(here)
            here = inner
    except FileNotFoundError as problem:
        raise Unreachable(f"Le dossier « {path} » n'existe pas.") from problem
    except OSError as problem:
        raise Unreachable(
            f"Le dossier « {path} » ne peut pas être ouvert (droit manquant, ou lien symbolique)."
        ) from problem
    return here


def _identity(name: str, told: os.stat_result) -> str:
    words = f"{name}\0{told.st_size}\0{told.st_mtime_ns}\0{told.st_ino}"
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()
