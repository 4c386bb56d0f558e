"""Customers that may be one: proposed with their reasons, merged, kept apart, given back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encours.parties import queries as parties
from encours.parties.actions import merging
from encours.receivables.queries import duplicates as queries
from encours.receivables.queries.duplicates import Pair
from encours.web import formats
from encours.web.answers import telling
from encours.web.ledger.subject import customer_or_404, moment_of, today
from encours.web.rights import StaffRequest, needs, require
from encours.web.tables import Column, Table, answer, in_memory
from encours.web.wording import Text

REASONS: Final[dict[str, Text]] = {
    "siren": lazy("même SIREN"),
    "vat": lazy("même n° de TVA"),
    "iban": lazy("même IBAN"),
    "name": lazy("même nom"),
    "alike": lazy("noms voisins"),
}
PAIRS: Final = Table(
    name="duplicates",
    caption=lazy("Doublons proposés"),
    columns=(
        Column("kept", lazy("Client conservé"), sort=True,
               link=lambda row: reverse("customer", args=[row["kept_id"]])),
        Column("kept_code", lazy("Code"), "code"),
        Column("other", lazy("Doublon possible"), sort=True,
               link=lambda row: reverse("customer", args=[row["other_id"]])),
        Column("other_code", lazy("Code"), "code"),
        Column("why", lazy("Pourquoi")),
        Column("towns", lazy("Villes")),
        Column("score", lazy("Indice (sur 100)"), "count", sort=True),
    ),
    sort="-score",
    select="ids",
    select_form="duplicates-form",
    empty=lazy("Aucun doublon en vue parmi vos clients."),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def duplicates(request: StaffRequest) -> HttpResponseBase:
    """Show the pairs that may be one customer; merge those ticked, or keep them apart."""
    rows, count = queries.pairs(moment_of(request))
    if request.method == "POST":
        return _decide(request, {row.id: row for row in rows})
    context = {
        "may_write": request.access.may("customers.write", request.creditor_id),
        "count": count,
        "left": count - len(rows),
    }
    shown = in_memory([_shown(row) for row in rows])
    return answer(request, PAIRS, shown, page="ledger/duplicates.html", context=context)


def _shown(pair: Pair) -> dict[str, Any]:
    return {
        "id": pair.id,
        "kept": pair.kept.name,
        "kept_id": pair.kept.id,
        "kept_code": pair.kept.code,
        "other": pair.other.name,
        "other_id": pair.other.id,
        "other_code": pair.other.code,
        "why": ", ".join(str(REASONS[one]) for one in pair.reasons),
        "towns": " / ".join(dict.fromkeys(filter(None, (pair.kept.city, pair.other.city)))),
        "score": pair.score,
    }


def _decide(request: StaffRequest, known: dict[str, Pair]) -> HttpResponse:
    ticked = [known[one] for one in request.POST.getlist("ids") if one in known]
    for pair in ticked:
        require(request, "customers.write", pair.kept.creditor_id)
    if not ticked:
        return redirect("customers_duplicates")
    n = {"n": formats.count(len(ticked))}
    if request.POST.get("decision") == "apart":
        done = ngettext("%(n)s paire écartée.", "%(n)s paires écartées.", len(ticked)) % n
        with telling(request, done):
            merging.keep_apart(
                **_actor(request), pairs=[(pair.kept.id, pair.other.id) for pair in ticked]
            )
    else:
        done = ngettext("%(n)s doublon fusionné.", "%(n)s doublons fusionnés.", len(ticked)) % n
        with telling(request, done):
            _merge_all(request, ticked)
    return redirect("customers_duplicates")


def _merge_all(request: StaffRequest, pairs: Iterable[Pair]) -> None:
    """Merge each pair into its first customer; one that was merged meanwhile is followed."""
    faces: dict[int, int] = {}

    def face(customer_id: int) -> int:
        return face(faces[customer_id]) if customer_id in faces else customer_id

    for pair in pairs:
        survivor, duplicate = face(pair.kept.id), face(pair.other.id)
        if survivor == duplicate:
            continue
        reason = ", ".join(str(REASONS[one]) for one in pair.reasons)
        merging.merge_customers(
            **_actor(request), customer_id=duplicate, survivor_id=survivor, reason=reason
        )
        faces[duplicate] = survivor


@require_POST
@needs("customers.write")
def merge(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Merge into this customer the one whose code was typed."""
    owner = customer_or_404(request, customer_id, "customers.write")
    other = parties.customer_by_code(
        tenant_id=request.tenant_id,
        creditor_id=owner.creditor_id,
        code=request.POST.get("code", ""),
    )
    with telling(request, _("Les deux comptes n'en font plus qu'un.")):
        if other is None:
            raise merging.NotMergeable(_("Aucun client de cette société n'a ce code."))
        merging.merge_customers(
            **_actor(request), customer_id=other, survivor_id=customer_id, reason=_("à la main")
        )
    return redirect("customer_card", customer_id)


@require_POST
@needs("customers.write")
def unmerge(request: StaffRequest, customer_id: int, merged_id: int) -> HttpResponse:
    """Give a merged customer its own account again."""
    customer_or_404(request, customer_id, "customers.write")
    mine = parties.merged_into(tenant_id=request.tenant_id, customer_id=customer_id)
    if merged_id not in {one.id for one in mine}:
        raise Http404
    with telling(request, _("Chacun a de nouveau son compte.")):
        merging.unmerge_customer(**_actor(request), customer_id=merged_id)
    return redirect("customer_card", customer_id)


def _actor(request: StaffRequest) -> dict[str, Any]:
    return {"tenant_id": request.tenant_id, "actor_id": request.access.user_id, "today": today()}
