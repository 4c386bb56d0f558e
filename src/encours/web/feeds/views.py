"""Sources: the list with their health, one with its runs and files, the form of each kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.feeds import actions, jobs
from encours.feeds.actions.sources import InvalidSource
from encours.feeds.queries import sources as queries
from encours.feeds.queries.sources import ShownSource
from encours.feeds.rules.kinds import KINDS
from encours.imports.queries.mappings import mappings
from encours.web.answers import fragment, telling
from encours.web.feeds import forms, words
from encours.web.rights import StaffRequest, creditors_of, needs
from encours.web.tables import Column, Source, Table, Window, answer

ADMIN_RIGHT: Final = "users.manage"
SOURCES: Final = Table(
    name="sources",
    caption=lazy("Sources de données"),
    columns=(
        Column("name", lazy("Source"), link=lambda row: reverse("source_one", args=(row["id"],))),
        Column("kind_label", lazy("Nature")),
        Column("creditor", lazy("Société")),
        Column("state", lazy("État"), "badge", badges=words.STATES),
        Column("fresh_at", lazy("Données du"), "instant"),
        Column("limit", lazy("Limite")),
        Column("rows", lazy("Lignes"), "count"),
        Column("succeeded_at", lazy("Dernier succès"), "instant"),
        Column("failed_at", lazy("Dernier échec"), "instant"),
        Column("failure", lazy("Cause"), wide=True),
        Column("next_run_at", lazy("Prochain passage"), "instant"),
    ),
    empty=lazy("Aucune source : les fichiers se déposent à la main, page « Imports »."),
    export_right="imports.read",
)


@require_GET
@needs("imports.read")
def sources(request: StaffRequest) -> HttpResponseBase:
    """List the sources with their health."""
    names = {one.id: one.name for one in creditors_of(request)}

    def rows(window: Window) -> Iterable[dict[str, Any]]:  # noqa: ARG001 - there are few
        found = queries.sources(
            tenant_id=request.tenant_id,
            creditor_ids=request.scope.creditor_ids,
            now=timezone.now(),
        )
        return [_row(one, names) for one in found]

    context = {
        "kinds": [(code, *label) for code, label in words.KINDS.items() if code in KINDS],
        "may_write": request.access.may("settings.write", request.creditor_id),
    }
    return answer(request, SOURCES, Source(rows=rows), page="feeds/list.html", context=context)


@require_GET
@needs("imports.read")
def one(request: StaffRequest, source_id: int) -> HttpResponse:
    """Show one source: its health, its runs, its files."""
    source = _source(request, source_id)
    asked = {"tenant_id": request.tenant_id, "source_id": source_id}
    context = {
        "source": source,
        "kind": words.KINDS[source.kind][0],
        "state": words.STATES[source.state],
        "creditor": next(
            (known.name for known in creditors_of(request) if known.id == source.creditor_id), ""
        ),
        "runs": [
            (run, words.RUN_STATES[run.state], words.TRIGGERS[run.trigger])
            for run in queries.runs(**asked)
        ],
        "files": [(file, words.FILE_STATES[file.state]) for file in queries.files(**asked)],
        "is_pushed": KINDS[source.kind].brings == "pushed",
        "is_asked": request.GET.get("asked") == "1",
        "may_run": _may(request, "imports.write", source),
        "may_write": _may(request, "settings.write", source),
    }
    if request.htmx and request.htmx.target == "source-state":
        return fragment(request, "feeds/_state.html", {**context, "is_asked": False})
    return render(request, "feeds/one.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@needs("settings.write")
def new(request: StaffRequest, kind: str) -> HttpResponse:
    """Set up a source of one kind."""
    if kind not in KINDS or kind not in words.KINDS:
        raise Http404
    form = _form(request, kind, None)
    if request.method == "POST" and form.is_valid():
        told = form.told(None)
        _require(request, told.creditor_id)
        try:
            source_id = actions.create_source(
                tenant_id=request.tenant_id,
                kind=kind,
                told=told,
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
        except InvalidSource as refusal:
            form.refuse(refusal.by_field)
        else:
            messages.success(request, _("Source enregistrée : essayez-la."))
            return redirect("source_one", source_id)
    return _page(request, form, kind, None)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@needs("settings.write")
def edit(request: StaffRequest, source_id: int) -> HttpResponse:
    """Change a source; a secret left empty stays."""
    source = _source(request, source_id, "settings.write")
    form = _form(request, source.kind, source)
    if request.method == "POST" and form.is_valid():
        told = form.told(source)
        _require(request, told.creditor_id)
        try:
            actions.update_source(
                tenant_id=request.tenant_id,
                source_id=source_id,
                told=told,
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
        except InvalidSource as refusal:
            form.refuse(refusal.by_field)
        else:
            messages.success(request, _("Source enregistrée."))
            return redirect("source_one", source_id)
    return _page(request, form, source.kind, source)


@require_POST
@needs("imports.write")
def run(request: StaffRequest, source_id: int) -> HttpResponse:
    """Ask for a run now; the page shows how far it is."""
    source = _source(request, source_id, "imports.write")
    jobs.run_soon(
        tenant_id=request.tenant_id,
        source_id=source.id,
        trigger="hand",
        author_id=request.access.user_id,
    )
    return redirect(f"{reverse('source_one', args=(source.id,))}?asked=1")


@require_POST
@needs("imports.write")
def try_now(request: StaffRequest, source_id: int) -> HttpResponse:
    """Try a source once the transaction is over: the page that follows says how it went."""
    source = _source(request, source_id, "imports.write")

    def tried() -> None:
        is_good, sentence = actions.try_source(tenant_id=request.tenant_id, source_id=source.id)
        (messages.success if is_good else messages.error)(request, sentence)

    transaction.on_commit(tried)
    return redirect("source_one", source_id)


@require_POST
@needs("imports.write")
def pause(request: StaffRequest, source_id: int) -> HttpResponse:
    """Pause a source, or let it run again."""
    source = _source(request, source_id, "imports.write")
    is_resumed = request.POST.get("do") == "resume"
    with telling(request, _("Source remise en marche.") if is_resumed else _("Source en pause.")):
        actions.set_enabled(
            tenant_id=request.tenant_id,
            source_id=source.id,
            is_enabled=is_resumed,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect("source_one", source_id)


@require_POST
@needs("settings.write")
def remove(request: StaffRequest, source_id: int) -> HttpResponse:
    """Forget a source; what it brought stays."""
    source = _source(request, source_id, "settings.write")
    with telling(request, _("Source retirée : ce qu'elle a apporté reste.")):
        actions.remove_source(
            tenant_id=request.tenant_id,
            source_id=source.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect("sources")


@require_POST
@needs("settings.write")
def token(request: StaffRequest, source_id: int) -> HttpResponse:
    """Make a new address for pushes, shown on this page only."""
    source = _source(request, source_id, "settings.write")
    made = actions.new_token(
        tenant_id=request.tenant_id,
        source_id=source.id,
        actor_id=request.access.user_id,
        today=timezone.localdate(),
    )
    address = f"{settings.PUBLIC_URL}/api/v1/feeds/{made}"
    page = render(request, "feeds/token.html", {"source": source, "address": address})
    page["Cache-Control"] = "no-store"
    return page


def _source(request: StaffRequest, source_id: int, right: str = "imports.read") -> ShownSource:
    found = queries.one_source(tenant_id=request.tenant_id, source_id=source_id, now=timezone.now())
    if found is None or not _may(request, "imports.read", found):
        raise Http404
    if not _may(request, right, found):
        raise PermissionDenied
    return found


def _may(request: StaffRequest, right: str, source: ShownSource) -> bool:
    """Say whether a source may be touched: one of all creditors by whoever has them all."""
    if source.creditor_id is not None:
        return request.access.may(right, source.creditor_id)
    return right == "imports.read" or request.access.creditors(right) is None


def _require(request: StaffRequest, creditor_id: int | None) -> None:
    granted = request.access.creditors("settings.write")
    if granted is not None and creditor_id not in granted:
        raise PermissionDenied


def _form(request: StaffRequest, kind: str, known: ShownSource | None) -> forms.Source:
    mine = [
        (one.id, one.name)
        for one in creditors_of(request)
        if request.access.may("settings.write", one.id)
    ]
    saved = mappings(tenant_id=request.tenant_id)
    covered = {creditor_id for creditor_id, _name in mine}
    return forms.Source(
        request.POST or None,
        kind=kind,
        creditors=mine,
        mappings=[(one.id, one.name) for one in saved if one.creditor_id in covered | {None}],
        is_admin=request.access.may(ADMIN_RIGHT),
        may_be_anybodys=KINDS[kind].brings != "rows"
        and request.access.creditors("settings.write") is None
        and len(mine) > 1,
        known=known,
    )


def _page(
    request: StaffRequest, form: forms.Source, kind: str, known: ShownSource | None
) -> HttpResponse:
    context = {
        "form": form,
        "source": known,
        "kind": words.KINDS[kind][0],
        "hint": words.KINDS[kind][1],
        "roots": settings.FEED_ROOTS if kind == "folder" else (),
    }
    return render(request, "feeds/form.html", context)


def _row(one: ShownSource, names: dict[int, str]) -> dict[str, Any]:
    limit = _("%(hours)s h") % {"hours": one.fresh_hours} if one.fresh_hours else ""
    return {
        **asdict(one),
        "kind_label": words.KINDS[one.kind][0],
        "creditor": names.get(one.creditor_id or 0, "") or _("Selon le fichier"),
        "limit": limit,
        "rows": one.rows or None,
    }
