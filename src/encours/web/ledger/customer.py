"""The page of a customer: figures, open lines, what happened; its statement, its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.dunning.queries import holds
from encours.dunning.queries import ledger as dunning_ledger
from encours.dunning.queries import moment as dunning_moment
from encours.dunning.queries.timeline import SHOWN, timeline
from encours.dunning.rules import planning
from encours.kernel.dates import add_months
from encours.receivables.queries import items, statement
from encours.receivables.queries.customers import OwnCustomer
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.numbers import NUMBERED_KINDS
from encours.standing import queries as standing
from encours.web.ledger import followed, group, words
from encours.web.ledger.sentences import FACTS, told
from encours.web.ledger.subject import customer_or_404, day_asked, moment_of_customer, today
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Badge, Column, Source, Table, answer, in_memory

TABS: Final = (
    ("customer", lazy("Compte")),
    ("customer_statement", lazy("Relevé")),
    ("customer_interest", lazy("Intérêts de retard")),
    ("customer_discounts", lazy("Escomptes")),
    ("customer_why", lazy("Relances")),
    ("customer_payer", lazy("Profil payeur")),
    ("customer_standing", lazy("Litiges, promesses…")),
    ("customer_replies", lazy("Réponses")),
    ("customer_tasks", lazy("Actions")),
    ("customer_credit", lazy("Crédit et mandats")),
    ("customer_documents", lazy("Pièces")),
    ("customer_card", lazy("Fiche et interlocuteurs")),
    ("customer_entry", lazy("Saisir")),
)
WHY: Final = {
    "planned": Badge(lazy("Part aujourd'hui"), "green"),
    "reserved": Badge(lazy("Dans un message du jour"), "green"),
    "held": Badge(lazy("Retenue"), "orange"),
    "waiting": Badge(lazy("Pas encore"), "secondary"),
}
OPEN_LINES: Final = Table(
    name="open-lines",
    caption=lazy("Échéances ouvertes"),
    columns=(
        Column("document", lazy("Pièce"), "code", sort=True,
               link=lambda row: reverse("invoice", args=[row["invoice_id"]])),
        Column("kind", lazy("Nature"), "badge", badges=words.KIND_BADGES),
        Column("issued_on", lazy("Émise le"), "date", sort=True),
        Column("due_on", lazy("Échéance"), "date", sort=True),
        Column("due_source", lazy("Date"), "badge", badges=words.SOURCES),
        Column("days_late", lazy("Retard (j)"), "count", sort=True),
        Column("amount_cents", lazy("Montant"), "money", sort=True, total=True),
        Column("open_cents", lazy("Reste dû"), "money", sort=True, total=True),
        Column("status", lazy("État"), "badge", badges=words.STATUSES),
    ),
    sort="due_on",
    per_page=100,
    select="lines",
    select_form="letter-form",
    empty=lazy("Ce client ne doit rien."),
)  # fmt: skip


def head(request: StaffRequest, owner: OwnCustomer) -> dict[str, Any]:
    """Return what stands at the head of each page of a customer."""
    match = request.resolver_match
    current = match.url_name if match else ""
    may = request.access.may
    hidden = set()
    if not may("ledger.write", owner.creditor_id):
        hidden.add("customer_entry")
    return {
        "customer": owner,
        "class": words.CLASS_BADGES[owner.debtor_class if owner.is_confirmed else "unknown"],
        "proposed": words.CLASSES[owner.debtor_class],
        "may_write": may("ledger.write", owner.creditor_id),
        "tabs": [
            (label, reverse(name, args=[owner.id]), name == current)
            for name, label in TABS
            if name not in hidden
        ],
    }


@require_GET
@needs("customers.read")
def customer(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Show what a customer owes, line by line, and what happened."""
    owner = customer_or_404(request, customer_id)
    moment = moment_of_customer(request, customer_id, owner)
    lines = open_lines(moment)
    credits_left = items.unallocated_credits(moment)
    until = day_asked(request, "until", moment.as_of)
    events = timeline(tenant_id=request.tenant_id, customer_id=customer_id, until=until)
    sums: dict[str, Any] = {n: int(lines[n].sum()) for n in ("amount_cents", "open_cents")}
    source = in_memory(list(lines.iter_rows(named=True)))
    source = Source(source.rows, lambda _w: {**sums, "currency": moment.currency}, source.count)
    context = {
        **head(request, owner),
        "figures": _figures(lines, credits_left, moment),
        "nameless": _nameless(lines),
        "orders": holds.in_force(
            tenant_id=request.tenant_id, customer_id=customer_id, on=moment.as_of
        ),
        "credits": list(credits_left.iter_rows(named=True)),
        "kinds": words.KINDS,
        **group.shown(request, owner, moment),
        "timeline": [told(event) for event in events],
        "earlier": events[-1].on if len(events) == SHOWN and events[-1].on < until else None,
        "currency": moment.currency,
    }
    return answer(request, OPEN_LINES, source, page="ledger/customer.html", context=context)


