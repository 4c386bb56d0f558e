"""What late payment costs today and is not billed, line by line, for a ledger or one customer.

Rules: `rules.interest_frame` and `rules.indemnity`. A due date that nobody confirmed bears
nothing (design.md, part 4); what only upper packages know (formal notices, judgments) comes in
as frames.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from encours.receivables.queries.billed import billed, with_billed
from encours.receivables.queries.moment import Moment, live
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import DayCount
from encours.receivables.rules.interest_frame import POINT_PARTS, interest_cents
from encours.receivables.rules.rates import Rates
from encours.receivables.rules.values import LawValues, NoLawValue
from encours.tenancy.frames import read_frame

LATE: Final = """
with taken as (
    select a.instalment_id, sum(a.amount_cents) as cents
    from receivables_allocation a
    where live(a) and a.effective_on <= %(as_of)s and of_lines(a)
    group by 1
)
select l.id, l.invoice_id, customer.id, i.number, l.due_on, l.amount_cents,
    (l.amount_cents - coalesce(taken.cents, 0))::bigint, customer.debtor_class,
    coalesce(nullif(customer.contract_rate, ''), creditor.penalty_rate,
        (select t.penalty_rate from tenancy_tenant t where t.id = %(tenant_id)s))
from receivables_instalment l
join receivables_invoice i on i.tenant_id = %(tenant_id)s and i.id = l.invoice_id
left join faces() face on face.customer_id = l.customer_id
join parties_customer customer on customer.tenant_id = %(tenant_id)s
    and customer.id = case when face.face_id is null then l.customer_id else face.face_id end
join tenancy_creditor creditor
    on creditor.tenant_id = %(tenant_id)s and creditor.id = l.creditor_id
left join taken on taken.instalment_id = l.id
where live(l) and l.due_on < %(as_of)s and l.due_source <> 'terms_assumed'
    and i.kind in ('invoice', 'debit_note', 'opening')
    and not exists (select from receivables_penaltynote n
        where n.tenant_id = %(tenant_id)s and n.creditor_id = i.creditor_id
            and n.number = i.number)
    and (l.amount_cents > coalesce(taken.cents, 0) or {settled})
    and of_customer(l)
    and own(customer)
