"""From the first import to the first reminder: the guide, the list before going live, triage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from encours.dunning.actions import golive, triage
from encours.dunning.queries import triage as old
from encours.dunning.queries.day import Day
from encours.dunning.queries.readiness import Readiness, readiness
from encours.tenancy.queries.places import CreditorChoice
from encours.web import formats, links
from encours.web.answers import telling
from encours.web.chosen import of_creditors, of_one_creditor
from encours.web.dunning import subject
from encours.web.dunning.sentences import DECISIONS, choices
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Column, Filter, Table, answer, in_memory
from encours.web.wording import Text

LINES: Final = Table(
    name="triage",
    caption=lazy("Échéances en retard avant la mise en service"),
    columns=(
        Column(
            "name", lazy("Client"), sort=True, link=lambda row: links.customer(row["customer_id"])
        ),
        Column("document", lazy("Facture"), "code", sort=True),
        Column("due_on", lazy("Échéance"), "date", sort=True),
        Column("days_late", lazy("Jours de retard"), "count", sort=True),
        Column("open_cents", lazy("Reste dû"), "money", sort=True),
        Column("decision", lazy("Décision"), "badge", badges=DECISIONS),
    ),
    sort="-open_cents",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code, facture")),
        Filter(
            "decision",
            lazy("Décision"),
            "select",
            (("", lazy("Toutes")), ("none", lazy("À décider")), *choices(DECISIONS, "")[1:]),
        ),
    ),
    select="ids",
    select_form="decide",
    select_key="ticked",
    per_page=100,
    empty=lazy("Aucune échéance n'était en retard avant la mise en service."),
)


class Start(forms.Form):
    """The first day of real sending."""

    starts_on = forms.DateField(label=lazy("Premier jour d'envoi"))


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the list: what it is, whether it is done, where to do it."""

    name: str
    title: Text
    said: Text
    url: str
    action: Text
    is_done: bool


