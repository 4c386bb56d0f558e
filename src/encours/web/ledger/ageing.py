"""The aged balance on a day, and the lines behind each of its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from encours.receivables.queries import drill, exchange, groups, kept
from encours.receivables.queries.ageing import AgedBalance, GroupBy
from encours.receivables.queries.exchange import Consolidated
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.ageing import AgeBy
from encours.web.ledger import words
from encours.web.ledger.group import group_asked
from encours.web.ledger.subject import day_asked, moment_of, number_asked, today
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Column, Source, Table, Window, answer, in_frame
from encours.web.wording import Text

GROUPS: Final[Mapping[str, Text]] = {
    GroupBy.CUSTOMER: lazy("Client"),
    GroupBy.GROUP: lazy("Groupe"),
    GroupBy.SALESPERSON: lazy("Commercial"),
    GroupBy.CREDITOR: lazy("Société"),
    GroupBy.CURRENCY: lazy("Devise"),
}
BUCKETS: Final[Mapping[str, Text]] = {**words.AMOUNTS, "overdue": lazy("Échu")}
DATES: Final[Mapping[str, Text]] = {
    AgeBy.DUE: lazy("la date d'échéance"),
    AgeBy.ISSUED: lazy("la date de facture"),
}


def _document_url(row: Mapping[str, Any]) -> str:
    return reverse("invoice", args=[row["invoice_id"]]) if row["invoice_id"] else ""


LINE_COLUMNS: Final = (
    Column("document", lazy("Pièce"), "code", sort=True,
           link=_document_url),
    Column("customer_name", lazy("Client"), sort=True,
           link=lambda row: reverse("customer", args=[row["customer_id"]])),
    Column("kind", lazy("Nature"), "badge", badges=words.KIND_BADGES),
    Column("issued_on", lazy("Émise le"), "date", sort=True),
    Column("due_on", lazy("Échéance"), "date", sort=True),
    Column("days_late", lazy("Retard (j)"), "count", sort=True),
    Column("amount_cents", lazy("Montant"), "money", sort=True, total=True),
    Column("open_cents", lazy("Reste dû"), "money", sort=True, total=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the balance."""

    moment: Moment
    by: AgeBy
    group_by: GroupBy
    target: str = ""
    """The currency into which every other one is converted; empty: one currency is shown."""

    @property
    def query(self) -> dict[str, str]:
        """Return the address of the same question."""
        return {
            "as_of": self.moment.as_of.isoformat(),
            "by": self.by.value,
            "currency": self.moment.currency or "",
            **({"convert": "1"} if self.target else {}),
        }


def asked_of(request: StaffRequest) -> Asked:
    """Read the question; what is unknown falls back to the ordinary one."""
    by, group_by = request.GET.get("by", ""), request.GET.get("group", "")
    moment = moment_of(request, day_asked(request, "as_of", today()))
    group = GroupBy(group_by) if group_by in GROUPS else GroupBy.CUSTOMER
    is_converted = request.GET.get("convert") == "1" and group is not GroupBy.CURRENCY
    return Asked(
        moment=moment,
        by=AgeBy(by) if by in DATES else AgeBy.DUE,
        group_by=group,
        target=exchange.group_currency(request.tenant_id) if is_converted else "",
    )


@require_GET
@needs("ledger.read")
def aged_balance(request: StaffRequest) -> HttpResponseBase:
    """Show who owes what on a day, by age; each amount leads to its lines."""
    asked = asked_of(request)
    is_split = asked.group_by is GroupBy.CURRENCY
    moment = replace(asked.moment, currency=None) if is_split else asked.moment
    group: Consolidated | None = None
    if asked.target:
        group = exchange.consolidated_balance(
            moment, asked.target, by=asked.by, group_by=asked.group_by
        )
        balance = group.balance
    else:
        balance = kept.balance(moment, by=asked.by, group_by=asked.group_by)
    intra: AgedBalance | None = None
    if asked.group_by is GroupBy.CUSTOMER and group is None:
        trade, intra = groups.apart(balance)
        balance = {"only": intra, "out": trade}.get(request.GET.get("intra", ""), balance)
    table = _table(asked, balance)
    totals = {} if is_split else balance.totals
    context = {
        "asked": asked,
        "as_of": asked.moment.as_of,
        "is_past": asked.moment.as_of < today(),
        "groups": GROUPS.items(),
        "dates": DATES.items(),
        "totals": [
            (label, totals[name], _lines_url(asked, name))
            for name, label in words.AMOUNTS.items()
            if totals and name != "net"
        ],
        "net": totals.get("net"),
        "currency": asked.target or asked.moment.currency,
        "consolidated": group,
        "intra_count": intra.rows.height if intra else 0,
        "intra_net": intra.totals["net"] if intra else 0,
        "intra_asked": request.GET.get("intra", ""),
        "dates_label": DATES[asked.by],
    }
    return answer(
        request, table, _source(balance), page="ledger/aged_balance.html", context=context
    )