order by customer.id, l.due_on, l.id
"""
# Interest that nobody asked for five years is barred (C. com. L110-4): not offered any more.
PAID_LATE: Final = """(l.due_on > %(as_of)s - interval '5 years' and exists (
        select from receivables_allocation a
        join receivables_credit c on c.tenant_id = %(tenant_id)s and c.id = a.credit_id
        where live(a) and a.instalment_id = l.id and c.kind in ('payment', 'deposit')
            and a.effective_on > l.due_on and a.effective_on <= %(as_of)s))"""
LATE_SCHEMA: Final = {
    "line_id": pl.Int64,
    "invoice_id": pl.Int64,
    "customer_id": pl.Int64,
    "number": pl.String,
    "due_on": pl.Date,
    "amount_cents": pl.Int64,
    "open_cents": pl.Int64,
    "debtor_class": pl.String,
    "rate": pl.String,
}
CUTS: Final = """
select a.instalment_id, a.effective_on, a.amount_cents
from receivables_allocation a
where live(a) and a.effective_on <= %(as_of)s and of_lines(a)
"""
CUT_SCHEMA: Final = {"line_id": pl.Int64, "on": pl.Date, "cents": pl.Int64}
BILLED: Final = ("billed_until", "billed_cents", "billed_indemnity")
_INDEMNIFIED: Final = (DebtorClass.BUSINESS.value, DebtorClass.PUBLIC.value)


def interest_due(
    moment: Moment,
    rates: Rates,
    law: LawValues,
    *,
    notices: pl.DataFrame | None = None,
    insolvencies: pl.DataFrame | None = None,
    day_count: DayCount = DayCount.ACT_365,
) -> pl.DataFrame:
    """Return the open late lines with `interest_cents` (null: a rate is missing) to `as_of`.

    `notices`: line_id, mise_en_demeure_on. `insolvencies`: customer_id, insolvency_on. Also
    `indemnity_cents`, on the first late line of each invoice that owes it (never per due line).
    What notes billed is taken off.
    """
    lines = late_lines(moment, law, notices=notices, insolvencies=insolvencies)
    cuts = cuts_of(moment).join(lines.select("line_id"), on="line_id", how="semi")
    owed = interest_cents(lines, moment.as_of, rates, law, reductions=cuts, day_count=day_count)
    left = (owed["interest_cents"] - lines["billed_cents"]).clip(0)
    lines = lines.with_columns(left.alias("interest_cents"))
    return lines.drop("rate", "contract_points", *BILLED)


def late_lines(
    moment: Moment,
    law: LawValues,
    *,
    notices: pl.DataFrame | None = None,
    insolvencies: pl.DataFrame | None = None,
    with_settled: bool = False,
) -> pl.DataFrame:
    """Return the open late lines with what decides their interest, and `indemnity_cents`.

    `with_settled` adds those that were paid late: what their delay cost is owed all the same.
    """
    query = LATE.replace("{settled}", PAID_LATE if with_settled else "false")
    lines = read_frame(live(query, moment), moment.params(), schema=LATE_SCHEMA)
    lines = with_billed(lines, billed(moment))
    lines = lines.with_columns(_points().alias("contract_points"))
    lines = _joined(lines, notices, "line_id", "mise_en_demeure_on")
    lines = _joined(lines, insolvencies, "customer_id", "insolvency_on")
    return _with_indemnity(lines, law)


def cuts_of(moment: Moment) -> pl.DataFrame:
    """Return what was set against due lines, and when: line_id, on, cents."""
    return read_frame(live(CUTS, moment), moment.params(), schema=CUT_SCHEMA)


def by_customer(lines: pl.DataFrame) -> pl.DataFrame:
    """Return interest and indemnity by customer; `is_whole` is false where a rate is missing."""
    return lines.group_by("customer_id", maintain_order=True).agg(
        pl.sum("interest_cents", "indemnity_cents"),
        pl.col("interest_cents").is_not_null().all().alias("is_whole"),
    )


def _points() -> pl.Expr:
    """Read the rate that the contract or the creditor sets, in ten-thousandths of a point."""
    plain = pl.col("rate").str.replace(",", ".", literal=True).str.strip_chars(" %")
    return (plain.cast(pl.Float64, strict=False) * POINT_PARTS).round().cast(pl.Int64)


def _joined(lines: pl.DataFrame, more: pl.DataFrame | None, key: str, name: str) -> pl.DataFrame:
    if more is None:
        return lines.with_columns(pl.lit(None, pl.Date).alias(name))
    first = more.group_by(key).agg(pl.col(name).min())
    return lines.join(first, on=key, how="left", maintain_order="left")


def _with_indemnity(lines: pl.DataFrame, law: LawValues) -> pl.DataFrame:
    """Add the indemnity: one per invoice, none before a judgment's due dates nor billed twice."""
    is_frozen = (pl.col("insolvency_on") <= pl.col("due_on")).fill_null(value=False)
    owes = (
        pl.col("debtor_class").is_in(_INDEMNIFIED) & ~is_frozen & (pl.col("billed_indemnity") == 0)
    )
    first = pl.when(owes).then(pl.col("due_on")).min().over("invoice_id")
    is_first = owes & (pl.col("due_on") == first) & _is_first_of(owes)
    marked = lines.with_columns(is_first.fill_null(value=False).alias("is_first"))
    amounts = {day: _indemnity(law, day) for day in marked["due_on"].unique()}
    return marked.with_columns(
        pl.when("is_first")
        .then(pl.col("due_on").replace_strict(amounts, return_dtype=pl.Int64, default=0))
        .otherwise(0)
        .alias("indemnity_cents")
    ).drop("is_first")


def _is_first_of(owes: pl.Expr) -> pl.Expr:
    """Say which of the owing lines of an invoice comes first, lines being in order of due date."""
    return owes.cast(pl.Int32).cum_sum().over("invoice_id") == 1


def _indemnity(law: LawValues, day: date) -> int:
    try:
        return int(law.on("indemnity", day).value)
    except NoLawValue:
        return 0
