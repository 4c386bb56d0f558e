"""The aged balance of many open due lines, today and at a past date."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Final

from bench import limits, open_items
from bench.figures import Figure, say, spaced, timed
from bench.installation import Books, found_books, owner

TODAY: Final = date(2026, 11, 20)
PAST: Final = TODAY - timedelta(days=30)
LINES_A_CUSTOMER: Final = 40


def measure(size: int) -> list[Figure]:
    """Report on so many due lines of forty times fewer customers."""
    books = found_books("BANC-BALANCE")
    filled = open_items.fill(
        books, lines=size, customers=max(1, size // LINES_A_CUSTOMER), today=TODAY
    )
    limits.flatten_open_items(books)
    with owner() as connection:
        now = timed(lambda: limits.aggregate_today(connection, TODAY), runs=5)
        past = timed(lambda: limits.aggregate_past(connection, PAST), runs=5)
        owed = sum(row[-1] for row in limits.aggregate_today(connection, TODAY))
    label = f"{spaced(filled.lines)} due lines"
    ours_now = _ours(books, TODAY, owed)
    ours_past = _ours(books, PAST, None)
    return [
        Figure(f"aged balance, {label}, JSON", ours_now, now, to_reach=1.5),
        Figure("the same at a past date", ours_past, past, to_reach=2),
    ]


def _ours(books: Books, on: date, owed_cents: int | None) -> float | None:
    """Time the report with its JSON; on a known day its total must be the limit's."""
    if find_spec("encours.receivables.queries.ageing") is None:
        return None
    report = _report(books, on)
    told = json.loads(report())
    say(f"aged balance on {on}: {told['totals']}")
    if owed_cents is not None:
        assert round(float(told["totals"]["open"]) * 100) == owed_cents, told["totals"]
    return timed(report, runs=5)


def _report(books: Books, on: date) -> Callable[[], str]:
    from encours.receivables.queries.ageing import aged_balance  # noqa: PLC0415 - needs Django
    from encours.receivables.queries.moment import Moment  # noqa: PLC0415 - idem
    from encours.tenancy.scope import in_tenant  # noqa: PLC0415 - idem

    moment = Moment(
        tenant_id=books.tenant_id, as_of=on, creditor_ids=(books.creditor_id,), currency="EUR"
    )

    def report() -> str:
        with in_tenant(books.tenant_id):
            return aged_balance(moment).json_text()

    return report
