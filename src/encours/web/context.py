"""What every page knows: who is looking, at which tenant, with which rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from encours.tenancy.queries import places
from encours.tenancy.rights import Access
from encours.web import formats, navigation
from encours.web.rights import MINE_KEY, chosen_creditor, creditors_of


@dataclass(frozen=True, slots=True)
class Banner:
    """A line under the header that holds on every page: sending is stopped."""

    text: str
    creditor_id: int | None = None
    may_resume: bool = False


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the values that the base template needs; fragments need none of the header."""
    access: Access | None = getattr(request, "access", None)
    theme = getattr(request.user, "theme", "auto") if hasattr(request, "user") else "auto"
    if access is None or getattr(request, "htmx", False):
        return {"access": access, "theme": theme}
    chosen = chosen_creditor(request)
    creditors = creditors_of(request)
    tenants = places.tenants_of(access.user_id)
    match = request.resolver_match
    url_name = (match.url_name or "") if match else ""
    return {
        "access": access,
        "theme": theme,
        "account_menu": navigation.menu(navigation.ACCOUNT, access, url_name, None),
        "menu": navigation.menu(navigation.MAIN, access, url_name, chosen),
        "creditors": creditors,
        "chosen_creditor": chosen,
        "is_mine": bool(request.session.get(MINE_KEY)),
        "tenants": tenants,
        "initials": _initials(str(request.user)),
        "banners": _banners(access, tenants, creditors),
    }


def _initials(name: str) -> str:
    words = name.split("@", maxsplit=1)[0].replace(".", " ").split()
    return "".join(word[0] for word in words[:2]).upper()


def _banners(
    access: Access, tenants: list[places.TenantChoice], creditors: list[places.CreditorChoice]
) -> list[Banner]:
    """Say what is stopped; whoever may stop may also resume from here."""
    stopped_at = next((one.stopped_at for one in tenants if one.id == access.tenant_id), None)
    if stopped_at is not None:
        since = formats.instant(stopped_at)
        text = _("Tous les envois sont arrêtés depuis le %(since)s.") % {"since": since}
        return [Banner(text, may_resume=access.creditors("dunning.stop") is None)]
    return [
        Banner(
            _("Les envois de %(name)s sont arrêtés depuis le %(since)s.")
            % {"name": one.name, "since": formats.instant(one.stopped_at)},
            creditor_id=one.id,
            may_resume=access.may("dunning.stop", one.id),
        )
        for one in creditors
        if one.stopped_at is not None
    ]
