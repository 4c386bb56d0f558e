"""The currency a page of several creditors speaks: theirs, when they share one."""

from __future__ import annotations

from dataclasses import dataclass

from encours.tenancy.models import Creditor


@dataclass(frozen=True, slots=True)
class Books:
    """The accounting currencies of some creditors, the most common first."""

    currencies: tuple[str, ...]

    @property
    def main(self) -> str:
        """Return the currency shown when none was chosen."""
        return self.currencies[0] if self.currencies else "EUR"


def books(*, tenant_id: int, creditor_ids: tuple[int, ...] | None) -> Books:
    """Return the currencies in which these creditors keep their books."""
    rows = Creditor.objects.of(tenant_id)
    if creditor_ids is not None:
        rows = rows.filter(id__in=creditor_ids)
    found = list(rows.values_list("currency", flat=True))
    return Books(tuple(sorted(set(found), key=lambda one: (-found.count(one), one))))
