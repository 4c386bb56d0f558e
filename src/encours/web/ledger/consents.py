"""Who agreed to electronic registered letters, on the card of a customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from encours.kernel.refusal import Refusal
from encours.parties import queries as parties
from encours.parties.queries import ContactRow
from encours.postal.actions import consents as actions
from encours.postal.queries.postings import consents, failed_addresses
from encours.postal.rules.consent import digest
from encours.web.answers import telling
from encours.web.dunning.sentences import ON_THE_WAY
from encours.web.ledger.subject import customer_or_404, today
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Badge


class NotTyped(Refusal):
    """A consent needs its address, day and source."""

    message = "Indiquez l'adresse, la date de l'accord et où il a été donné."


class Consent(forms.Form):
    """An agreement to receive electronic registered letters."""

    prefix = "consent"
    email = forms.ChoiceField(label=lazy("Adresse e-mail"))
    given_on = forms.DateField(
        label=lazy("Accord donné le"), widget=forms.DateInput(attrs={"type": "date"})
    )
    source = forms.CharField(
        label=lazy("Où"), max_length=200, help_text=lazy("Contrat, courrier, formulaire…")
    )

    def __init__(self, *args: Any, emails: Iterable[str], **kwargs: Any) -> None:
        """Offer the addresses of the customer's contacts."""
        super().__init__(*args, **kwargs)
        choice = self.fields["email"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(one, one) for one in emails]


@dataclass(frozen=True, slots=True)
class Served:
    """What the card shows: consents by address, and whether letters to the address come back."""

    agreed: tuple[tuple[str, date | None], ...]
    form: Consent | None
    failed: tuple[Badge, date] | None


def served(request: StaffRequest, customer_id: int, contacts: Iterable[ContactRow]) -> Served:
    """Return what is known of how this customer may be served."""
    emails = list(dict.fromkeys(one.email for one in contacts if one.email))
    given = consents(tenant_id=request.tenant_id, customer_ids=[customer_id])
    bad = failed_addresses(tenant_id=request.tenant_id, customer_ids=[customer_id])
    found = bad.get(customer_id)
    return Served(
        tuple((one, given.get((customer_id, digest(one)))) for one in emails),
        Consent(emails=emails) if emails else None,
        (ON_THE_WAY[found[0]], found[1]) if found else None,
    )


@require_POST
@needs("customers.write")
def record(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep a consent, or its withdrawal."""
    customer_or_404(request, customer_id, "customers.write")
    rows = parties.contacts_of(tenant_id=request.tenant_id, customer_id=customer_id)
    emails = [row.email for row in rows if row.email]
    about: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "customer_id": customer_id,
        "actor_id": request.access.user_id,
        "today": today(),
    }
    withdrawn = request.POST.get("withdraw", "")
    if withdrawn:
        with telling(request, _("Accord retiré.")):
            actions.withdraw_consent(**about, email=withdrawn)
        return redirect("customer_card", customer_id)
    form = Consent(request.POST, emails=emails)
    with telling(request, _("Accord enregistré.")):
        if not form.is_valid():
            raise NotTyped
        actions.record_consent(**about, **form.cleaned_data)
    return redirect("customer_card", customer_id)
