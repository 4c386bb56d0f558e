"""The dashboard: how much is owed and how late, what leaves today, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from encours.dunning.queries import attention as queries
from encours.dunning.queries.attention import Attention, LastCycle
from encours.receivables.queries import groups, kept, reach
from encours.receivables.queries.ageing import AgedBalance
from encours.receivables.queries.figures import MonthFigures
from encours.web import formats
from encours.web.ledger import words
from encours.web.ledger.subject import moment_of, today
from encours.web.rights import StaffRequest, needs
from encours.web.wording import Text

MONTHS: Final = 12
PARTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must decide, and where."""

    sentence: str
    url: str
    icon: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A part of the open amount by age, with its share and the lines behind it."""

    name: str
    label: Text
    cents: int
    share: str
    width: str
    url: str


@require_GET
@needs("ledger.read")
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the state of the ledger; with no customer at all, lead to the first import."""
    moment = moment_of(request)
    asked = queries.attention(moment)
    if not asked.customers:
        may_import = request.access.may("imports.write", request.creditor_id)
        return render(request, "ledger/welcome.html", {"may_import": may_import})
    balance = kept.balance(moment)
    totals = balance.totals
    trade, intra = groups.apart(balance)
    lost = reach.unreachable(moment, balance)
    months = () if moment.people is not None else kept.months(moment, count=MONTHS)
    overdue = totals["open"] - totals["not_due"]
    context = {
        "currency": moment.currency,
        "as_of": moment.as_of,
        "totals": totals,
        "overdue": overdue,
        "unallocated": -totals["unallocated"],
        "overdue_share": share(overdue, totals["open"]),
        "buckets": list(_buckets(totals)),
        "worst": _worst(trade),
        "intra": intra.totals["open"],
        "intra_customers": intra.rows.height,
        "months": months,
        "last_month": months[-1] if months else None,
        "charts": _charts(months),
        "asked": asked,
        "leaving": [(words.STEPS.get(one.step, one.step), one) for one in asked.leaving],
        "leaving_count": sum(one.messages for one in asked.leaving),
        "leaving_url": _address("plan"),
        "tasks": list(_tasks(asked, lost)),
        "cycle": asked.cycle,
        "cycle_is_late": _is_late(asked.cycle),
        "stages": [words.STAGES.get(one, one) for one in asked.cycle.stages] if asked.cycle else [],
    }
    return render(request, "ledger/dashboard.html", context)


def share(part: int, whole: int) -> str:
    """Return a percentage with one decimal, cut and not rounded up to a false 100."""
    if whole <= 0:
        return "0,0"
    points = part * PARTS // whole
    return (
        f"{points // 10}.{points % 10}" if formats.is_english() else f"{points // 10},{points % 10}"
    )


def _buckets(totals: Mapping[str, int]) -> Iterator[Bucket]:
    for name, label in words.BUCKETS.items():
        url = f"{reverse('aged_balance_lines')}?bucket={name}"
        part = share(totals[name], totals["open"])
        yield Bucket(name, label, totals[name], part, part.replace(",", "."), url)


def _worst(balance: AgedBalance) -> list[dict[str, Any]]:
    late = balance.rows.with_columns((balance.rows["open"] - balance.rows["not_due"]).alias("late"))
    top = late.filter(late["late"] > 0).sort("late", "name", descending=[True, False]).head(5)
    return list(top.select("customer_id", "name", "late", "open", "d90_plus").iter_rows(named=True))


def _charts(months: tuple[MonthFigures, ...]) -> dict[str, Any]:
    if not months:
        return {}
    labels = [_short(one) for one in months]
    return {
        "flow": {
            "legend": {},
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value"},
            "series": [
                _bars(_("Facturé"), [one.billed_cents / 100 for one in months]),
                _bars(_("Encaissé"), [one.received_cents / 100 for one in months]),
            ],
        },
        "dso": {
            "legend": {},
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value"},
            "series": [
                _line(_("DSO"), [one.dso for one in months]),
                _line(_("DSO au mieux (sans retard)"), [one.dso_best_possible for one in months]),
            ],
        },
        "late": {
            "legend": {},
            "palette": [1, 5],
            "xAxis": {"type": "category", "data": labels},
            "yAxis": {"type": "value"},
            "series": [
                _bars(_("Non échu"), [one.not_due_cents / 100 for one in months], stack="open"),
                _bars(_("Échu"), [one.overdue_cents / 100 for one in months], stack="open"),
            ],
        },
    }


