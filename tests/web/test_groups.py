"""Duplicates and the people who follow customers, on screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.web.places import Place, add_user, logged_in, place

from encours.parties.actions import customers as parties
from encours.parties.actions import merging
from encours.parties.actions.parents import LoopOfParents
from encours.parties.models import Customer, CustomerMerge, NotDuplicates
from encours.receivables.actions import documents
from encours.receivables.actions.documents import Amounts
from encours.receivables.queries import figures, groups
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.portfolios import stored
from encours.receivables.rules.terms import DueLine
from encours.tenancy.actions import absences
from encours.tenancy.actions.absences import InvalidAbsence
from encours.tenancy.models import Creditor
from encours.tenancy.queries.absences import people_of
from encours.tenancy.scope import in_tenant

SIREN = "552100554"


@dataclass(frozen=True)
class Group:
    """A tenant where Adam has two accounts and Petit one, followed by a salesperson."""

    place: Place
    adam: int
    double: int
    petit: int
    seller: int

    @property
    def tenant_id(self) -> int:
        return self.place.house.tenant_id


def today() -> date:
    return timezone.localdate()


@cache
def group() -> Group:
    mine = place("GROUPS")
    house = mine.house
    with in_tenant(house.tenant_id):
        seller = add_user(house, "sales", "GROUPS").pk
        who = {"tenant_id": house.tenant_id, "today": today()}
        rows = (
            ("ADAM", "Adam SARL", {"siren": SIREN, "salesperson_id": seller}),
            ("ADAM2", "ADAM", {"siren": SIREN}),
            ("PETIT", "Petit SAS", {}),
        )
        adam, double, petit = (
            parties.create_customer(
                **who, creditor_id=house.creditor_id, code=code, name=name, **more
            )
            for code, name, more in rows
        )
        for place_, customer in enumerate((adam, double, petit), start=1):
            documents.record_invoice(
                **who, customer_id=customer, number=f"G-{place_}", issued_on=today(),
                amounts=Amounts(place_ * 100_00), due=[DueLine(today(), place_ * 100_00)],
            )  # fmt: skip
    return Group(mine, adam, double, petit, seller)


@pytest.fixture
def bed(transactional_db: None) -> Group:
    found = group()
    with in_tenant(found.tenant_id):
        for link in CustomerMerge.objects.of(found.tenant_id).filter(undone_at=None):
            merging.unmerge_customer(
                tenant_id=found.tenant_id, customer_id=link.customer_id, today=today()
            )
        NotDuplicates.objects.of(found.tenant_id).delete()
    return found


def test_the_pair_is_proposed_with_its_reasons(bed: Group) -> None:
    page = logged_in(bed.place.users["credit_manager"]).get(reverse("customers_duplicates"))

    text = page.content.decode()
    assert "même SIREN, même nom" in text
    assert f'value="{bed.adam}-{bed.double}"' in text
    assert "Petit" not in text


def test_merged_from_the_list_then_given_back(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    client.post(reverse("customers_duplicates"), {"ids": f"{bed.adam}-{bed.double}"})

    listed = client.get(reverse("customers")).content.decode()
    assert "ADAM2" not in listed
    moved = client.get(reverse("customer_statement", args=[bed.double]))
    assert moved.headers["Location"] == reverse("customer_statement", args=[bed.adam])
    card = client.get(reverse("customer_card", args=[bed.adam])).content.decode()
    assert "ADAM2" in card
    account = client.get(reverse("customer", args=[bed.adam])).content.decode()
    assert {"G-1", "G-2"} <= set(account.replace("<", " ").replace(">", " ").split())

    client.post(reverse("customer_unmerge", args=[bed.adam, bed.double]))
    assert "ADAM2" in client.get(reverse("customers")).content.decode()


def test_kept_apart_is_proposed_no_more(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    asked = {"ids": f"{bed.adam}-{bed.double}", "decision": "apart"}
    client.post(reverse("customers_duplicates"), asked)

    page = client.get(reverse("customers_duplicates"))
    assert "Aucun doublon" in page.content.decode()
    assert "ADAM2" in client.get(reverse("customers")).content.decode()


def test_merged_by_code_from_the_card(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    done = client.post(reverse("customer_merge", args=[bed.adam]), {"code": "ADAM2"}, follow=True)
    assert "plus qu&#x27;un" in done.content.decode()

    nobody = client.post(reverse("customer_merge", args=[bed.adam]), {"code": "X"}, follow=True)
    assert "Aucun client" in nobody.content.decode()


@pytest.mark.parametrize("role", ["reader", "sales"])
def test_who_may_only_read_merges_nothing(bed: Group, role: str) -> None:
    client = logged_in(bed.place.users[role])

    assert client.post(
        reverse("customer_merge", args=[bed.adam]), {"code": "ADAM2"}
    ).status_code in (403, 404)
    assert "Fusionner ceux" not in client.get(reverse("customers_duplicates")).content.decode()


def listed(bed: Group, user_id: int, **session: bool) -> set[str]:
    """The codes that a person's list of customers shows."""
    client = logged_in(user_id)
    if session.get("mine"):
        client.post(reverse("choose_mine"), {"mine": "1"})
    page = client.get(reverse("customers")).content.decode()
    return {code for code in ("ADAM2", "PETIT") if code in page}


