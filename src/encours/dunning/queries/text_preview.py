"""What a text, kept or not yet, gives for one real customer, with what is open today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import connection

from encours.dunning.models import Reminder
from encours.dunning.queries.outgoing import outgoing
from encours.dunning.rules import wordings
from encours.dunning.rules.scenario import Kind, Sender, Step, Tone
from encours.dunning.rules.wordings import Draft
from encours.dunning.texts.shipped import OF_AGENCY
from encours.dunning.texts.words import Text
from encours.messaging.ports import LETTER_PRESSES
from encours.messaging.rules.notice import Language, Notice
from encours.receivables.queries.rates import rates_of
from encours.receivables.rules.values import shipped_law_values
from encours.tenancy import cycle
from encours.tenancy.models import Creditor

LINES_MAX: Final = 30
CUSTOMERS_MAX: Final = 40
SLOTS: Final[Mapping[str, tuple[Kind, Tone]]] = {
    "prevenance": ("pre_due", "friendly"),
    "relance_1": ("reminder", "friendly"),
    "relance_2": ("reminder", "neutral"),
    "relance_3": ("reminder", "firm"),
    "mise_en_demeure": ("formal_notice", "formal"),
    "remerciement": ("thank_you", "grateful"),
    "releve": ("reminder", "neutral"),
    "cabinet": ("reminder", "firm"),
}
OPEN: Final = """
select l.id, (l.amount_cents - coalesce(taken.cents, 0))::bigint, l.due_on, i.currency
from receivables_instalment l
join receivables_invoice i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
left join lateral (
    select sum(a.amount_cents) as cents from receivables_allocation a
    where a.tenant_id = l.tenant_id and a.instalment_id = l.id and a.undone_at is null
) taken on true
where l.tenant_id = %(tenant)s and l.creditor_id = %(creditor)s
    and l.customer_id = %(customer)s and l.undone_at is null
    and l.amount_cents > coalesce(taken.cents, 0)
order by l.due_on, l.id
"""
OWING: Final = """
select c.id, c.name, c.code
from parties_customer c
join lateral (
    select sum(l.amount_cents) as cents from receivables_instalment l
    where l.tenant_id = c.tenant_id and l.customer_id = c.id and l.undone_at is null
        and not exists (
            select from receivables_allocation a
            where a.tenant_id = l.tenant_id and a.instalment_id = l.id and a.undone_at is null)
) owed on owed.cents > 0
where c.tenant_id = %(tenant)s and c.creditor_id = %(creditor)s
    and (%(own)s::bigint[] is null or c.id = any (%(own)s))
order by owed.cents desc, c.id limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it would leave today, and the value of each variable."""

    notice: Notice
    letter: Notice
    values: Mapping[str, str]

    def pdf(self) -> bytes:
        """Typeset the letter."""
        return LETTER_PRESSES["typst"].typeset(self.letter)


def customers(
    *, tenant_id: int, creditor_id: int, own: frozenset[int] | None = None
) -> list[tuple[int, str, str]]:
    """Return the customers that owe most, among those one may see: id, name, code."""
    asked = {"tenant": tenant_id, "creditor": creditor_id, "most": CUSTOMERS_MAX}
    with connection.cursor() as cursor:
        cursor.execute(OWING, {**asked, "own": None if own is None else sorted(own)})
        return list(cursor.fetchall())


def preview(
    *,
    tenant_id: int,
    creditor_id: int,
    customer_id: int,
    name: str,
    language: Language,
    text: Text,
    now: datetime,
) -> Preview:
    """Write a text for a customer of this creditor."""
    draft = _draft(tenant_id, creditor_id, customer_id, name, now)
    draft = replace(draft, text=text, language=language)
    rates, law = rates_of(tenant_id), shipped_law_values()
    return Preview(
        wordings.notice(draft, rates=rates, law=law),
        wordings.notice(replace(draft, is_letter=True), rates=rates, law=law),
        wordings.values(draft, rates=rates, law=law),
    )


def _draft(tenant_id: int, creditor_id: int, customer_id: int, name: str, now: datetime) -> Draft:
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    today = cycle.local_now(creditor, now).date()
    kind, tone = SLOTS[name]
    lines, currency = _lines(tenant_id, creditor, customer_id, kind, today)
    reminder = Reminder(
        pk=0,
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        customer_id=customer_id,
        currency=currency,
        step_code=name,
        cycle=0,
    )
    return outgoing(
        [reminder],
        creditor=creditor,
        steps={0: _step(name, kind, tone)},
        open_cents={0: lines},
        covered_cents={},
        today=today,
    )[0].draft


def _sender(name: str) -> Sender:
    return "agency" if name == OF_AGENCY else "creditor"


def _step(name: str, kind: Kind, tone: Tone) -> Step:
    offers = kind == "pre_due"
    return Step(name, name, 1, kind, 0, tone=tone, sender=_sender(name), discount=offers)


def _lines(
    tenant_id: int, creditor: Creditor, customer_id: int, kind: Kind, today: date
) -> tuple[dict[int, int], str]:
    """Return what such a message would list: what is due, or what will be."""
    asked = {"tenant": tenant_id, "creditor": creditor.pk, "customer": customer_id}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, asked)
        rows = cursor.fetchall()
    currencies = [row[3] for row in rows]
    usual = creditor.currency
    currency = usual if usual in currencies or not currencies else currencies[0]
    mine = [row for row in rows if row[3] == currency]
    if kind == "thank_you":
        return {}, currency
    fitting = [row for row in mine if (row[2] >= today) == (kind == "pre_due")]
    return {row[0]: row[1] for row in (fitting or mine)[:LINES_MAX]}, currency
