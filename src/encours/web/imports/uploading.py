"""A body that may be large is read before the tenant's transaction opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from encours.tenancy import middleware
from encours.web.rights import outside_tenant

View = Callable[..., HttpResponseBase]


def body_first(view: View) -> View:
    """Read the whole body, then open the tenant's door: an upload may last minutes."""

    @wraps(view)
    def outside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert request.FILES is not None  # looking at it reads the body
        answer = lambda inner: cast("HttpResponse", view(inner, *args, **kwargs))  # noqa: E731
        return middleware.inside(request, answer)

    return outside_tenant(outside)
