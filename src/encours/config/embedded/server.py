"""Create, start, stop the server of the embedded database; several starters end up with one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from encours.config.embedded import binaries, homes, postmaster, roles, tuning
from encours.config.embedded.binaries import Binaries
from encours.config.embedded.homes import Place
from encours.config.embedded.refusals import DatabaseUnavailable

START_TIMEOUT_S: Final = 300  # a crash under a long import replays gigabytes of WAL
STOP_TIMEOUT_S: Final = 120
ATTEMPTS_S: Final = 20.0
NO_SETTINGS: Final[Mapping[str, str]] = {}
# For tests: as quick as can be; rows outlive a killed server, not a power cut.
THROWAWAY: Final[Mapping[str, str]] = {"fsync": "off", "full_page_writes": "off"}
LOG_TAIL: Final = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server that takes connections: where, as whom, and with which programs."""

    home: Path
    data: Path
    run: Path
    bin_dir: Path
    major: int
    app_url: str
    owner_url: str
    read_url: str


@dataclass(frozen=True, slots=True)
class Status:
    """What `doctor` shows: `major` is None while no cluster was ever created."""

    exists: bool
    running: bool
    pid: int | None
    major: int | None
    data: Path
    run: Path
    account: str


def ensure_running(
    home: Path | None = None, *, settings: Mapping[str, str] = NO_SETTINGS
) -> Cluster:
    """Return the cluster of `home`, created and started if needed; safe from several processes.

    The server goes on when we end. `settings` go over ours, at the next start only.
    Raises DatabaseUnavailable.
    """
    home = home or homes.home_path()
    place = homes.place_of(home)
    if not _is_up(place):
        with _starting(place):
            place = homes.place_of(home)
            if not _is_up(place):
                _bring_up(place, settings)
    found = binaries.find(place)
    return Cluster(
        home=place.home,
        data=place.data,
        run=place.run,
        bin_dir=found.folder,
        major=found.major,
        app_url=place.url(roles.APP),
        owner_url=place.url(roles.OWNER),
        read_url=place.url(roles.READ),
    )


def stop(home: Path | None = None) -> bool:
    """Stop the server of `home`, its clients disconnected; say whether there was one."""
    place = homes.place_of(home or homes.home_path())
    if not place.data.is_dir():
        return False
    with _starting(place):
        if postmaster.running_pid(place.data) is None:
            return False
        _halt(place)
        return True


def status(home: Path | None = None) -> Status:
    """Look at the embedded database of `home` without touching it."""
    place = homes.place_of(home or homes.home_path())
    exists = (place.data / "PG_VERSION").exists()
    return Status(
        exists=exists,
        running=_is_up(place),
        pid=postmaster.running_pid(place.data),
        major=int((place.data / "PG_VERSION").read_text("ascii")) if exists else None,
        data=place.data,
        run=place.run,
        account=place.account.pw_name if place.account else _user_name() or str(os.getuid()),
    )


def _is_up(place: Place) -> bool:
    try:
        made = _marker(place).exists() and not homes.is_orphan(place)
        return made and postmaster.is_ready(place.data, place.run)
    except PermissionError as problem:
        raise DatabaseUnavailable(
            f"Le dossier {problem.filename} appartient à un autre compte : "
            "lancez le programme sous ce compte, ou donnez un autre ENCOURS_HOME."
        ) from problem


def _marker(place: Place) -> Path:
    """Return the file that says: roles and database were made."""
    return place.root / "bootstrapped"