def test_customers_given_to_a_collector_are_theirs_and_their_stand_ins(bed: Group) -> None:
    manager, collector = bed.place.users["credit_manager"], bed.place.users["collector"]
    client = logged_in(manager)
    asked = {"ids": bed.petit, "part": "collector", "user_id": collector}
    client.post(reverse("customers_assign"), asked)
    assert listed(bed, collector) == {"ADAM2", "PETIT"}
    assert listed(bed, collector, mine=True) == {"PETIT"}
    assert listed(bed, manager, mine=True) == set()

    day = today().isoformat()
    away = {"user_id": collector, "stand_in_id": manager, "starts_on": day, "ends_on": day}
    page = client.post(reverse("settings_portfolios_absent"), away, follow=True)
    assert "Absence enregistrée" in page.content.decode()
    assert listed(bed, manager, mine=True) == {"PETIT"}

    with in_tenant(bed.tenant_id):
        absence = absences.Absence.objects.of(bed.tenant_id).latest("id").pk
    client.post(reverse("settings_portfolios_back", args=[absence]))
    assert listed(bed, manager, mine=True) == set()


def test_stored_rules_share_customers_out_after_a_preview(bed: Group) -> None:
    manager = bed.place.users["credit_manager"]
    client, reader = logged_in(manager), bed.place.users["reader"]

    def add(**criteria: str) -> str:
        rule = {"part": "collector", "user_id": reader, "creditor_id": "", **criteria}
        answer = client.post(reverse("settings_portfolios_rule"), rule, follow=True)
        return answer.content.decode()

    client.post(reverse("customers_assign"), {"ids": bed.petit, "part": "collector"})
    by_hand = {"ids": bed.double, "part": "collector", "user_id": manager}
    client.post(reverse("customers_assign"), by_hand)
    assert "au moins un critère" in add()
    page = add(first_letter="o", last_letter="q", open_from_cents="100")
    assert "noms O–Q · encours d&#x27;au moins 100,00" in page
    page = add(first_letter="a", last_letter="z", user_id=str(manager), classes="business")
    assert "nature Entreprise" in page
    shown = client.get(reverse("settings_portfolios_preview")).content.decode()
    assert "Petit SAS" in shown
    assert "ADAM2" not in shown, "given by hand"
    assert listed(bed, reader, mine=True) == set(), "nothing moves before it is applied"
    told = client.post(reverse("settings_portfolios_apply"), follow=True).content.decode()
    assert "1 client attribué" in told
    assert listed(bed, reader, mine=True) == {"PETIT"}
    assert (
        "Personne ne change" in client.get(reverse("settings_portfolios_preview")).content.decode()
    )

    day = today().isoformat()
    away = {"user_id": reader, "stand_in_id": manager, "starts_on": day, "ends_on": day}
    client.post(reverse("settings_portfolios_absent"), away)
    assert "PETIT" in listed(bed, manager, mine=True), "whoever stands in has them too"
    with in_tenant(bed.tenant_id):
        absence = absences.Absence.objects.of(bed.tenant_id).latest("id").pk
        rules = [one.rule.pk for one in stored(bed.tenant_id)]
    client.post(reverse("settings_portfolios_back", args=[absence]))
    client.post(reverse("settings_portfolios_rule_act", args=[rules[1], "monter"]))
    with in_tenant(bed.tenant_id):
        assert [one.rule.pk for one in stored(bed.tenant_id)] == rules[::-1]
    only_here = logged_in(bed.place.users["reader"])
    act = reverse("settings_portfolios_rule_act", args=[rules[0], "retirer"])
    assert only_here.post(act).status_code == 403
    for number in rules:
        client.post(reverse("settings_portfolios_rule_act", args=[number, "retirer"]))
    assert client.post(act).status_code == 404
    assert listed(bed, reader, mine=True) == {"PETIT"}, "a rule gone takes nothing back"


