"""Exchange rates brought by a file, and the currency in which a group reads its balances."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl
from django.db import connection, transaction

from encours.kernel.issue import Issue, has_errors
from encours.kernel.refusal import Refusal
from encours.receivables.rules.exchange_file import read_rates
from encours.tenancy import journal
from encours.tenancy.frames import stage_frame
from encours.tenancy.models import Tenant

WITHDRAW: Final = """
update receivables_exchangerate r set undone_at = now()
from stage_rates s
where r.tenant_id = %(tenant)s and r.undone_at is null and r.currency = s.currency
    and r."on" = s."on" and r.rate <> s.rate::numeric
"""
INSERT: Final = """
insert into receivables_exchangerate (tenant_id, currency, "on", rate, source, author_id)
select %(tenant)s, s.currency, s."on", s.rate::numeric, %(source)s, %(author)s from stage_rates s
on conflict (tenant_id, currency, "on") where undone_at is null do nothing
"""
SOURCE_MAX: Final = 200


class UnknownCurrency(Refusal):
    """Three letters, as ISO 4217 writes them."""

    message = "Une devise s'écrit en trois lettres, par exemple EUR."


@dataclass(frozen=True, slots=True)
class RatesImport:
    """What a file of rates did: how many were new or corrected, and its last day."""

    file: str
    applied: bool
    rates: int
    corrected: int
    last_on: date | None
    issues: tuple[Issue, ...]

    @property
    def is_refused(self) -> bool:
        """Say whether the file was refused."""
        return has_errors(self.issues)

    def as_json(self) -> dict[str, Any]:
        """Return the shape that `import rates --json` promises."""
        return {
            "file": self.file,
            "applied": self.applied,
            "counts": {"rates": self.rates, "corrected": self.corrected},
            "last_on": self.last_on.isoformat() if self.last_on else None,
            "issues": [issue.as_json() for issue in self.issues],
        }


@transaction.atomic
def import_rates(
    *,
    tenant_id: int,
    content: bytes,
    file_name: str,
    actor_id: int | None = None,
    today: date,
) -> RatesImport:
    """Keep the rates of a file; the same file again changes nothing, a doubt refuses it whole."""
    read = read_rates(content)
    ahead = [row for row in read.rows if row[1] > today]
    if ahead:
        issue = Issue("rates_ahead", "Des taux sont datés de l'avenir.", found=str(ahead[0][1]))
        return RatesImport(file_name, False, 0, 0, None, (*read.issues, issue))
    if has_errors(read.issues):
        return RatesImport(file_name, False, 0, 0, None, read.issues)
    frame = pl.DataFrame(
        [(currency, on, str(rate)) for currency, on, rate in read.rows],
        schema={"currency": pl.String, "on": pl.Date, "rate": pl.String},
        orient="row",
    ).unique(("currency", "on"), keep="first")
    rates, corrected = _write(frame, tenant_id, f"BCE, {file_name}", actor_id)
    if rates:
        journal.record(
            "exchange.imported",
            tenant_id=tenant_id,
            subject=("tenant", tenant_id),
            effective_on=today,
            actor_id=actor_id,
            data={"rates": rates, "corrected": corrected, "last_on": str(read.last_on)},
        )
    return RatesImport(file_name, bool(rates), rates, corrected, read.last_on, read.issues)


@transaction.atomic
def set_group_currency(
    *, tenant_id: int, currency: str, actor_id: int | None = None, today: date
) -> None:
    """Choose the currency of consolidated balances."""
    code = currency.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise UnknownCurrency
    Tenant.objects.filter(id=tenant_id).update(currency=code)
    journal.record(
        "exchange.currency_set",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id),
        effective_on=today,
        actor_id=actor_id,
        data={"currency": code, "at": datetime.now(UTC).isoformat(timespec="seconds")},
    )


def _write(
    frame: pl.DataFrame, tenant_id: int, source: str, actor_id: int | None
) -> tuple[int, int]:
    """Write what is new in set statements; return how many, and how many correct another."""
    params: dict[str, int | str | None] = {
        "tenant": tenant_id,
        "source": source[:SOURCE_MAX],
        "author": actor_id,
    }
    stage_frame("stage_rates", frame)
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW, params)
        corrected = cursor.rowcount
        cursor.execute(INSERT, params)
        rates = cursor.rowcount
        cursor.execute("drop table stage_rates")
    return rates, corrected
