"""Answers a request with a table: the page, its fragment, or the whole list as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from encours.web.answers import page_or_fragment
from encours.web.rights import StaffRequest
from encours.web.tables import exports
from encours.web.tables.columns import Table
from encours.web.tables.shown import show
from encours.web.tables.source import Source


def answer(
    request: StaffRequest,
    table: Table,
    source: Source,
    *,
    page: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Draw `page` with the table in `table`, or its fragment, or its CSV or XLSX.

    The page's template holds `{% include "components/listing.html" %}` (filters and table) or
    `components/table.html` alone.
    """
    window = table.ask(request)
    may_export = request.access.may(table.export_right, request.creditor_id)
    wanted = request.GET.get("export", "")
    if wanted:
        if not may_export:
            raise PermissionDenied
        everything = replace(window, offset=0, limit=None)
        return exports.export(wanted, table, source, everything, tenant_id=request.tenant_id)
    shown = show(table, source, window, request.GET, may_export=may_export)
    return page_or_fragment(
        request,
        page=page,
        part="components/table.html",
        target=table.dom_id,
        context={**(context or {}), "table": shown},
    )
