"""Where Mailgun brings the answers of customers: an address with a token, each call signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone

from encours.api import problems
from encours.kernel.refusal import Refusal
from encours.replies.actions import receiving

TOO_MANY: Final = 429


class NotACall(Refusal):
    """Called in another way than with a form."""

    message = "Cette adresse prend un formulaire, par POST."


class TooLarge(Refusal):
    """Larger than what is taken."""

    message = "Ce message est trop grand."


STATUS: Final[Mapping[type[Refusal], int]] = {
    receiving.NoSuchAddress: 404,
    NotACall: 405,
    TooLarge: 413,
    receiving.TooManyCalls: TOO_MANY,
    receiving.NotGenuine: 401,
}


def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Take the mail and say what became of it; the same call again changes nothing."""
    try:
        if request.method != "POST":
            raise NotACall
        knocked = receiving.knock(token)
        taken = receiving.receive(knocked, _given(request), now=timezone.now())
    except Refusal as no:
        status = STATUS.get(type(no), 422)
        wait = {"Retry-After": "60"} if status == TOO_MANY else {}
        return problems.response(status, str(no), headers=wait)
    return JsonResponse({"taken": taken.ending if taken else "unreadable"})


receive.right = "public"  # type: ignore[attr-defined]
receive.outside_tenant = True  # type: ignore[attr-defined]
receive.csrf_exempt = True  # type: ignore[attr-defined]


def _given(request: HttpRequest) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in request.POST.items()}
    except (RequestDataTooBig, MultiPartParserError) as problem:
        raise TooLarge from problem
