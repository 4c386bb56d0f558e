"""The words of a reminder, read again with what the law says of its debtor and its step.

What a person wrote is read as a part; the message as it would leave is read as a whole, for what
its step requires (a formal notice needs a demand, a sum and a deadline).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from encours.dunning.rules.wordings import Draft
from encours.messaging.rules.notice import Notice
from encours.messaging.rules.plain import text_body
from encours.tone.rules.check import check
from encours.tone.rules.values import Context, DebtorClass, Extent, Finding, StepKind


def reading(draft: Draft, extent: Extent = "part") -> Context:
    """Return who owes, at which step, in which language; a class nobody confirmed is unknown."""
    return Context(
        debtor_class=_class(draft),
        step=_step(draft),
        sender="collector" if draft.mandate else "creditor",
        language=draft.language,
        extent=extent,
    )


def edited_findings(draft: Draft, notice: Notice) -> tuple[Finding, ...]:
    """Return what is wrong in a person's own words, and what the message then lacks."""
    words = check(f"{draft.edited['subject']}\n\n{draft.edited['body']}", reading(draft))
    whole = f"{notice.subject}\n\n{text_body(notice)}"
    lacking = (one for one in check(whole, reading(draft, "whole")) if not one.end)
    return (*words, *lacking)


def codes(findings: Iterable[Finding]) -> list[str]:
    """Return the codes found, each once."""
    return list(dict.fromkeys(one.code for one in findings))


def _class(draft: Draft) -> DebtorClass:
    told = draft.lines[0].claim.debtor_class.value if draft.lines else "unknown"
    return next((one for one in get_args(DebtorClass) if one == told), "unknown")


def _step(draft: Draft) -> StepKind:
    return next((one for one in get_args(StepKind) if one == draft.step.kind), "other")
