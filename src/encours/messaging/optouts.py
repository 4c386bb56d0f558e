"""Who asked for no more text messages: the number is refused until its owner says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from encours.messaging.models import OptOut
from encours.tenancy import vault


def opt_out(*, tenant_id: int, number: str, source: str, now: datetime) -> bool:
    """Refuse a number (E.164) from now on; say whether that was news."""
    digest = digest_of(tenant_id, number)
    known = OptOut.objects.of(tenant_id).filter(digest=digest)
    if known.filter(opted_in_at=None).exists():
        return False
    OptOut.objects.update_or_create(
        tenant_id=tenant_id,
        digest=digest,
        defaults={"source": source[:30], "opted_out_at": now, "opted_in_at": None},
    )
    return True


def opt_in(*, tenant_id: int, number: str, now: datetime) -> bool:
    """Take the owner's word that messages are welcome again; say whether that was news."""
    mine = OptOut.objects.of(tenant_id).filter(digest=digest_of(tenant_id, number))
    return bool(mine.filter(opted_in_at=None).update(opted_in_at=now))


def refused(*, tenant_id: int, numbers: Iterable[str]) -> frozenset[str]:
    """Return which of these numbers must not be written to."""
    digests = {digest_of(tenant_id, number): number for number in numbers if number}
    rows = OptOut.objects.of(tenant_id).filter(digest__in=list(digests), opted_in_at=None)
    return frozenset(digests[one] for one in rows.values_list("digest", flat=True))


def digest_of(tenant_id: int, number: str) -> str:
    """Return the keyed hash under which a number is kept."""
    return vault.digest("opt-out", f"{tenant_id}:{number}")