@require_GET
@needs("dunning.read")
@of_one_creditor
def guide(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponseBase:
    """Lead from nothing to the first reminder."""
    today = subject.day(request, creditor)
    state = _state(request, creditor, today)
    context = {
        **subject.head(request, creditor, today),
        "points": _points(state),
        "state": state,
        "plan_url": links.to("plan"),
        "golive_url": links.to("plan_golive"),
    }
    return render(request, "dunning/guide.html", context)


@require_GET
@needs("dunning.read")
@of_one_creditor
def checklist(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponseBase:
    """Show the list, and the button once all is done."""
    today = subject.day(request, creditor)
    state = _state(request, creditor, today)
    starts_on = state.live_on if state.live_on and state.live_on > today.today else today.today
    context = {
        **subject.head(request, creditor, today),
        "state": state,
        "points": _points(state),
        "is_live": state.live_on is not None and state.live_on <= today.today,
        "form": Start(initial={"starts_on": starts_on}),
    }
    return render(request, "dunning/golive.html", context)


@require_POST
@needs("dunning.configure")
@of_one_creditor
def start(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponse:
    """Go live on a day."""
    form = Start(request.POST)
    if not form.is_valid():
        messages.error(request, _("Indiquez le premier jour d'envoi."))
        return redirect("plan_golive")
    starts_on = form.cleaned_data["starts_on"]
    told = _("En service à partir du %(day)s.") % {"day": formats.day(starts_on)}
    with telling(request, told):
        golive.go_live(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            starts_on=starts_on,
            user_id=request.access.user_id,
            now=timezone.now(),
            today=subject.day(request, creditor).today,
        )
    return redirect("plan_golive")


@require_POST
@needs("dunning.configure")
@of_one_creditor
def rehearse(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponse:
    """Go back to rehearsal."""
    with telling(request, _("Retour à la répétition : rien ne part plus chez vos clients.")):
        golive.back_to_rehearsal(
            tenant_id=request.tenant_id,
            creditor_id=creditor.id,
            user_id=request.access.user_id,
            today=subject.day(request, creditor).today,
        )
    return redirect("plan_golive")


@require_GET
@needs("dunning.read")
@of_creditors
def old_lines(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponseBase:
    """List what was overdue before each creditor goes live."""
    mine = subject.those(request, creditors)
    limits = {id_: (_before(day), day.today) for id_, day in mine.days.items()}
    found = old.old_lines(tenant_id=request.tenant_id, limits=limits)
    own = subject.own_customers(request)
    able = {one.id for one in mine.able(request, "dunning.decide")}
    shown = [
        {**asdict(one), "ticked": one.id if one.creditor_id in able else None}
        for one in found
        if own is None or one.customer_id in own
    ]
    context = {
        **subject.heads(request, mine),
        "before": _before(mine.days[mine.one.id]) if mine.one else None,
        "undecided": sum(not row["decision"] for row in shown),
        "total": len(shown),
    }
    table = replace(
        LINES,
        columns=(LINES.columns[0], *mine.column, *LINES.columns[1:]),
        select=LINES.select if context["may_decide"] else "",
    )
    rows = in_memory(shown, matches=_matches)
    return answer(request, table, rows, page="dunning/triage.html", context=context)


@require_POST
@needs("dunning.decide")
@of_creditors
def decide(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponse:
    """Remind, write or leave: those that were ticked, or all that nobody decided about.

    Each line is decided for its own creditor.
    """
    asked, _sep, which = request.POST.get("do", "").partition(":")
    if asked not in triage.DECISIONS:
        return redirect("triage")
    mine, count = subject.those(request, creditors), 0
    chosen = _chosen(request, mine, is_all=which == "all")
    if not chosen:
        messages.error(request, str(triage.NothingToDecide()))
    for creditor in sorted(chosen, key=lambda one: one.id):
        today = mine.days[creditor.id]
        with telling(request):
            count += triage.decide(
                tenant_id=request.tenant_id,
                creditor_id=creditor.id,
                line_ids=chosen[creditor],
                decision=asked,
                before=_before(today),
                user_id=request.access.user_id,
                now=timezone.now(),
                today=today.today,
            )
    if count:
        told = ngettext("%(n)s échéance triée.", "%(n)s échéances triées.", count)
        messages.success(request, told % {"n": count})
    return redirect("triage")


def _chosen(
    request: StaffRequest, mine: subject.Those, *, is_all: bool
) -> dict[CreditorChoice, list[int]]:
    """Return the lines to decide of, by creditor; « all » is what nobody decided about."""
    limits = {id_: (_before(day), day.today) for id_, day in mine.days.items()}
    found = old.old_lines(tenant_id=request.tenant_id, limits=limits)
    if is_all:
        able = {one.id for one in mine.able(request, "dunning.decide")}
        wanted = [one for one in found if not one.decision and one.creditor_id in able]
    else:
        ticked = set(subject.ids(request))
        wanted = [one for one in found if one.id in ticked]
    owners = {one.id: one.creditor_id for one in wanted}
    return mine.owning(request, "dunning.decide", owners)


def _before(today: Day) -> date:
    return today.live_on or today.today


def _state(request: StaffRequest, creditor: CreditorChoice, today: Day) -> Readiness:
    return readiness(tenant_id=request.tenant_id, creditor_id=creditor.id, today=today.today)


def _matches(row: Mapping[str, Any], filters: Mapping[str, str]) -> bool:
    wanted = filters.get("decision", "")
    if wanted and row["decision"] != ("" if wanted == "none" else wanted):
        return False
    asked = filters.get("q", "").casefold()
    return not asked or any(asked in row[key].casefold() for key in ("name", "code", "document"))


def _points(state: Readiness) -> list[Point]:
    done = state.done
    numbers = {
        "classes": formats.count(state.unconfirmed_classes),
        "reachable": formats.count(state.reachable),
        "customers": formats.count(state.customers),
        "undecided": formats.count(state.undecided),
        "day": formats.day(state.starts_on),
    }
    return [
        Point(name, title, said, links.to(url), action, done[name])
        for name, title, said, url, action in (*_about_the_ledger(numbers), *_about_us(numbers))
    ]


Told = tuple[str, Text, Text, str, Text]


def _about_the_ledger(numbers: Mapping[str, str]) -> tuple[Told, ...]:
    return (
        (
            "import",
            _("Importer les écritures"),
            _("Le FEC de l'exercice, et celui d'avant si des factures en restent ouvertes."),
            "imports",
            _("Importer"),
        ),
        (
            "terms",
            _("Confirmer les conditions de règlement"),
            _(
                "Un FEC ne dit pas quand une facture est due : tant qu'elle est supposée, une "
                "échéance ne se relance pas."
            ),
            "settings_terms",
            _("Conditions"),
        ),
        (
            "classes",
            _("Dire qui sont vos clients"),
            _("Entreprises, particuliers, secteur public : %(classes)s à confirmer.") % numbers,
            "customers_classes",
            _("Types de clients"),
        ),
        (
            "contacts",
            _("Donner des interlocuteurs"),
            _("%(reachable)s clients sur %(customers)s ont une adresse e-mail.") % numbers,
            "contacts_import",
            _("Interlocuteurs"),
        ),
    )


def _about_us(numbers: Mapping[str, str]) -> tuple[Told, ...]:
    return (
        (
            "bank",
            _("Confirmer un compte bancaire"),
            _("Demandé par une personne, confirmé par une autre : c'est là que l'on vous paiera."),
            "settings_bank",
            _("Comptes"),
        ),
        (
            "sender",
            _("Essayer l'expéditeur"),
            _("Un message d'essai envoyé avec succès par votre serveur."),
            "settings_sender",
            _("Expéditeur"),
        ),
        (
            "triage",
            _("Trier les retards antérieurs"),
            _(
                "%(undecided)s échéances en retard avant le %(day)s attendent : relancer, écrire "
                "ou laisser."
            )
            % numbers,
            "triage",
            _("Trier"),
        ),
    )
