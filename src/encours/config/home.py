"""`ENCOURS_HOME`: where the embedded database, the files and the keys live."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from encours.config import embedded
from encours.config.embedded import homes


def home() -> Path:
    """Return the folder of this installation; created, private, on first use."""
    folder = embedded.home_path()
    homes.open_home(folder)
    return folder


def key(name: str) -> bytes:
    """Return a key of this installation, made once and kept outside the database.

    `ENCOURS_<NAME>_KEY` in the environment wins over the file in `keys/`.
    """
    given = os.environ.get(f"ENCOURS_{name.upper()}_KEY")
    if given:
        return given.encode()
    folder = home() / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        fresh = Fernet.generate_key() if name == "field" else secrets.token_hex(32).encode()
        draft = folder / f".{name}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(fresh)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def files(*parts: str) -> Path:
    """Return a folder under `files/`, created on first use."""
    folder = home().joinpath("files", *parts)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
