"""The values of the tenant's own fields on the page of a customer or an invoice."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _

from encours.attributes import queries
from encours.attributes.actions import values as actions
from encours.attributes.rules import Field, Subject
from encours.web.answers import telling
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest


def known(
    request: StaffRequest, *, subject: Subject, creditor_id: int, key: str
) -> tuple[list[Field], dict[str, Any]]:
    """Return the fields in use and what was said of this customer or invoice."""
    fields = queries.fields(tenant_id=request.tenant_id, subject=subject)
    mine = (creditor_id, key)
    found = queries.values(tenant_id=request.tenant_id, fields=fields, keys=[mine])
    return fields, found.get(mine, {})


def say(
    request: StaffRequest,
    form: Form,
    *,
    subject: Subject,
    creditor_id: int,
    key: str,
    subject_id: int,
    customer_id: int,
) -> bool:
    """Keep what was typed, and say so; False when it was refused."""
    with telling(request, _("C'est enregistré.")):
        actions.say(
            tenant_id=request.tenant_id,
            creditor_id=creditor_id,
            subject=subject,
            subject_id=subject_id,
            key=key,
            typed=form.cleaned_data,
            customer_id=customer_id,
            actor_id=request.access.user_id,
            today=today(),
        )
        return True
    return False
