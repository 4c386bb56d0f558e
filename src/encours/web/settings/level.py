"""Whom a settings page is about: one creditor, or the organisation, which all of them follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from encours.tenancy.queries.creditors import CreditorSettings
from encours.web.rights import StaffRequest
from encours.web.settings.subject import may_write, subject

KEY: Final = "niveau"
WHOLE: Final = "organisation"


@dataclass(frozen=True, slots=True)
class Level:
    """A creditor, or None for the organisation."""

    creditor: CreditorSettings | None

    @property
    def creditor_id(self) -> int | None:
        """Return the creditor's id; None is the organisation, as in every action."""
        return self.creditor.id if self.creditor else None

    def back(self, url_name: str, **asked: str) -> HttpResponse:
        """Lead back to a page, at the same level."""
        said = asked if self.creditor else {KEY: WHOLE, **asked}
        url = reverse(url_name)
        return redirect(f"{url}?{urlencode(said)}" if said else url)


def level(request: StaffRequest) -> Level:
    """Return whom the page is about; only those who manage every creditor see the organisation's.

    A form says it in a field: the page may have been left open.
    """
    right = "settings.write" if request.method == "POST" else "settings.read"
    asked = (request.POST if request.method == "POST" else request.GET).get(KEY, "")
    if asked != WHOLE:
        return Level(subject(request, right))
    if not _manages_all(request, right):
        raise PermissionDenied
    return Level(None)


def context(request: StaffRequest, mine: Level) -> dict[str, Any]:
    """Return what the pages of both levels show."""
    if mine.creditor is None:
        may = _manages_all(request, "settings.write")
    else:
        may = may_write(request, mine.creditor.id)
    return {
        "creditor": mine.creditor,
        "is_whole": mine.creditor is None,
        "may_write": may,
        "may_see_whole": _manages_all(request, "settings.read"),
        "whole_query": f"{KEY}={WHOLE}",
    }


def _manages_all(request: StaffRequest, right: str) -> bool:
    return request.access.creditors(right) is None and request.access.may(right)
