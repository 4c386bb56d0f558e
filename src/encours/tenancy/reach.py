"""Which creditors and customers a person, or a key, looks at: from rights and a choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from encours.tenancy.rights import RIGHTS, SALES, Access


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page may show: rows of creditors, customers followed by people; None is all."""

    creditor_id: int | None
    creditor_ids: tuple[int, ...] | None
    people: tuple[int, ...] | None = None

    def covers(self, creditor_id: int) -> bool:
        """Say whether a row of this creditor belongs on the page."""
        return self.creditor_ids is None or creditor_id in self.creditor_ids

    def is_own(self, salesperson_id: int | None, collector_id: int | None) -> bool:
        """Say whether a customer that these two follow belongs on the page."""
        return self.people is None or not {salesperson_id, collector_id}.isdisjoint(self.people)


NOTHING = Scope(None, ())


def scope_of(
    access: Access,
    right: str,
    creditor_id: int | None,
    *,
    people: Callable[[], tuple[int, ...]],
    is_mine: bool = False,
) -> Scope:
    """Return what `right` lets this person see, the creditor being chosen or not.

    Sales people see their own customers only, and whoever asks for theirs (`is_mine`); `people`
    is this person and those they stand in for. Somebody who is in sales for one creditor and more
    for another sees, without a choice, only the creditors where they are more.
    """
    if creditor_id is not None:
        if not access.may(right, creditor_id):
            return NOTHING
        own = is_mine or access.role_at(creditor_id) == SALES
        return Scope(creditor_id, (creditor_id,), people() if own else None)
    if access.only is not None and right not in access.only:
        return NOTHING
    if access.own_customers_only:
        return Scope(None, _sorted(access.creditors(right)), people())
    creditors = access.creditors_as(RIGHTS[right] - {SALES})
    return Scope(None, _sorted(creditors), people() if is_mine else None)


def _sorted(creditors: frozenset[int] | None) -> tuple[int, ...] | None:
    return None if creditors is None else tuple(sorted(creditors))
