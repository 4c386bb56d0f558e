"""The guard of every operation: the key, its rate, its right, the size, what is not repeated.

`@needs("ledger.read")` stands on each operation, as on each screen; `tests/house` finds any
address without. The declared problems of an operation are said here too, so that the OpenAPI
is true.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Final, TypeVar

from django.http import HttpResponse
from django.utils import timezone
from ninja.decorators import decorate_view
from ninja.operation import Operation

from encours.api import problems
from encours.api.problems import Halt
from encours.tenancy.actions import calls
from encours.tenancy.actions.calls import Answered
from encours.tenancy.keys import Knock
from encours.tenancy.middleware import TenantRequest
from encours.tenancy.queries import absences
from encours.tenancy.reach import Scope, scope_of
from encours.tenancy.rights import RIGHTS

View = TypeVar("View", bound=Callable[..., Any])
Run = Callable[..., HttpResponse]

MEGABYTE: Final = 1024 * 1024
SAFE: Final = frozenset({"GET", "HEAD"})
NAME_MAX: Final = 255
PROBLEM: Final = 400
REMEMBERED: Final = ("Content-Type", "ETag", "Location")
RIGHT_OF: Final[dict[str, str]] = {}
"""The right of each operation by its name, for its address."""

READS: Final = (400, 401, 403, 404, 413, 422, 429)
WRITES: Final = (*READS, 409)
IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": NAME_MAX, "pattern": "^[!-~]+$"},
    "description": "La même clé rend la même réponse pendant trente jours, sans rien refaire.",
    "example": "b3f1c1d2-facture-2026-118",
}
IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
    "description": "L'`ETag` de la version lue : une autre version n'est pas écrasée.",
    "example": '"0f5c9d7e"',
}


class ApiRequest(TenantRequest):
    """A call whose key was checked; `scope` says which rows it may touch."""

    knock: Knock
    scope: Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operation asks of a call."""

    right: str
    updates: bool
    body_max: int


def needs(right: str, *, updates: bool = False, body_max: int = MEGABYTE) -> Callable[[View], View]:
    """Let only keys with this right in; `updates` asks for the version that was read."""
    assert right in RIGHTS, right
    asked = Asked(right, updates, body_max)

    def decorate(view: View) -> View:
        assert view.__name__ not in RIGHT_OF, view.__name__
        RIGHT_OF[view.__name__] = right
        guarded: View = decorate_view(lambda run: _guarded(run, asked))(view)
        guarded._ninja_contribute_to_operation.append(  # type: ignore[attr-defined]  # noqa: SLF001
            lambda operation: _declare(operation, asked)
        )
        return guarded

    return decorate


def require(request: ApiRequest, right: str, creditor_id: int) -> None:
    """Refuse a row of a creditor for which the key lacks the right (403)."""
    if not request.access.may(right, creditor_id):
        raise Halt(403, "Cette clé n'a pas ce droit pour cette société.")


