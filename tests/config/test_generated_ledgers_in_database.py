"""Generated exports through the real importer: every invoice as open as its maker knows."""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import House, found_house
from tests.generators.books import Shape
from tests.generators.ledgers import any_options, small_ledgers

from encours.config.demo import generate
from encours.imports.actions import files, writing
from encours.imports.rules.derive import BUCKET_LINES, Derivation
from encours.tenancy.frames import read_frame
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 22)
OPEN_ITEMS = """
select c.code, coalesce(nullif(i.number, ''), i.piece), sum(l.amount_cents)::bigint,
    sum(l.amount_cents - coalesce(a.paid, 0))::bigint
from receivables_instalment l
join receivables_invoice i on i.id = l.invoice_id
join parties_customer c on c.id = l.customer_id
left join (select instalment_id, sum(amount_cents) as paid from receivables_allocation
    where undone_at is null group by 1) a on a.instalment_id = l.id
where l.undone_at is null and i.creditor_id = %(creditor_id)s
group by 1, 2
"""
NETS = """
select c.code, (coalesce((select sum(amount_cents) from receivables_instalment l
        where l.customer_id = c.id and l.undone_at is null), 0)
    - coalesce((select sum(amount_cents) from receivables_credit p
        where p.customer_id = c.id and p.undone_at is null), 0))::bigint
from parties_customer c where c.creditor_id = %(creditor_id)s
"""
ITEM = {"customer": pl.String, "number": pl.String, "amount": pl.Int64, "open": pl.Int64}
Items = dict[tuple[str, str], tuple[int, int]]


def imported(house: House, path: Path, content: bytes) -> files.Outcome:
    path.write_bytes(content)
    export = files.read_file(path)
    with in_tenant(house.tenant_id):
        return files.import_file(
            export, tenant_id=house.tenant_id, creditor_id=house.creditor_id, accept_rest=True
        )


def ledger_of(house: House) -> tuple[Items, dict[str, int]]:
    """Return amount and open by customer and number; net by customer."""
    given_ids = {"creditor_id": house.creditor_id}
    with in_tenant(house.tenant_id):
        items = read_frame(OPEN_ITEMS, given_ids, schema=ITEM)
        nets = read_frame(NETS, given_ids, schema={"customer": pl.String, "net": pl.Int64})
    return (
        {(c, n): (amount, left) for c, n, amount, left in items.iter_rows()},
        {code: net for code, net in nets.iter_rows() if net},
    )


def still_open(items: Items) -> dict[tuple[str, str], int]:
    return {key: left for key, (_, left) in items.items() if left}


def test_three_years_of_the_demo(house: House, tmp_path: Path) -> None:
    demo = generate(TODAY, invoices=3_000)
    for file in demo.files:
        outcome = imported(house, tmp_path / file.name, file.content())
        assert outcome.applied
        assert outcome.control["ok"], outcome.control
    items, nets = ledger_of(house)
    truth = {(c, n): (amount, left) for n, (c, amount, left) in demo.truth.by_number().items()}

    assert still_open(items) == still_open(truth)
    assert {key: items.get(key) for key in truth if not key[1].startswith("IMP")} == {
        key: told for key, told in truth.items() if not key[1].startswith("IMP")
    }
    assert nets == {
        c.code: demo.truth.net(c.code, TODAY)
        for c in demo.customers
        if demo.truth.net(c.code, TODAY)
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shape", ["one_year", "next_year", "provisional"])
@given(data=st.data())
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_hostile_ledgers(data: st.DataObject, shape: Shape, tmp_path: Path) -> None:
    ledger = data.draw(small_ledgers(any_options(shapes=(shape,))))
    lines = data.draw(st.sampled_from([1, 4, BUCKET_LINES]), label="lines of a bucket")
    house = found_house()
    for export in ledger.exports:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Derivation.buckets, "__defaults__", (lines,))
            patch.setattr(writing, "BUCKET_CUSTOMERS", min(lines, 100))
            outcome = imported(house, tmp_path / export.name, export.content)
        items, nets = ledger_of(house)
        counted = Counter({key: net for key, net in export.truth.nets.items() if net})

        assert outcome.control["ok"], outcome.control
        assert nets == counted
        if ledger.options.first_number > 1:
            assert still_open(items) == {
                (code, n): left for n, (code, _, left) in export.truth.documents.items() if left
            }
