"""One archive of everything: the database, the files, the seals and the keys.

A tar of `manifest.json`, `database.dump` (pg_dump, custom format), `files/` and `keys/`. The keys
are in it (without them sealed journals and stored passwords are lost): keep it where keys are kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connections

from encours import __version__
from encours.config import embedded, home
from encours.config.operations import journals, schema
from encours.kernel.refusal import Refusal

KEEP: Final = 14
FOLDERS: Final = ("files", "keys")
WIPE: Final = "drop schema public cascade; create schema public;"


class NotAnArchive(Refusal):
    """The file is no archive of ours, or is damaged."""

    message = "Ce fichier n'est pas une sauvegarde d'encours, ou il est abîmé."


class NotEmpty(Refusal):
    """The installation already holds data."""

    message = "L'installation contient déjà des données : ajoutez --replace pour les remplacer."


class ToolFailed(Refusal):
    """pg_dump or pg_restore said no."""


def backup(to: Path | None = None) -> Path:
    """Write an archive and return its path; without `to`, under `backups/`, the last 14 kept."""
    folder = home.home() / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    now = datetime.now(UTC)
    target = to or folder / f"encours-{now:%Y%m%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        dump = Path(scratch) / "database.dump"
        _run("pg_dump", "--format=custom", f"--file={dump}")
        manifest = Path(scratch) / "manifest.json"
        described = {
            "program": __version__,
            "made_at": now.isoformat(),
            "database_sha256": _digest(dump),
        }
        manifest.write_text(json.dumps(described))
        draft = Path(scratch) / "archive.tar"
        with tarfile.open(draft, "w") as archive:
            archive.add(manifest, "manifest.json")
            archive.add(dump, "database.dump")
            for name in FOLDERS:
                if (home.home() / name).is_dir():
                    archive.add(home.home() / name, name)
        draft.chmod(0o600)
        shutil.move(draft, target)
    if to is None:
        for old in sorted(folder.glob("encours-*.tar"))[:-KEEP]:
            old.unlink()
    return target


def newest() -> datetime | None:
    """Return when the newest archive under `backups/` was made."""
    found = sorted((home.home() / "backups").glob("encours-*.tar"))
    if not found:
        return None
    return datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)


def restore(archive: Path, *, replace: bool) -> str:
    """Put an archive back, start a new era of the journal, verify, and say so in French."""
    with tempfile.TemporaryDirectory(dir=home.home()) as scratch:
        described = _unpack(archive, Path(scratch))
        if schema.is_founded() and not replace:
            raise NotEmpty
        _replace_database(Path(scratch) / "database.dump")
        for name in FOLDERS:
            if (Path(scratch) / name).is_dir():
                shutil.copytree(Path(scratch) / name, home.home() / name, dirs_exist_ok=True)
    settings.SEAL_KEY = home.key("seal")
    schema.migrate(quiet=True)
    verdicts = journals.verify_all()
    lines = [f"Restauré : sauvegarde du {described['made_at']}."]
    lines += [journals.sentence(verdict) for verdict in verdicts]
    return "\n".join(lines)


def _unpack(archive: Path, scratch: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(scratch, filter="data")
        described: dict[str, Any] = json.loads((scratch / "manifest.json").read_text())
        if _digest(scratch / "database.dump") != described["database_sha256"]:
            raise NotAnArchive
    except (OSError, tarfile.TarError, ValueError, KeyError) as problem:
        raise NotAnArchive from problem
    return described


def _replace_database(dump: Path) -> None:
    with schema.as_owner():
        with connections["default"].cursor() as cursor:
            cursor.execute(WIPE)
        connections["default"].close()
        _run("pg_restore", "--no-owner", "--exit-on-error", str(dump), into=True)
        with connections["default"].cursor() as cursor:
            cursor.execute("update tenancy_era set era = era + 1")
            cursor.execute("analyze")


def _run(tool: str, *words: str, into: bool = False) -> None:
    database = settings.OWNER_DATABASE
    environment = {
        **os.environ,
        "PGPASSWORD": database["PASSWORD"],
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or 5432),
        "PGUSER": database["USER"],
        "LC_ALL": "C.UTF-8",
    }
    name = connections["default"].settings_dict["NAME"]
    command = [_tool(tool), *words, f"--dbname={name}"]
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        doing = "La restauration" if into else "La sauvegarde"
        raise ToolFailed(f"{doing} a échoué : {done.stderr.strip()[-500:]}")


def _tool(name: str) -> str:
    if embedded.is_embedded():
        return str(embedded.ensure_running().bin_dir / name)
    found = shutil.which(name)
    if found is None:
        raise ToolFailed(f"{name} est introuvable : installez les outils clients de PostgreSQL.")
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
