"""Which files of a folder are taken, what they are called here, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

NAME_MAX: Final = 200
UNFINISHED: Final = (".part", ".tmp", ".temp", ".filepart", ".crdownload", ".partial", ".lock")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_SIREN: Final = re.compile(r"(?<!\d)(\d{9})(?!\d)")
_SIREN_OF_FEC: Final = re.compile(r"(?i)(?<!\d)(\d{9})FEC\d{8}")


@dataclass(frozen=True, slots=True)
class Owner:
    """A creditor as file names speak of it."""

    id: int
    code: str
    siren: str


def is_finished(name: str) -> bool:
    """Say whether a name is of a whole file: a sender renames it when all is written."""
    lower = name.lower()
    return (
        bool(name)
        and not lower.startswith((".", "~", "_part"))
        and not lower.endswith((*UNFINISHED, "~"))
    )


def is_wanted(name: str, patterns: str) -> bool:
    """Say whether a name follows one of the patterns (`*.csv; FEC*.txt`); without any, all do."""
    wanted = [one.strip().lower() for one in patterns.replace(",", ";").split(";") if one.strip()]
    return not wanted or any(fnmatchcase(name.lower(), one) for one in wanted)


def safe_name(name: str) -> str:
    """Return the last part of a name that somebody else chose, without what a disk refuses."""
    last = _CONTROL.sub(" ", name.replace("\\", "/").rpartition("/")[2])
    kept = " ".join(last.split()).strip(". ")
    return kept[-NAME_MAX:] or "fichier"


def owner_of(name: str, owners: Iterable[Owner]) -> int | None:
    """Return the creditor that a name says: its SIREN, else its code before a separator."""
    known = list(owners)
    if len(known) == 1:
        return known[0].id
    found = _SIREN_OF_FEC.findall(name) or _SIREN.findall(name)
    by_siren = {one.id for one in known if one.siren and one.siren in found}
    if len(by_siren) == 1:
        return by_siren.pop()
    lower = name.lower()
    by_code = {
        one.id for one in known if re.match(rf"{re.escape(one.code.lower())}(?![a-z0-9])", lower)
    }
    return by_code.pop() if len(by_code) == 1 else None