@require_GET
@needs("ledger.read")
def lines(request: StaffRequest) -> HttpResponseBase:
    """Show the due lines, or the credits, of which one number of the balance is the sum."""
    asked = asked_of(request)
    bucket = request.GET.get("bucket", "open")
    bucket = bucket if bucket in BUCKETS else "open"
    whole = group_asked(request, asked.moment)
    wanted = request.GET.get("of", "")
    of = GroupBy(wanted) if wanted in GROUPS else GroupBy.CUSTOMER
    group = GROUPS[of] if "of" in request.GET else None
    moment = replace(asked.moment, currency=None) if asked.target else asked.moment
    owner: dict[str, Any] = {"of": of if group else None, "key": number_asked(request, "key")}
    table = LINES
    if asked.target or bucket == "unallocated" or whole:
        found = drill.lines(
            moment, bucket=bucket, by=asked.by, customers=whole.ids if whole else None, **owner
        )
        sums = {name: int(found[name].sum()) for name in ("amount_cents", "open_cents")}
        source = in_frame(found, totals={**sums, "currency": moment.currency})
    else:
        source = _page_by_page(drill.Debits(moment, bucket, asked.by, **owner))
    if asked.target:
        found = exchange.with_converted(found, asked.moment, asked.target)
        total = int(found["converted_cents"].sum())
        source = in_frame(found, totals={"converted_cents": total, "target": asked.target})
        table = CONVERTED_LINES
    context = {
        "asked": asked,
        "as_of": asked.moment.as_of,
        "bucket": BUCKETS[bucket],
        "of": group,
        "whole": whole,
        "back": f"{reverse('aged_balance')}?{urlencode({**asked.query, 'group': of})}",
    }
    return answer(request, table, source, page="ledger/aged_balance_lines.html", context=context)


def _page_by_page(debits: drill.Debits) -> Source:
    def rows(window: Window) -> Iterable[Any]:
        return debits.page(
            sort=window.sort,
            descending=window.is_descending,
            offset=window.offset,
            limit=window.limit,
        ).iter_rows(named=True)

    def totals(_window: Window) -> dict[str, Any]:
        return {**debits.sums(), "currency": debits.moment.currency}

    return Source(
        rows=rows,
        totals=totals,
        count=lambda _window: debits.sums()["count"],
    )


LINES: Final = Table(
    name="aged-lines",
    caption=lazy("Lignes de la balance"),
    columns=LINE_COLUMNS,
    sort="due_on",
    empty=lazy("Aucune ligne ne compose ce montant."),
)
CONVERTED_LINES: Final = replace(
    LINES,
    columns=(
        *(replace(column, total=False) for column in LINE_COLUMNS),
        Column(
            "converted_cents", lazy("Devise du groupe"), "money", sort=True, total=True,
            currency_key="target",
        ),
        Column("rate_on", lazy("Taux du"), "date"),
    ),
)  # fmt: skip


def _table(asked: Asked, balance: AgedBalance) -> Table:
    def to(bucket: str) -> Callable[[Any], str]:
        return lambda row: _lines_url(asked, bucket, row["key"]) if row[bucket] else ""

    is_customer = asked.group_by is GroupBy.CUSTOMER
    name = Column(
        "name", GROUPS[asked.group_by], sort=True, link=_customer_url if is_customer else None
    )
    code = Column("code", _("Code"), "code", sort=True)
    last = (code,) if asked.group_by in {GroupBy.CUSTOMER, GroupBy.GROUP} else ()
    amounts = tuple(
        Column(key, words.AMOUNTS[key], "money", sort=True, total=True,
               link=None if key == "net" else to(key))
        for key in balance.amounts
    )  # fmt: skip
    return Table(
        name="aged-balance",
        caption=_("Balance âgée"),
        columns=(name, *amounts, *last),
        sort="-open",
        empty=_("Personne ne doit rien à cette date."),
    )


def _source(balance: AgedBalance) -> Source:
    key = "customer_id" if balance.group_by is GroupBy.CUSTOMER else "key"
    is_split = balance.group_by is GroupBy.CURRENCY
    currency = pl.col("code") if is_split else pl.lit(balance.moment.currency)
    rows = balance.rows.with_columns(
        pl.col(key).alias("key"), currency.alias("currency"), pl.col("name").fill_null("")
    )
    rows = rows.with_columns(
        pl.when(pl.col("name") == "").then(pl.lit(_("Aucun"))).otherwise("name").alias("name")
    )

    def window(asked: Window) -> Iterable[Any]:
        ordered = rows.sort(asked.sort, "code", descending=[asked.is_descending, False])
        if asked.limit is not None:  # on screen, what is nil is not in the way
            parts = [pl.col(name).replace({0: None}) for name in balance.amounts]
            ordered = ordered.with_columns(parts)
        return ordered.slice(asked.offset, asked.limit).iter_rows(named=True)

    totals: dict[str, Any] = {**balance.totals, "currency": balance.moment.currency or "EUR"}
    return Source(
        rows=window,
        totals=None if is_split else lambda _asked: totals,
        count=lambda _asked: rows.height,
    )


def _lines_url(asked: Asked, bucket: str, key: Any = None) -> str:
    query = {**asked.query, "bucket": bucket}
    if asked.group_by is GroupBy.CURRENCY and key is not None:
        query["currency"] = key
    elif key is not None:
        query |= {"of": asked.group_by.value, "key": key}
    return f"{reverse('aged_balance_lines')}?{urlencode(query)}"


def _customer_url(row: Mapping[str, Any]) -> str:
    return reverse("customer", args=[row["key"]])