@contextlib.contextmanager
def _starting(place: Place) -> Iterator[None]:
    """Hold the lock of this home: one process at a time creates, starts or stops."""
    try:
        homes.open_home(place.home)
        lock = os.open(place.home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise DatabaseUnavailable(
            f"Le dossier {place.home} n'est pas accessible en écriture : "
            "donnez un autre ENCOURS_HOME."
        ) from problem
    try:
        if os.geteuid() == 0:
            keeper = place.home.stat()
            os.fchown(lock, keeper.st_uid, keeper.st_gid)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _bring_up(place: Place, settings: Mapping[str, str]) -> None:
    """Create what is missing, then start; the caller holds the lock."""
    if homes.is_orphan(place):
        if postmaster.running_pid(place.data):
            _halt(place)
        homes.set_aside(place)
    try:
        homes.open_place(place)
    except OSError as problem:
        raise DatabaseUnavailable(
            f"Le dossier {problem.filename} ne peut pas être créé ({problem.strerror}) : "
            "donnez un autre ENCOURS_HOME."
        ) from problem
    found = binaries.find(place)
    if not (place.data / "PG_VERSION").exists():
        _create(place, found, settings)
    if not postmaster.is_ready(place.data, place.run):
        tuning.write(place, settings)
        tuning.write_access(place, _admitted(place), _ROLES)
        _start(place, found)
    if not _marker(place).exists():
        roles.bootstrap(place.url(roles.SUPERUSER, "postgres"))
        _marker(place).touch(0o600)


_ROLES: Final = (roles.SUPERUSER, roles.OWNER, roles.APP, roles.READ)


def _create(place: Place, found: Binaries, settings: Mapping[str, str]) -> None:
    """Make the cluster in a folder of another name: half a cluster is never taken for one."""
    fresh = place.data.with_name("new")
    shutil.rmtree(fresh, ignore_errors=True)
    homes.give(fresh, place.account)
    how = ["-U", roles.SUPERUSER, "--auth-local=trust", "--auth-host=reject", "-E", "UTF8"]
    how += ["--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
    how += ["--no-sync"] if settings.get("fsync") == "off" else []
    if not _run(place, [found.tool("initdb"), "-D", str(fresh), *how]):
        raise _failure(place, "La base de données intégrée n'a pas pu être créée")
    with (fresh / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write("include_if_exists = 'encours.conf'\n")
        configuration.write("include_if_exists = 'local.conf'\n")
    fresh.rename(place.data)


def _start(place: Place, found: Binaries) -> None:
    """Start the server; what a crash left behind may take some seconds to go."""
    until = time.monotonic() + ATTEMPTS_S
    wait = ["-w", "-t", str(START_TIMEOUT_S), "-l", str(place.logs / "start.log"), "start"]
    while not _is_started_elsewhere(place):
        postmaster.bury(place.data)
        if _run(place, [found.tool("pg_ctl"), "-D", str(place.data), *wait]):
            return
        if time.monotonic() > until or not _is_passing(place):
            raise _failure(place, "La base de données intégrée n'a pas pu démarrer")
        time.sleep(0.3)


def _is_started_elsewhere(place: Place) -> bool:
    """Wait for a server that is starting, or ending, without us; say whether it answers.

    One whose socket was swept away (a clean-up of old files) is stopped, to be started again.
    """
    until = time.monotonic() + START_TIMEOUT_S
    while postmaster.running_pid(place.data) and time.monotonic() < until:
        if postmaster.is_ready(place.data, place.run):
            return True
        if postmaster.has_lost_its_socket(place.data, place.run):
            _halt(place)
        time.sleep(0.05)
    return False


def _halt(place: Place) -> None:
    """Stop a running server, its clients disconnected; the caller holds the lock."""
    wait = ["-m", "fast", "-w", "-t", str(STOP_TIMEOUT_S), "stop"]
    done = _run(place, [binaries.find(place).tool("pg_ctl"), "-D", str(place.data), *wait])
    if not done and postmaster.running_pid(place.data):
        raise _failure(place, "La base de données intégrée ne s'arrête pas")


def _is_passing(place: Place) -> bool:
    """Say whether the last start met what ends by itself: a dead server's children, a shutdown."""
    told = _tail(place.logs / "start.log", 10)
    return "shared memory block" in told or "lock file" in told


def _run(place: Place, command: list[str]) -> bool:
    """Run a tool as the server's account and say whether it succeeded.

    Its output goes to a file: a server inherits it, and would hold a pipe open for ever.
    """
    account = place.account
    output = place.logs / "tools.log"
    with output.open("ab") as log:
        if account:
            os.chown(output, account.pw_uid, account.pw_gid)
        done = subprocess.run(  # noqa: S603 - our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077,
            check=False,
        )
    return done.returncode == 0


def _admitted(place: Place) -> list[str]:
    """Return the system users let in: us and root; none when our number has no name."""
    name = place.account.pw_name if _lent_back(place) and place.account else _user_name()
    return sorted({name, "root"}) if name else []


def _lent_back(place: Place) -> bool:
    """Say whether root works for the ordinary user whose cluster this is."""
    return bool(place.account and place.home.exists() and place.home.stat().st_uid)


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""


def _failure(place: Place, sentence: str) -> DatabaseUnavailable:
    """Return the refusal with the last lines that the tools or the server wrote."""
    told = _tail(place.logs / "start.log", LOG_TAIL) or _tail(place.logs / "tools.log", LOG_TAIL)
    return DatabaseUnavailable(f"{sentence} (journal : {place.logs}).\n{told}".rstrip())


def _tail(path: Path, lines: int) -> str:
    try:
        return "\n".join(path.read_text("utf-8", "replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
