"""The kinds of sources: what each is told, what of it is secret, how often it usually runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

TEXT_MAX: Final = 500
KEY_MAX: Final = 10_000
Brings = Literal["files", "rows", "pushed"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a source is told; `choices` empty: anything."""

    name: str
    is_required: bool = False
    is_secret: bool = False
    is_long: bool = False
    choices: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source: files, rows of a software, or files that others push."""

    code: str
    brings: Brings
    fields: tuple[Field, ...] = ()
    schedule: str = ""
    fresh_hours: int = 0

    @property
    def secrets(self) -> frozenset[str]:
        """Return the names of its secrets."""
        return frozenset(one.name for one in self.fields if one.is_secret)


_AFTER: Final = Field("after", choices=("move", "keep"), default="move")
_URL: Final = Field("url", is_required=True)
KINDS: Final[Mapping[str, Kind]] = {
    one.code: one
    for one in (
        Kind(
            "folder",
            "files",
            (Field("path", is_required=True), Field("pattern"), _AFTER),
            schedule="5",
        ),
        Kind(
            "sftp",
            "files",
            (
                Field("host", is_required=True),
                Field("port", default="22"),
                Field("user", is_required=True),
                Field("password", is_secret=True),
                Field("key", is_secret=True, is_long=True),
                Field("passphrase", is_secret=True),
                Field("fingerprint"),
                Field("path"),
                Field("pattern"),
                _AFTER,
            ),
            schedule="15",
        ),
        Kind(
            "imap",
            "files",
            (
                Field("host", is_required=True),
                Field("port"),
                Field("security", choices=("tls", "starttls", "none"), default="tls"),
                Field("user", is_required=True),
                Field("password", is_secret=True),
                Field("token", is_secret=True, is_long=True),
                Field("folder", default="INBOX"),
                Field("senders", is_required=True),
                Field("max_mb", default="25"),
            ),
            schedule="15",
        ),
        Kind("push", "pushed"),
        Kind(
            "pennylane",
            "rows",
            (Field("token", is_required=True, is_secret=True),),
            schedule="60",
            fresh_hours=48,
        ),
        Kind(
            "odoo",
            "rows",
            (
                _URL,
                Field("database", is_required=True),
                Field("user", is_required=True),
                Field("password", is_required=True, is_secret=True),
            ),
            schedule="60",
            fresh_hours=48,
        ),
        Kind(
            "dolibarr",
            "rows",
            (_URL, Field("token", is_required=True, is_secret=True)),
            schedule="60",
            fresh_hours=48,
        ),
        Kind(
            "quickbooks",
            "rows",
            (
                Field("realm", is_required=True),
                Field("environment", choices=("production", "sandbox"), default="production"),
                Field("client_id", is_required=True, is_secret=True),
                Field("client_secret", is_required=True, is_secret=True),
                Field("refresh_token", is_required=True, is_secret=True, is_long=True),
            ),
            schedule="60",
            fresh_hours=48,
        ),
    )
}


def faults(kind: Kind, settings: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """Return, by field, what is wrong in what was typed, in French."""
    found = {}
    for one in kind.fields:
        value = (secrets if one.is_secret else settings).get(one.name, "").strip()
        if one.is_required and not value:
            found[one.name] = "Ce champ est nécessaire."
        elif len(value) > (KEY_MAX if one.is_long else TEXT_MAX):
            found[one.name] = "Ce texte est trop long."
        elif one.choices and value and value not in one.choices:
            found[one.name] = "Ce choix n'existe pas."
        elif one.name == "url" and value and (fault := _url_fault(value)):
            found[one.name] = fault
    return found


def _url_fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "Cette adresse n'est pas lisible."
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return "Écrivez l'adresse entière : https://…"
    if parts.username or parts.password:
        return "Les identifiants ont leurs propres champs."
    return ""
