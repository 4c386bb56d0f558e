"""Payment terms: written in French, kept as data, confirmed by a person (C. com. L441-10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.parties import usual_terms
from encours.parties.models import PaymentTerms
from encours.receivables.actions import due_dates
from encours.receivables.rules import terms as rules
from encours.receivables.rules.terms_text import parse_terms
from encours.tenancy import journal
from encours.tenancy.models import Creditor


class UnreadTerms(Refusal):
    """The text is not understood."""

    message = "Conditions non comprises : écrivez par exemple « 45 jours fin de mois »."


class TermsTaken(Refusal):
    """One code per creditor."""

    message = "Des conditions de même nom existent déjà pour cette société."


class NothingToInherit(Refusal):
    """No default above."""

    message = "L'organisation n'a pas encore de conditions par défaut."


class UnknownTerms(Refusal):
    """Not of this tenant."""

    message = "Ces conditions n'existent pas."


@transaction.atomic
def create_terms(
    *,
    tenant_id: int,
    creditor_id: int | None,
    text: str,
    name: str = "",
    actor_id: int,
    now: datetime,
    confirmed: bool = True,
) -> int:
    """Add terms from their French wording, for a creditor or (None) for all of the tenant.

    The first ones are the default, unless the creditor has its tenant's.
    """
    read = parse_terms(text)
    if isinstance(read, Issue):
        raise UnreadTerms(read.message)
    is_first = not usual_terms.at(tenant_id, creditor_id).exists()
    if creditor_id is not None:
        is_first = is_first and usual_terms.default_of(tenant_id, creditor_id) is None
    name = (name or text).strip()[:120]
    try:
        with transaction.atomic():
            row = PaymentTerms.objects.create(
                tenant_id=tenant_id,
                creditor_id=creditor_id,
                code=slugify(name)[:30] or "conditions",
                name=name,
                definition=rules.as_json(read),
                is_default=is_first,
                confirmed_at=now if confirmed else None,
                confirmed_by_id=actor_id if confirmed else None,
            )
    except IntegrityError as problem:
        raise TermsTaken from problem
    _record("terms.created", row, actor_id, now)
    if row.is_default:
        _follow(row, actor_id, now)
    return int(row.pk)


def first_terms(
    *, tenant_id: int, creditor_id: int, text: str, actor_id: int, now: datetime
) -> None:
    """Give a new creditor terms to confirm, unless it has its tenant's default."""
    if usual_terms.default_of(tenant_id, creditor_id) is None:
        create_terms(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            text=text,
            actor_id=actor_id,
            now=now,
            confirmed=False,
        )


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
    """Use these terms for customers who have none: of the creditor, or of those that follow."""
    row = _locked(tenant_id, terms_id)
    mine = usual_terms.at(tenant_id, row.creditor_id)
    mine.filter(is_default=True).update(is_default=False)
    mine.filter(id=terms_id).update(is_default=True)
    _record("terms.made_default", row, actor_id, now)
    _follow(row, actor_id, now)


@transaction.atomic
def inherit_default(*, tenant_id: int, creditor_id: int, actor_id: int, now: datetime) -> None:
    """Follow the tenant's default terms again; the creditor's own stay in its list."""
    theirs = usual_terms.at(tenant_id, None).filter(is_default=True).first()
    if theirs is None:
        raise NothingToInherit
    own = usual_terms.at(tenant_id, creditor_id).filter(is_default=True)
    if own.update(is_default=False):
        journal.record(
            "terms.inherited",
            tenant_id=tenant_id,
            subject=("terms", theirs.pk),
            effective_on=now.date(),
            actor_id=actor_id,
            creditor_id=creditor_id,
            data={"name": theirs.name},
        )
        _recompute(tenant_id, [creditor_id], actor_id, now)


def _follow(row: PaymentTerms, actor_id: int, now: datetime) -> None:
    """Bring the due dates already in the ledger in line: of all creditors when all may use it."""
    followers = Creditor.objects.of(row.tenant_id).order_by("id")
    if row.creditor_id is not None:
        followers = followers.filter(id=row.creditor_id)
    _recompute(row.tenant_id, followers.values_list("id", flat=True), actor_id, now)


def _recompute(tenant_id: int, creditors: Iterable[int], actor_id: int, now: datetime) -> None:
    for creditor_id in creditors:
        due_dates.recompute_due_dates(
            tenant_id=tenant_id, creditor_id=creditor_id, actor_id=actor_id, today=now.date()
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
