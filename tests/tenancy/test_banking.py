"""Where money is asked to go: checked, told to the admins, and never changed by one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.conftest import House

from encours.tenancy.actions import banking
from encours.tenancy.models import BankAccount, Fact, Membership, User
from encours.tenancy.ports import MAILERS, Letter
from encours.tenancy.queries import creditors as queries
from encours.tenancy.scope import in_tenant

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FIRST = "FR76 3000 6000 0112 3456 7890 189"
SECOND = "FR14 2004 1010 0505 0001 3M02 606"
ANNE, MARC = 101, 102


class Postbox:
    code = "django"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    before = {code: MAILERS[code] for code in MAILERS}
    box = Postbox()
    MAILERS.fill({"django": box})
    yield box
    MAILERS.fill(before)


def ask(
    house: House, iban: str = FIRST, holder: str = "DURAND SAS", who: int = ANNE
) -> banking.Requested:
    return banking.request_bank_account(
        tenant_id=house.tenant_id,
        creditor_id=house.creditor_id,
        iban=iban,
        holder_name=holder,
        actor_id=who,
        now=NOW,
    )


def confirm(house: House, account_id: int, who: int) -> None:
    banking.confirm_bank_account(
        tenant_id=house.tenant_id, account_id=account_id, actor_id=who, now=NOW
    )


def retire(house: House, account_id: int) -> None:
    banking.retire_bank_account(
        tenant_id=house.tenant_id, account_id=account_id, actor_id=ANNE, now=NOW
    )


def default(house: House) -> int:
    return BankAccount.objects.of(house.tenant_id).get(is_default=True, state="active").pk


def test_the_first_account_is_used_at_once_and_a_change_waits_for_somebody_else(
    house: House,
) -> None:
    with in_tenant(house.tenant_id):
        first = ask(house)
        second = ask(house, SECOND)

        assert (first.is_active, second.is_active) == (True, False)
        assert default(house) == first.id
        with pytest.raises(banking.SecondPersonNeeded):
            confirm(house, second.id, ANNE)
        confirm(house, second.id, MARC)
        assert default(house) == second.id
        with pytest.raises(banking.NotWaiting):
            confirm(house, second.id, MARC)


def test_an_account_that_comes_after_all_were_retired_is_a_change_too(house: House) -> None:
    with in_tenant(house.tenant_id):
        first, second = ask(house), ask(house, SECOND)
        confirm(house, second.id, MARC)
        retire(house, first.id)

        assert not ask(house, FIRST).is_active


@pytest.mark.parametrize(
    ("iban", "refusal"),
    [
        pytest.param("FR76 3000 6000 0112 3456 7890 188", banking.InvalidIban, id="wrong key"),
        pytest.param("FR14 2004 1010 0505 0001 3M02 607", banking.InvalidIban, id="wrong letter"),
        pytest.param("coucou", banking.InvalidIban, id="not an IBAN"),
        pytest.param("", banking.InvalidIban, id="nothing"),
        pytest.param(FIRST.replace(" ", "").lower(), banking.AlreadyKnown, id="the same again"),
    ],
)
def test_an_iban_is_checked(house: House, iban: str, refusal: type[Exception]) -> None:
    with in_tenant(house.tenant_id):
        ask(house)

        with pytest.raises(refusal):
            ask(house, iban)


def test_the_holder_is_kept_as_the_bank_writes_it(house: House) -> None:
    with in_tenant(house.tenant_id):
        ask(house, holder="  S.A.S.   Durand & Fils ")
        with pytest.raises(banking.HolderMissing):
            ask(house, SECOND, holder="   ")
        rows = queries.bank_accounts(tenant_id=house.tenant_id, creditor_id=house.creditor_id)

    assert [(row.holder_name, row.iban, row.bic) for row in rows] == [
        ("S.A.S. Durand & Fils", FIRST, "AGRIFRPPXXX")
    ]


def test_retiring_leaves_a_default_and_never_no_account(house: House) -> None:
    with in_tenant(house.tenant_id):
        first = ask(house)
        with pytest.raises(banking.OnlyAccount):
            retire(house, first.id)
        second = ask(house, SECOND)
        retire(house, second.id)
        again = ask(house, SECOND)
        confirm(house, again.id, MARC)
        retire(house, again.id)

        assert default(house) == first.id


def test_the_admins_are_told_after_the_commit_and_the_journal_shows_only_the_ends(
    house: House, postbox: Postbox
) -> None:
    with in_tenant(house.tenant_id):
        admin = User.objects.create_user(f"adm{house.tenant_id}@example.org", "x")
        Membership.objects.create(tenant_id=house.tenant_id, user=admin, role="admin")
        ask(house)
        assert postbox.letters == []
    with in_tenant(house.tenant_id):
        facts = list(Fact.objects.of(house.tenant_id).values_list("verb", "data"))

    assert [letter.to for letter in postbox.letters] == [(admin.email,)]
    assert "FR76…0189" in postbox.letters[0].text
    assert facts == [
        ("bank_account.requested", {"account": "FR76…0189"}),
        ("bank_account.activated", {"account": "FR76…0189"}),
    ]


def test_nothing_is_told_when_the_transaction_failed(house: House, postbox: Postbox) -> None:
    with pytest.raises(ZeroDivisionError), in_tenant(house.tenant_id):  # noqa: PT012
        admin = User.objects.create_user(f"nul{house.tenant_id}@example.org", "x")
        Membership.objects.create(tenant_id=house.tenant_id, user=admin, role="admin")
        ask(house)
        _ = 1 / 0

    assert postbox.letters == []
