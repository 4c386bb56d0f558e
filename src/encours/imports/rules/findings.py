"""Problems of a file, gathered: the first ones in detail, the rest counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from encours.kernel.issue import Issue, Severity

SHOWN_MAX: Final = 200
_RANK: Final[dict[Severity, int]] = {"info": 0, "warning": 1, "error": 2}


class Findings:
    """Gather issues; past `SHOWN_MAX` of one code only their number is kept."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self._shown: list[Issue] = []
        self._counts: Counter[str] = Counter()
        self._worst: dict[str, Severity] = {}

    def room(self, code: str) -> int:
        """Return how many more issues of this code will be shown."""
        return max(0, SHOWN_MAX - self._counts[code])

    def add(self, issue: Issue) -> None:
        """Take one issue."""
        if self.room(issue.code):
            self._shown.append(issue)
        self.count(issue.code, 1, issue.severity)

    def extend(self, issues: Iterable[Issue]) -> None:
        """Take several issues."""
        for issue in issues:
            self.add(issue)

    def count(self, code: str, more: int, severity: Severity) -> None:
        """Count issues of a code without showing them."""
        self._counts[code] += more
        if _RANK[severity] >= _RANK[self._worst.get(code, "info")]:
            self._worst[code] = severity

    def sealed(self) -> tuple[Issue, ...]:
        """Return what was gathered, in file order, with one summary per code that overflowed."""
        summaries = [
            Issue(
                code=code,
                message=f"{total} anomalies de ce type, dont {SHOWN_MAX} montrées.",
                severity=self._worst[code],
            )
            for code, total in sorted(self._counts.items())
            if total > SHOWN_MAX
        ]
        return (*sorted(self._shown, key=lambda issue: issue.line), *summaries)
