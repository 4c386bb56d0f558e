"""Payment terms of the tenant: the default of creditors that have none, everywhere a date is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from tests.conftest import House
from tests.receivables.test_actions import ISSUED, TODAY, Desk
from tests.receivables.test_due_dates import new_desk

from encours.config.operations.founding import found
from encours.dunning.queries.readiness import readiness
from encours.imports.actions import due_dates as import_due_dates
from encours.parties import usual_terms
from encours.parties.actions.customers import InvalidCustomer, set_terms
from encours.parties.models import Customer, PaymentTerms
from encours.receivables.actions import terms
from encours.receivables.models import Instalment
from encours.receivables.queries.terms import terms_of
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with in_tenant(house.tenant_id):
        yield new_desk(house)


def create(desk: Desk, text: str, *, whole: bool = False) -> int:
    return terms.create_terms(
        tenant_id=desk.house.tenant_id,
        creditor_id=None if whole else desk.house.creditor_id,
        text=text,
        actor_id=1,
        now=NOW,
    )


def due(desk: Desk) -> list[int]:
    rows = Instalment.objects.of(desk.house.tenant_id).filter(undone_at=None).order_by("id")
    return [(one.due_on - ISSUED).days for one in rows]


def test_an_invoice_is_due_by_the_terms_of_the_tenant(desk: Desk) -> None:
    create(desk, "45 jours", whole=True)
    desk.invoice()

    assert due(desk) == [45]


def test_the_terms_of_the_creditor_win_then_give_way_again(desk: Desk) -> None:
    create(desk, "45 jours", whole=True)
    own = create(desk, "60 jours")
    desk.invoice()
    assert due(desk) == [45], "the first terms of a creditor leave the tenant's default"

    owner = {"tenant_id": desk.house.tenant_id, "actor_id": 1, "now": NOW}
    terms.make_default(**owner, terms_id=own)
    assert due(desk) == [60]
    shown = terms_of(tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id)
    assert [(one.name, one.is_in_force, one.creditor_id is None) for one in shown] == [
        ("60 jours", True, False),
        ("45 jours", False, True),
    ]
    customers = Customer.objects.of(desk.house.tenant_id).count()
    assert [one.customers for one in shown] == [customers, 0], "the default holds for the others"

    terms.inherit_default(**owner, creditor_id=desk.house.creditor_id)
    assert due(desk) == [45]
    shown = terms_of(tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id)
    assert [(one.name, one.is_in_force) for one in shown] == [
        ("45 jours", True),
        ("60 jours", False),
    ]


def test_a_new_default_of_the_tenant_moves_the_dates_of_those_who_follow(desk: Desk) -> None:
    """A second creditor has its own: its dates stay."""
    tenant_id = desk.house.tenant_id
    create(desk, "45 jours", whole=True)
    other = Creditor.objects.create(tenant_id=tenant_id, code="B", name="B")
    theirs = new_desk(House(tenant_id, other.pk, "B"), "B1")
    own = create(theirs, "10 jours")
    terms.make_default(tenant_id=tenant_id, terms_id=own, actor_id=1, now=NOW)
    desk.invoice()
    theirs.invoice()
    assert due(desk) == [45, 10]

    second = create(desk, "30 jours", whole=True)
    terms.make_default(tenant_id=tenant_id, terms_id=second, actor_id=1, now=NOW)
    assert sorted(due(desk)) == [10, 30]


def test_an_import_is_due_by_the_terms_of_the_tenant(desk: Desk) -> None:
    """Whatever the file, dates it does not say come from this one function."""
    create(desk, "45 jours", whole=True)
    asked = (desk.house.tenant_id, desk.house.creditor_id)
    known = usual_terms.default_of(*asked)
    assert known is not None
    rows = pl.DataFrame(
        {
            "key": [1], "customer_id": [desk.customer_id], "issued_on": [ISSUED],
            "amount_cents": [1000], "exported_position": [1], "position": [1],
            "due_on": [ISSUED],
        }
    )  # fmt: skip
    rows = rows.with_columns(
        pl.lit(None, pl.Int64).alias(name)
        for name in import_due_dates.KEPT
        if name not in rows.columns
    )

    def offsets() -> list[timedelta]:
        pieces = import_due_dates._by_terms(rows, *asked)
        return [day - ISSUED for day in pl.concat(pieces)["due_on"]]

    assert offsets() == [timedelta(45)]
    own = create(desk, "60 jours")
    terms.make_default(tenant_id=asked[0], terms_id=own, actor_id=1, now=NOW)
    assert offsets() == [timedelta(60)]


def test_a_customer_may_have_terms_of_the_tenant_but_of_no_other_creditor(desk: Desk) -> None:
    tenant_id = desk.house.tenant_id
    shared = create(desk, "45 jours", whole=True)
    other = Creditor.objects.create(tenant_id=tenant_id, code="B", name="B")
    theirs = new_desk(House(tenant_id, other.pk, "B"), "B1")
    foreign = create(theirs, "10 jours")
    both = [desk.customer_id, theirs.customer_id]

    assert set_terms(tenant_id=tenant_id, customer_ids=both, terms_id=shared, today=TODAY) == 2
    with pytest.raises(InvalidCustomer):
        set_terms(tenant_id=tenant_id, customer_ids=both, terms_id=foreign, today=TODAY)
    assert Customer.objects.of(tenant_id).filter(terms_id=shared).count() == 2


def test_nothing_to_go_back_to(desk: Desk) -> None:
    create(desk, "60 jours")
    with pytest.raises(terms.NothingToInherit):
        terms.inherit_default(
            tenant_id=desk.house.tenant_id, creditor_id=desk.house.creditor_id,
            actor_id=1, now=NOW,
        )  # fmt: skip


def test_one_default_for_all_and_one_code(desk: Desk) -> None:
    create(desk, "45 jours", whole=True)
    with pytest.raises(terms.TermsTaken):
        create(desk, "45 jours", whole=True)
    create(desk, "60 jours", whole=True)
    defaults = PaymentTerms.objects.of(desk.house.tenant_id).filter(is_default=True)

    assert [one.name for one in defaults] == ["45 jours"]


def test_the_list_before_going_live_looks_at_the_terms_that_hold(desk: Desk) -> None:
    asked = {"tenant_id": desk.house.tenant_id, "creditor_id": desk.house.creditor_id}

    def answer() -> tuple[bool, int]:
        state = readiness(**asked, today=date(2026, 11, 20))
        return state.has_terms, state.unconfirmed_terms

    assert answer() == (False, 0)
    shared = terms.create_terms(
        tenant_id=desk.house.tenant_id, creditor_id=None, text="45 jours", actor_id=1, now=NOW,
        confirmed=False,
    )  # fmt: skip
    assert answer() == (True, 1)
    own = create(desk, "60 jours")
    terms.make_default(tenant_id=desk.house.tenant_id, terms_id=own, actor_id=1, now=NOW)
    assert answer() == (True, 0), "nobody here uses the unconfirmed ones"
    terms.confirm_terms(tenant_id=desk.house.tenant_id, terms_id=shared, actor_id=1, now=NOW)
    terms.inherit_default(**asked, actor_id=1, now=NOW)
    assert answer() == (True, 0)


def test_a_new_creditor_gets_no_terms_of_its_own_when_the_tenant_has_some(desk: Desk) -> None:
    create(desk, "45 jours", whole=True)
    other = Creditor.objects.create(tenant_id=desk.house.tenant_id, code="B", name="B")
    terms.first_terms(
        tenant_id=desk.house.tenant_id, creditor_id=other.pk, text="30 jours", actor_id=1, now=NOW
    )

    assert not PaymentTerms.objects.of(desk.house.tenant_id).filter(creditor=other).exists()


def test_the_first_creditor_of_an_installation_has_terms_to_confirm(transactional_db: None) -> None:
    asked = {"tenant": "Groupe neuf", "name": "A", "siren": "", "admin": "a@neuf.example"}
    one = found(**asked, creditor="A1")
    with in_tenant(one.tenant_id):
        PaymentTerms.objects.of(one.tenant_id).update(creditor=None)
    two = found(**asked, creditor="A2")

    with in_tenant(one.tenant_id):
        assert not PaymentTerms.objects.of(one.tenant_id).filter(creditor_id=two.creditor_id)