def test_a_manager_of_one_creditor_writes_no_rule_for_all(bed: Group) -> None:
    with in_tenant(bed.tenant_id):
        local = add_user(bed.place.house, "credit_manager", "GROUPS", bed.place.second_id).pk
    client = logged_in(local)
    rule = {"part": "collector", "user_id": local, "creditor_id": "", "countries": "FR"}
    client.post(reverse("settings_portfolios_rule"), rule)
    with in_tenant(bed.tenant_id):
        assert stored(bed.tenant_id) == []
    client.post(
        reverse("settings_portfolios_rule"), {**rule, "creditor_id": str(bed.place.second_id)}
    )
    with in_tenant(bed.tenant_id):
        (own,) = stored(bed.tenant_id)
    client.post(reverse("settings_portfolios_rule_act", args=[own.rule.pk, "retirer"]))


def test_standing_in_goes_on_to_the_third(bed: Group) -> None:
    one, two, three = (bed.place.users[role] for role in ("admin", "reader", "accountant"))
    day = date(2030, 1, 2)
    with in_tenant(bed.tenant_id):
        who = {"tenant_id": bed.tenant_id, "today": day, "starts_on": day, "ends_on": day}
        absences.record_absence(**who, user_id=one, stand_in_id=two)
        absences.record_absence(**who, user_id=two, stand_in_id=three)
        absences.record_absence(**who, user_id=three, stand_in_id=one)
        asked = {"tenant_id": bed.tenant_id, "user_id": three}
        assert people_of(**asked, on=day) == (three, two, one), "a ring ends"
        assert people_of(**asked, on=date(2030, 1, 3)) == (three,)
        with pytest.raises(InvalidAbsence, match="précède"):
            absences.record_absence(
                **{**who, "ends_on": date(2030, 1, 1)}, user_id=one, stand_in_id=two
            )
        with pytest.raises(InvalidAbsence, match="autre personne"):
            absences.record_absence(**who, user_id=one, stand_in_id=one)


def test_a_company_of_the_group_is_apart(bed: Group) -> None:
    house = bed.place.house
    with in_tenant(bed.tenant_id):
        moment = Moment(tenant_id=bed.tenant_id, as_of=today(), currency="EUR")
        Creditor.objects.filter(id=house.creditor_id).update(siren="443061841")
        before = figures.month_figures(moment, months=1)[0]
        Creditor.objects.filter(id=house.creditor_id).update(siren=SIREN)
        trade, intra = groups.apart(aged_balance(moment))
        after = figures.month_figures(moment, months=1)[0]
    assert (trade.totals["open"], intra.totals["open"]) == (300_00, 300_00)
    assert (before.open_cents, after.open_cents) == (600_00, 300_00)
    assert (before.billed_cents, after.billed_cents) == (600_00, 300_00)

    page = logged_in(bed.place.users["reader"]).get(reverse("aged_balance"), {"intra": "only"})
    text = page.content.decode()
    assert "sociétés du groupe" in text
    assert "Petit" not in text


