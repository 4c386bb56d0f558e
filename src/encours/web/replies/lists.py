"""The list of replies with its counts, and why it is not paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.replies.queries import inboxes, reasons
from encours.replies.queries import replies as queries
from encours.replies.queries.replies import Asked, Reach
from encours.web import links
from encours.web.ledger.customer import head
from encours.web.ledger.subject import customer_or_404
from encours.web.replies import words
from encours.web.rights import StaffRequest, creditors_of, needs
from encours.web.tables import Column, Filter, Source, Table, Window, answer, in_memory
from encours.web.wording import Text

COLUMNS: Final = (
    Column("received_at", lazy("Reçue le"), "instant", sort=True,
           link=lambda row: reverse("reply", args=(row["id"],))),
    Column("customer", lazy("Client"), link=lambda row: links.customer(row["customer_id"])),
    Column("kind", lazy("Nature"), "badge", badges=words.KINDS),
    Column("state", lazy("État"), "badge", badges=words.STATES),
    Column("excerpt", lazy("Réponse"), wide=True),
    Column("said_on", lazy("Date dite"), "date", sort=True),
    Column("amount_cents", lazy("Montant dit"), "money", sort=True),
    Column("cause_label", lazy("Cause")),
)  # fmt: skip
REPLIES: Final = Table(
    name="replies",
    caption=lazy("Réponses"),
    columns=COLUMNS,
    sort="-received_at",
    filters=(
        Filter(
            "state",
            lazy("État"),
            "select",
            [
                ("", lazy("Tous")),
                ("to_decide", lazy("À décider")),
                *((code, badge.label) for code, badge in words.STATES.items()),
            ],
        ),
        Filter(
            "kind",
            lazy("Nature"),
            "select",
            [("", lazy("Toutes")), *((code, one.label) for code, one in words.KINDS.items())],
        ),
    ),
    empty=lazy("Aucune réponse : elles arrivent de la boîte réglée pour chaque société."),
)
OF_CUSTOMER: Final = Table(
    name="customer-replies",
    caption=lazy("Réponses du client"),
    columns=tuple(one for one in COLUMNS if one.key != "customer"),
    sort="-received_at",
    empty=lazy("Ce client n'a pas répondu."),
)
CAUSES: Final = Table(
    name="cause-lines",
    caption=lazy("Échéances derrière chaque cause"),
    columns=(
        Column("document", lazy("Facture"), "code", sort=True,
               link=lambda row: reverse("invoice", args=(row["invoice_id"],))),
        Column("customer", lazy("Client"), sort=True,
               link=lambda row: links.customer(row["customer_id"])),
        Column("side", lazy("De qui"), "badge", badges=words.SIDES),
        Column("cause_label", lazy("Cause"), sort=True),
        Column("said_on", lazy("Dite le"), "date", sort=True),
        Column("due_on", lazy("Échéance"), "date", sort=True),
        Column("open_cents", lazy("Reste dû"), "money", sort=True),
    ),
    sort="-open_cents",
    empty=lazy("Aucune cause n'est notée : elles viennent des réponses et des litiges."),
)  # fmt: skip


@require_GET
@needs("dunning.read")
def replies(request: StaffRequest) -> HttpResponseBase:
    """List the replies, those to decide first."""
    reach = reach_of(request)
    counted = queries.counts(reach)
    waiting = sum(number for number, _first in counted.values())
    creditors = [one.id for one in creditors_of(request) if request.scope.covers(one.id)]
    context = {
        "kinds": [
            (code, badge, counted[code][0])
            for code, badge in words.KINDS.items()
            if code in counted
        ],
        "waiting": waiting,
        "first": min((first for _number, first in counted.values()), default=None),
        "has_inbox": waiting > 0
        or inboxes.has_any(tenant_id=request.tenant_id, creditor_ids=creditors),
        "may_set": request.access.may("settings.write", request.creditor_id),
    }  # fmt: skip
    source = source_of(reach, Asked())
    return answer(request, REPLIES, source, page="replies/list.html", context=context)


@require_GET
@needs("dunning.read")
def of_customer(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """List what a customer answered."""
    owner = customer_or_404(request, customer_id)
    reach = Reach(request.tenant_id, (owner.creditor_id,))
    source = source_of(reach, Asked(customer_id=customer_id))
    context = head(request, owner)
    return answer(request, OF_CUSTOMER, source, page="replies/customer.html", context=context)


@require_GET
@needs("dunning.read")
def causes(request: StaffRequest) -> HttpResponseBase:
    """Count why it is not paid, with the lines behind."""
    lines = reasons.cause_lines(
        tenant_id=request.tenant_id,
        creditor_ids=request.scope.creditor_ids,
        people=request.scope.people,
        today=timezone.localdate(),
    )
    found = reasons.sums(lines)
    rows = [_cause_row(one) for one in lines]
    known = [(code, words.cause(code)) for code in dict.fromkeys(one.cause for one in found)]
    choices: list[tuple[str, Text]] = [("", lazy("Toutes")), *known]
    table = replace(CAUSES, filters=(Filter("cause", lazy("Cause"), "select", choices),))
    context = {
        "sums": [(one, words.cause(one.cause), words.SIDES.get(one.side)) for one in found],
    }
    source = in_memory(rows, matches=_is_of_cause)
    return answer(request, table, source, page="replies/causes.html", context=context)


def reach_of(request: StaffRequest) -> Reach:
    """Return whose replies this person may read."""
    return Reach(request.tenant_id, request.scope.creditor_ids, request.scope.people)


def source_of(reach: Reach, asked: Asked) -> Source:
    """Return the source of a table of replies."""

    def wanted(window: Window) -> Asked:
        return Asked(
            kind=window.filters.get("kind", ""),
            state=window.filters.get("state", ""),
            customer_id=asked.customer_id,
            sort=window.sort,
            descending=window.is_descending,
            offset=window.offset,
            limit=window.limit,
        )

    def rows(window: Window) -> Iterable[dict[str, Any]]:
        return [_row(one) for one in queries.replies(reach, wanted(window))]

    return Source(rows=rows, count=lambda window: queries.count(reach, wanted(window)))


def _row(one: queries.ReplyRow) -> dict[str, Any]:
    return {
        **asdict(one),
        "customer": one.customer or one.sender,
        "cause_label": words.cause(one.cause),
    }


def _cause_row(one: reasons.CauseLine) -> dict[str, Any]:
    label = words.cause(one.cause)
    return {**asdict(one), "cause_label": label, "side": words.side(one.cause)}


def _is_of_cause(row: dict[str, Any], filters: Any) -> bool:
    return not filters.get("cause") or row["cause"] == filters["cause"]
