"""Who writes to the customers, through which server, whether it works, and the stop button."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from encours.kernel.refusal import Refusal
from encours.messaging import accounts
from encours.replies.queries import inboxes
from encours.tenancy.actions import sending
from encours.tenancy.queries.creditors import CreditorSettings
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs, require
from encours.web.settings import forms
from encours.web.settings.sender_names import shown_names
from encours.web.settings.subject import may_write, shown, subject

SERVERS: Final = {"microsoft": "smtp.office365.com", "google": "smtp.gmail.com"}


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def sender(request: StaffRequest) -> HttpResponse:
    """Show and change the addresses."""
    mine = subject(request, "settings.write" if request.method == "POST" else "settings.read")
    form = forms.Sender(request.POST or None, initial=mine.sender)
    if request.method == "POST" and form.is_valid():
        with telling(request, _("Expéditeur enregistré.")):
            sending.set_sender(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                actor_id=request.access.user_id,
                now=timezone.now(),
                **form.cleaned_data,
            )
        return redirect("settings_sender")
    return _page(request, mine, form, forms.Server(initial=mine.server))


@sensitive_post_parameters("password")
@require_POST
@needs("settings.write")
def server(request: StaffRequest) -> HttpResponse:
    """Change the mail server; an empty password keeps the one that is stored."""
    mine = subject(request, "settings.write")
    form = forms.Server(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "password": form.cleaned_data["password"] or None}
        try:
            sending.set_mail_server(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                actor_id=request.access.user_id,
                now=timezone.now(),
                **given,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Serveur enregistré : envoyez-vous un message d'essai."))
            return redirect("settings_sender")
    return _page(request, mine, forms.Sender(initial=mine.sender), form)


@require_POST
@needs("settings.write")
def by_mailbox(request: StaffRequest) -> HttpResponse:
    """Send by the mailbox of answers, opened by its owner's consent."""
    mine = subject(request, "settings.write")
    mailbox = _mailbox(request, mine)
    if mailbox is None:
        raise Http404
    with telling(
        request, _("Les e-mails partent par cette boîte : envoyez-vous un message d'essai.")
    ):
        sending.send_by_mailbox(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            host=mailbox["host"],
            user=mailbox["user"],
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_sender")


def _mailbox(request: StaffRequest, mine: CreditorSettings) -> dict[str, str] | None:
    """Return the mailbox that may send: its owner opened it by consent."""
    inbox = inboxes.inbox_of(tenant_id=request.tenant_id, creditor_id=mine.id)
    host = SERVERS.get(inbox.settings.get("auth", "")) if inbox else None
    if inbox is None or host is None or not inbox.is_consented:
        return None
    return {"host": host, "user": inbox.settings.get("user", "")}


@require_POST
@needs("settings.write")
def test(request: StaffRequest) -> HttpResponse:
    """Send a test to oneself; the page that follows says how it went."""
    mine = subject(request, "settings.write")
    with telling(request):
        accounts.send_test_mail(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            to=request.user.email,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_sender")


@require_POST
@needs("dunning.stop")
def switch(request: StaffRequest) -> HttpResponse:
    """Stop or resume the sending of one creditor (`creditor`), or of all of them (without)."""
    wanted = request.POST.get("creditor", "")
    creditor_id = int(wanted) if wanted.isascii() and wanted.isdecimal() else None
    if creditor_id is not None:
        require(request, "dunning.stop", creditor_id)
    elif request.access.creditors("dunning.stop") is not None:
        return HttpResponse(status=403)
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "creditor_id": creditor_id,
        "actor_id": request.access.user_id,
        "now": timezone.now(),
    }
    if request.POST.get("do") == "resume":
        with telling(request, _("Les envois reprennent.")):
            sending.resume_sending(**asked)
    else:
        with telling(request, _("Tous les envois sont arrêtés. Rien ne part plus.")):
            sending.stop_sending(**asked)
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_ours else "/")


def _page(
    request: StaffRequest, mine: CreditorSettings, form: forms.Sender, server_form: forms.Server
) -> HttpResponse:
    context = {
        "creditor": mine,
        "form": form,
        "server": server_form,
        "mailbox": _mailbox(request, mine),
        "names": shown_names(mine.sender_names),
        "may_write": may_write(request, mine.id),
        "may_stop": request.access.may("dunning.stop", mine.id),
        "may_stop_all": request.access.creditors("dunning.stop") is None,
    }
    return shown(request, "settings/sender.html", context)
