"""What a text gives for one customer while it is being typed: mail, letter, short text, remarks.

What is typed is kept in the session between the form and the frames that show it: nothing else
sees it, and nothing is stored of it before « Enregistrer ».
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from encours.dunning.actions.texts import Which
from encours.dunning.queries import text_preview as queries
from encours.dunning.rules.short import short_text
from encours.dunning.texts.checks import Slot, text_issues
from encours.dunning.texts.names import FLAGS, PHRASES, PLACEHOLDERS, PLACES
from encours.dunning.texts.shipped import shipped
from encours.dunning.texts.words import Text
from encours.kernel.issue import Issue, has_errors
from encours.messaging.rules import html, plain
from encours.messaging.rules.segments import length_of
from encours.web.dunning.framed import downloaded, framed
from encours.web.dunning.subject import own_customers
from encours.web.rights import StaffRequest, creditors_of, needs
from encours.web.settings.level import Level, level
from encours.web.settings.text_form import Template, which_of, worded

DRAFT: Final = "text-draft"


@dataclass(frozen=True, slots=True)
class Variable:
    """A name one may insert: what it is, and what it is worth for the customer shown."""

    name: str
    about: str
    value: str


def shipped_parts(which: Which) -> dict[str, str]:
    """Return the words that come with encours."""
    return shipped(which.name, which.language).parts()


@require_POST
@needs("settings.read")
def live(request: StaffRequest, name: str, language: str) -> HttpResponse:
    """Draw again what the typed words give."""
    mine = level(request)
    which = which_of(request, mine, name, language)
    typed = worded(request.POST, which.language)
    found = {"which": which, **shown(request, mine, which, typed)}
    return render(request, "settings/_text_preview.html", found)


@require_GET
@needs("settings.read")
def frame(request: StaffRequest, name: str, language: str, medium: str) -> HttpResponse:
    """Show the mail or the letter of what was last typed, in a frame that may do nothing."""
    mine = level(request)
    which = which_of(request, mine, name, language)
    kept = request.session.get(DRAFT) or {}
    if kept.get("of") != [which.name, which.language] or not _chosen(request, mine):
        raise Http404
    given = _given(request, mine, which, worded(kept["parts"], which.language))
    if given is None:
        raise Http404
    if medium == "pdf":
        title = f"{which.name}-{which.language}.pdf"
        body = given.pdf()
        return downloaded(body, name=title, content_type="application/pdf", is_shown=True)
    if medium == "texte":
        return framed("", plain.text_body(given.notice))
    return framed(html.html_body(given.notice))


def shown(request: StaffRequest, mine: Level, which: Which, typed: Text) -> dict[str, Any]:
    """Return what stands beside the form; keep what was typed for the frames."""
    issues = text_issues(typed, Slot(which.name, which.language))
    is_written = not any(one.code.startswith("text_") for one in issues)
    given = _given(request, mine, which, typed) if is_written else None
    request.session[DRAFT] = {"of": [which.name, which.language], "parts": typed.parts()}
    short = short_text(given.notice) if given else ""
    mark = crc32("\n".join(typed.parts().values()).encode())  # typed again: drawn again
    asked = f"?jeu={which.code}&client={_chosen(request, mine)}&v={mark}"
    if mine.creditor is None:
        asked += "&niveau=organisation"
    frames = {
        medium: reverse("settings_text_frame", args=[which.name, which.language, medium]) + asked
        for medium in ("mail", "texte", "pdf")
    }
    return {
        "issues": [(one, _part(one)) for one in issues],
        "is_blocked": has_errors(issues),
        "given": given,
        "frames": frames,
        "short": short,
        "short_said": _short_said(short),
        "customers": _customers(request, mine),
        "customer_id": _chosen(request, mine),
        "groups": _groups(given.values if given else {}),
    }


def _part(issue: Issue) -> str:
    labels = {name: str(one.label) for name, one in Template.base_fields.items()}
    line = _(", ligne %(line)s") % {"line": issue.line} if issue.line else ""
    return f"{labels[issue.column]}{line}" if issue.column in labels else ""


def _groups(values: Mapping[str, str]) -> list[tuple[str, list[Variable]]]:
    def listed(names: Mapping[str, str], *, condition: bool = False) -> list[Variable]:
        written = "{{% if {} %}}…{{% endif %}}" if condition else "{{{{ {} }}}}"
        return [
            Variable(written.format(name), _(about), values.get(name, ""))
            for name, about in names.items()
        ]

    return [
        (_("Valeurs"), listed(PLACEHOLDERS)),
        (_("Phrases toutes faites"), listed(PHRASES)),
        (_("Emplacements"), listed(PLACES)),
        (_("Conditions"), listed(FLAGS, condition=True)),
    ]


def _short_said(short: str) -> str:
    """Say how long the text message is, and in how many it leaves."""
    if not short:
        return ""
    parts = length_of(short).parts
    return _("%(signs)s caractères, %(parts)s SMS") % {"signs": len(short), "parts": parts}


def _creditor_id(request: StaffRequest, mine: Level) -> int | None:
    if mine.creditor_id is not None:
        return mine.creditor_id
    return next((one.id for one in creditors_of(request)), None)


def _customers(request: StaffRequest, mine: Level) -> list[tuple[int, str, str]]:
    creditor_id = _creditor_id(request, mine)
    if creditor_id is None or not request.access.may("dunning.read", creditor_id):
        return []
    return queries.customers(
        tenant_id=request.tenant_id, creditor_id=creditor_id, own=own_customers(request)
    )


def _chosen(request: StaffRequest, mine: Level) -> int:
    """Return the customer asked for if this person may see it, else the one that owes most."""
    known = [one[0] for one in _customers(request, mine)]
    asked = (request.POST if request.method == "POST" else request.GET).get("client", "")
    wanted = int(asked) if asked.isascii() and asked.isdecimal() else 0
    return wanted if wanted in known else next(iter(known), 0)


def _given(request: StaffRequest, mine: Level, which: Which, typed: Text) -> queries.Preview | None:
    customer_id, creditor_id = _chosen(request, mine), _creditor_id(request, mine)
    if not customer_id or creditor_id is None:
        return None
    return queries.preview(
        tenant_id=request.tenant_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        name=which.name,
        language=which.language,
        text=typed,
        now=timezone.now(),
    )
