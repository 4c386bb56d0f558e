"""Decisions of people: a profile by hand, thresholds and segments of two levels, their traces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import House
from tests.receivables.ledger_rows import write
from tests.scoring.test_running import TODAY, ledger, of, run

from encours.parties.models import Customer
from encours.scoring import erasing
from encours.scoring.actions import deciding
from encours.scoring.actions.deciding import NotDecided
from encours.scoring.models import ChosenProfile, Score
from encours.scoring.queries import rules_in_force, scoring, stored
from encours.scoring.rules.profiles import InvalidThresholds, Thresholds
from encours.scoring.rules.segments import Condition
from encours.tenancy.models import Fact
from encours.tenancy.scope import in_tenant

LATE = (Condition("overdue_days", "at_least", "30"),)
NEW = (Condition("profile", "is", "new"),)


@pytest.fixture
def books(house: House) -> Iterator[House]:
    with in_tenant(house.tenant_id):
        write(house, ledger)
        run(house)
        yield house


def customer_id(books: House, code: str = "A") -> int:
    return int(Customer.objects.of(books.tenant_id).get(code=code).pk)


def choose(books: House, **more: Any) -> int:
    asked: dict[str, Any] = {
        "profile": "on_time",
        "reason": "accord signé",
        "ends_on": TODAY + timedelta(days=30),
        "actor_id": None,
        "today": TODAY,
        **more,
    }
    return deciding.choose_profile(
        tenant_id=books.tenant_id, customer_id=customer_id(books), **asked
    )


def verbs(books: House) -> list[str]:
    facts = Fact.objects.of(books.tenant_id).filter(verb__startswith="scoring.").order_by("pk")
    return [one.verb.removeprefix("scoring.") for one in facts]


def level(books: House, *, own: bool) -> dict[str, Any]:
    creditor_id = books.creditor_id if own else None
    return {"tenant_id": books.tenant_id, "creditor_id": creditor_id}


def test_a_chosen_profile_holds_until_its_day_and_is_in_the_journal(books: House) -> None:
    choose(books)

    assert (of(books, "A").profile, of(books, "A").behaviour) == ("on_time", "deteriorating")
    assert of(books, "A").is_chosen
    run(books, TODAY + timedelta(days=30))
    assert of(books, "A").profile == "on_time"
    run(books, TODAY + timedelta(days=31))
    assert not of(books, "A").is_chosen
    assert of(books, "A").profile == of(books, "A").behaviour
    fact = Fact.objects.of(books.tenant_id).get(verb="scoring.profile_chosen")
    assert fact.data == {"profile": "on_time", "ends_on": "2026-12-20"}


def test_a_chosen_profile_is_withdrawn_or_replaced(books: House) -> None:
    choose(books)
    choose(books, profile="key_account")
    mine = {"tenant_id": books.tenant_id, "customer_id": customer_id(books)}

    assert of(books, "A").profile == "key_account"
    chosen = stored.chosen_of(**mine)
    assert chosen is not None
    assert (chosen.reason, chosen.profile) == ("accord signé", "key_account")
    deciding.withdraw_profile(**mine, actor_id=None, today=TODAY)
    assert of(books, "A").profile == "deteriorating"
    assert stored.chosen_of(**mine) is None
    assert verbs(books) == ["computed", "profile_chosen", "profile_chosen", "profile_withdrawn"]
    moves = [move.profile for move in stored.moves_of(**mine)]
    assert moves == ["deteriorating", "key_account", "on_time", "deteriorating"]
    with pytest.raises(NotDecided, match="Aucun profil"):
        deciding.withdraw_profile(**mine, actor_id=None, today=TODAY)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param({"profile": "vip"}, "n'existe pas", id="an unknown profile"),
        pytest.param({"reason": "  "}, "motif", id="no reason"),
        pytest.param({"ends_on": None}, "date de fin", id="no end"),
        pytest.param({"ends_on": TODAY - timedelta(days=1)}, "déjà passée", id="over already"),
    ],
)
def test_a_choice_says_what_it_lacks(
    books: House, wrong: dict[str, str | date | None], message: str
) -> None:
    with pytest.raises(NotDecided, match=message):
        choose(books, **wrong)


def test_the_reason_is_erased_and_the_profile_stays(books: House) -> None:
    choose(books)

    assert erasing.erase_reasons(tenant_id=books.tenant_id, customer_id=customer_id(books)) == 1
    assert ChosenProfile.objects.of(books.tenant_id).get().reason == ""
    assert of(books, "A").profile == "on_time"


def test_thresholds_of_the_organisation_hold_until_the_creditor_has_its_own(books: House) -> None:
    actor = {"actor_id": None, "today": TODAY}
    moved = deciding.set_thresholds(
        **level(books, own=False), values={"deteriorating_days": 60, "on_time_days": 14}, **actor
    )
    held, origin = rules_in_force.thresholds(**level(books, own=True))

    assert (moved, of(books, "A").profile, origin.origin) == (1, "on_time", "tenant")
    assert held == Thresholds(deteriorating_days=60, on_time_days=14)
    assert not deciding.set_thresholds(
        **level(books, own=True), values={"deteriorating_days": 60, "on_time_days": 14}, **actor
    )
    deciding.set_thresholds(**level(books, own=True), values={"new_lines": 7}, **actor)
    assert of(books, "A").profile == "new"
    assert rules_in_force.thresholds(**level(books, own=True))[1].is_own
    deciding.inherit_thresholds(**level(books, own=True), **actor)
    assert of(books, "A").profile == "on_time"
    assert not deciding.inherit_thresholds(**level(books, own=True), **actor)
    with pytest.raises(InvalidThresholds):
        deciding.set_thresholds(**level(books, own=True), values={"new_lines": 900}, **actor)


def test_thresholds_are_tried_before_they_are_saved(books: House) -> None:
    place = {"tenant_id": books.tenant_id, "creditor_id": books.creditor_id}
    tried = scoring.tried(**place, today=TODAY, limits=Thresholds(new_lines=7))

    assert tried["profile"].to_list() == ["new", "chronically_late", "new"]
    assert of(books, "A").profile == "deteriorating"


def test_segments_are_saved_ordered_removed_and_place_customers(books: House) -> None:
    actor = {"actor_id": None, "today": TODAY}
    whole = level(books, own=False)

    def save(name: str, conditions: Any, segment_id: int | None = None) -> int:
        return deciding.save_segment(
            **whole, segment_id=segment_id, name=name, conditions=conditions, **actor
        )

    late = save("En retard", LATE)
    new = save("Nouveaux", (*NEW, Condition("country", "is", "FR")))
    assert [of(books, code).segment_id for code in "ABC"] == [None, late, new]

    wide = save("Tous", (Condition("country", "is", "FR"),))
    assert of(books, "A").segment_id == wide
    deciding.raise_segment(**whole, segment_id=wide, **actor)
    assert of(books, "C").segment_id == wide
    deciding.raise_segment(**whole, segment_id=late, **actor)  # already the first
    names = [one.name for one in rules_in_force.segments(**level(books, own=True))]
    assert names == ["En retard", "Tous", "Nouveaux"]

    again = save("En retard", LATE, segment_id=late)
    assert of(books, "B").segment_id == again
    deciding.remove_segment(**whole, segment_id=again, **actor)
    assert of(books, "B").segment_id == wide
    with pytest.raises(NotDecided, match="n'existe plus"):
        deciding.remove_segment(**whole, segment_id=again, **actor)
    with pytest.raises(NotDecided, match="déjà ce nom"):
        save("tous", NEW)


def test_a_creditor_with_segments_of_its_own_leaves_the_organisations(books: House) -> None:
    actor = {"actor_id": None, "today": TODAY}
    deciding.save_segment(
        **level(books, own=False), segment_id=None, name="Tous", conditions=NEW, **actor
    )
    own = deciding.save_segment(
        **level(books, own=True), segment_id=None, name="À part", conditions=LATE, **actor
    )

    assert [one.id for one in rules_in_force.segments(**level(books, own=True))] == [own]
    assert set(Score.objects.of(books.tenant_id).values_list("segment_id", flat=True)) == {
        own,
        None,
    }
