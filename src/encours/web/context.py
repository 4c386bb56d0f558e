"""What every page knows: who is looking, at which tenant, with which rights."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the values that the base template needs."""
    return {"access": getattr(request, "access", None)}
