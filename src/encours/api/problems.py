"""Every no of the API: a problem (RFC 9457) with its sentence, and an Issue for each field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from django.http import HttpResponse
from ninja import Schema
from ninja.errors import ValidationError

from encours.attributes.actions.values import InvalidValue
from encours.documents.actions.linking import NoSuchThing
from encours.documents.rules.content import NotTaken
from encours.imports.actions.undo import CannotUndo
from encours.kernel.issue import Issue
from encours.kernel.refusal import Refusal
from encours.parties.actions.contacts import InvalidContact
from encours.parties.actions.customers import InvalidCustomer, UnknownCustomer
from encours.parties.actions.parents import LoopOfParents
from encours.receivables.actions.acts import NotFound
from encours.receivables.actions.allocations import NotAllocatable
from encours.receivables.actions.documents import InvalidDocument
from encours.standing.actions import InvalidFact
from encours.tenancy.actions.calls import OtherRequest
from encours.webhooks.actions.queueing import NotToReplay
from encours.webhooks.actions.subscriptions import InvalidSubscription, UnknownSubscription

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final[Mapping[int, str]] = {
    400: "Demande illisible",
    401: "Clé absente ou refusée",
    403: "Droit insuffisant",
    404: "Introuvable",
    405: "Méthode non prise",
    409: "Opération refusée",
    412: "Modifié entre-temps",
    413: "Demande trop volumineuse",
    422: "Champs à corriger",
    428: "En-tête If-Match attendu",
    429: "Trop de demandes",
}
STATUSES: Final[Mapping[type[Refusal], int]] = {
    NotFound: 404,
    UnknownCustomer: 404,
    InvalidContact: 422,
    InvalidCustomer: 422,
    LoopOfParents: 422,
    InvalidDocument: 422,
    InvalidFact: 422,
    InvalidValue: 422,
    NotAllocatable: 422,
    OtherRequest: 422,
    CannotUndo: 409,
    NoSuchThing: 404,
    NotTaken: 422,
    NotToReplay: 409,
    InvalidSubscription: 422,
    UnknownSubscription: 404,
}
"""What a foreseen no answers; 409 where nothing is said."""

SENTENCES: Final[Mapping[str, str]] = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n'existe pas.",
    "string_pattern_mismatch": "Ce texte n'a pas la forme attendue.",
    "string_too_long": "Ce texte est trop long.",
    "string_type": "Un texte est attendu.",
    "int_parsing": "Un nombre entier est attendu.",
    "int_type": "Un nombre entier est attendu.",
    "greater_than_equal": "Ce nombre est trop petit.",
    "less_than_equal": "Ce nombre est trop grand.",
    "literal_error": "Cette valeur n'est pas l'une de celles qui sont admises.",
    "too_long": "Il y a trop d'éléments.",
    "too_short": "Il n'y a pas assez d'éléments.",
    "list_type": "Une liste est attendue.",
    "model_attributes_type": "Un objet est attendu.",
}


class IssueShape(Schema):
    """One problem in what was sent, as everywhere in encours."""

    line: int
    column: str
    code: str
    found: str
    expected: str
    message: str
    severity: Literal["error", "warning", "info"]


class Problem(Schema):
    """Why nothing was done (RFC 9457); `issues` says it field by field."""

    type: str
    title: str
    status: int
    detail: str
    issues: list[IssueShape]


class Halt(Exception):
    """Ends a call with a problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        issues: Sequence[Issue] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what the answer says."""
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.issues, self.headers = tuple(issues), dict(headers or {})


def response(
    status: int,
    detail: str,
    *,
    issues: Sequence[Issue] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem as the answer of a call."""
    body = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "issues": [issue_shape(issue) for issue in issues],
    }
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def issue_shape(issue: Issue) -> dict[str, Any]:
    """Return an Issue as the API shows it: a call has no file."""
    shown = issue.as_json()
    del shown["file"]
    return shown


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return the problem of a foreseen no."""
    status = next((STATUSES[one] for one in type(refusal).__mro__ if one in STATUSES), 409)
    return response(status, str(refusal))


def of_fields(error: ValidationError) -> HttpResponse:
    """Return the problem of fields that are missing or wrong."""
    issues = [_field_issue(one) for one in error.errors]
    count = len(issues)
    detail = "Un champ est à corriger." if count == 1 else f"{count} champs sont à corriger."
    return response(422, detail, issues=issues)


def field_issue(name: str, message: str, *, found: str = "", code: str = "invalid") -> Issue:
    """Return what is wrong with one field."""
    return Issue(code=code, message=message, column=name, found=found)


def _field_issue(error: Mapping[str, Any]) -> Issue:
    # ("body", the parameter's name, field…): a program knows its fields only
    where = [str(part) for part in error["loc"]]
    skipped = 2 if where[0] == "body" and len(where) > 2 else 1  # noqa: PLR2004
    column = ".".join(where[skipped:])
    return Issue(code=str(error["type"]), message=sentence_of(error), column=column)


def sentence_of(error: Mapping[str, Any]) -> str:
    """Return in French what is wrong with a value."""
    kind = str(error["type"])
    said = str(error.get("ctx", {}).get("error", "")) if kind == "value_error" else ""
    if said:
        return f"{said[:1].upper()}{said[1:]}."
    return SENTENCES.get(kind, "Cette valeur n'est pas valide.")
