"""Two versions of a scenario side by side, and what the change would do to the next thirty days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from encours.dunning.queries import drafts, simulation
from encours.dunning.queries.day import day_of
from encours.dunning.queries.drafts import Draft, Version
from encours.dunning.rules.difference import Change, difference
from encours.dunning.rules.figures import effect as effect_of
from encours.dunning.rules.figures import figures
from encours.dunning.rules.scenario import Scenario
from encours.tenancy.kept import kept
from encours.tenancy.queries import people
from encours.web.dunning.sentences import step as step_badge
from encours.web.rights import StaffRequest, needs
from encours.web.settings import scenario
from encours.web.settings.level import context, level
from encours.web.settings.subject import shown

DRAFT: Final = "brouillon"


@dataclass(frozen=True, slots=True)
class Named:
    """A version that one may compare, by its key in the address."""

    key: str
    scenario: Scenario
    created_at: datetime | None
    author: str
    is_active: bool


@require_GET
@needs("settings.read")
def versions(request: StaffRequest) -> HttpResponse:
    """List the versions and say, step by step, what changed from one to another."""
    mine = level(request)
    asked: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    draft = drafts.draft_of(**asked, code=scenario.code_of(request))
    known = drafts.versions_of(**asked, code=draft.base.code)
    named = _named(draft, known)
    before, after = _pair(request, named, draft)
    shown_with = {
        **context(request, mine),
        "scenario": draft.base,
        "versions": named,
        "before": before,
        "after": after,
        "steps": _by_step(difference(before.scenario, after.scenario)),
        "query": scenario.query_of(request, mine),
    }
    return shown(request, "settings/scenario_versions.html", shown_with)


@require_GET
@needs("settings.read")
def effect(request: StaffRequest) -> HttpResponse:
    """Count the messages of the next thirty days under the version in force and under the draft."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    creditor_id, now = mine.creditor.id, timezone.now()
    draft = drafts.draft_of(
        tenant_id=request.tenant_id, creditor_id=creditor_id, code=scenario.code_of(request)
    )
    today = day_of(tenant_id=request.tenant_id, creditor_id=creditor_id, now=now).today

    def asked(changed: Scenario | None) -> Any:
        key = ("effect", creditor_id, today, json.dumps(changed.as_json()) if changed else "")
        return kept(
            request.tenant_id,
            key,
            lambda: figures(
                simulation.ahead(
                    tenant_id=request.tenant_id,
                    creditor_id=creditor_id,
                    on=today,
                    now=now,
                    draft=changed,
                    moves_running=True,
                )
            ),
        )

    before, after = asked(None), asked(draft.scenario)
    rows = [(step_badge(one.step), one) for one in effect_of(before, after)]
    told = {"before": before, "after": after, "rows": rows}
    return render(request, "settings/_effect.html", told)


def _named(draft: Draft, known: Sequence[Version]) -> list[Named]:
    authors = people.names_of({one.author_id for one in known if one.author_id})
    found = [
        Named(
            str(one.scenario.version),
            one.scenario,
            one.created_at,
            authors.get(one.author_id or 0, ""),
            one.is_active,
        )
        for one in known
    ]
    if not draft.is_changed:
        return found
    return [Named(DRAFT, draft.scenario, draft.changed_at, "", is_active=False), *found]


def _pair(request: StaffRequest, named: Sequence[Named], draft: Draft) -> tuple[Named, Named]:
    """Return the two versions to compare: those asked for, else the last one and the one before."""
    by_key = {one.key: one for one in named}
    after = by_key.get(request.GET.get("b", "")) or named[0]
    usual = str(draft.base.version) if after.key == DRAFT else ""
    older = named[named.index(after) + 1 :]
    before = by_key.get(request.GET.get("a", "")) or by_key.get(usual)
    return before or next(iter(older), after), after


def _by_step(changes: Sequence[Change]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for change in changes:
        found.setdefault(change.name, []).append(change.sentence)
    return list(found.items())
