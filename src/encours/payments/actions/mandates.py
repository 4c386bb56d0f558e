"""Records, completes and revokes mandates. A change is a new version: the former one stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from encours.kernel.refusal import Refusal
from encours.parties.actions import customers
from encours.parties.models import Batch, Customer
from encours.payments import rules
from encours.payments.models import Mandate
from encours.tenancy.journal import record

HOLDER_MAX: Final = 70
LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.mandates'), %s)"


class InvalidMandate(Refusal):
    """Say what is wrong in a mandate."""


class ReferenceTaken(Refusal):
    """A reference names one mandate of a creditor."""

    message = "Cette référence (RUM) est celle du mandat d'un autre client."


class NoSuchMandate(Refusal):
    """Revoked and replaced meanwhile, or another tenant's."""

    message = "Ce mandat n'existe pas, ou vient de changer."


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a mandate says; blank or None: not said, which changes nothing of a known mandate."""

    reference: str
    scheme: str = ""
    kind: str = ""
    iban: str = ""
    bic: str = ""
    holder_name: str = ""
    signed_on: date | None = None
    last_used_on: date | None = None
    origin: str = "hand"


@transaction.atomic
def record_mandate(
    *,
    tenant_id: int,
    customer_id: int,
    terms: Terms,
    actor_id: int | None = None,
    today: date,
) -> bool:
    """Record a mandate, or complete and correct the one of this reference; nothing new: False."""
    customer = customers.locked(tenant_id=tenant_id, customer_id=customer_id)
    terms = checked(terms, debtor_class=customer.debtor_class, today=today)
    batch = Batch.objects.create(
        tenant_id=tenant_id,
        creditor_id=customer.creditor_id,
        kind="hand.mandate",
        author_id=actor_id,
    )
    written = write(terms, customer, batch)
    if written is None:
        return False
    data = {"reference": written.reference, "account": _ends(written.iban)}
    _tell("mandate.recorded", written, actor_id, today, data)
    return True


@transaction.atomic
def revoke_mandate(
    *, tenant_id: int, mandate_id: int, actor_id: int | None = None, today: date
) -> None:
    """Say that the customer revoked a mandate: it is never used again."""
    rows = Mandate.objects.of(tenant_id).select_for_update(no_key=True)
    mandate = rows.filter(pk=mandate_id, undone_at=None).first()
    if mandate is None or mandate.revoked_on is not None:
        raise NoSuchMandate
    batch = Batch.objects.create(
        tenant_id=tenant_id,
        creditor_id=mandate.creditor_id,
        kind="hand.mandate",
        author_id=actor_id,
    )
    changed = _replaced(mandate, batch, revoked_on=today)
    _tell("mandate.revoked", changed, actor_id, today, {"reference": changed.reference})


def checked(terms: Terms, *, debtor_class: str, today: date) -> Terms:
    """Return a mandate as it is kept, or raise InvalidMandate with what is wrong."""
    reference = rules.reference_of(terms.reference)
    if not reference:
        raise InvalidMandate(
            "Une RUM a au plus 35 caractères : lettres sans accent, chiffres, / ? : ( ) . , ' + -."
        )
    if terms.scheme and terms.scheme not in rules.SCHEMES:
        raise InvalidMandate("Un mandat est CORE ou interentreprises (B2B).")
    if terms.scheme == "b2b" and not rules.may_be_b2b(debtor_class):
        raise InvalidMandate(
            "Un mandat interentreprises (B2B) est réservé aux non-consommateurs : confirmez "
            "d'abord la nature de ce client."
        )
    if terms.signed_on is not None and terms.signed_on > today:
        raise InvalidMandate("Un mandat ne peut pas être signé dans le futur.")
    return replace(
        terms,
        reference=reference,
        iban=_iban(terms.iban),
        bic=_bic(terms.bic),
        holder_name=" ".join(terms.holder_name.split())[:HOLDER_MAX],
    )


def write(terms: Terms, customer: Customer, batch: Batch) -> Mandate | None:
    """Write a mandate that `checked` gave in the name of a batch; None where nothing is new."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [customer.creditor_id])
    rows = Mandate.objects.of(customer.tenant_id)
    known = rows.filter(
        creditor_id=customer.creditor_id, reference=terms.reference, undone_at=None
    ).first()
    said = {
        name: value
        for name in ("scheme", "kind", "iban", "bic", "holder_name", "signed_on", "last_used_on")
        if (value := getattr(terms, name))
    }
    if known is None:
        return rows.create(
            tenant_id=customer.tenant_id,
            creditor_id=customer.creditor_id,
            customer=customer,
            reference=terms.reference,
            origin=terms.origin,
            author_id=batch.author_id,
            batch_id=batch.pk,
            **said,
        )
    if known.customer_id != customer.pk:
        raise ReferenceTaken
    if all(getattr(known, name) == value for name, value in said.items()):
        return None
    return _replaced(known, batch, **said)