def etag(shown: Mapping[str, Any]) -> str:
    """Return the version of what is shown."""
    text = json.dumps(shown, sort_keys=True, default=str)
    return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def tagged(response: HttpResponse, shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say in the headers which version is shown, and return it."""
    response["ETag"] = etag(shown)
    return shown


def match(request: ApiRequest, shown: Mapping[str, Any]) -> None:
    """Refuse to write over a version that the caller has not read (412)."""
    given = [one.strip() for one in request.headers.get("If-Match", "").split(",")]
    if "*" not in given and etag(shown) not in given:
        raise Halt(412, "Cet élément a changé depuis que vous l'avez lu : relisez-le.")


def _guarded(run: Run, asked: Asked) -> Run:
    @wraps(run)
    def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _admit(request, asked)
            response = _once(request, lambda: run(request, *args, **kwargs))
        except Halt as halt:
            response = problems.response(
                halt.status, halt.detail, issues=halt.issues, headers=halt.headers
            )
        return _with_rate(request, response)

    return answer


def _admit(request: Any, asked: Asked) -> None:
    knock: Knock | None = request.knock
    if knock is None or knock.access is None:
        detail = "Présentez une clé : « Authorization: Bearer enc_… »."
        if knock is not None:
            detail = "Cette clé a expiré." if knock.is_expired else "Cette clé a été révoquée."
        raise Halt(401, detail, headers={"WWW-Authenticate": 'Bearer realm="encours"'})
    if knock.is_over:
        wait = {"Retry-After": str(knock.resets_in_s)}
        raise Halt(429, f"{knock.limit} demandes par minute au plus.", headers=wait)
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > asked.body_max or request.access is None:
        most = asked.body_max / MEGABYTE
        raise Halt(413, f"Cette demande dépasse {most:g} Mo, ou n'a pas pu être lue.")
    if not request.access.may(asked.right):
        raise Halt(403, f"Cette clé n'a pas le droit « {asked.right} ».")
    if asked.updates and not request.headers.get("If-Match"):
        raise Halt(428, "Donnez dans If-Match l'ETag de la version lue.")
    request.scope = scope_of(request.access, asked.right, None, people=lambda: _people(request))


def _people(request: Any) -> tuple[int, ...]:
    """Return whose customers a salesperson's key sees: those of who made it, absences included."""
    access = request.access
    return absences.people_of(
        tenant_id=access.tenant_id, user_id=access.user_id, on=timezone.localdate()
    )


def _once(request: ApiRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a write once for its idempotency key; a creation must have one."""
    name = request.headers.get("Idempotency-Key", "")
    if request.method in SAFE or (not name and request.method != "POST"):
        return run()
    if not name or len(name) > NAME_MAX or not name.isascii() or not name.isprintable():
        raise Halt(400, "Donnez une clé dans l'en-tête Idempotency-Key (255 signes au plus).")
    try:
        held = calls.claim(
            tenant_id=request.tenant_id,
            key_id=request.knock.key_id,
            name=name,
            fingerprint=_fingerprint(request),
            now=timezone.now(),
        )
    except calls.OtherRequest as refusal:
        raise Halt(422, str(refusal)) from refusal
    if held.answered is not None:
        return _replayed(held.answered)
    response = run()
    if response.status_code < PROBLEM:
        headers = {name: response[name] for name in REMEMBERED if name in response}
        answered = Answered(response.status_code, headers, response.content)
        calls.remember(tenant_id=request.tenant_id, call_id=held.id, answered=answered)
    return response


def _replayed(answered: Answered) -> HttpResponse:
    response = HttpResponse(answered.body, status=answered.status, headers=dict(answered.headers))
    response["Idempotent-Replayed"] = "true"
    return response


def _fingerprint(request: ApiRequest) -> str:
    """Return the hash of what is asked: method, address, and body or files."""
    told = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        told.update(request.body)
        return told.hexdigest()
    for name, values in sorted(request.POST.lists()):
        told.update(repr((name, values)).encode())
    for name, file in sorted(request.FILES.items()):
        assert not isinstance(file, list)
        told.update(repr((name, file.name)).encode())
        for chunk in file.chunks():
            told.update(chunk)
    return told.hexdigest()


def _with_rate(request: Any, response: HttpResponse) -> HttpResponse:
    knock: Knock | None = request.knock
    if knock is not None:
        response["RateLimit-Limit"] = str(knock.limit)
        response["RateLimit-Remaining"] = str(knock.left)
        response["RateLimit-Reset"] = str(knock.resets_in_s)
    response["Cache-Control"] = "no-store"
    return response


def _declare(operation: Operation, asked: Asked) -> None:
    """Say in the OpenAPI which headers an operation takes and which problems it answers."""
    writes = not SAFE.issuperset(operation.methods)
    statuses = [*(WRITES if writes else READS), *((412, 428) if asked.updates else ())]
    parameters: list[dict[str, Any]] = []
    if writes:
        parameters.append(IDEMPOTENCY | {"required": "POST" in operation.methods})
    if asked.updates:
        parameters.append(IF_MATCH)
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said: dict[str, Any] = {
        "responses": {
            status: {"description": problems.TITLES[status], "content": content}
            for status in sorted(statuses)
        },
        "description": _described(operation, asked.right),
    }
    if parameters:
        said["parameters"] = parameters
    own = operation.openapi_extra or {}
    said["responses"] |= own.get("responses", {})
    operation.openapi_extra = {**own, **said}


def _described(operation: Operation, right: str) -> str:
    return f"{operation.description or ''}\n\nDroit : `{right}`.".strip()
