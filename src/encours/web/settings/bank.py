"""Bank accounts: each change asks for a fresh login, and for a second person to take effect."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.kernel.refusal import Refusal
from encours.tenancy.actions import banking
from encours.tenancy.queries import creditors as queries
from encours.web.answers import telling
from encours.web.rights import StaffRequest, fresh_login, needs, require
from encours.web.settings import forms
from encours.web.settings.subject import may_write, shown, subject


@require_GET
@needs("settings.read")
def accounts(request: StaffRequest) -> HttpResponse:
    """Show the accounts in use and those that wait."""
    mine = subject(request)
    rows = queries.bank_accounts(tenant_id=request.tenant_id, creditor_id=mine.id)
    context = {
        "creditor": mine,
        "accounts": rows,
        "may_write": may_write(request, mine.id, "bank.write"),
    }
    return shown(request, "settings/bank.html", context)


@require_http_methods(["GET", "POST"])
@needs("bank.write")
@fresh_login("settings_bank_new")
def new(request: StaffRequest) -> HttpResponse:
    """Record an account."""
    mine = subject(request, "bank.write")
    form = forms.Account(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = banking.request_bank_account(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                actor_id=request.access.user_id,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Compte enregistré.")
                if done.is_active
                else _("Compte enregistré : il attend la confirmation d'une autre personne."),
            )
            return redirect("settings_bank")
    return shown(request, "settings/bank_new.html", {"creditor": mine, "form": form})


@require_POST
@needs("bank.write")
@fresh_login("settings_bank")
def confirm(request: StaffRequest, account_id: int) -> HttpResponse:
    """Let the second person put an account in use."""
    _of_mine(request, account_id)
    with telling(request, _("Compte confirmé : les relances demandent désormais d'y payer.")):
        banking.confirm_bank_account(
            tenant_id=request.tenant_id,
            account_id=account_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_bank")


@require_POST
@needs("bank.write")
@fresh_login("settings_bank")
def retire(request: StaffRequest, account_id: int) -> HttpResponse:
    """Stop using an account, or refuse one that waits."""
    _of_mine(request, account_id)
    with telling(request, _("Compte retiré.")):
        banking.retire_bank_account(
            tenant_id=request.tenant_id,
            account_id=account_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_bank")


def _of_mine(request: StaffRequest, account_id: int) -> None:
    owner = queries.account_creditor(tenant_id=request.tenant_id, account_id=account_id)
    if owner is None:
        raise Http404
    require(request, "bank.write", owner)
