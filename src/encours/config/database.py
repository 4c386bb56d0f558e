"""From a database URL to Django's settings; the application never connects as the owner."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def settings_of(url: str, *, pooled: bool) -> dict[str, Any]:
    """Return Django's DATABASES entry for `postgresql://user:password@host:port/name?host=…`."""
    parts = urlsplit(url)
    assert parts.scheme in ("postgresql", "postgres"), "encours needs PostgreSQL"
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        name: value for name, value in query.items() if name not in ("host", "user", "port")
    }
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": query.get("port", str(parts.port or "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": pooled,
        "ATOMIC_REQUESTS": False,
    }


def user_of(url: str) -> str:
    """Return the role that a database URL connects as."""
    return str(settings_of(url, pooled=False)["USER"])
