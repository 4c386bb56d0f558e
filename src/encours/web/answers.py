"""How a view answers: a whole page or one fragment of it, with what the person must be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from encours.kernel.refusal import Refusal
from encours.web.wording import Text


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer htmx with the part that changed; waiting messages are swapped in beside it."""
    html = render_to_string(template, dict(context), request)
    html += render_to_string("components/messages.html", {"out_of_band": True}, request)
    return HttpResponse(html, status=status)


def page_or_fragment(
    request: Any, *, page: str, part: str, target: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Answer with `part` when htmx asks for the element `target`, else with the whole page."""
    if request.htmx and request.htmx.target == target:
        return fragment(request, part, context)
    return render(request, page, dict(context))


@contextmanager
def telling(request: HttpRequest, done: Text = "") -> Iterator[None]:
    """Run an action, then say that it is done, or why it was refused (its savepoint undone)."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
