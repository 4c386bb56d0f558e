"""Opens the tenant's door for each request of a member, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import Resolver404, resolve
from django.utils import timezone

from encours.tenancy import keys
from encours.tenancy.queries import places
from encours.tenancy.rights import Access, Grant
from encours.tenancy.scope import in_tenant

if TYPE_CHECKING:
    from encours.tenancy.models import User

BAD_REQUEST: Final = 400
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
        view = _view(request)
        if getattr(view, "by_key", False):
            return inside_by_key(request, self.get_response)
        if getattr(view, "outside_tenant", False):
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
    request.tenant_id = access.tenant_id  # type: ignore[attr-defined]
    with in_tenant(access.tenant_id):
        request.access = inside_of(access)  # type: ignore[attr-defined]
        response = answer(request)
        if response.status_code >= SERVER_ERROR:
            transaction.set_rollback(True)
    return response


def inside_of(access: Access) -> Access:
    """Return the access as it is once the door is open: exceptions need the others' names."""
    if not access.has_exceptions:
        return access
    return replace(access, creditor_ids=places.creditor_ids(access.tenant_id))


def inside_by_key(
    request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Answer a program inside its key's tenant; undo the writes of whatever was not done.

    The view finds the key in `request.knock`, and says itself what is wrong with it. The body is
    read first: a slow client must not hold a transaction.
    """
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    knock = keys.knock(token.strip(), now=timezone.now()) if kind.lower() == "bearer" else None
    request.knock = knock  # type: ignore[attr-defined]
    if knock is None or knock.access is None or knock.is_over or not _is_read(request):
        return answer(request)
    request.access = knock.access  # type: ignore[attr-defined]
    request.tenant_id = knock.access.tenant_id  # type: ignore[attr-defined]
    with in_tenant(knock.access.tenant_id, key_id=knock.key_id):
        response = answer(request)
        if response.status_code >= BAD_REQUEST:
            transaction.set_rollback(True)
    return response


def _is_read(request: HttpRequest) -> bool:
    """Read the whole body, or say that it is larger than this view takes."""
    try:
        if request.content_type == "multipart/form-data":
            too_large = int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES
            is_read = not too_large and request.FILES is not None
        else:
            is_read = request.body is not None
    except (RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent, MultiPartParserError):
        return False
    return is_read


def _view(request: HttpRequest) -> Callable[..., HttpResponse] | None:
    """Return the view of an address: it may be marked `outside_tenant` or `by_key`."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None
