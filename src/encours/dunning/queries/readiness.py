"""What stands between a creditor and its first real reminder: the list before going live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from encours.dunning.queries import triage

CHECKS: Final = ("import", "sender", "bank", "terms", "classes", "contacts", "triage")
ASKED: Final = """
select c.name, c.live_on, c.sending_stopped_at, c.sender_checked_at, c.sender_email,
       c.classes_confirmed_at,
       exists (select from imports_fileimport f where f.tenant_id = c.tenant_id
               and f.creditor_id = c.id and f.state = 'applied'
               and f.kind not in ('master', 'contacts', 'numbers'))
         or exists (select from receivables_invoice v where v.tenant_id = c.tenant_id
                    and v.creditor_id = c.id and v.undone_at is null),
       exists (select from tenancy_bankaccount b where b.tenant_id = c.tenant_id
               and b.creditor_id = c.id and b.state = 'active'),
       exists (select from parties_paymentterms p where p.tenant_id = c.tenant_id
               and (p.creditor_id = c.id or p.creditor_id is null) and p.is_default),
       (select count(*) from parties_paymentterms p where p.tenant_id = c.tenant_id
        and (p.creditor_id = c.id or p.creditor_id is null) and p.confirmed_at is null
        and (p.is_default and (p.creditor_id = c.id or not exists (
               select from parties_paymentterms o where o.tenant_id = c.tenant_id
                 and o.creditor_id = c.id and o.is_default))
          or exists (
            select from parties_customer k where k.tenant_id = p.tenant_id and k.terms_id = p.id
              and k.creditor_id = c.id))),
       (select count(*) from parties_customer k where k.tenant_id = c.tenant_id
        and k.creditor_id = c.id and k.class_confirmed_at is null),
       (select count(*) from parties_customer k where k.tenant_id = c.tenant_id
        and k.creditor_id = c.id),
       (select count(distinct k.id) from parties_customer k
        join parties_contact o on o.tenant_id = k.tenant_id and o.customer_id = k.id
        where k.tenant_id = c.tenant_id and k.creditor_id = c.id
          and o.email <> '' and o.bounced_at is null)
from tenancy_creditor c where c.tenant_id = %s and c.id = %s
"""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Where a creditor is on its way to going live; `undecided` counts old lines."""

    name: str
    live_on: date | None
    stopped_at: datetime | None
    sender_checked_at: datetime | None
    sender_email: str
    classes_confirmed_at: datetime | None
    has_ledger: bool
    has_bank: bool
    has_terms: bool
    unconfirmed_terms: int
    unconfirmed_classes: int
    customers: int
    reachable: int
    starts_on: date
    undecided: int

    @property
    def done(self) -> dict[str, bool]:
        """Say which points are done."""
        classed = self.classes_confirmed_at is not None or not self.unconfirmed_classes
        return {
            "import": self.has_ledger,
            "sender": self.sender_checked_at is not None,
            "bank": self.has_bank,
            "terms": self.has_terms and not self.unconfirmed_terms,
            "classes": self.has_ledger and classed,
            "contacts": self.reachable > 0,
            "triage": self.has_ledger and not self.undecided,
        }

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the points still to do, in their order."""
        done = self.done
        return tuple(name for name in CHECKS if not done[name])

    @property
    def is_ready(self) -> bool:
        """Say whether the creditor may go live."""
        return not self.missing


def readiness(
    *, tenant_id: int, creditor_id: int, today: date, starts_on: date | None = None
) -> Readiness:
    """Return where a creditor stands, were it to start on that day (today, or since it did)."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [tenant_id, creditor_id])
        row = cursor.fetchone()
    assert row is not None, creditor_id
    start = starts_on or row[1] or today
    left = triage.undecided(tenant_id=tenant_id, creditor_id=creditor_id, before=start, today=today)
    return Readiness(*(*row, start, left))
