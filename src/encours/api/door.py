"""The API itself: its resources, its problems, an OpenAPI that says all of it."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import HttpBearer

from encours.api import (
    allocations,
    bulk,
    calls,
    credit,
    documents,
    examples,
    figures,
    imports,
    ledger,
    me,
    numbers,
    own_fields,
    parties,
    payers,
    problems,
    reminders,
    standing,
    webhooks,
)
from encours.api.problems import Problem
from encours.kernel.refusal import Refusal

VERSION: Final = "1.0"
ROUTERS: Final = (
    me.router,
    bulk.router,
    parties.router,
    payers.router,
    ledger.router,
    ledger.credit_router,
    own_fields.router,
    numbers.router,
    allocations.router,
    figures.router,
    credit.router,
    standing.router,
    reminders.router,
    calls.router,
    imports.router,
    documents.router,
    webhooks.router,
)
DESCRIPTION: Final = """
Tout ce que font les écrans, pour un programme qui détient une **clé** (Réglages › API).

- **Clé** : `Authorization: Bearer enc_…`. Elle a un rôle, une société ou toutes, des portées.
- **Montants** : des textes à deux décimales (`"1234.50"`), jamais des nombres à virgule.
- **Listes** : `limit` et `cursor` ; la réponse donne `next`, nul à la dernière page.
- **Écritures** : `Idempotency-Key` sur chaque création. La même clé rend la même réponse pendant
  trente jours ; la même clé avec une autre demande est refusée (422).
- **Modifications** : `If-Match` avec l'`ETag` lu ; une version plus récente n'est pas écrasée.
- **Refus** : `application/problem+json` (RFC 9457), une phrase, et `issues` champ par champ.
- **Débit** : les en-têtes `RateLimit-*` ; au-delà, 429 avec `Retry-After`.
"""


class Key(HttpBearer):
    """Shows the key in the OpenAPI; the guard of each operation has checked it already."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:  # noqa: ARG002 - its signature
        """Return what the guard let in."""
        return getattr(request, "access", None)


class Door(NinjaAPI):
    """django-ninja with our names and problems."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation as its function: clients are generated from it."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        """Return the OpenAPI, the shape of problems included."""
        found = super().get_openapi_schema(**asked)
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        found["components"]["schemas"].update(shape.pop("$defs"))
        found["components"]["schemas"]["Problem"] = shape
        examples.illustrate(found)
        return found


def _door() -> Door:
    door = Door(
        title="encours",
        version=VERSION,
        description=DESCRIPTION,
        urls_namespace="api",
        auth=Key(),
    )
    for router in ROUTERS:
        door.add_router("", router)
    return door


api = _door()


@api.exception_handler(problems.Halt)
def _halted(request: HttpRequest, halt: problems.Halt) -> HttpResponse:  # noqa: ARG001
    return problems.response(halt.status, halt.detail, issues=halt.issues, headers=halt.headers)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:  # noqa: ARG001
    return problems.of_refusal(refusal)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    return problems.of_fields(error)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    return problems.response(error.status_code, "Le corps de la demande n'est pas du JSON lisible.")


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001
    return problems.response(404, "Cet élément n'existe pas.")


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:  # noqa: ARG001
    return problems.response(403, "Cette clé n'a pas ce droit.")