def open_lines(moment: Moment) -> pl.DataFrame:
    """Return the open lines of a customer with days late and the status people read."""
    late = (pl.lit(moment.as_of) - pl.col("due_on")).dt.total_days()
    is_late = pl.col("status").is_in(["open", "partial"]) & (late > 0)
    return standing.open_items(moment).with_columns(
        pl.col("line_id").alias("id"),
        pl.when(late > 0).then(late).alias("days_late"),
        pl.when(is_late).then(pl.lit("late")).otherwise("status").alias("status"),
    )


def _nameless(lines: pl.DataFrame) -> int:
    """Return how many invoices owed have no number, which keeps them from being reminded."""
    without = (pl.col("number") == "") & pl.col("kind").is_in(NUMBERED_KINDS)
    return int(lines.filter(without)["invoice_id"].n_unique())


def _figures(lines: pl.DataFrame, left: pl.DataFrame, moment: Moment) -> dict[str, Any]:
    overdue = lines.filter(pl.col("days_late") > 0)
    opened, unallocated = int(lines["open_cents"].sum()), int(left["open_cents"].sum())
    return {
        "open": opened,
        "overdue": int(overdue["open_cents"].sum()),
        "oldest": overdue["days_late"].max(),
        "unallocated": unallocated,
        "net": opened - unallocated,
        "currency": moment.currency,
        "lines": lines.height,
    }


@require_GET
@needs("customers.read")
def account(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Show the statement between two days."""
    owner = customer_or_404(request, customer_id)
    to_on = day_asked(request, "to", today())
    from_on = min(day_asked(request, "from", add_months(to_on, -3)), to_on)
    moment = moment_of_customer(request, customer_id, owner, to_on)
    found = statement.statement(moment, from_on=from_on)
    context = {
        **head(request, owner),
        "statement": found,
        "moves": [(words.KINDS.get(one.kind, one.kind), one) for one in found.moves],
        "ageing": [(words.AMOUNTS[name], cents) for name, cents in found.ageing.items()],
    }
    return render(request, "ledger/statement.html", context)


@require_GET
@needs("customers.read")
def why(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Answer « pourquoi pas de relance ? », line by line, from the planner's own decisions."""
    owner = customer_or_404(request, customer_id)
    day = today()
    scope: dict[str, Any] = {"tenant_id": request.tenant_id, "creditor_id": owner.creditor_id}
    asked = dunning_moment.setting(**scope, on=day, now=timezone.now())
    ledger = dunning_ledger.load(
        **scope,
        today=day,
        rehearsal=asked.is_rehearsal,
        shelf=asked.shelf,
        customer_ids=[customer_id],
    )
    found = planning.explain(ledger, asked.shelf, asked.moment, customer_id=customer_id)
    context = {
        **head(request, owner),
        **followed.followed(request, owner, asked.shelf, found),
        "lines": [_reason(row) for row in found.iter_rows(named=True)],
        "is_rehearsal": asked.is_rehearsal,
        "day": day,
    }
    return render(request, "ledger/why.html", context)


def _reason(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "badge": WHY.get(row["status"]), "step": words.STEPS.get(row["step"] or "", "")}


def line_choices(lines: pl.DataFrame) -> list[tuple[int, str]]:
    """Return the open lines as a form offers them."""
    due = _("échéance du")
    return [
        (row["line_id"], f"{row['document']} · {due} {row['due_on']:%d/%m/%Y}")
        for row in lines.iter_rows(named=True)
    ]


def fact_rows(customer_id: int, tenant_id: int, names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return the facts said of a customer, and whether each one holds today."""
    day = today()
    return [
        {
            "fact": one,
            "label": FACTS.get(one.kind, one.kind),
            "document": names.get(one.line_id or 0, ""),
            "cause": words.cause(str(one.details.get("cause", ""))),
            "is_live": one.starts_on <= day and (one.ends_on is None or one.ends_on >= day),
            "is_over": one.ends_on is not None and one.ends_on < day,
        }
        for one in standing.history(tenant_id=tenant_id, customer_id=customer_id)
    ]
