"""The texts of the messages: which ones hold, who wrote them, and the page that changes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.dunning.actions import texts as actions
from encours.dunning.actions.texts import NoSuchText, NotInThoseWords, Which
from encours.dunning.queries import texts as queries
from encours.dunning.queries.texts import TextRow, TextVersion
from encours.dunning.texts.shipped import STEPS as NAMES
from encours.messaging.rules.notice import LANGUAGES
from encours.web import formats
from encours.web.answers import telling
from encours.web.dunning.sentences import STEPS
from encours.web.rights import StaffRequest, needs
from encours.web.settings import text_preview
from encours.web.settings.level import Level, context, level
from encours.web.settings.policy import ORIGINS
from encours.web.settings.subject import settings_menu, shown
from encours.web.settings.text_form import Template, address, which_of, worded
from encours.web.tables import Badge, Column, Filter, Table, answer, in_memory
from encours.web.wording import Text

TITLES: Final = {
    **STEPS,
    "releve": Badge(lazy("Relevé de compte")),
    "cabinet": Badge(lazy("Relance d'un cabinet")),
}
TONGUES: Final[dict[str, Text]] = {"fr": lazy("français"), "en": lazy("anglais")}
FROM: Final = {
    "creditor": Badge(ORIGINS["creditor"], "blue"),
    "tenant": Badge(ORIGINS["tenant"], "green"),
    "shipped": Badge(ORIGINS["shipped"]),
}
TEXTS: Final = Table(
    name="texts",
    caption=lazy("Textes des messages"),
    columns=(
        Column("step", lazy("Étape"), link=lambda row: row["url"]),
        Column("language", lazy("Langue"), sort=True),
        Column("set", lazy("Jeu"), sort=True),
        Column("subject", lazy("Objet"), wide=True),
        Column("origin", lazy("D'où il vient"), "badge", badges=FROM),
        Column("version", lazy("Version"), sort=True),
        Column("author", lazy("Écrit par"), sort=True),
        Column("created", lazy("Le")),
    ),
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Objet, étape, jeu")),
        Filter("language", lazy("Langue"), "select", choices=tuple(TONGUES.items())),
    ),
    empty=lazy("Aucun texte ne répond à cette recherche."),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A version and, part by part, what it changed from the one before."""

    version: TextVersion
    origin: Text
    changes: list[tuple[str, list[tuple[str, str]]]]


@require_GET
@needs("settings.read")
def texts(request: StaffRequest) -> HttpResponseBase:
    """List the texts in force: step, language, set, and who wrote each."""
    mine = level(request)
    found = queries.listed(tenant_id=request.tenant_id, creditor_id=mine.creditor_id)
    rows = [_row(mine, one) for one in found]
    shown_with = {**context(request, mine), **settings_menu(request)}

    def matches(row: dict[str, Any], asked: Any) -> bool:
        language, typed = asked.get("language", ""), asked.get("q", "").lower()
        words = f"{row['step']} {row['set']} {row['subject']}".lower()
        return language in ("", row["code"]) and typed in words

    source = in_memory(rows, matches=matches)
    return answer(request, TEXTS, source, page="settings/texts.html", context=shown_with)


def _row(mine: Level, one: TextRow) -> dict[str, Any]:
    return {
        "step": str(TITLES[one.name].label),
        "code": one.language,
        "language": str(TONGUES[one.language]),
        "set": one.code or _("usuel"),
        "subject": _plain(one.subject),
        "origin": one.origin,
        "version": str(one.version or "–"),
        "author": one.author,
        "created": formats.instant(one.created_at) if one.created_at else "",
        "url": address(mine, "settings_text", one.name, one.language, one.code),
    }


def _plain(source: str) -> str:
    """Return the first line of a subject, as a list shows it."""
    lines = [line for line in source.splitlines() if line and not line.startswith("{%")]
    return lines[0] if lines else source


