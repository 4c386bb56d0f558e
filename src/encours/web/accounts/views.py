"""How an invited person joins, and what they say about themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from encours.tenancy.actions import people, roles
from encours.tenancy.middleware import SESSION_KEY
from encours.web.accounts import forms
from encours.web.rights import StaffRequest, needs, outside_tenant, public
from encours.web.shell.language import keep_language

GONE = 410


@require_http_methods(["GET", "POST"])
@needs("self")
def profile(request: StaffRequest) -> HttpResponse:
    """Show and keep one's own name, language and appearance."""
    person = request.user
    shown = {
        "name": person.get_full_name(),
        "language": person.language,
        "theme": person.theme,
    }
    form = forms.Profile(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        people.set_preferences(user_id=int(person.pk), **form.cleaned_data)
        response = redirect("profile")
        keep_language(response, form.cleaned_data["language"])
        messages.success(request, _("Profil enregistré."))
        return response
    return render(request, "accounts/profile.html", {"form": form})


@outside_tenant
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let the invited person in: a new one chooses a password, a known one logs in first."""
    now = timezone.now()
    try:
        guest = people.open_invitation(token, now=now)
        if guest.has_account:
            return _join_known(request, token, guest)
        return _join_new(request, token, guest)
    except (people.InvitationOver, roles.LastAdmin) as refusal:
        return render(request, "accounts/invitation_over.html", {"why": refusal}, status=GONE)


def _join_known(request: HttpRequest, token: str, guest: people.Guest) -> HttpResponse:
    context = {"guest": guest}
    if request.method == "GET" or not request.user.is_authenticated:
        return render(request, "accounts/invitation_known.html", context)
    people.accept_invitation(
        token=token, password="", name="", user_id=int(request.user.pk), now=timezone.now()
    )
    request.session[SESSION_KEY] = guest.tenant_id
    return redirect("/")


def _join_new(request: HttpRequest, token: str, guest: people.Guest) -> HttpResponse:
    form = forms.Acceptance(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            people.accept_invitation(
                token=token,
                password=given["password"],
                name=given["name"],
                user_id=None,
                now=timezone.now(),
            )
        except people.WeakPassword as refusal:
            form.add_error("password", str(refusal))
        else:
            messages.success(request, _("Votre compte est prêt : connectez-vous."))
            return redirect("account_login")
    return render(request, "accounts/invitation_new.html", {"guest": guest, "form": form})
