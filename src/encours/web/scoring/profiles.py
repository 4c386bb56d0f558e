"""The page of profiles, the card on a customer's page, and the profile that a person chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.scoring.actions import deciding
from encours.scoring.queries import stored
from encours.scoring.queries.stored import ChosenRow, MoveRow, Reach
from encours.scoring.rules.sentences import sentence
from encours.web import formats
from encours.web.answers import page_or_fragment, telling
from encours.web.ledger.customer import head
from encours.web.ledger.subject import customer_or_404, day_of, moment_of, today
from encours.web.rights import StaffRequest, needs
from encours.web.scoring import words
from encours.web.tables import Badge, Column, Table, answer, in_frame
from encours.web.wording import Text

SHOWN_MOVES: Final = 12
TENTH: Final = 10
MOVED: Final = Table(
    name="moves",
    caption=lazy("Changements de profil de ces trente jours"),
    columns=(
        Column("on", lazy("Le"), "date", sort=True),
        Column("name", lazy("Client"), sort=True,
               link=lambda row: reverse("customer", args=[row["customer_id"]])),
        Column("code", lazy("Code"), "code", sort=True),
        Column("before", lazy("Avant"), "badge", badges=words.PROFILES),
        Column("profile", lazy("Maintenant"), "badge", badges=words.PROFILES),
        Column("expected", lazy("Retard attendu (j)"), "count", sort=True),
    ),
    sort="-on",
    empty=lazy("Personne n'a changé de profil ces trente derniers jours."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """How many customers have a profile, and what they owe in the currency of the page."""

    key: str
    badge: Badge
    customers: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Payer:
    """How a customer pays, as its page says it."""

    badge: Badge
    sentence: str
    since: date
    moves: tuple[tuple[MoveRow, Badge | None, Badge], ...]
    chosen: ChosenRow | None


def reach_of(request: StaffRequest) -> Reach:
    """Return whose scores this person may see."""
    return Reach(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        people=request.scope.people,
    )


@require_GET
@needs("customers.read")
def profiles(request: StaffRequest) -> HttpResponseBase:
    """Show how many customers pay in each way, what they owe, and who moved."""
    reach, currency = reach_of(request), moment_of(request).currency or ""
    scores = stored.scores(reach)
    moved = stored.moved(reach, today=today()).with_columns(expected=whole_days())
    context = {
        "counts": _counts(scores, currency),
        "currency": currency,
        "scored": scores.height,
        "may_set": request.access.may("settings.read", request.creditor_id),
    }
    return answer(request, MOVED, in_frame(moved), page="scoring/profiles.html", context=context)


def whole_days() -> pl.Expr:
    """Return the expected delay in whole days, for a column."""
    return (pl.col("expected_tenths") / TENTH).round(0).cast(pl.Int64)


def _counts(scores: pl.DataFrame, currency: str) -> list[Count]:
    mine = pl.col("currency") == currency
    found = {
        row["profile"]: row
        for row in scores.group_by("profile")
        .agg(
            customers=pl.len(),
            open=pl.when(mine).then("open_cents").otherwise(0).sum(),
            overdue=pl.when(mine).then("overdue_cents").otherwise(0).sum(),
        )
        .iter_rows(named=True)
    }
    return [
        Count(key, badge, row["customers"], row["open"], row["overdue"])
        for key, badge in words.PROFILES.items()
        if (row := found.get(key))
    ]


@require_GET
@needs("customers.read")
def payer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say how a customer pays and how it moved: a page, or the card that its account loads."""
    owner = customer_or_404(request, customer_id)
    told = _card(request, customer_id, owner.creditor_id)
    return page_or_fragment(
        request,
        page="scoring/payer.html",
        part="scoring/_payer.html",
        target="payer",
        context={**head(request, owner), **told},
    )


def _card(request: StaffRequest, customer_id: int, creditor_id: int) -> dict[str, Any]:
    mine = {"tenant_id": request.tenant_id, "customer_id": customer_id}
    row = stored.score_of(**mine)
    if row is None:
        return {"payer": None, "figures": ()}
    moves = stored.moves_of(**mine)
    found = Payer(
        badge=words.PROFILES[row["profile"]],
        sentence=sentence(row, get_language() or "fr"),
        since=next((one.on for one in moves if one.profile == row["profile"]), row["on"]),
        moves=tuple(
            (one, words.PROFILES.get(one.before), words.PROFILES[one.profile])
            for one in moves[:SHOWN_MOVES]
        ),
        chosen=stored.chosen_of(**mine) if row["is_chosen"] else None,
    )
    return {
        "payer": found,
        "figures": _figures(row),
        "may_choose": request.access.may("customers.write", creditor_id),
        "profile_choices": words.PROFILE_CHOICES,
    }


def _figures(row: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """Return every figure of a score in words, those that are known."""

    def days(name: str) -> str:
        value = row[name]
        told = None if value is None else Decimal(value).scaleb(-1)
        return formats.NONE if told is None else f"{formats.number(told)} {_('j')}"

    def money(name: str) -> str:
        return formats.money(row[name], row["currency"] or "EUR")

    return [
        (_("Retard attendu"), days("expected_tenths")),
        (_("Retard moyen, pondéré"), days("mean_tenths")),
        (_("Trois dernières échéances"), days("last_tenths")),
        (_("Tendance sur six mois"), days("trend_tenths")),
        (_("Écart-type"), days("spread_tenths")),
        (_("Payées à l'heure"), formats.percent(row["on_time_percent"])),
        (_("Payées à l'heure, en montant"), formats.percent(row["on_time_amount_percent"])),
        (_("Échéances réglées"), formats.count(row["settled_lines"])),
        (_("Plus ancien retard"), f"{formats.count(row['oldest_overdue_days'])} {_('j')}"),
        (_("Encours"), money("open_cents")),
        (_("Échu"), money("overdue_cents")),
        (_("Achats de douze mois"), money("volume_cents")),
        (_("Litiges de douze mois"), formats.count(row["disputes"])),
        (_("Promesses non tenues"), formats.count(row["broken_promises"])),
        (_("Prélèvements rejetés"), formats.count(row["returned_debits"])),
        (_("Ancienneté (mois)"), formats.count(row["tenure_months"])),
    ]


@require_POST
@needs("customers.read")
def choose(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give a customer a profile by hand, until a day, for a reason."""
    customer_or_404(request, customer_id, "customers.write")
    with telling(request, _("Profil choisi.")):
        deciding.choose_profile(
            tenant_id=request.tenant_id,
            customer_id=customer_id,
            profile=request.POST.get("profile", ""),
            reason=request.POST.get("reason", ""),
            ends_on=day_of(request.POST.get("ends_on")),
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("customer_payer", customer_id)


@require_POST
@needs("customers.read")
def withdraw(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Let the figures decide again."""
    customer_or_404(request, customer_id, "customers.write")
    with telling(request, _("Le profil suit de nouveau les chiffres.")):
        deciding.withdraw_profile(
            tenant_id=request.tenant_id,
            customer_id=customer_id,
            actor_id=request.access.user_id,
            today=today(),
        )
    return redirect("customer_payer", customer_id)
