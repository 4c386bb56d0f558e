"""Which creditors and customers a person looks at, from their rights and their choice."""

from __future__ import annotations

from dataclasses import dataclass

from encours.tenancy.rights import RIGHTS, SALES, Access


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page may show; None in `creditor_ids` means every creditor of the tenant."""

    creditor_id: int | None
    creditor_ids: tuple[int, ...] | None
    salesperson_id: int | None

    def covers(self, creditor_id: int) -> bool:
        """Say whether a row of this creditor belongs on the page."""
        return self.creditor_ids is None or creditor_id in self.creditor_ids


NOTHING = Scope(None, (), None)


def scope_of(access: Access, right: str, creditor_id: int | None) -> Scope:
    """Return what `right` lets this person see, the creditor being chosen or not.

    Sales people see their own customers only. Somebody who is in sales for one creditor and more
    for another sees, without a choice, only the creditors where they are more.
    """
    if creditor_id is not None:
        if not access.may(right, creditor_id):
            return NOTHING
        own = _is_sales_only(access, creditor_id)
        return Scope(creditor_id, (creditor_id,), access.user_id if own else None)
    if access.own_customers_only:
        return Scope(None, _sorted(access.creditors(right)), access.user_id)
    granting = [
        grant.creditor_id
        for grant in access.grants
        if grant.role in RIGHTS[right] and grant.role != SALES
    ]
    if None in granting:
        return Scope(None, None, None)
    return Scope(None, tuple(sorted(one for one in granting if one is not None)), None)


def _is_sales_only(access: Access, creditor_id: int) -> bool:
    covering = [grant for grant in access.grants if grant.creditor_id in (None, creditor_id)]
    return all(grant.role == SALES for grant in covering)


def _sorted(creditors: frozenset[int] | None) -> tuple[int, ...] | None:
    return None if creditors is None else tuple(sorted(creditors))