def test_one_company_at_two_creditors_is_one_exposure(bed: Group) -> None:
    with in_tenant(bed.tenant_id):
        who = {"tenant_id": bed.tenant_id, "today": today()}
        elsewhere = parties.create_customer(
            **who, creditor_id=bed.place.second_id, code="AD", name="Adam Logistique", siren=SIREN
        )
        documents.record_invoice(
            **who, customer_id=elsewhere, number="L-1", issued_on=today(),
            amounts=Amounts(50_00), due=[DueLine(today(), 50_00)],
        )  # fmt: skip
        moment = Moment(tenant_id=bed.tenant_id, as_of=today(), currency="EUR")
        found = groups.exposure(moment, customer_id=bed.adam)
    links = {(one.id, one.link): one.open_cents for one in found.others}
    assert links == {(bed.double, "siren"): 200_00, (elsewhere, "siren"): 50_00}
    assert (found.open_cents, found.overdue_cents, found.net_cents) == (350_00, 0, 350_00)
    reader = logged_in(bed.place.users["reader"])
    text = reader.get(reverse("customer", args=[bed.adam])).content.decode()
    assert "Adam Logistique" in text
    assert "350,00" in text
    asked = {"whole": bed.adam, "bucket": "open", "currency": "EUR"}
    lines = reader.get(reverse("aged_balance_lines"), asked).content.decode()
    assert {"G-1", "G-2", "L-1"} <= set(lines.replace("<", " ").replace(">", " ").split())
    assert "G-3" not in lines
    assert "Groupe de Adam SARL" in lines
    late = reader.get(reverse("aged_balance_lines"), {**asked, "bucket": "overdue"})
    assert "Aucune ligne" in late.content.decode()
    mine = {**asked, "of": "customer", "key": elsewhere}
    one = reader.get(reverse("aged_balance_lines"), mine).content.decode()
    assert "L-1" in one
    assert "G-2" not in one
    assert reader.get(reverse("aged_balance_lines"), {"whole": 10**9}).status_code == 404
    seller = logged_in(bed.seller).get(reverse("customer", args=[bed.adam])).content.decode()
    assert "Adam Logistique" not in seller, "their own customers only, of the group too"
    with in_tenant(bed.tenant_id):
        Customer.objects.filter(id=elsewhere).update(siren="")


def test_a_parent_is_set_shown_refused_in_a_loop_and_taken_off(bed: Group) -> None:
    client = logged_in(bed.place.users["credit_manager"])
    here = str(bed.place.house.creditor_id)

    def attach(customer: int, code: str, creditor: str = here) -> str:
        asked = {"code": code, "creditor": creditor}
        url = reverse("customer_parent", args=[customer])
        return client.post(url, asked, follow=True).content.decode()

    page = attach(bed.petit, "ADAM")
    assert "maison mère" in page
    assert "600,00" in page, "the parent, its twin by SIREN and itself"
    assert "Petit SAS" in client.get(reverse("customer", args=[bed.double])).content.decode()
    assert "dépend déjà de Adam SARL" in attach(bed.adam, "PETIT")
    assert "sa propre maison mère" in attach(bed.petit, "PETIT")
    assert "Aucun client" in attach(bed.petit, "NUL")
    assert "code d&#x27;un client" in attach(bed.petit, "ADAM", "0")
    client.post(reverse("customer_parent", args=[bed.petit]), {"remove": "1"})
    with in_tenant(bed.tenant_id):
        assert Customer.objects.get(id=bed.petit).parent_id is None
    reader = logged_in(bed.place.users["reader"])
    taken = reader.post(reverse("customer_parent", args=[bed.petit]), {"remove": "1"})
    assert taken.status_code == 403


def test_a_merged_parent_is_whoever_it_became(bed: Group) -> None:
    with in_tenant(bed.tenant_id):
        who = {"tenant_id": bed.tenant_id, "today": today()}
        parties.update_customer(**who, customer_id=bed.petit, parent_id=bed.double)
        merging.merge_customers(**who, customer_id=bed.double, survivor_id=bed.adam)
        moment = Moment(tenant_id=bed.tenant_id, as_of=today(), currency="EUR")
        found = groups.exposure(moment, customer_id=bed.petit)
        assert {one.id for one in found.members} == {bed.adam, bed.petit}
        assert found.open_cents == 600_00
        with pytest.raises(LoopOfParents):
            parties.update_customer(**who, customer_id=bed.adam, parent_id=bed.petit)
        with pytest.raises(LoopOfParents):
            parties.update_customer(**who, customer_id=bed.adam, parent_id=bed.double)
        parties.update_customer(**who, customer_id=bed.petit, parent_id=None)
