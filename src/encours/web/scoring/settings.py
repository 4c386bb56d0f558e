"""Thresholds and segments, of a creditor or of the organisation, each shown before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import polars as pl
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.attributes import queries as attributes
from encours.kernel.refusal import Refusal
from encours.scoring.actions import deciding
from encours.scoring.queries import rules_in_force, scoring, stored
from encours.scoring.rules.profiles import NAMES, InvalidThresholds, Thresholds
from encours.scoring.rules.segments import OWN, Condition, Segment, checked
from encours.web.answers import telling
from encours.web.ledger.subject import number_posted
from encours.web.ledger.words import CLASSES
from encours.web.rights import StaffRequest, creditors_of, needs
from encours.web.scoring import words
from encours.web.settings.level import Level, context, level
from encours.web.settings.policy import ORIGINS
from encours.web.settings.subject import shown
from encours.web.tables import Badge
from encours.web.wording import Text

CONDITIONS: Final = 4
"""Lines of conditions that the form offers."""
NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Limit:
    """One threshold as the form shows it."""

    name: str
    label: Text
    hint: Text
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """How many customers would have a profile, against how many have it."""

    badge: Badge
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Part:
    """A segment, its conditions in words, who is in it."""

    segment: Segment
    told: tuple[str, ...]
    customers: int
    names: tuple[str, ...]


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def thresholds(request: StaffRequest) -> HttpResponse:
    """Show the thresholds; a change is counted first, then saved."""
    mine = level(request)
    place: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": mine.creditor_id}
    held, origin = rules_in_force.thresholds(**place)
    typed = {name: str(value) for name, value in asdict(held).items()}
    changes: list[Change] = []
    moving, issue = None, ""
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:4] for name in NAMES}
        try:
            wanted = _typed(typed)
        except InvalidThresholds as refusal:
            issue = str(refusal)
        else:
            if request.POST.get("what") == "save":
                return _saved(request, mine, asdict(wanted))
            changes, moving = _preview(request, mine, wanted)
    told = {
        **context(request, mine),
        "limits": [Limit(name, *words.THRESHOLDS[name], typed[name]) for name in words.THRESHOLDS],
        "changes": changes,
        "moving": moving,
        "issue": issue,
        "origin": "" if mine.creditor is None and origin.value else ORIGINS[origin.origin],
        "is_own": origin.is_own,
    }
    return shown(request, "scoring/thresholds.html", told, status=422 if issue else 200)


def _typed(typed: Mapping[str, str]) -> Thresholds:
    if not all(value.isascii() and value.isdecimal() for value in typed.values()):
        raise InvalidThresholds(_("Chaque seuil est un nombre entier, en jours ou en %."))
    return Thresholds.of(typed)


def _saved(request: StaffRequest, mine: Level, values: Mapping[str, int]) -> HttpResponse:
    with telling(request, _("Seuils enregistrés : les profils suivent.")):
        deciding.set_thresholds(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor_id,
            values=values,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return mine.back("settings_profiles")


def _followers(request: StaffRequest, mine: Level) -> list[int]:
    """Return the creditors that a level's rules would hold for."""
    if mine.creditor is not None:
        return [mine.creditor.id]
    held = {"tenant_id": request.tenant_id}
    return [
        one.id
        for one in creditors_of(request)
        if not rules_in_force.thresholds(**held, creditor_id=one.id)[1].is_own
    ]


def _preview(request: StaffRequest, mine: Level, wanted: Thresholds) -> tuple[list[Change], int]:
    """Count who would have which profile; the figures are those of the last run."""
    now, then, moving = dict[str, int](), dict[str, int](), 0
    for creditor_id in _followers(request, mine):
        place: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": creditor_id}
        kept = stored.scores(stored.Reach(tenant_id=request.tenant_id, creditor_ids=[creditor_id]))
        tried = scoring.tried(**place, today=timezone.localdate(), limits=wanted)
        both = kept.select("customer_id", "profile").join(
            tried.select("customer_id", then="profile"), on="customer_id"
        )
        moving += both.filter(pl.col("profile") != pl.col("then")).height
        for found, column in ((now, "profile"), (then, "then")):
            for profile, count in both[column].value_counts().iter_rows():
                found[profile] = found.get(profile, 0) + count
    changes = [
        Change(badge, now.get(key, 0), then.get(key, 0))
        for key, badge in words.PROFILES.items()
        if key in now or key in then
    ]
    return changes, moving


