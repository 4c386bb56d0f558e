"""Where providers of messages tell what became of them: an address with a token, no key.

Twilio signs its calls; OVHcloud does not, the token is then all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from encours.api import problems
from encours.kernel.refusal import Refusal
from encours.messaging import reports
from encours.messaging.ports import Forged, Knock

BODY_MAX: Final = 64 * 1024
TOO_MANY: Final = 429


class TooLarge(Refusal):
    """No report is that long."""

    message = "Cet appel est trop long."


STATUS: Final[Mapping[type[Refusal], int]] = {
    reports.NoSuchAddress: 404,
    reports.TooManyCalls: TOO_MANY,
    Forged: 403,
    TooLarge: 413,
}


def report(request: HttpRequest, token: str) -> HttpResponse:
    """Take what a provider tells; the same call again changes nothing more."""
    try:
        at = reports.knocked(token)
        reports.receive(at, _knock(request), now=timezone.now())
    except Refusal as no:
        status = STATUS.get(type(no), 422)
        wait = {"Retry-After": "60"} if status == TOO_MANY else {}
        return problems.response(status, str(no), headers=wait)
    return HttpResponse(status=204)


report.right = "public"  # type: ignore[attr-defined]
report.outside_tenant = True  # type: ignore[attr-defined]
report.csrf_exempt = True  # type: ignore[attr-defined]


def _knock(request: HttpRequest) -> Knock:
    """Return the call as the provider made it: to our public address, whatever stands before us."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX:
        raise TooLarge
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Knock(f"{settings.PUBLIC_URL}{request.get_full_path()}", headers, request.body)
