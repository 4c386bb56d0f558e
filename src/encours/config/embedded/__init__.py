"""A private PostgreSQL for whoever gave no `DATABASE_URL`: found, created, started, stopped.

Importing starts nothing. `database_urls()` names the two addresses, `ensure_running()` starts
the server that answers there and leaves it running when the program ends; one instance for each
`ENCOURS_HOME` (decision 0004).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from encours.config.embedded.homes import Place, home_path, place_of
from encours.config.embedded.refusals import DatabaseUnavailable
from encours.config.embedded.roles import APP, DATABASE, OWNER, READ
from encours.config.embedded.server import (
    THROWAWAY,
    Cluster,
    Status,
    ensure_running,
    status,
    stop,
)

__all__ = (
    "APP",
    "DATABASE",
    "OWNER",
    "READ",
    "THROWAWAY",
    "Cluster",
    "DatabaseUnavailable",
    "Place",
    "Status",
    "database_urls",
    "ensure_running",
    "home_path",
    "is_embedded",
    "place_of",
    "status",
    "stop",
)


def is_embedded(environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether the program runs its own database: no `DATABASE_URL` is set."""
    return not environ.get("DATABASE_URL")


def database_urls(environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Return the addresses of the application and of the owner, without starting anything.

    With `DATABASE_URL` alone, the owner's is the same: enough to serve, not to migrate.
    """
    if given := environ.get("DATABASE_URL"):
        return given, environ.get("DATABASE_OWNER_URL") or given
    place = place_of(home_path(environ))
    return place.url(APP), place.url(OWNER)
