"""Who works here: members and their roles, invitations."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.tenancy.actions import letters, people, roles
from encours.tenancy.ports import Letter
from encours.tenancy.queries import people as queries
from encours.tenancy.queries import places
from encours.tenancy.queries.people import Member, Waiting
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.subject import shown


@require_http_methods(["GET", "POST"])
@needs("users.manage")
def users(request: StaffRequest) -> HttpResponse:
    """Show who works here, which role applies where, and invite somebody."""
    form = forms.Invitation(request.POST or None, creditors=_creditors(request))
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["creditor"]
        _invite(request, form.cleaned_data, int(wanted) if wanted else None)
        return redirect("settings_users")
    return _page(request, form, _role_form(request))


@require_POST
@needs("users.manage")
def give_role(request: StaffRequest) -> HttpResponse:
    """Give a member a role of their own at one creditor."""
    form = _role_form(request, request.POST)
    if not form.is_valid():
        return _page(request, forms.Invitation(creditors=_creditors(request)), form)
    given = form.cleaned_data
    with telling(request, _("Rôle donné : il s'applique à cette société.")):
        roles.give_role(
            tenant_id=request.tenant_id,
            user_id=int(given["user"]),
            creditor_id=int(given["creditor"]),
            role=given["role"],
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect("settings_users")


def _page(request: StaffRequest, form: forms.Invitation, role_form: forms.RoleAt) -> HttpResponse:
    context = {
        "form": form,
        "role_form": role_form,
        "members": [(one, _applies(one)) for one in _members(request)],
        "waiting": _waiting(request),
        "roles": forms.ROLES,
    }
    return shown(request, "settings/users.html", context)


def _applies(member: Member) -> list[str]:
    """Say which of a person's roles applies where, and why."""
    names = dict(forms.ROLES)
    if member.instead_of:
        sentence = _("s'applique ici à la place de « %(role)s », son rôle pour toutes les sociétés")
        return [sentence % {"role": names[member.instead_of]}]
    sentence = _("sauf %(creditor)s : %(role)s")
    return [
        sentence % {"creditor": one.creditor, "role": names[one.role]} for one in member.exceptions
    ]


def _members(request: StaffRequest) -> list[Member]:
    mine = request.access.creditors("users.manage")
    found = queries.members(request.tenant_id)
    return [one for one in found if mine is None or one.creditor_id in mine]


def _waiting(request: StaffRequest) -> list[Waiting]:
    mine = request.access.creditors("users.manage")
    found = queries.waiting(request.tenant_id, now=timezone.now())
    return [one for one in found if mine is None or one.creditor_id in mine]


def _role_form(request: StaffRequest, data: Any = None) -> forms.RoleAt:
    people_shown = {str(one.user_id): one.name for one in _members(request)}
    creditors = [one for one in _creditors(request) if one[0]]
    return forms.RoleAt(data, people=list(people_shown.items()), creditors=creditors)


@require_POST
@needs("users.manage")
def set_role(request: StaffRequest, membership_id: int) -> HttpResponse:
    """Give a member another role."""
    role = request.POST.get("role", "")
    if role not in dict(forms.ROLES):
        raise Http404
    with telling(request, _("Rôle changé.")):
        roles.set_role(**_about(request, membership_id), role=role)
    return redirect("settings_users")


@require_POST
@needs("users.manage")
def revoke(request: StaffRequest, membership_id: int) -> HttpResponse:
    """End a member's access."""
    with telling(request, _("Accès retiré.")):
        roles.revoke(**_about(request, membership_id))
    return redirect("settings_users")


@require_POST
@needs("users.manage")
def withdraw(request: StaffRequest, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation."""
    exists, creditor_id = queries.invitation_creditor(
        tenant_id=request.tenant_id, invitation_id=invitation_id
    )
    _require(request, creditor_id, exists=exists)
    with telling(request, _("Invitation annulée.")):
        people.withdraw_invitation(
            tenant_id=request.tenant_id,
            invitation_id=invitation_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
    return redirect("settings_users")


def _invite(request: StaffRequest, given: dict[str, Any], creditor_id: int | None) -> None:
    with telling(request, _("Invitation envoyée.")):
        invited = people.invite(
            tenant_id=request.tenant_id,
            email=given["email"],
            role=given["role"],
            creditor_id=creditor_id,
            actor_id=request.access.user_id,
            now=timezone.now(),
        )
        url = settings.PUBLIC_URL + reverse("invitation", args=[invited.token])
        tenant = next(
            one.name
            for one in places.tenants_of(request.access.user_id)
            if one.id == request.tenant_id
        )
        text = _(
            "Bonjour,\n\n%(who)s vous invite à rejoindre %(tenant)s dans encours, "
            "le logiciel du service crédit.\n\nOuvrez ce lien pour accepter ; il ne sert qu'une "
            "fois et expire dans sept jours :\n%(url)s\n\n"
            "Si vous n'attendez pas cette invitation, ignorez ce message.\n"
        ) % {"who": request.user, "tenant": tenant, "url": url}
        subject = _("%(tenant)s vous invite dans encours") % {"tenant": tenant}
        letters.send_after_commit(
            Letter((invited.email,), subject, text),
            when_not_sent=lambda refusal: messages.error(request, str(refusal)),
        )


def _about(request: StaffRequest, membership_id: int) -> dict[str, Any]:
    exists, creditor_id = queries.membership_creditor(
        tenant_id=request.tenant_id, membership_id=membership_id
    )
    _require(request, creditor_id, exists=exists)
    return {
        "tenant_id": request.tenant_id,
        "membership_id": membership_id,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }


def _require(request: StaffRequest, creditor_id: int | None, *, exists: bool) -> None:
    """Refuse what this administrator does not administer: a row of all creditors needs all."""
    if not exists:
        raise Http404
    mine = request.access.creditors("users.manage")
    if mine is not None and creditor_id not in mine:
        raise PermissionDenied


def _creditors(request: StaffRequest) -> list[tuple[str, Any]]:
    mine = request.access.creditors("users.manage")
    everything = [("", _("Toutes les sociétés"))] if mine is None else []
    rows = places.creditors(request.tenant_id, mine)
    return [*everything, *((str(one.id), one.name) for one in rows)]