@require_POST
@needs("settings.write")
def inherit(request: StaffRequest) -> HttpResponse:
    """Follow the organisation's thresholds again."""
    mine = level(request)
    if mine.creditor is None:
        raise Http404
    with telling(request, _("Seuils de l'organisation repris.")):
        deciding.inherit_thresholds(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return mine.back("settings_profiles")


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def segments(request: StaffRequest) -> HttpResponse:
    """Show the segments in their order and who is in each; add or change one."""
    mine = level(request)
    tried: Segment | None = None
    issue = ""
    if request.method == "POST":
        tried = _asked(request)
        try:
            checked(tried.name, tried.conditions)
        except Refusal as refusal:
            issue = str(refusal)
        else:
            if request.POST.get("what") == "save":
                return _save(request, mine, tried)
    found = rules_in_force.level(tenant_id=request.tenant_id, creditor_id=mine.creditor_id)
    edited = tried or next((one for one in found.segments if str(one.id) == _edit(request)), None)
    parts, others = _parts(request, mine, _with(found.segments, None if issue else tried))
    told = {
        **context(request, mine),
        "parts": parts,
        "others": others,
        "is_preview": tried is not None and not issue,
        "edited": edited,
        "rows": _rows(edited),
        "fields": [*words.FIELDS.items(), *_own_fields(request)],
        "operators": words.OPERATORS.items(),
        "issue": issue,
        "follows": mine.creditor is not None and not found.segments,
    }
    return shown(request, "scoring/segments.html", told, status=422 if issue else 200)


def _edit(request: StaffRequest) -> str:
    return request.GET.get("edit", "")


def _asked(request: StaffRequest) -> Segment:
    """Read the segment of the form; lines without a value are left out."""
    posted = request.POST
    lines = zip(
        posted.getlist("field"), posted.getlist("operator"), posted.getlist("value"), strict=False
    )
    conditions = tuple(
        Condition(field[:60], operator[:20], _coded(field, value.strip()[:200]))
        for field, operator, value in lines
        if field and value.strip()
    )
    return Segment(number_posted(request, "segment_id") or 0, posted.get("name", ""), conditions)


def _coded(field: str, typed: str) -> str:
    """Return codes where people write the words of the page (« En retard chronique »)."""
    codes = {str(label).casefold(): code for code, label in _words(field).items()}
    parts = (part.strip() for part in typed.split(","))
    return ", ".join(codes.get(part.casefold(), part) for part in parts if part)


def _worded(condition: Condition) -> str:
    labels = _words(condition.field)
    parts = (part.strip() for part in condition.value.split(","))
    return ", ".join(str(labels.get(part, part)) for part in parts)


def _words(field: str) -> Mapping[str, Text]:
    if field in ("profile", "behaviour"):
        return dict(words.PROFILE_CHOICES)
    return CLASSES if field == "class" else {}


def _with(segments: tuple[Segment, ...], tried: Segment | None) -> list[Segment]:
    """Return the segments as they would be with this one, in the place of the one it changes."""
    if tried is None:
        return list(segments)
    if any(one.id == tried.id for one in segments):
        return [tried if one.id == tried.id else one for one in segments]
    return [*segments, tried]


def _parts(request: StaffRequest, mine: Level, segments: list[Segment]) -> tuple[list[Part], int]:
    """Place the customers of whoever follows in these segments."""
    if mine.creditor is not None:
        creditor_ids = [mine.creditor.id]
    else:
        creditor_ids = [one.id for one in creditors_of(request)]
    frames = []
    for creditor_id in creditor_ids:
        place: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": creditor_id}
        placed = scoring.tried(**place, today=timezone.localdate(), segments=segments)
        kept = stored.scores(stored.Reach(tenant_id=request.tenant_id, creditor_ids=[creditor_id]))
        names = kept.select("customer_id", "name", "open_cents")
        frames.append(placed.select("customer_id", "segment_id").join(names, on="customer_id"))
    every = pl.concat(frames) if frames else pl.DataFrame(schema={"segment_id": pl.Int64})
    parts = []
    for one in segments:
        inside = every.filter(pl.col("segment_id") == one.id)
        largest = inside.sort("open_cents", "name", descending=[True, False]).head(NAMED)
        told = tuple(_told(request, condition) for condition in one.conditions)
        parts.append(Part(one, told, inside.height, tuple(largest["name"])))
    return parts, every.filter(pl.col("segment_id").is_null()).height


def _told(request: StaffRequest, condition: Condition) -> str:
    labels = {**words.FIELDS, **dict(_own_fields(request))}
    field = labels.get(condition.field, condition.field)
    return f"{field} {words.OPERATORS.get(condition.operator, '')} {_worded(condition)}"


def _own_fields(request: StaffRequest) -> list[tuple[str, Text]]:
    if not hasattr(request, "_own_fields"):
        own = attributes.fields(tenant_id=request.tenant_id, subject="customer")
        request._own_fields = [  # type: ignore[attr-defined]  # noqa: SLF001 - asked once a request
            (OWN + one.code, one.label) for one in own
        ]
    return request._own_fields  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001


def _rows(edited: Segment | None) -> list[Condition]:
    known = [replace(one, value=_worded(one)) for one in edited.conditions] if edited else []
    return known + [Condition("", "at_least", "")] * max(CONDITIONS - len(known), 1)


def _save(request: StaffRequest, mine: Level, tried: Segment) -> HttpResponse:
    with telling(request, _("Segment enregistré : les clients y sont placés.")):
        deciding.save_segment(
            tenant_id=request.tenant_id,
            creditor_id=mine.creditor_id,
            segment_id=tried.id or None,
            name=tried.name,
            conditions=tried.conditions,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return mine.back("settings_segments")


@require_POST
@needs("settings.write")
def change_segment(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Let a segment come before the one above it, or take it away."""
    mine = level(request)
    asked: dict[str, Any] = {
        "tenant_id": request.tenant_id,
        "creditor_id": mine.creditor_id,
        "segment_id": segment_id,
        "actor_id": request.access.user_id,
        "today": timezone.localdate(),
    }
    if request.POST.get("what") == "raise":
        with telling(request, _("Ordre des segments changé.")):
            deciding.raise_segment(**asked)
    else:
        with telling(request, _("Segment supprimé.")):
            deciding.remove_segment(**asked)
    return mine.back("settings_segments")
