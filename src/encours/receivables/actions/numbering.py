"""Gives numbers to invoices that the accounts do not number; the one writer of what was given.

A number belongs to the natural key of its invoice: the import that rewrites the row copies it
(`follow`), the undo of a batch gives it back or takes it away (`undo_batch`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import polars as pl
from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction

from encours.kernel.refusal import Refusal
from encours.receivables.actions import acts
from encours.receivables.models import GivenNumber
from encours.receivables.rules import numbers
from encours.tenancy.frames import read_frame, stage_frame

Source = Literal["hand", "table", "document"]
GIVEN: Final = {"invoice_id": pl.Int64, "number": pl.String}
LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.import'), %s)"
COMPARED: Final = r"upper(regexp_replace({t}.number, '\W|_', '', 'g'))"
# Whose number is another live document's, or kept for one; an import undone may leave one behind.
TAKEN: Final = f"""
select s.invoice_id, other.number from stage_numbers s
join receivables_invoice other on other.tenant_id = %(tenant)s and other.creditor_id = %(creditor)s
    and other.undone_at is null and other.number <> '' and other.id <> s.invoice_id
    and {COMPARED.format(t="other")} = s.compared
"""
FREED: Final = """
update receivables_givennumber g set undone_at = now(), undone_by_id = %(batch)s
from stage_numbers s
join receivables_invoice v on v.tenant_id = %(tenant)s and v.id = s.invoice_id
where g.tenant_id = %(tenant)s and g.creditor_id = %(creditor)s and g.undone_at is null
    and (g.key = v.key or g.compared = s.compared)
"""
INSERTED: Final = """
insert into receivables_givennumber
    (tenant_id, creditor_id, key, number, compared, source, batch_id)
select v.tenant_id, v.creditor_id, v.key, s.number, s.compared, %(source)s, %(batch)s
from stage_numbers s
join receivables_invoice v on v.tenant_id = %(tenant)s and v.id = s.invoice_id
where s.number <> ''
"""
COPIED: Final = """
update receivables_invoice v
set number = coalesce(told.number, ''), number_is_given = told.number is not null
from (
    select key, max(number) filter (where undone_at is null) as number
    from receivables_givennumber
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s group by key
) told
where v.tenant_id = %(tenant)s and v.creditor_id = %(creditor)s and v.key = told.key
    and v.undone_at is null and (v.number = '' or v.number_is_given)
    and v.number <> coalesce(told.number, '')
"""
ANY: Final = """
select exists (select from receivables_givennumber
    where tenant_id = %(tenant)s and creditor_id = %(creditor)s)
"""
BROUGHT_BACK: Final = """
insert into receivables_givennumber
    (tenant_id, creditor_id, key, number, compared, source, batch_id)
select t.tenant_id, t.creditor_id, t.key, t.number, t.compared, t.source, t.batch_id
from receivables_givennumber t
where t.tenant_id = %(tenant)s and t.creditor_id = %(creditor)s and t.undone_by_id = %(batch)s
    and not exists (select from receivables_givennumber live
        where live.tenant_id = t.tenant_id and live.creditor_id = t.creditor_id
            and live.undone_at is null
            and (live.key = t.key or live.compared = t.compared))
