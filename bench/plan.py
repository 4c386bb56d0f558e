"""The nightly plan over many open due lines: decided with reasons, written, nothing new."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from bench import doors, limits, open_items
from bench.aged_balance import TODAY
from bench.figures import Figure, spaced, timed
from bench.installation import Books, found_books, owner

LINES_A_CUSTOMER: Final = 10


def measure(size: int) -> list[Figure]:
    """Plan so many due lines of ten times fewer customers."""
    books = found_books("BANC-PLAN")
    customers = max(1, size // LINES_A_CUSTOMER)
    filled = open_items.fill(books, lines=size, customers=customers, today=TODAY)
    limits.flatten_open_items(books)
    with owner() as connection:
        limit = timed(lambda: limits.read_and_group(connection, TODAY))
    decided, written, again = _ours(books)
    scale = size / 1_000_000
    label = f"{spaced(filled.lines)} due lines of {spaced(customers)} customers"
    note = "limit: COPY and Polars; ADBC is not a dependency"
    return [
        Figure(f"plan decided, {label}", decided, limit, to_reach=10, at_most_s=10, note=note),
        Figure("written to the outbox", written, limit, at_most_s=max(1, 25 * scale)),
        Figure("the same night again, nothing new", again, limit, at_most_s=max(1, 5 * scale)),
    ]


def _ours(books: Books) -> tuple[float | None, float | None, float | None]:
    """Decide without writing, then write, then run the same night again."""
    if not doors.has("dunning"):
        return None, None, None
    go_live(books)
    words = ("plan", "--creditor", books.code, "--on", TODAY.isoformat(), "--allow-stale", "--json")
    decided = doors.run(*words, "--dry-run")
    written = doors.run(*words)
    again = doors.run(*words)
    planned = json.loads(written.text)["planned"]
    assert len(json.loads(decided.text)["planned"]) == len(planned) > 0
    assert not any(one["new"] for one in json.loads(again.text)["planned"])
    return decided.duration_s, written.duration_s, again.duration_s


def go_live(books: Books) -> None:
    """Say that the creditor has been live for long, so that every line may be reminded."""
    from django.utils import timezone  # noqa: PLC0415 - once Django is set up

    from encours.tenancy.models import Creditor  # noqa: PLC0415 - idem
    from encours.tenancy.scope import in_tenant  # noqa: PLC0415 - idem

    with in_tenant(books.tenant_id):
        Creditor.objects.of(books.tenant_id).filter(pk=books.creditor_id).update(
            live_on=TODAY - timedelta(days=400),
            classes_confirmed_at=timezone.now(),
            sender_checked_at=timezone.now(),
            triaged_at=timezone.now(),
            approval="auto",
        )
