"""From the offer in a message to the discount in the ledger, and to the accounts' own entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import House
from tests.dunning.test_day import DUE, Shop, channel, day, noon
from tests.imports.einvoices.test_exports import export, fec

from encours.discounts.actions import grants, offers, rules
from encours.discounts.actions.grants import NotEarned
from encours.discounts.actions.offers import NotOffered
from encours.discounts.actions.rules import InvalidRule, NewRule
from encours.discounts.models import DiscountGrant, DiscountOffer
from encours.discounts.queries import offers as queries
from encours.discounts.queries.offers import OfferRow
from encours.dunning.actions import outgoing
from encours.dunning.models import Reminder, Scenario
from encours.dunning.rules.scenario import french_scenario
from encours.kernel.refusal import Refusal
from encours.messaging.ports import Email, Prepared
from encours.messaging.providers.memory import MemoryEmailChannel
from encours.messaging.rules.reading import read_mail
from encours.parties.models import Customer
from encours.receivables.actions import documents
from encours.receivables.actions.discounts import Booked
from encours.receivables.actions.documents import Amounts
from encours.receivables.models import Allocation, Credit, Instalment, Invoice
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.moment import Moment
from encours.tenancy.scope import in_tenant

__all__ = ("channel",)
AHEAD = -7
UNTIL = day(-3)


@pytest.fixture
def shop(house: House) -> Shop:
    """A creditor that offers 3 % three days before the due date, in its notices of due dates."""
    shop = Shop(house)
    shop.open()
    with in_tenant(house.tenant_id):
        shipped = french_scenario()
        steps = tuple(replace(one, discount=one.kind == "pre_due") for one in shipped.steps)
        data = replace(shipped, steps=steps).as_json()
        Scenario.objects.create(
            **shop.owner, code=shipped.code, version=2, name=shipped.name, definition=data
        )
    give(shop)
    return shop


def inside(shop: Shop, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Act within the tenant, as a request does."""
    with in_tenant(shop.house.tenant_id):
        return act(*args, **kwargs)


def give(shop: Shop, points: int = 300, days: int = 3, **more: object) -> int:
    told = {"anchor": "before_due", "valid_from": day(-60), **more}
    rule = NewRule(basis_points=points, days=days, **told)  # type: ignore[arg-type]
    return inside(shop, rules.add_rule, **shop.owner, rule=rule, today=day(-60))


def choose(shop: Shop, **more: object) -> None:
    told: dict[str, object] = {"treatment": "kept", "is_automatic": False, "negotiation_max": 500}
    inside(shop, rules.set_policy, **shop.owner, **told | more, today=day(-60))  # type: ignore[arg-type]


def sent(shop: Shop) -> None:
    """Plan the notice of the due date and let it leave."""
    assert shop.plan(AHEAD) == ["prevenance"]
    shop.approve(AHEAD)
    shop.deliver(AHEAD)


def moment(shop: Shop, on: date) -> Moment:
    owner = shop.owner
    return Moment(tenant_id=owner["tenant_id"], as_of=on, creditor_ids=(owner["creditor_id"],))


def board(shop: Shop, on: date) -> list[OfferRow]:
    return inside(shop, lambda: queries.board(moment(shop, on)))


def open_cents(shop: Shop, on: date) -> int:
    return totals(shop, on)["open"]


def totals(shop: Shop, on: date) -> Any:
    euros = replace(moment(shop, on), currency="EUR")
    return inside(shop, lambda: aged_balance(euros).totals)


def grant(shop: Shop, on: date) -> int:
    [one] = [row for row in board(shop, on) if row.state == "earned"]
    return inside(shop, grants.grant, tenant_id=shop.house.tenant_id, offer_id=one.id, today=on)