"""


class InvalidNumber(Refusal):
    """Say why a text is no invoice number."""


class HasItsNumber(Refusal):
    """A number that the accounts say is corrected in the accounts."""

    message = (
        "Cette facture porte déjà un numéro, lu dans votre comptabilité ou sur la facture "
        "elle-même : c'est là qu'il se corrige."
    )


class NoNumberHere(Refusal):
    """A returned payment or a refund is no invoice."""

    message = "Seule une facture reçoit un numéro, pas un règlement rejeté ni un remboursement."


class NumberTaken(Refusal):
    """Two invoices of one creditor with one number could never be told apart."""

    def __init__(self, number: str) -> None:
        """Say which."""
        super().__init__(f"Une autre facture de cette société porte déjà le numéro {number}.")


@dataclass(frozen=True, slots=True)
class Numbered:
    """How many invoices took their number; `taken`: invoice_id and the number already borne."""

    count: int
    taken: pl.DataFrame


@transaction.atomic
def give_number(
    *, tenant_id: int, invoice_id: int, number: str, actor_id: int | None = None, today: date
) -> bool:
    """Give an invoice its number, change the one given, or take it away (blank).

    Return whether anything changed; raise a Refusal that says why not.
    """
    number = numbers.cleaned(number)
    if number and (fault := numbers.fault_of(number)):
        raise InvalidNumber(f"{fault}.")
    invoice = acts.lock_invoice(tenant_id=tenant_id, invoice_id=invoice_id)
    if invoice.number and not invoice.number_is_given:
        raise HasItsNumber
    if invoice.kind not in numbers.NUMBERED_KINDS:
        raise NoNumberHere
    if number == invoice.number:
        return False
    act = acts.start(
        tenant_id=tenant_id,
        kind="number",
        creditor_id=invoice.creditor_id,
        customer_id=invoice.customer_id,
        actor_id=actor_id,
        today=today,
    )
    owner = {"tenant_id": tenant_id, "creditor_id": invoice.creditor_id}
    if number:
        rows = pl.DataFrame([(invoice.pk, number)], schema=GIVEN, orient="row")
        done = give(rows, source="hand", batch_id=act.batch_id, **owner)
        if not done.taken.is_empty():
            raise NumberTaken(done.taken["number"][0])
    else:
        act.undo(
            GivenNumber.objects.of(tenant_id).filter(
                creditor_id=invoice.creditor_id, key=invoice.key
            )
        )
        follow(**owner)
    act.tell("invoice.numbered" if number else "invoice.unnumbered", ("invoice", invoice.pk))
    return True


def give(
    rows: pl.DataFrame, *, tenant_id: int, creditor_id: int, source: Source, batch_id: int
) -> Numbered:
    """Give many numbers in the name of a batch (GIVEN: each invoice and number once).

    The caller chose live invoices without a number of their own. A number that another document
    bears is not given, and said. Runs in the caller's transaction.
    """
    asked: dict[str, Any] = {
        "tenant": tenant_id, "creditor": creditor_id, "source": source, "batch": batch_id,
    }  # fmt: skip
    told = rows.with_columns(
        compared=pl.col("number").map_elements(numbers.compared, return_dtype=pl.String)
    )
    assert not told["invoice_id"].is_duplicated().any(), "each invoice once"
    assert not told["compared"].is_duplicated().any(), "each number once"
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [creditor_id])
    stage_frame("stage_numbers", told)
    taken = read_frame(TAKEN, asked, schema=GIVEN).unique("invoice_id", keep="first")
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from stage_numbers where invoice_id = any(%s)", [taken["invoice_id"].to_list()]
        )
        cursor.execute(FREED, asked)
        cursor.execute(INSERTED, asked)
        count = int(cursor.rowcount)
        cursor.execute("drop table stage_numbers")
    follow(tenant_id=tenant_id, creditor_id=creditor_id)
    return Numbered(count, taken)


def follow(*, tenant_id: int, creditor_id: int) -> None:
    """Copy the numbers given onto the rows that bear their keys now."""
    asked = {"tenant": tenant_id, "creditor": creditor_id}
    with connection.cursor() as cursor:
        cursor.execute(ANY, asked)
        if cursor.fetchone()[0]:
            cursor.execute(COPIED, asked)


def undo_batch(*, tenant_id: int, creditor_id: int, batch_id: int) -> None:
    """Take away what a batch gave, give back what it had replaced; what was said since stays."""
    asked = {"tenant": tenant_id, "creditor": creditor_id, "batch": batch_id}
    GivenNumber.objects.of(tenant_id).filter(
        creditor_id=creditor_id, batch_id=batch_id, undone_at=None
    ).update(undone_at=TransactionNow())
    with connection.cursor() as cursor:
        cursor.execute(BROUGHT_BACK, asked)
    follow(tenant_id=tenant_id, creditor_id=creditor_id)
