"""The days to come, and why a due line is not reminded today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import polars as pl
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.dunning import actions
from encours.dunning.queries import plans, scenarios, simulation
from encours.dunning.queries.texts import texts_of
from encours.dunning.rules import simulation as rules
from encours.dunning.texts import samples
from encours.dunning.texts.shipped import shipped_name
from encours.dunning.texts.words import Message
from encours.messaging.rules.notice import Language
from encours.tenancy.kept import kept
from encours.tenancy.queries.places import CreditorChoice
from encours.web import formats, links
from encours.web.chosen import of_creditors, of_one_creditor
from encours.web.dunning import steps, subject
from encours.web.dunning.sentences import CHANNEL, REASONS, STEPS, choices, step
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Badge, Column, Filter, Source, Table, Window, answer, in_memory
from encours.web.wording import Text

DAYS: Final = Table(
    name="forecast",
    caption=lazy("Messages des trente prochains jours"),
    columns=(
        Column("on", lazy("Jour"), "date", sort=True),
        Column("step", lazy("Étape"), "badge", badges=STEPS),
        Column("messages", lazy("Messages"), "count", sort=True, total=True),
        Column("lines", lazy("Échéances"), "count", total=True),
        Column("amount_cents", lazy("Montant"), "money", sort=True),
    ),
    sort="on",
    per_page=200,
    filters=(
        Filter(
            "pays",
            lazy("Hypothèse"),
            "select",
            (
                ("", lazy("Personne ne paie")),
                ("usual", lazy("Chacun paie avec son retard habituel")),
            ),
        ),
    ),
    empty=lazy("Rien n'est prévu dans les trente jours."),
)
HELD: Final = Table(
    name="held",
    caption=lazy("Échéances retenues aujourd'hui"),
    columns=(
        Column(
            "name", lazy("Client"), sort=True, link=lambda row: links.customer(row["customer_id"])
        ),
        Column("document", lazy("Facture"), "code", sort=True),
        Column("due_on", lazy("Échéance"), "date", sort=True),
        Column("open_cents", lazy("Reste dû"), "money", sort=True),
        Column("reason", lazy("Motif"), "badge", badges=REASONS),
        Column("sentence", lazy("Pourquoi pas")),
    ),
    sort="-open_cents",
    filters=(
        Filter("q", lazy("Rechercher"), placeholder=lazy("Client, code, facture")),
        Filter("reason", lazy("Motif"), "select", choices(REASONS, lazy("Tous"))),
    ),
    empty=lazy("Aucune échéance n'est retenue."),
)

PARTS: Final[Mapping[str, Text]] = {
    "subject": lazy("Objet"),
    "greeting": lazy("Salutation"),
    "opening": lazy("Avant le tableau"),
    "closing": lazy("Après le tableau"),
    "farewell": lazy("Formule de politesse"),
}


@require_GET
@needs("dunning.read")
@of_creditors
def forecast(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponseBase:
    """Show what would leave if nobody paid, or if each customer paid as late as usual."""
    mine = subject.those(request, creditors)
    own = subject.own_customers(request)
    is_paid = request.GET.get("pays") == "usual"
    frame = pl.DataFrame()
    if own is None:
        frame = _each(
            request,
            mine,
            f"forecast {is_paid}",
            lambda creditor_id, on: rules.counted(
                simulation.ahead(
                    tenant_id=request.tenant_id,
                    creditor_id=creditor_id,
                    on=on,
                    now=timezone.now(),
                    is_paid=is_paid,
                )
            ),
        )
    rows = [{"id": place, **row} for place, row in enumerate(frame.iter_rows(named=True))]
    totals = {key: sum(row[key] for row in rows) for key in ("messages", "lines")}
    source, called = in_memory(rows), steps.badges(request)
    context = {
        **subject.heads(request, mine),
        "options": _chart(rows, called),
        "is_hidden": own is not None,
        "is_paid": is_paid,
        "total": totals["messages"],
    }
    listed = Source(rows=source.rows, totals=lambda _window: totals)
    days = steps.named(DAYS, called)
    table = replace(days, columns=(days.columns[0], *mine.column, *days.columns[1:]))
    return answer(request, table, listed, page="dunning/forecast.html", context=context)


@require_GET
@needs("dunning.read")
@of_creditors
def held(request: StaffRequest, *, creditors: tuple[CreditorChoice, ...]) -> HttpResponseBase:
    """Say, for each line held today, why."""
    mine = subject.those(request, creditors)
    frame = _each(
        request,
        mine,
        "held",
        lambda creditor_id, on: _named(
            request.tenant_id,
            creditor_id,
            actions.plan_day(
                tenant_id=request.tenant_id,
                creditor_id=creditor_id,
                on=on,
                dry_run=True,
                now=timezone.now(),
            ).held,
        ),
    )
    own = subject.own_customers(request)
    if own is not None:
        frame = frame.filter(pl.col("customer_id").is_in(list(own)))
    context = {
        **subject.heads(request, mine),
        "counts": _counts(frame, request.GET.get("reason", "")),
        "total": frame.height,
    }
    table = replace(HELD, columns=(HELD.columns[0], *mine.column, *HELD.columns[1:]))
    return answer(request, table, _source(frame), page="dunning/held.html", context=context)


@require_GET
@needs("dunning.read")
@of_one_creditor
def scenario(request: StaffRequest, *, creditor: CreditorChoice) -> HttpResponseBase:
    """Show the ladder with its texts, read-only."""
    today = subject.day(request, creditor)
    found = scenarios.scenario_shown(tenant_id=request.tenant_id, creditor_id=creditor.id).scenario
    language: Language = "en" if formats.is_english() else "fr"
    texts = texts_of(tenant_id=request.tenant_id, creditor_id=creditor.id)
    shown = [
        {
            "step": one,
            "channels": [CHANNEL[channel] for channel in one.channels],
            "parts": _parts(
                samples.example(
                    texts.of_step(one, language),
                    shipped_name(one.kind, one.tone, one.sender),
                    language,
                )
            ),
        }
        for one in sorted(found.steps, key=lambda one: one.rank)
        if one.is_active
    ]
    context = {**subject.head(request, creditor, today), "scenario": found, "steps": shown}
    return render(request, "dunning/scenario.html", context)


def _parts(message: Message) -> list[tuple[Text, list[str]]]:
    """Return what a step says, part by part, as one customer would read it."""
    return [(label, _listed(getattr(message, name))) for name, label in PARTS.items()]


def _listed(said: str | tuple[str, ...]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _each(
    request: StaffRequest,
    mine: subject.Those,
    name: str,
    ask: Callable[[int, date], pl.DataFrame],
) -> pl.DataFrame:
    """Ask the planner of each creditor in turn, and keep the whole answer as one.

    What it costs grows with the creditors the first time; what is kept costs one question.
    """
    days = {one.id: mine.days[one.id] for one in mine.creditors}
    key = tuple((id_, day.today, day.is_stale) for id_, day in days.items())

    def asked() -> pl.DataFrame:
        told = [
            ask(id_, days[id_].today).with_columns(creditor_id=pl.lit(id_, pl.Int64))
            for id_ in sorted(days)
        ]
        return pl.concat(told)

    return kept(request.tenant_id, (name, key), asked)


def _named(tenant_id: int, creditor_id: int, frame: pl.DataFrame) -> pl.DataFrame:
    names = plans.customer_names(
        tenant_id=tenant_id,
        creditor_ids=[creditor_id],
        customer_ids=frame["customer_id"].unique().to_list(),
    )
    known = pl.DataFrame(
        [(pk, code, name) for pk, (code, name) in names.items()],
        schema={"customer_id": pl.Int64, "code": pl.String, "name": pl.String},
        orient="row",
    )
    return frame.join(known, on="customer_id", how="left").with_columns(id="instalment_id")


def _source(frame: pl.DataFrame) -> Source:
    def kept(window: Window) -> pl.DataFrame:
        found = frame
        if reason := window.filters.get("reason"):
            found = found.filter(pl.col("reason") == reason)
        if asked := window.filters.get("q", "").lower():
            typed = [
                pl.col(name).fill_null("").str.to_lowercase().str.contains(asked, literal=True)
                for name in ("name", "code", "document")
            ]
            found = found.filter(pl.any_horizontal(typed))
        return found

    def rows(window: Window) -> Iterable[dict[str, Any]]:
        found = kept(window)
        if window.sort:
            order = [window.sort, "instalment_id"]
            found = found.sort(order, descending=[window.is_descending, False], nulls_last=True)
        return found.slice(window.offset, window.limit).iter_rows(named=True)

    return Source(rows=rows, count=lambda window: kept(window).height)


def _counts(frame: pl.DataFrame, chosen: str) -> list[dict[str, Any]]:
    counted = frame.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return [
        {"code": code, "badge": REASONS[code], "count": count, "is_current": code == chosen}
        for code, count in counted.iter_rows()
    ]


def _chart(rows: Sequence[Mapping[str, Any]], called: Mapping[str, Badge]) -> dict[str, Any]:
    days = sorted({row["on"] for row in rows})
    sums: dict[tuple[str, Any], int] = {}
    for row in rows:
        key = (row["step"], row["on"])
        sums[key] = sums.get(key, 0) + row["messages"]
    codes = [code for code in called if any(row["step"] == code for row in rows)]
    codes += sorted({row["step"] for row in rows} - set(codes))
    return {
        "legend": {},
        "palette": [6, 2, 1, 3, 5, 4],
        "xAxis": {"type": "category", "data": [formats.day(day)[:5] for day in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "stack": "day",
                "name": str((called.get(code) or step(code)).label),
                "data": [sums.get((code, day), 0) for day in days],
            }
            for code in codes
        ],
        "title": {"show": False, "text": _("Messages par jour")},
    }