def undo_batch(*, tenant_id: int, batch_id: int, leaving: list[int]) -> None:
    """Withdraw what a batch wrote, record again what it had withdrawn where nobody did since."""
    rows = Mandate.objects.of(tenant_id)
    rows.filter(batch_id=batch_id, undone_at=None).update(undone_at=TransactionNow())
    rows.filter(customer_id__in=leaving).delete()
    for former in rows.filter(undone_by_id=batch_id).order_by("id"):
        same = rows.filter(
            creditor_id=former.creditor_id, reference=former.reference, undone_at=None
        )
        if not same.exists():
            _copied(former, batch_id=former.batch_id)


def erase_mandates(*, tenant_id: int, customer_id: int) -> int:
    """Take account, holder and reference out of every version of a customer's mandates."""
    found = list(Mandate.objects.of(tenant_id).filter(customer_id=customer_id).order_by("id"))
    for one in found:
        Mandate.objects.of(tenant_id).filter(pk=one.pk).update(
            iban="", bic="", holder_name="", reference=f"EFFACE-{one.pk}"
        )
    return len(found)


def _replaced(mandate: Mandate, batch: Batch, **values: object) -> Mandate:
    """Withdraw a version and record the next one."""
    Mandate.objects.of(mandate.tenant_id).filter(pk=mandate.pk).update(
        undone_at=TransactionNow(), undone_by_id=batch.pk
    )
    return _copied(mandate, batch_id=batch.pk, author_id=batch.author_id, **values)


def _copied(mandate: Mandate, **values: object) -> Mandate:
    names = [
        field.attname
        for field in Mandate._meta.concrete_fields  # noqa: SLF001 - Django's public surface
        if field.attname not in {"id", "recorded_at", "undone_at", "undone_by_id"}
    ]
    return Mandate.objects.create(**{name: getattr(mandate, name) for name in names} | values)


def _iban(text: str) -> str:
    plain = "".join(text.split()).upper()
    if not plain:
        return ""
    try:
        return str(IBAN(plain, validate_bban=True))
    except SchwiftyException as problem:
        raise InvalidMandate("Cet IBAN est faux : recopiez-le depuis le mandat.") from problem


def _bic(text: str) -> str:
    plain = "".join(text.split()).upper()
    if not plain:
        return ""
    try:
        return str(BIC(plain))
    except SchwiftyException as problem:
        raise InvalidMandate("Ce BIC est faux : 8 ou 11 caractères.") from problem


def _ends(iban: str) -> str:
    return f"{iban[:4]}…{iban[-4:]}" if iban else ""


def _tell(
    verb: str, mandate: Mandate, actor_id: int | None, today: date, data: dict[str, str]
) -> None:
    record(
        verb,
        tenant_id=mandate.tenant_id,
        subject=("customer", mandate.customer_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=mandate.creditor_id,
        customer_id=mandate.customer_id,
        data=data,
    )