def test_what_a_message_offers_is_recorded_when_it_leaves(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    shop.plan(AHEAD)
    shop.approve(AHEAD)
    found = inside(
        shop,
        outgoing.ReminderPreparer().prepare,
        tenant_id=shop.house.tenant_id,
        channel="email",
        subject_ids=[inside(shop, Reminder.objects.get).pk],
        now=noon(AHEAD),
    )
    assert board(shop, day(AHEAD)) == [], "what has not left is no offer"
    [parcel] = [one.parcel for one in found.values() if isinstance(one, Prepared)]
    assert isinstance(parcel, Email)
    words = read_mail(parcel.content).text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "un escompte pour paiement anticipé de 3 %" in words
    assert "vous réglez 970,00 € au lieu de 1 000,00 €, soit 30,00 € de moins" in words
    assert "À régler au plus tard le 28/09/2026, escompte déduit : 970,00 €" in words

    shop.deliver(AHEAD)

    [one] = board(shop, day(AHEAD))
    assert (one.state, one.origin, one.cents, one.pay_cents) == ("waiting", "step", 3_000, 97_000)
    assert (one.offered_on, one.until_on) == (day(AHEAD), UNTIL)
    assert len(channel.sent) == 1
    assert (
        inside(shop, offers.made, tenant_id=shop.house.tenant_id, reminder_id=1, on=day(AHEAD)) == 0
    )


def test_paid_in_time_a_person_grants_it_and_the_line_closes(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    choose(shop)
    sent(shop)
    shop.pay(97_000, UNTIL)

    assert inside(shop, grants.settle, **shop.owner, today=UNTIL) == {"booked": 0, "granted": 0}
    [told] = board(shop, UNTIL)
    assert (told.state, told.earned_cents) == ("earned", 3_000)
    assert shop.plan(5) == [], "what is earned is not claimed while a person decides"
    grant(shop, day(6))

    assert open_cents(shop, day(6)) == 0
    credit = inside(shop, Credit.objects.get, kind="discount")
    assert (credit.number, credit.amount_cents, credit.received_on) == (
        "ESC-2026-00001", 3_000, UNTIL,
    )  # fmt: skip
    assert board(shop, day(6))[0].state == "granted"
    with pytest.raises(Refusal):
        inside(shop, grants.grant, tenant_id=shop.house.tenant_id, offer_id=told.id, today=day(6))
    assert inside(shop, DiscountGrant.objects.count) == 1


def test_exactly_as_offered_it_may_be_granted_by_itself_once(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    choose(shop, is_automatic=True)
    sent(shop)
    shop.pay(97_000, UNTIL)

    assert inside(shop, grants.settle, **shop.owner, today=UNTIL)["granted"] == 1
    assert inside(shop, grants.settle, **shop.owner, today=UNTIL)["granted"] == 0
    assert open_cents(shop, UNTIL) == 0


@pytest.mark.parametrize(
    ("cents", "on", "state"),
    [
        pytest.param(97_000, UNTIL + timedelta(days=1), "late", id="a day late"),
        pytest.param(96_000, UNTIL, "short", id="ten euros short"),
        pytest.param(100_000, UNTIL, "unused", id="paid whole"),
        pytest.param(98_000, UNTIL, "earned", id="more than asked: a person, never by itself"),
    ],
)
def test_what_is_not_exactly_as_offered_is_shown_not_granted(
    shop: Shop, channel: MemoryEmailChannel, cents: int, on: date, state: str
) -> None:
    choose(shop, is_automatic=True)
    sent(shop)
    shop.pay(cents, on)

    assert inside(shop, grants.settle, **shop.owner, today=day(1))["granted"] == 0
    [one] = board(shop, day(1))
    assert one.state == state
    if state != "earned":
        with pytest.raises(NotEarned):
            inside(
                shop, grants.grant, tenant_id=shop.house.tenant_id, offer_id=one.id, today=day(1)
            )
        assert (shop.plan(5) == []) is (state == "unused"), "what is left is claimed"


def test_money_on_the_account_is_set_against_the_line_with_the_discount(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    sent(shop)
    inside(shop, documents.record_credit,
        tenant_id=shop.house.tenant_id, customer_id=shop.customer_id, kind="payment",
        received_on=UNTIL, amounts=Amounts(97_000), today=UNTIL,
    )  # fmt: skip

    assert shop.plan(5) == []
    grant(shop, day(6))

    assert open_cents(shop, day(6)) == 0
    assert totals(shop, day(6))["net"] == 0


def test_the_vat_is_given_back_or_kept_as_the_creditor_chose(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    inside(shop, Invoice.objects.update, net_cents=83_333, vat_cents=16_667)
    choose(shop, treatment="given_back")
    sent(shop)
    shop.pay(97_000, UNTIL)
    grant(shop, day(1))

    lines = inside(shop, queries.entries, moment(shop, day(1)))
    assert [(one.account, one.debit_cents, one.credit_cents) for one in lines] == [
        ("665", 2_500, None), ("44571", 500, None), ("411", None, 3_000),
    ]  # fmt: skip
    assert lines[2].auxiliary == "ADAM"


def test_taken_back_the_line_is_owed_again(shop: Shop, channel: MemoryEmailChannel) -> None:
    sent(shop)
    shop.pay(97_000, UNTIL)
    made = grant(shop, day(1))
    inside(shop, grants.take_back, tenant_id=shop.house.tenant_id, grant_id=made, today=day(2))

    assert open_cents(shop, day(2)) == 3_000
    [one] = board(shop, day(2))
    inside(shop, offers.withdraw, tenant_id=shop.house.tenant_id, offer_id=one.id, today=day(2))
    assert board(shop, day(2))[0].state == "withdrawn"
    assert shop.plan(5) == ["relance_1"]


def test_two_rules_of_the_same_customers_never_share_a_day(shop: Shop) -> None:
    with pytest.raises(InvalidRule):
        give(shop, 200)
    give(shop, 200, customer_id=shop.customer_id, valid_to=day(-30))
    give(shop, 250, customer_id=shop.customer_id, valid_from=day(-29))
    with pytest.raises(InvalidRule):
        give(shop, 250, customer_id=shop.customer_id, valid_from=day(-40), valid_to=day(-35))
    with pytest.raises(InvalidRule):
        give(shop, 5_000, customer_id=shop.customer_id, valid_from=day(400))


def test_a_rebate_in_negotiation_is_bounded_said_and_lapses(
    shop: Shop, channel: MemoryEmailChannel
) -> None:
    asked = {
        "tenant_id": shop.house.tenant_id, "customer_id": shop.customer_id,
        "line_ids": [shop.line_id], "until_on": day(12), "today": day(4),
        "reason": "accord par téléphone",
    }  # fmt: skip
    with pytest.raises(NotOffered):
        inside(shop, offers.offer, **asked, basis_points=500)
    choose(shop)
    with pytest.raises(NotOffered):
        inside(shop, offers.offer, **asked, basis_points=501)
    with pytest.raises(NotOffered):
        inside(shop, offers.offer, **{**asked, "until_on": day(3)}, basis_points=500)
    with pytest.raises(NotOffered):
        inside(shop, offers.offer, **{**asked, "reason": ""}, basis_points=500)
    inside(shop, offers.offer, **asked, basis_points=200)
    inside(shop, offers.offer, **asked, basis_points=500)

    assert [one.state for one in board(shop, day(4))] == ["waiting", "withdrawn"]
    assert shop.plan(5) == ["relance_1"]
    number = inside(shop, Reminder.objects.get).pk
    said = inside(
        shop, outgoing.notice_of, tenant_id=shop.house.tenant_id, reminder_id=number, now=noon(5)
    )
    words = " ".join(said.closing).replace("\u202f", " ").replace("\u00a0", " ")
    assert "une remise conditionnelle de 5 %" in words
    assert "950,00 € au lieu de 1 000,00 €" in words
    assert board(shop, day(13))[0].state == "lapsed"
    shop.pay(95_000, day(12))
    assert board(shop, day(13))[0].state == "earned"


def test_an_export_that_books_the_discount_takes_its_place(house: House, tmp_path: Path) -> None:
    """With our number or without, it is there once, and the line stays settled."""
    export(house, fec(tmp_path, paid=116_400))
    with in_tenant(house.tenant_id):
        customer = Customer.objects.of(house.tenant_id).get()
        owner = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
        rules.set_policy(
            **owner, treatment="kept", is_automatic=True, negotiation_max=500, today=DUE
        )
        line = Instalment.objects.of(house.tenant_id).get(undone_at=None)
        offers.offer(
            tenant_id=house.tenant_id, customer_id=customer.pk, line_ids=[line.pk],
            basis_points=300, until_on=date(2026, 11, 20), reason="accord", today=date(2026, 11, 5),
        )  # fmt: skip
        before = Moment(
            tenant_id=house.tenant_id, as_of=date(2026, 12, 20), creditor_ids=(house.creditor_id,),
            currency="EUR",
        )  # fmt: skip
        assert grants.settle(**owner, today=date(2026, 11, 25))["granted"] == 1
        assert aged_balance(before).totals["net"] == 0

    export(house, with_discount(fec(tmp_path, paid=116_400, more="b"), "BQ77"))
    with in_tenant(house.tenant_id):
        assert grants.settle(**owner, today=date(2026, 11, 26))["booked"] == 1
        assert grants.settle(**owner, today=date(2026, 11, 26))["booked"] == 0
        totals = aged_balance(before).totals
        assert (totals["open"], totals["unallocated"], totals["net"]) == (0, 0, 0)
        live = Credit.objects.of(house.tenant_id).filter(undone_at=None, kind="discount")
        assert [one.piece for one in live] == ["BQ77"]
        made = DiscountGrant.objects.of(house.tenant_id).get()
        assert made.booked_on == date(2026, 11, 26)
        with pytest.raises((Booked, Refusal)):
            grants.take_back(tenant_id=house.tenant_id, grant_id=made.pk, today=DUE)


def test_an_export_that_names_the_discount_takes_it_as_its_own(
    house: House, tmp_path: Path
) -> None:
    export(house, fec(tmp_path, paid=116_400))
    with in_tenant(house.tenant_id):
        owner = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
        rules.set_policy(
            **owner, treatment="kept", is_automatic=True, negotiation_max=500, today=DUE
        )
        line = Instalment.objects.of(house.tenant_id).get(undone_at=None)
        offers.offer(
            tenant_id=house.tenant_id, customer_id=line.customer_id, line_ids=[line.pk],
            basis_points=300, until_on=date(2026, 11, 20), reason="accord", today=date(2026, 11, 5),
        )  # fmt: skip
        grants.settle(**owner, today=date(2026, 11, 25))

    outcome = export(house, with_discount(fec(tmp_path, paid=116_400, more="c"), "ESC-2026-00001"))

    assert outcome.control["ok"], outcome.control
    with in_tenant(house.tenant_id):
        grants.settle(**owner, today=date(2026, 11, 26))
        live = Credit.objects.of(house.tenant_id).filter(undone_at=None, kind="discount")
        assert [(one.piece, one.amount_cents) for one in live] == [("ESC-2026-00001", 3_600)]
        taken = Allocation.objects.of(house.tenant_id).filter(undone_at=None, credit__in=live)
        assert [one.amount_cents for one in taken] == [3_600]


def with_discount(path: Path, number: str) -> Path:
    """Add the discount to an export, as an accountant books it: 665 to 411."""
    head = "OD\tOpérations diverses\t9\t20261125"
    tail = f"{number}\t20261125\tEscompte accordé"
    rows = [
        f"{head}\t665000\tEscomptes\t\t\t{tail}\t36,00\t0,00\t\t\t20261231\t\t",
        f"{head}\t411000\tClients\tC1\tClient Distribution\t{tail}\t0,00\t36,00\t\t\t20261231\t\t",
    ]
    path.write_bytes(path.read_bytes() + ("\r\n".join(rows) + "\r\n").encode())
    return path


def test_offers_of_another_message_make_room(shop: Shop, channel: MemoryEmailChannel) -> None:
    choose(shop)
    sent(shop)
    inside(shop, offers.offer,
        tenant_id=shop.house.tenant_id, customer_id=shop.customer_id, line_ids=[shop.line_id],
        basis_points=400, until_on=day(2), reason="accord", today=day(-5),
    )  # fmt: skip

    live = inside(shop, lambda: list(DiscountOffer.objects.filter(state="made")))
    assert [(one.origin, one.cents) for one in live] == [("negotiation", 4_000)]
