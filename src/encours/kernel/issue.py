"""An Issue: one problem found in a user's file or data, as a value and not an exception."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Severity = Literal["error", "warning", "info"]
FOUND_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong, where, what was found and what was expected; `message` is French.

    `line` counts from 1 in the user's file (the header is line 1); 0 speaks of the whole file.
    """

    code: str
    message: str
    line: int = 0
    column: str = ""
    found: str = ""
    expected: str = ""
    severity: Severity = "error"
    file: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `--json` promises (design.md, part 5)."""
        shown = asdict(self)
        shown["found"] = self.found[:FOUND_MAX]
        return shown


def has_errors(issues: Iterable[Issue]) -> bool:
    """Say whether one of the issues refuses the file."""
    return any(issue.severity == "error" for issue in issues)