@require_http_methods(["GET", "POST"])
@needs("settings.read")
def text(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """Show a text with its variables and what it gives; keep what was changed."""
    mine = level(request)
    which = which_of(request, mine, name, language)
    refusal: NotInThoseWords | None = None
    if request.method == "POST":
        form = Template(request.POST)
        if form.is_valid():
            try:
                return _saved(request, mine, which, form)
            except NotInThoseWords as no:
                refusal = no
    else:
        form = Template(initial=_initial(request, mine, which))
    return _page(request, mine, which, form, refusal)


@require_POST
@needs("settings.write")
def give_up(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """Follow the organisation's text, or the shipped one, again."""
    mine = level(request)
    which = which_of(request, mine, name, language)
    with telling(request, _("Texte abandonné : celui d'avant vaut de nouveau.")):
        actions.give_up(
            tenant_id=request.tenant_id,
            which=which,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
    return redirect(address(mine, "settings_text", name, language, which.code))


def _saved(request: StaffRequest, mine: Level, which: Which, form: Template) -> HttpResponse:
    try:
        version = actions.keep(
            tenant_id=request.tenant_id,
            which=which,
            text=form.text(which.language),
            actor_id=request.access.user_id,
            is_kept=request.POST.get("keep") == "1",
            today=timezone.localdate(),
        )
    except NoSuchText as refusal:
        messages.error(request, str(refusal))
        return mine.back("settings_texts")
    told = _("Texte enregistré (version %(version)s) : il vaut dès le prochain message.")
    messages.success(request, told % {"version": version})
    return redirect(address(mine, "settings_text", which.name, which.language, which.code))


def _initial(request: StaffRequest, mine: Level, which: Which) -> dict[str, str]:
    """Return the words to begin from: those in force, or those of another text or version."""
    asked = request.GET.get("depuis", "")
    wanted, _bar, tongue = asked.partition("/")
    source = which
    if wanted in NAMES and tongue in LANGUAGES:
        source = which_of(request, mine, wanted, tongue)
    if asked == "livre":
        return text_preview.shipped_parts(which)
    return actions.start(tenant_id=request.tenant_id, which=which, source=source).parts()


def _page(
    request: StaffRequest,
    mine: Level,
    which: Which,
    form: Template,
    refusal: NotInThoseWords | None,
) -> HttpResponse:
    asked: dict[str, Any] = {"code": which.code, "name": which.name, "language": which.language}
    found = queries.versions(tenant_id=request.tenant_id, creditor_id=mine.creditor_id, **asked)
    own = next((one for one in found if one.is_active and one.origin == _own(mine)), None)
    others = [
        (address(mine, "settings_text", which.name, which.language, which.code,
                 depuis=f"{name}/{tongue}"), TITLES[name].label, TONGUES[tongue])
        for name in NAMES for tongue in LANGUAGES
        if (name, tongue) != (which.name, which.language)
    ]  # fmt: skip
    typed = (
        form.text(which.language)
        if form.is_bound
        else worded({name: str(form.initial.get(name, "")) for name in form.fields}, which.language)
    )
    shown_with = {
        **context(request, mine),
        "which": which,
        "title": TITLES[which.name].label,
        "tongue": TONGUES[which.language],
        "form": form,
        "refusal": refusal,
        "own": own,
        "compared": _compared(found),
        "others": others,
        "shipped_url": address(
            mine, "settings_text", which.name, which.language, which.code, depuis="livre"
        ),
        **text_preview.shown(request, mine, which, typed),
    }
    return shown(request, "settings/text.html", shown_with)


def _own(mine: Level) -> str:
    return "creditor" if mine.creditor else "tenant"


def _compared(found: Sequence[TextVersion]) -> list[Compared]:
    """Return each version with what it changed from the one before it at its level."""
    told = []
    for place, one in enumerate(found):
        before = next((old for old in found[place + 1 :] if old.origin == one.origin), None)
        told.append(Compared(one, ORIGINS[one.origin], _changes(before, one) if before else []))
    return told


def _changes(before: TextVersion, after: TextVersion) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return by part the lines that went (`-`) and those that came (`+`)."""
    found = []
    for name, words in after.text.parts().items():
        old, new = before.text.parts()[name].splitlines(), words.splitlines()
        lines = list[tuple[str, str]]()
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                lines += [("-", line) for line in old[a:b] if line.strip()]
                lines += [("+", line) for line in new[c:d] if line.strip()]
        if lines:
            found.append((str(Template.base_fields[name].label), lines))
    return found
