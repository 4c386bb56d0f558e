"""Where the embedded database lives: its folder, its socket, and the account that runs it.

PostgreSQL refuses to run as root, so root lends the server to another account. That account
must reach its folder, and no private folder is opened for it: when `ENCOURS_HOME` is closed
to it (/root), the cluster goes under /var/lib/encours-databases, where a link in the home leads.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from encours.config.embedded.refusals import DatabaseUnavailable
from encours.config.embedded.roles import DATABASE

SHARED: Final = Path("/var/lib/encours-databases")
SOCKETS: Final = Path("/tmp")  # noqa: S108 - a socket path must be short; checked in `open_run_dir`
ACCOUNTS: Final = ("encours", "postgres", "nobody")
SOCKET_PATH_MAX: Final = 100
PRIVATE: Final = 0o700
CROSSED: Final = 0o711


@dataclass(frozen=True, slots=True)
class Place:
    """One cluster: its folders, its socket folder, and the account its server runs under.

    `account` is None when the server runs as the present user.
    """

    home: Path
    root: Path
    account: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """Return the folder of the server's logs and of its tools' output."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """Return the folder of the socket: beside the data, or where its path is short enough."""
        beside = self.root / "run"
        if len(str(beside / ".s.PGSQL.5432")) < SOCKET_PATH_MAX:
            return beside
        uid = self.account.pw_uid if self.account else os.getuid()
        return SOCKETS / f"encours-{uid}-{_mark(self.root)}"

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database of this cluster, for one role."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.run), safe='')}"


def home_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return `ENCOURS_HOME`, or the folder where this system keeps a user's data."""
    if given := environ.get("ENCOURS_HOME"):
        return Path(given).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "encours"
    data = environ.get("XDG_DATA_HOME", "")
    base = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return base / "encours"


def place_of(home: Path) -> Place:
    """Return the place of the cluster of `home`, the same before and after it exists."""
    inside = home / "postgres"
    if os.geteuid() != 0:
        return Place(home, inside.resolve(), None)
    if inside.exists() or inside.is_symlink():
        root = inside.resolve()
        return Place(home, root, _owner(root / "data") or server_account(home))
    account = server_account(home)
    root = inside if is_open_to(account, home) else _apart(home)
    return Place(home, root, account)


def server_account(home: Path) -> pwd.struct_passwd:
    """Return the account to which root lends the server: whose home it is, or a system account."""
    if owner := _owner(home):
        return owner
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DatabaseUnavailable(
        "PostgreSQL ne s'exécute pas sous root : créez un compte « encours » "
        "(useradd --system encours), ou lancez le programme sous un compte ordinaire."
    )


def is_open_to(account: pwd.struct_passwd, folder: Path) -> bool:
    """Say whether the account may cross `folder` and all above it (those that exist)."""
    folder = folder.resolve()
    groups = set(os.getgrouplist(account.pw_name, account.pw_gid))
    crossed = [path for path in (folder, *folder.parents) if path.exists()]
    return all(_may_cross(path.stat(), account.pw_uid, groups) for path in crossed)


def open_home(home: Path) -> None:
    """Create the home: private, or crossable but not readable by others when root's server is."""
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        mode = CROSSED if os.geteuid() == 0 else PRIVATE
        home.mkdir(mode=mode, exist_ok=True)
        home.chmod(mode)


def open_place(place: Place) -> None:
    """Create the folders of a cluster, owned by the account that will run it."""
    outside = place.root == _apart(place.home)
    if outside:
        _open_crossed(SHARED)
    _open_crossed(place.root)
    if place.account and _owner(place.home):
        os.chown(place.root, place.account.pw_uid, place.account.pw_gid)
    if outside and not (place.home / "postgres").is_symlink():
        (place.home / "postgres").symlink_to(place.root)
    give(place.logs, place.account)
    open_run_dir(place)


def is_orphan(place: Place) -> bool:
    """Say whether this cluster belonged to a home of the same path that was deleted since."""
    unlinked = not (place.home / "postgres").is_symlink()
    return unlinked and place.root == _apart(place.home) and place.data.is_dir()


def set_aside(place: Place) -> None:
    """Keep an orphan under another name: a new home starts empty, nothing is destroyed."""
    kept = 1
    while (aside := place.root.with_name(f"{place.root.name}.old-{kept}")).exists():
        kept += 1
    place.root.rename(aside)


def open_run_dir(place: Place) -> None:
    """Create the socket folder, or refuse one that somebody else prepared."""
    run, uid = place.run, place.account.pw_uid if place.account else os.getuid()
    give(run, place.account)
    found = run.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != uid
        or stat.S_IMODE(found.st_mode) & 0o077
    ):
        raise DatabaseUnavailable(
            f"Le dossier {run} n'est pas à nous : supprimez-le, "
            "ou donnez un ENCOURS_HOME plus court."
        )


def _may_cross(found: os.stat_result, uid: int, groups: set[int]) -> bool:
    """Apply the kernel's rule: the first of owner, group, others that fits decides."""
    if found.st_uid == uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid in groups:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _owner(folder: Path) -> pwd.struct_passwd | None:
    """Return the ordinary account that owns an existing folder; None for root's."""
    try:
        uid = folder.stat().st_uid
        return pwd.getpwuid(uid) if uid else None
    except (FileNotFoundError, KeyError):
        return None


def _apart(home: Path) -> Path:
    """Return the place, outside of a closed home, that belongs to this home."""
    return SHARED / _mark(home)


def _mark(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _open_crossed(folder: Path) -> None:
    """Create one of our own folders: ours alone, or crossed by the server when we are root."""
    if not folder.is_dir():
        mode = CROSSED if os.geteuid() == 0 else PRIVATE
        folder.mkdir(mode=mode)
        folder.chmod(mode)


def give(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Create a private folder for the account; an existing one is left as it is."""
    if folder.exists() or folder.is_symlink():
        return
    folder.mkdir(mode=PRIVATE)
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
