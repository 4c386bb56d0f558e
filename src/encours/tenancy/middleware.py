"""Opens the tenant's door for each request of a member, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from encours.tenancy.rights import Access, Grant
from encours.tenancy.scope import in_tenant

if TYPE_CHECKING:
    from encours.tenancy.models import User

SERVER_ERROR: Final = 500
SESSION_KEY: Final = "tenant"


class TenantRequest(HttpRequest):
    """A request whose tenant is known and whose person has rights there."""

    tenant_id: int
    access: Access
    user: User


def accesses(user_id: int) -> list[Access]:
    """Return what a person may do at each tenant, by the tenant's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tenant_id, role, creditor_id from encours_memberships(%s)", [user_id]
        )
        rows = cursor.fetchall()
    tenants = dict.fromkeys(row[0] for row in rows)
    return [
        Access(
            user_id=user_id,
            tenant_id=tenant_id,
            grants=tuple(
                Grant(role, creditor) for tenant, role, creditor in rows if tenant == tenant_id
            ),
        )
        for tenant_id in tenants
    ]


class TenantMiddleware:
    """Chooses the tenant (the session's, else the first) and keeps its door open to the end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the view inside the tenant; undo its writes if it failed."""
        request.access = None  # type: ignore[attr-defined]
        request.tenant_id = None  # type: ignore[attr-defined]
        if _opens_its_own_door(request):
            return self.get_response(request)
        return inside(request, self.get_response)


def inside(request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Answer inside the person's tenant; undo the writes if that failed."""
    if not request.user.is_authenticated:
        return answer(request)
    mine = accesses(int(request.user.pk))
    if not mine:
        return answer(request)
    chosen = request.session.get(SESSION_KEY)
    access = next((one for one in mine if one.tenant_id == chosen), mine[0])
    request.access = access  # type: ignore[attr-defined]
    request.tenant_id = access.tenant_id  # type: ignore[attr-defined]
    with in_tenant(access.tenant_id):
        response = answer(request)
        if response.status_code >= SERVER_ERROR:
            transaction.set_rollback(True)
    return response


def _opens_its_own_door(request: HttpRequest) -> bool:
    """Say whether the view is marked `outside_tenant`: an invitation belongs to another tenant."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, "outside_tenant", False))
