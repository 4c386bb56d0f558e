"""Payment terms: written in French, kept as data, confirmed by a person (C. com. L441-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.parties.models import PaymentTerms
from encours.receivables.actions import due_dates
from encours.receivables.rules import terms as rules
from encours.receivables.rules.terms_text import parse_terms
from encours.tenancy import journal


class UnreadTerms(Refusal):
    """The text is not understood."""

    message = "Conditions non comprises : écrivez par exemple « 45 jours fin de mois »."


class TermsTaken(Refusal):
    """One code per creditor."""

    message = "Des conditions de même nom existent déjà pour cette société."


class UnknownTerms(Refusal):
    """Not of this tenant."""

    message = "Ces conditions n'existent pas."


@transaction.atomic
def create_terms(
    *,
    tenant_id: int,
    creditor_id: int,
    text: str,
    name: str = "",
    actor_id: int,
    now: datetime,
    confirmed: bool = True,
) -> int:
    """Add terms from their French wording; the first ones of a creditor are its default."""
    read = parse_terms(text)
    if isinstance(read, Issue):
        raise UnreadTerms(read.message)
    mine = PaymentTerms.objects.of(tenant_id).filter(creditor_id=creditor_id)
    name = (name or text).strip()[:120]
    try:
        with transaction.atomic():
            row = PaymentTerms.objects.create(
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                code=slugify(name)[:30] or "conditions",
                name=name,
                definition=rules.as_json(read),
                is_default=not mine.exists(),
                confirmed_at=now if confirmed else None,
                confirmed_by_id=actor_id if confirmed else None,
            )
    except IntegrityError as problem:
        raise TermsTaken from problem
    _record("terms.created", row, actor_id, now)
    if row.is_default:
        _follow(row, actor_id, now)
    return int(row.pk)


@transaction.atomic
def confirm_terms(*, tenant_id: int, terms_id: int, actor_id: int, now: datetime) -> None:
    """Say that these are the real terms: what was computed from them may be chased from now on."""
    row = _locked(tenant_id, terms_id)
    if row.confirmed_at is None:
        PaymentTerms.objects.of(tenant_id).filter(id=terms_id).update(
            confirmed_at=now, confirmed_by_id=actor_id
        )
        _record("terms.confirmed", row, actor_id, now)
        _follow(row, actor_id, now)


@transaction.atomic
def make_default(*, tenant_id: int, terms_id: int, actor_id: int, now: datetime) -> None:
    """Use these terms for the customers of the creditor who have none."""
    row = _locked(tenant_id, terms_id)
    mine = PaymentTerms.objects.of(tenant_id).filter(creditor_id=row.creditor_id)
    mine.filter(is_default=True).update(is_default=False)
    mine.filter(id=terms_id).update(is_default=True)
    _record("terms.made_default", row, actor_id, now)
    _follow(row, actor_id, now)


def _follow(row: PaymentTerms, actor_id: int, now: datetime) -> None:
    """Bring the due dates already in the ledger in line."""
    due_dates.recompute_due_dates(
        tenant_id=row.tenant_id,
        creditor_id=row.creditor_id,
        actor_id=actor_id,
        today=now.date(),
    )


def _locked(tenant_id: int, terms_id: int) -> PaymentTerms:
    found = PaymentTerms.objects.of(tenant_id).filter(id=terms_id)
    row = found.select_for_update(of=("self",)).first()
    if row is None:
        raise UnknownTerms
    return row


def _record(verb: str, row: PaymentTerms, actor_id: int, now: datetime) -> None:
    journal.record(
        verb,
        tenant_id=row.tenant_id,
        subject=("terms", row.pk),
        effective_on=now.date(),
        actor_id=actor_id,
        creditor_id=row.creditor_id,
        data={"name": row.name},
    )
