"""Is a server running on this data directory? What `postmaster.pid` says, checked.

The file outlives a crash, and the number in it may then belong to a zombie that nobody buries or
to another program (a container gives the same numbers again): PostgreSQL would refuse to start.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import time
from pathlib import Path
from typing import Final

NOBODY: Final = 2**31 - 1  # above any process number: `kill` answers "no such process"
ASK_ENCRYPTION: Final = struct.pack("!ii", 8, 80877103)  # SSLRequest of the PostgreSQL protocol
SOCKET: Final = ".s.PGSQL.5432"
ANSWER_S: Final = 10.0
_PID, _STATUS = 0, 7


def running_pid(data: Path) -> int | None:
    """Return the number of the server that runs on `data`, dead or foreign ones set apart."""
    lines = _lines(data)
    pid = int(lines[_PID]) if lines and lines[_PID].strip().isdigit() else 0
    return pid if pid and pid != NOBODY and _is_server(pid, data) else None


def is_ready(data: Path, run: Path) -> bool:
    """Say whether the server of `data` runs and answers on its socket."""
    return _says_ready(data) and running_pid(data) is not None and _answers(run)


def has_lost_its_socket(data: Path, run: Path) -> bool:
    """Say whether a server is up behind a door that no longer exists."""
    return _says_ready(data) and not (run / SOCKET).exists()


def _says_ready(data: Path) -> bool:
    lines = _lines(data)
    return len(lines) > _STATUS and lines[_STATUS].strip() == "ready"


def _answers(run: Path) -> bool:
    """Ask for encryption and hear the refusal: a server that is dying does not answer."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(ANSWER_S)
        try:
            door.connect(str(run / SOCKET))
            door.sendall(ASK_ENCRYPTION)
            return bool(door.recv(1))
        except OSError:
            return False


def bury(data: Path, patience_s: float = 5.0) -> None:
    """Make a stale `postmaster.pid` harmless: wait for the zombie, then name nobody in its place.

    The file itself stays: PostgreSQL reads there which shared memory a crash may have left in
    use by the dead server's children.
    """
    lines = _lines(data)
    if not lines or not lines[_PID].strip().isdigit() or running_pid(data):
        return
    pid, until = int(lines[_PID]), time.monotonic() + patience_s
    while _state(pid) == "Z" and time.monotonic() < until:
        _reap(pid)
        time.sleep(0.05)
    if _state(pid):
        lines[_PID] = str(NOBODY)
        (data / "postmaster.pid").write_text("\n".join(lines) + "\n", "utf-8")


def _lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def _is_server(pid: int, data: Path) -> bool:
    """Say whether the process is a living server of this data directory."""
    if _state(pid) in {"", "Z", "X"}:
        return False
    return str(data) in _command(pid)


def _state(pid: int) -> str:
    """Return the letter of the process's state, or nothing when there is no such process."""
    if Path("/proc/self/stat").exists():
        try:
            told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        except OSError:
            return ""
        return told.rpartition(")")[2].split()[0]
    return _ps(pid, "stat=")[:1]


def _command(pid: int) -> list[str]:
    if Path("/proc/self/cmdline").exists():
        try:
            told = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return []
        return [word.decode("utf-8", "replace") for word in told.split(b"\0")]
    return _ps(pid, "command=").split()


def _ps(pid: int, column: str) -> str:
    told = subprocess.run(  # noqa: S603 - a number and a constant
        ["/bin/ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def _reap(pid: int) -> None:
    """Bury it ourselves when it is our own child: in a container we may be process 1."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