def _short(month: MonthFigures) -> str:
    return f"{month.month_on:%m/%y}"


def _bars(name: str, data: list[Any], stack: str = "") -> dict[str, Any]:
    extra = {"stack": stack} if stack else {}
    return {"type": "bar", "name": name, "data": data, "barMaxWidth": 22, **extra}


def _line(name: str, data: list[Any]) -> dict[str, Any]:
    return {"type": "line", "name": name, "data": data, "symbolSize": 6}


def _tasks(asked: Attention, lost: int) -> Iterator[Task]:
    yield from _stale(asked)
    counted = (
        (asked.accounts, "invoices", "", "alert", "late", ngettext(
            "%(n)s facture dont le compte à payer a changé : vérifier auprès de l'auteur, fraude"
            " possible.",
            "%(n)s factures dont le compte à payer a changé : vérifier auprès de l'auteur, fraude"
            " possible.", asked.accounts)),
        (asked.late_sources, "sources", "", "clock", "late", ngettext(
            "%(n)s source n'apporte plus rien à temps : plus de relance automatique.",
            "%(n)s sources n'apportent plus rien à temps : plus de relance automatique.",
            asked.late_sources)),
        (asked.failing_sources, "sources", "", "alert", "late", ngettext(
            "%(n)s source en échec.", "%(n)s sources en échec.", asked.failing_sources)),
        (asked.files_waiting, "imports", "", "upload", "", ngettext(
            "%(n)s fichier arrivé tout seul attend votre décision.",
            "%(n)s fichiers arrivés tout seuls attendent votre décision.", asked.files_waiting)),
        (asked.uncertain, "outbox", "?state=uncertain", "alert", "late", ngettext(
            "%(n)s message incertain : parti ou non, à vous de dire.",
            "%(n)s messages incertains : partis ou non, à vous de dire.", asked.uncertain)),
        (asked.triage, "triage", "", "steps", "", ngettext(
            "%(n)s échéance antérieure à la mise en service attend votre tri.",
            "%(n)s échéances antérieures à la mise en service attendent votre tri.", asked.triage)),
        (asked.unnumbered, "invoices_unnumbered", "", "invoice", "", ngettext(
            "%(n)s facture due n'a pas de numéro : elle n'est pas relancée.",
            "%(n)s factures dues n'ont pas de numéro : elles ne sont pas relancées.",
            asked.unnumbered)),
        (asked.proposals, "proposals", "", "link", "", ngettext(
            "%(n)s lettrage proposé, à accepter ou refuser.",
            "%(n)s lettrages proposés, à accepter ou refuser.", asked.proposals)),
        (asked.terms, "settings_terms", "", "calendar", "", ngettext(
            "%(n)s condition de règlement à confirmer.",
            "%(n)s conditions de règlement à confirmer.", asked.terms)),
        (asked.classes, "customers_classes", "", "customers", "", ngettext(
            "%(n)s client dont la nature est à confirmer.",
            "%(n)s clients dont la nature est à confirmer.", asked.classes)),
        (lost, "unreachable", "", "mail", "", ngettext(
            "%(n)s client débiteur injoignable par e-mail.",
            "%(n)s clients débiteurs injoignables par e-mail.", lost)),
        (asked.to_identify, "customers", "?q=%C3%A0+identifier", "user", "", ngettext(
            "%(n)s client à identifier.", "%(n)s clients à identifier.", asked.to_identify)),
    )  # fmt: skip
    for number, name, query, icon, tone, sentence in counted:
        if number:
            url = _address(name)
            yield Task(
                sentence % {"n": formats.count(number)}, url + query if url else "", icon, tone
            )


def _stale(asked: Attention) -> Iterator[Task]:
    if asked.is_stale(timezone.now()):
        since = {"since": formats.instant(asked.imported_at)}
        sentence = _("Dernier import le %(since)s : trop ancien pour relancer.") % since
        yield Task(sentence, _address("imports"), "clock", "late")


def _is_late(cycle: LastCycle | None) -> bool:
    return cycle is not None and (not cycle.is_done or (today() - cycle.on).days > 1)


def _address(name: str) -> str:
    """Return an address, or nothing while its page does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
