"""Ledger exports: dropped, read, shown with their control to the cent, applied, undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from encours.imports import jobs
from encours.imports.actions import uploads
from encours.imports.queries import history
from encours.imports.queries.history import PastImport
from encours.imports.rules.file_names import company_and_closing, unknown_owner
from encours.imports.rules.tables.fields import FIELDS
from encours.imports.rules.tables.records import FIELD_OF
from encours.tenancy.queries import people, places
from encours.web import chosen
from encours.web.answers import fragment, telling
from encours.web.imports.sentences import CONTROLS, COUNTS, SEVERITIES, STATES
from encours.web.imports.uploading import body_first
from encours.web.ledger import words
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Column, Filter, Source, Table, Window, answer, in_memory

MEGABYTE: Final = 1024 * 1024
DIFFERENCES_SHOWN: Final = 20
WITH_ROWS: Final = ("fec", "table", "master")
HISTORY: Final = Table(
    name="imports",
    caption=lazy("Imports"),
    columns=(
        Column("file_name", lazy("Fichier"), link=lambda row: _address(row["id"])),
        Column("creditor", lazy("Société")),
        Column("created_at", lazy("Reçu le"), "instant"),
        Column("author", lazy("Par")),
        Column("state", lazy("État"), "badge", badges=STATES),
        Column("control", lazy("Contrôle"), "badge", badges=CONTROLS),
        Column("first_on", lazy("Du"), "date"),
        Column("last_on", lazy("Au"), "date"),
        Column("invoices", lazy("Factures"), "count"),
        Column("payments", lazy("Règlements"), "count"),
    ),
    empty=lazy("Déposez ci-dessus un tableau de vos factures, ou le FEC de votre comptabilité."),
    export_right="imports.read",
)
ISSUES: Final = Table(
    name="issues",
    caption=lazy("Remarques sur le fichier"),
    columns=(
        Column("line", lazy("Ligne"), "count", sort=True),
        Column("severity", lazy("Gravité"), "badge", badges=SEVERITIES),
        Column("message", lazy("Remarque")),
        Column("column", lazy("Colonne"), "code", sort=True),
        Column("found", lazy("Trouvé")),
        Column("expected", lazy("Attendu")),
    ),
    filters=(
        Filter("q", lazy("Rechercher")),
        Filter(
            "severity",
            lazy("Gravité"),
            "select",
            (("", lazy("Toutes")), *((key, badge.label) for key, badge in SEVERITIES.items())),
        ),
    ),
    export_right="imports.read",
)


@require_GET
@needs("imports.read")
def imports(request: StaffRequest) -> HttpResponseBase:
    """List what came in, under the place where a file is dropped."""
    mine = chosen.creditors(request)
    names = {one.id: one.name for one in mine}

    def rows(window: Window) -> Iterable[dict[str, Any]]:
        found = history.imports(
            tenant_id=request.tenant_id,
            creditor_ids=request.scope.creditor_ids,
            limit=window.limit,
            offset=window.offset,
        )
        authors = people.names_of({one.author_id for one in found if one.author_id})
        return [_shown(one, names, authors) for one in found]

    context = {
        "choices": [one for one in mine if request.access.may("imports.write", one.id)],
        "megabytes": settings.UPLOAD_MAX_BYTES // MEGABYTE,
    }
    shown = [column for column in HISTORY.columns if column.key != "creditor" or len(mine) > 1]
    table = replace(HISTORY, columns=tuple(shown))
    return answer(request, table, Source(rows=rows), page="imports/list.html", context=context)


@body_first
@require_POST
@needs("imports.write")
def upload(request: StaffRequest) -> HttpResponseBase:
    """Keep files and have them read, each at its creditor; a page shows how far they are.

    Where no creditor is named, the SIREN in the name of each file says whose it is.
    """
    files = [one for one in request.FILES.getlist("file") if one.name]
    if not files:
        messages.error(request, _("Choisissez un fichier."))
    named = request.POST.get("creditor_id", "")
    given = chosen.posted_creditor(request, "imports.write") if named else None
    taken = [_take(request, file, given) for file in files]
    kept = [one for one in taken if one is not None]
    if len(kept) == 1 and len(files) == 1:
        return _leave(request, _address(kept[0]))
    return _leave(request, reverse("imports"))


def _take(request: StaffRequest, file: UploadedFile[bytes], given: int | None) -> int | None:
    """Keep one file and return its import, or say why not."""
    name = file.name or ""
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        most = {"file": name, "most": settings.UPLOAD_MAX_BYTES // MEGABYTE}
        messages.error(request, _("%(file)s : ce fichier dépasse %(most)s Mo.") % most)
        return None
    creditor_id = given
    if creditor_id is None:
        siren, _closing = company_and_closing(name)
        found = places.creditors_with_siren(request.tenant_id, siren)
        mine = [one for one in found if request.access.may("imports.write", one)]
        if len(mine) != 1:
            messages.error(request, f"{name} : {unknown_owner(name, siren, len(mine)).message}")
            return None
        creditor_id = mine[0]
    import_id = uploads.receive(
        tenant_id=request.tenant_id,
        creditor_id=creditor_id,
        name=name,
        chunks=file.chunks(),
        author_id=request.access.user_id,
    )
    jobs.preview_soon(tenant_id=request.tenant_id, import_id=import_id)
    return import_id


@require_GET
@needs("imports.read")
def one(request: StaffRequest, import_id: int) -> HttpResponseBase:
    """Show one import: its progress, what it would do, what it did, what is wrong in the file."""
    row = import_or_404(request, import_id)
    if request.htmx and request.htmx.target == "import-progress":
        if row.state != "running":
            return HttpResponseClientRefresh()
        return fragment(request, "imports/_progress.html", {"row": row})
    if row.state == "mapping":
        return redirect("import_columns", row.id)
    names = {known.id: known.name for known in chosen.creditors(request)}
    context = {
        "row": row,
        "creditor": names.get(row.creditor_id, ""),
        "state": STATES[row.state],
        "counts": [(label, row.counts.get(name, 0)) for name, label in COUNTS.items()],
        "has_counts": any(row.counts.get(name) for name in COUNTS),
        "changes": _changes(row.control),
        "control": _control(row.control),
        "missing": sum(row.issue_counts.values()) - len(row.issues),
        "may_write": request.access.may("imports.write", row.creditor_id),
        "may_contact": request.access.may("customers.write", row.creditor_id),
        "may_plan": request.access.may("dunning.decide", row.creditor_id),
        "has_rows": any(issue["line"] for issue in row.issues) and row.kind in WITH_ROWS,
        "author": people.names_of({row.author_id}).get(row.author_id, "") if row.author_id else "",
    }
    return answer(
        request,
        ISSUES,
        in_memory(
            [{**issue, "line": issue["line"] or None} for issue in row.issues], matches=_matches
        ),
        page="imports/one.html",
        context=context,
    )


@require_POST
@needs("imports.write")
def accept(request: StaffRequest, import_id: int) -> HttpResponse:
    """Apply what was shown; `rest` leaves out the entries that are wrong."""
    row = import_or_404(request, import_id, "imports.write")
    asked = {"tenant_id": request.tenant_id, "import_id": row.id}
    with telling(request):
        uploads.accept(
            **asked,
            accept_rest=request.POST.get("rest") == "1",
            author_id=request.access.user_id,
        )
        jobs.apply_soon(**asked)
    return redirect("import_one", row.id)


@require_POST
@needs("imports.write")
def cancel(request: StaffRequest, import_id: int) -> HttpResponse:
    """Forget a file that was not applied."""
    row = import_or_404(request, import_id, "imports.write")
    with telling(request, _("Fichier oublié : rien n'est entré.")):
        uploads.cancel(tenant_id=request.tenant_id, import_id=row.id)
    return redirect("imports")


def import_or_404(request: StaffRequest, import_id: int, right: str = "imports.read") -> PastImport:
    """Return an import that this person may see, having the right for its creditor."""
    row = history.one_import(tenant_id=request.tenant_id, import_id=import_id)
    if row is None or not request.access.may("imports.read", row.creditor_id):
        raise Http404
    require(request, right, row.creditor_id)
    return row


def _address(import_id: int) -> str:
    return reverse("import_one", args=(import_id,))


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _shown(row: PastImport, names: Mapping[int, str], authors: Mapping[int, str]) -> dict[str, Any]:
    verdict = "" if row.control.get("on") is None else "differs"
    return {
        "id": row.id,
        "file_name": row.file_name,
        "creditor": names.get(row.creditor_id, ""),
        "created_at": row.created_at,
        "author": authors.get(row.author_id or 0, ""),
        "sha256": row.sha256,
        "state": row.state,
        "control": "ok" if verdict and row.control["ok"] else verdict,
        "first_on": row.first_on,
        "last_on": row.last_on,
        "invoices": row.counts.get("invoices"),
        "payments": row.counts.get("payments"),
    }


def _control(control: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the control with its amounts in cents, or None when there is none yet."""
    if control.get("on") is None:
        return None
    keys = ("ledger_net", "file_net", "file_debit", "file_credit")
    return {
        "ok": control["ok"],
        "on": date.fromisoformat(control["on"]),
        "lines": control.get("lines"),
        "entries": control.get("entries"),
        **{key: _cents(control.get(key, "0")) for key in keys},
        "differences": [
            {
                "customer": one["customer"],
                "file": _cents(one["file"]),
                "ledger": _cents(one["ledger"]),
            }
            for one in control["differences"][:DIFFERENCES_SHOWN]
        ],
        "more": max(len(control["differences"]) - DIFFERENCES_SHOWN, 0),
    }


def _changes(control: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the first records that a list of customers would change."""
    return [
        {
            "customer": one["customer"],
            "label": _(FIELDS[FIELD_OF.get(one["field"], one["field"])].label),
            "before": _said(one["field"], one["before"]),
            "after": _said(one["field"], one["after"]),
        }
        for one in control.get("changes", [])
    ]


def _said(field: str, text: str) -> Any:
    return words.CLASSES.get(text, text) if field == "debtor_class" else text


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def _matches(issue: Mapping[str, Any], filters: Mapping[str, str]) -> bool:
    wanted = filters.get("severity", "")
    asked = filters.get("q", "").casefold()
    if wanted and issue["severity"] != wanted:
        return False
    words = (issue[name] for name in ("message", "column", "found", "expected", "code"))
    return not asked or any(asked in str(word).casefold() for word in words)
