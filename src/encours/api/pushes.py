"""Where a program pushes a file: an address with a token, no key, no session.

`curl --data-binary @export.csv -H "X-File-Name: export.csv" ADRESSE`, or a form with a `file`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError

from encours.api import problems
from encours.feeds import jobs
from encours.feeds.actions import pushing
from encours.kernel.refusal import Refusal
from encours.tenancy.scope import in_tenant

CHUNK: Final = 256 * 1024
TOO_MANY: Final = 429


class NotAFile(Refusal):
    """Called in another way than with a file."""

    message = "Cette adresse prend un fichier, par POST."


class TooLarge(Refusal):
    """Announced larger than what is taken."""

    message = "Ce fichier est trop grand."


STATUS: Final[Mapping[type[Refusal], int]] = {
    pushing.NoSuchAddress: 404,
    NotAFile: 405,
    TooLarge: 413,
    pushing.TooManyPushes: TOO_MANY,
}


def push(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the file and answer 202 with its import; the same bytes again answer the same."""
    try:
        knocked = pushing.knock(token)
        name, chunks = _file(request)
        pushed = pushing.receive_push(knocked, name=name, chunks=chunks)
    except Refusal as no:
        status = STATUS.get(type(no), 422)
        wait = {"Retry-After": "60"} if status == TOO_MANY else {}
        return problems.response(status, str(no), headers=wait)
    if pushed.is_waiting and pushed.import_id is not None:
        with in_tenant(pushed.tenant_id):
            jobs.finish_push_soon(
                tenant_id=pushed.tenant_id,
                source_id=pushed.source_id,
                import_id=pushed.import_id,
            )
    return JsonResponse({"import": pushed.import_id, "known": pushed.is_known}, status=202)


push.right = "public"  # type: ignore[attr-defined]
push.outside_tenant = True  # type: ignore[attr-defined]
push.csrf_exempt = True  # type: ignore[attr-defined]


def _file(request: HttpRequest) -> tuple[str, Iterator[bytes]]:
    """Return the name and the bytes of what is pushed: a form's `file`, else the body itself."""
    if request.method not in ("POST", "PUT"):
        raise NotAFile
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES:
        raise TooLarge
    if request.content_type == "multipart/form-data":
        try:
            file = request.FILES.get("file")
        except MultiPartParserError as problem:
            raise pushing.NotTakenIn("Ce formulaire n'est pas lisible.") from problem
        if file is None:
            raise pushing.NotTakenIn("Le formulaire n'a pas de champ « file ».")
        return file.name or "", iter(file.chunks())
    return unquote(request.headers.get("X-File-Name", "")), _body(request)


def _body(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK):
        yield chunk
