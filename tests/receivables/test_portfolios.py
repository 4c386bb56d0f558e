"""Stored rules of portfolios over the ledger: refusals, amounts, own fields, new customers."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from tests.conftest import House

from encours.attributes.actions import fields, values
from encours.parties.actions import customers, merging, portfolio_rules, portfolios
from encours.parties.actions.portfolios import InvalidPortfolio
from encours.parties.models import Customer
from encours.receivables.actions import documents
from encours.receivables.actions import portfolios as applying
from encours.receivables.actions.documents import Amounts
from encours.receivables.queries.portfolios import stored
from encours.receivables.rules.terms import DueLine
from encours.tenancy.models import Fact, Membership, User
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
NUMBER = count(1)


def member(house: House) -> int:
    user = User.objects.create_user(f"portfolio{next(NUMBER)}.{house.tenant_id}@example.org", "x")
    Membership.objects.create(tenant_id=house.tenant_id, user=user, role="collector")
    return int(user.pk)


def about(house: House) -> dict[str, Any]:
    return {"tenant_id": house.tenant_id, "today": TODAY}


def create(house: House, code: str, **more: Any) -> int:
    told = {"creditor_id": house.creditor_id, "code": code, "name": code, **more}
    return customers.create_customer(**about(house), **told)


def add(house: House, user_id: int, **more: Any) -> int:
    asked = {"creditor_id": None, "part": "collector", "user_id": user_id, **more}
    return portfolio_rules.add_rule(**about(house), **asked)


def apply(house: House, **more: Any) -> int:
    return applying.apply_rules(**about(house), creditor_ids=None, **more)


def collectors(house: House) -> dict[str, int | None]:
    rows = Customer.objects.of(house.tenant_id)
    return dict(rows.values_list("code", "collector_id"))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param({}, "au moins un critère", id="no criterion"),
        pytest.param({"postcodes": ["6-"]}, "en chiffres", id="not a postcode"),
        pytest.param({"countries": ["FRA"]}, "deux lettres", id="not a country"),
        pytest.param({"classes": ["x"]}, "type de client", id="not a class"),
        pytest.param({"first_letter": "Z", "last_letter": "A"}, "dans l'ordre", id="backwards"),
        pytest.param({"first_letter": "A"}, "dans l'ordre", id="half a range"),
        pytest.param({"open_from_cents": 5, "open_to_cents": 5}, "dépasser", id="nothing between"),
        pytest.param({"field_code": "nul", "field_value": "x"}, "vos champs", id="no such field"),
        pytest.param({"part": "boss", "countries": ["FR"]}, "Choisissez", id="no such part"),
        pytest.param({"user_id": 0, "countries": ["FR"]}, "pas de l'organisation", id="nobody"),
        pytest.param({"creditor_id": 0, "countries": ["FR"]}, "n'existe pas", id="no creditor"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(
    house: House, asked: dict[str, Any], sentence: str
) -> None:
    with in_tenant(house.tenant_id), pytest.raises(InvalidPortfolio, match=sentence):
        add(house, **{"user_id": member(house), **asked})


def test_rules_read_amounts_and_own_fields_and_spare_what_people_gave(house: House) -> None:
    with in_tenant(house.tenant_id):
        big, east, hand = member(house), member(house), member(house)
        ids = {code: create(house, code) for code in ("A", "B", "C", "D")}
        documents.record_invoice(
            **about(house), customer_id=ids["A"], number="1", issued_on=TODAY,
            amounts=Amounts(900_00), due=[DueLine(TODAY, 900_00)],
        )  # fmt: skip
        fields.add_field(
            tenant_id=house.tenant_id, subject="customer", label="Région", kind="choice",
            choices=["Est", "Ouest"], actor_id=None, today=TODAY,
        )  # fmt: skip
        for code in ("A", "B", "D"):
            values.say(
                tenant_id=house.tenant_id, subject="customer", creditor_id=house.creditor_id,
                key=code, subject_id=ids[code], customer_id=ids[code], typed={"region": "Est"},
                actor_id=None, today=TODAY,
            )  # fmt: skip
        portfolios.assign(**about(house), customer_ids=[ids["D"]], part="collector", user_id=hand)
        assert apply(house) == 0, "no rule yet"
        add(house, big, open_from_cents=500_00)
        ruled = add(house, east, field_code="region", field_value="est")

        assert apply(house) == 2
        assert collectors(house) == {"A": big, "B": east, "C": None, "D": hand}
        assert apply(house) == 0
        assert Customer.objects.get(id=ids["B"]).collector_rule_id == ruled
        customers.update_customer(**about(house), customer_id=ids["B"], collector_id=hand)
        assert Customer.objects.get(id=ids["B"]).collector_rule_id is None, "by hand since"
        fact = Fact.objects.of(house.tenant_id).filter(verb="portfolios.applied").get()
        assert fact.data == {"count": 2, "collector": 2}


def test_new_customers_only_and_not_what_was_merged(house: House) -> None:
    with in_tenant(house.tenant_id):
        first, second = member(house), member(house)
        ids = {code: create(house, code, country="BE") for code in ("A", "B")}
        rule = add(house, first, countries=["be"])
        apply(house)
        portfolio_rules.end_rule(**about(house), rule_id=rule)
        add(house, second, countries=["BE"])
        create(house, "C", country="BE")
        merging.merge_customers(
            **about(house), customer_id=create(house, "D", country="BE"), survivor_id=ids["A"]
        )
        assert apply(house, only_new=True) == 1
        assert collectors(house) == {"A": first, "B": first, "C": second, "D": None}
        assert apply(house) == 2, "asked for all: those of the rule that ended too"


def test_the_rules_of_who_left_do_nothing(house: House) -> None:
    with in_tenant(house.tenant_id):
        gone = member(house)
        create(house, "A")
        add(house, gone, countries=["FR"])
        Membership.objects.of(house.tenant_id).filter(user_id=gone).delete()

        assert [one.is_idle for one in stored(house.tenant_id)] == [True]
        assert apply(house) == 0
