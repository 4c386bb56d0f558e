"""Settings of the server, sized by the machine and written anew at each start.

Whoever knows better writes `local.conf` in the data directory: it is read last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from encours.config.embedded.homes import Place

MB: Final = 1
GB: Final = 1024
FIXED: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "jit": "off",
    # sums over a ledger give few rows for many read: two workers halve them (bench/README.md)
    "parallel_setup_cost": "100",
    "parallel_tuple_cost": "0.01",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_line_prefix": "%m [%p] %u@%d ",
    # a failed statement holds names and amounts: they stay out of the log
    "log_min_error_statement": "panic",
}


def settings(place: Place, memory_mb: int, disk_mb: int, shm_mb: int) -> dict[str, str]:
    """Return the server's settings for so much memory, free disk and shared memory."""
    chosen = FIXED | {
        "unix_socket_directories": str(place.run),
        "log_directory": str(place.logs),
        "shared_buffers": f"{_between(64, memory_mb // 8, 2 * GB)}MB",
        "effective_cache_size": f"{_between(128, memory_mb // 2, 64 * GB)}MB",
        "work_mem": f"{_between(8, memory_mb // 64, 64)}MB",
        "maintenance_work_mem": f"{_between(32, memory_mb // 32, 512)}MB",
        "max_wal_size": f"{_between(256, disk_mb // 8, 4 * GB)}MB",
        "min_wal_size": "128MB",
    }
    if shm_mb < 256:  # noqa: PLR2004 - a container's 64 MB stop parallel queries
        chosen["dynamic_shared_memory_type"] = "mmap"
    return chosen


def write(place: Place, more: Mapping[str, str]) -> None:
    """Write the settings of this machine, and `more` over them, into the data directory."""
    chosen = settings(place, memory_mb(), _free_mb(place.root), _shared_mb()) | dict(more)
    lines = [f"{name} = '{_quoted(value)}'" for name, value in chosen.items()]
    _replace(place, "encours.conf", "\n".join(lines))


def write_access(place: Place, system_users: list[str], roles: tuple[str, ...]) -> None:
    """Let in by the socket the system users named, and nobody else.

    The kernel tells who is at the other end (`peer`). A user id without a name, as some
    containers have, leaves only the closed folder of the socket to guard the door.
    """
    method = "peer map=encours" if system_users else "trust"
    _replace(place, "pg_hba.conf", f"local all all {method}")
    pairs = [f'encours "{user}" {role}' for user in system_users for role in roles]
    _replace(place, "pg_ident.conf", "\n".join(pairs))


def memory_mb() -> int:
    """Return the memory that we may use: the machine's, or the container's when it is less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            found.append(int(Path(name).read_text("ascii")))
        except (OSError, ValueError):
            continue
    return min(found) >> 20


def _free_mb(folder: Path) -> int:
    return shutil.disk_usage(folder).free >> 20


def _shared_mb() -> int:
    try:
        return shutil.disk_usage("/dev/shm").total >> 20  # noqa: S108 - only looked at
    except OSError:
        return 0


def _between(low: int, wanted: int, high: int) -> int:
    return max(low, min(wanted, high))


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _replace(place: Place, name: str, text: str) -> None:
    """Write one file of the data directory whole, readable by the server's account."""
    path = place.data / name
    partial = path.with_suffix(".partial")
    partial.write_text(text + "\n", "utf-8")
    partial.chmod(0o600)
    if place.account:
        os.chown(partial, place.account.pw_uid, place.account.pw_gid)
    partial.replace(path)
