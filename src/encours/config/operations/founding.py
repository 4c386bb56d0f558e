"""Founds a tenant with its first creditor and administrator; safe to run again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.utils.text import slugify
from stdnum.fr import siren as siren_number

from encours.kernel.refusal import Refusal
from encours.parties import usual_terms
from encours.parties.models import PaymentTerms
from encours.receivables.rules import terms
from encours.tenancy import journal
from encours.tenancy.models import Creditor, Membership, Role, User
from encours.tenancy.scope import in_tenant

ASSUMED_TERMS: Final = ("30J", "30 jours net")


class InvalidSiren(Refusal):
    """The SIREN's check digit is wrong."""

    message = "Ce SIREN n'est pas valide : vérifiez ses neuf chiffres."


@dataclass(frozen=True, slots=True)
class Founded:
    """What `init` made or found; the password is only known the first time."""

    tenant_id: int
    tenant: str
    creditor_id: int
    creditor: str
    admin: str
    password: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON shape of `init`."""
        return {
            "tenant": self.tenant,
            "creditor": self.creditor,
            "admin": self.admin,
            "password": self.password,
        }

    def sentence(self) -> str:
        """Say what is ready, in French."""
        if self.password is None:
            return f"{self.tenant} ({self.creditor}) est déjà prête pour {self.admin}."
        return (
            f"{self.tenant} ({self.creditor}) est prête.\n"
            f"Administrateur : {self.admin}\n"
            f"Mot de passe (affiché une seule fois) : {self.password}"
        )


def found(*, tenant: str, creditor: str, name: str, siren: str, admin: str) -> Founded:
    """Create what is missing of a tenant, its creditor and its administrator."""
    plain = siren.replace(" ", "")
    if plain and not siren_number.is_valid(plain):
        raise InvalidSiren
    slug = slugify(tenant)[:50] or "organisation"
    user, password = _administrator(admin)
    tenant_id = _tenant(tenant, slug)
    with in_tenant(tenant_id):
        company, is_new = Creditor.objects.get_or_create(
            tenant_id=tenant_id,
            code=creditor,
            defaults={"name": name, "siren": plain, "rehearsal_email": admin},
        )
        if is_new and usual_terms.default_of(tenant_id, company.pk) is None:
            PaymentTerms.objects.create(
                tenant_id=tenant_id,
                creditor=company,
                code=ASSUMED_TERMS[0],
                name=ASSUMED_TERMS[1],
                definition=terms.as_json(terms.single(30)),
                is_default=True,
            )
        if is_new:
            journal.record(
                "creditor.founded",
                tenant_id=tenant_id,
                subject=("creditor", company.pk),
                effective_on=date.today(),  # noqa: DTZ011 - the day of the machine's owner
                creditor_id=company.pk,
            )
        Membership.objects.get_or_create(
            tenant_id=tenant_id, user=user, creditor=None, defaults={"role": Role.ADMIN}
        )
    return Founded(tenant_id, tenant, company.pk, creditor, admin, password)


def _tenant(name: str, slug: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id from encours_tenants() where slug = %s", [slug])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("select encours_create_tenant(%s, %s)", [name, slug])
            row = cursor.fetchone()
    return int(row[0])


def _administrator(email: str) -> tuple[User, str | None]:
    existing = User.objects.filter(email__iexact=email).first()
    if existing is not None:
        return existing, None
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user = User.objects.create_user(email, password)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user, password
