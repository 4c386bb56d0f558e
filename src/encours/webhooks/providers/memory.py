"""Calls nobody: keeps what was posted, answers what it is told to. For tests and trials."""

from __future__ import annotations

from collections.abc import Callable

from encours.webhooks.ports import Answer, Call


def heard(call: Call) -> Answer:  # noqa: ARG001 - the shape of an answer
    """Answer that the call was taken."""
    return Answer(200, "", "")


class MemoryCaller:
    """A subscriber in memory; `answer` may raise Unreached."""

    code = "memory"

    def __init__(self, answer: Callable[[Call], Answer] = heard) -> None:
        """Start with nothing posted."""
        self.posted: list[Call] = []
        self.answer = answer

    def post(self, call: Call) -> Answer:
        """Keep the call and answer."""
        self.posted.append(call)
        return self.answer(call)
