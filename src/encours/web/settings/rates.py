"""Official rates by semester, with their source and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from encours.receivables.actions import rates as actions
from encours.receivables.queries import rates as queries
from encours.receivables.rules.rates import SemesterRate, semesters_missing
from encours.receivables.rules.rates_file import RatesFile, parse_rates_csv
from encours.web.rights import StaffRequest, needs
from encours.web.settings import forms
from encours.web.settings.subject import shown
from encours.web.tables import Badge, Column, Table, Window, in_memory
from encours.web.tables.shown import show

BYTES_MAX = 1_000_000
MARKS = {
    "V": Badge(lazy("Texte officiel lu"), "green"),
    "U": Badge(lazy("Saisi par vous"), "blue"),
    "VC": Badge(lazy("Recoupé"), "secondary"),
    "C": Badge(lazy("Sources divergentes"), "orange"),
    "M": Badge(lazy("De mémoire, à vérifier"), "red"),
}
RATES = Table(
    name="rates",
    caption=lazy("Taux par semestre"),
    columns=(
        Column("semester", lazy("Semestre"), "code"),
        Column("ecb_refi", lazy("BCE"), "percent"),
        Column("penalty", lazy("BCE + 10"), "percent"),
        Column("legal_other", lazy("Légal, autres cas"), "percent"),
        Column("legal_private", lazy("Légal, particuliers"), "percent"),
        Column("mark", lazy("Confiance"), "badge", badges=MARKS),
        Column("source", lazy("Source"), wide=True),
        Column("checked_on", lazy("Vérifié le"), "date"),
    ),
    per_page=200,
)
WORST_FIRST = ("M", "C", "VC", "U", "V")
PENALTY_MARGIN = 10


@dataclass(frozen=True, slots=True)
class RateRow:
    """A semester as the table shows it."""

    id: str
    semester: str
    ecb_refi: str
    penalty: str
    legal_other: str
    legal_private: str
    mark: str
    source: str
    checked_on: date | None


@require_GET
@needs("settings.read")
def rates(request: StaffRequest) -> HttpResponse:
    """Show every known semester, and what is missing."""
    return _page(request, forms.RatesUpload(), forms.Rate())


@require_POST
@needs("settings.write")
def upload(request: StaffRequest) -> HttpResponse:
    """Read a file of rates; nothing is kept when a line is wrong."""
    form = forms.RatesUpload(request.POST, request.FILES)
    if form.is_valid():
        text = form.cleaned_data["file"].read(BYTES_MAX).decode("utf-8-sig", errors="replace")
        read = parse_rates_csv(
            text, source=form.cleaned_data["source"], checked_on=timezone.localdate()
        )
        if _kept(request, read):
            return redirect("settings_rates")
        for issue in read.issues:
            line = _("ligne %(line)d") % {"line": issue.line}
            form.add_error("file", f"{line} : {issue.message} « {issue.found} »")
    return _page(request, form, forms.Rate())


@require_POST
@needs("settings.write")
def enter(request: StaffRequest) -> HttpResponse:
    """Keep the rates of one semester typed by hand."""
    form = forms.Rate(request.POST)
    if form.is_valid():
        names = ("semester", "ecb_refi", "legal_private", "legal_other")
        cells = ";".join(form.cleaned_data[name].replace(";", " ") for name in names)
        read = parse_rates_csv(
            f"{';'.join(names)}\n{cells}",
            source=form.cleaned_data["source"],
            checked_on=timezone.localdate(),
        )
        if _kept(request, read):
            return redirect("settings_rates")
        for issue in read.issues:
            field = issue.column if issue.column in form.fields else None
            form.add_error(field, issue.message)
    return _page(request, forms.RatesUpload(), form)


def _kept(request: StaffRequest, read: RatesFile) -> bool:
    if not read.rows or any(issue.severity == "error" for issue in read.issues):
        return False
    actions.enter_rates(
        tenant_id=request.tenant_id,
        rows=read.rows,
        actor_id=request.access.user_id,
        now=timezone.now(),
    )
    messages.success(request, _("Taux enregistrés."))
    return True


def _page(request: StaffRequest, file_form: Any, rate_form: Any) -> HttpResponse:
    known = queries.rates_of(request.tenant_id)
    rows = [_row(rate) for rate in reversed(known.rows)]
    everything = Window("", is_descending=False, offset=0, limit=RATES.per_page)
    context = {
        "table": show(RATES, in_memory(rows), everything, request.GET, may_export=False),
        "missing": semesters_missing(known, timezone.localdate()),
        "form": file_form,
        "rate_form": rate_form,
        "may_write": request.access.may("settings.write", request.creditor_id),
    }
    return shown(request, "settings/rates.html", context)


def _row(rate: SemesterRate) -> RateRow:
    mark = min((rate.ecb_mark, rate.legal_mark), key=WORST_FIRST.index)
    note = f" ({rate.note})" if rate.note else ""
    return RateRow(
        id=str(rate.semester),
        semester=str(rate.semester),
        ecb_refi=_points(rate.ecb_refi),
        penalty=_points(rate.ecb_refi + PENALTY_MARGIN),
        legal_other=_points(rate.legal_other),
        legal_private=_points(rate.legal_private),
        mark=mark,
        source=f"{rate.source}{note}",
        checked_on=rate.checked_on,
    )


def _points(value: Fraction) -> str:
    return f"{float(value):.2f}"
