"""A creditor's collector: who it is, whether it may write, and for which letters it has written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from encours.dunning.models import Agency as StoredAgency
from encours.dunning.models import Reminder
from encours.dunning.rules.agency import Agency, faults, of_agency
from encours.dunning.rules.scenario import Scenario
from encours.dunning.rules.wordings import Draft
from encours.dunning.texts.mandates import Mandate
from encours.kernel.issue import Issue
from encours.messaging.letterhead import sender_of
from encours.messaging.rules.notice import Payment, Sender
from encours.parties import faces
from encours.tenancy.models import Creditor


def agency_of(*, tenant_id: int, creditor_id: int) -> Agency | None:
    """Return the collector of a creditor."""
    row = StoredAgency.objects.of(tenant_id).filter(creditor_id=creditor_id).first()
    return None if row is None else as_value(row)


def as_value(row: StoredAgency) -> Agency:
    """Return what the rules read of a collector."""
    names = (one for one in Agency.__dataclass_fields__ if one != "is_account_confirmed")
    given = {name: getattr(row, name) for name in names}
    return Agency(**given, is_account_confirmed=row.account_confirmed_by_id is not None)


def faults_of(*, tenant_id: int, creditor_id: int, today: date) -> tuple[Issue, ...]:
    """Return what keeps the creditor's collector from writing."""
    return faults(agency_of(tenant_id=tenant_id, creditor_id=creditor_id), today)


def lacking(
    scenario: Scenario, tenant_id: int, creditor_id: int | None, today: date
) -> tuple[Issue, ...]:
    """Return what the steps of a collector lack, at the place of the first of them.

    Of an organisation's scenario nothing is said: each creditor has its own collector, or none.
    """
    mine = of_agency(scenario)
    if not mine or creditor_id is None:
        return ()
    place = scenario.steps.index(mine[0]) + 1
    found = faults_of(tenant_id=tenant_id, creditor_id=creditor_id, today=today)
    missing = " ".join(one.message for one in found)
    said = f"Cabinet de recouvrement, à compléter dans les réglages : {missing}"
    return (Issue("agency_incomplete", said, place, "sender"),) if found else ()


def may_write(creditor: Creditor, today: date) -> bool:
    """Say whether the creditor has a collector that may write on that day."""
    asked = {"tenant_id": creditor.tenant_id, "creditor_id": creditor.pk}
    return not faults_of(**asked, today=today)


def entrusted(drafts: Mapping[Reminder, Draft], *, creditor: Creditor) -> dict[Reminder, Draft]:
    """Return the drafts of a collector's steps in its name, for the creditor.

    Without a collector that may write they stay as they are: the plan holds such a step, and looks
    again just before it leaves.
    """
    mine = {one: draft for one, draft in drafts.items() if draft.step.sender == "agency"}
    if not mine:
        return {}
    tenant_id = creditor.tenant_id
    agency = agency_of(tenant_id=tenant_id, creditor_id=creditor.pk)
    today = next(iter(mine.values())).today
    if agency is None or faults(agency, today):
        return {}
    first = _first_letters(tenant_id, creditor.pk, {one.customer_id for one in mine})
    return {
        one: _signed(draft, agency, creditor, _mandate(one, agency, creditor, first))
        for one, draft in mine.items()
    }


def _signed(draft: Draft, agency: Agency, creditor: Creditor, mandate: Mandate) -> Draft:
    payment = draft.payment
    if agency.receives_funds:
        reference = draft.reference
        payment = Payment(holder=agency.holder, iban=agency.iban, reference=reference)
    return replace(
        draft,
        sender=Sender(
            name=agency.name,
            address=agency.address,
            siren=agency.siren,
            email=agency.email or sender_of(creditor).email,
            phone=agency.phone,
        ),
        payment=payment,
        signatory=agency.signatory or agency.name,
        signatory_role="",
        place=agency.city,
        mandate=mandate,
    )


def _mandate(
    reminder: Reminder,
    agency: Agency,
    creditor: Creditor,
    first: Mapping[int, tuple[int, date]],
) -> Mandate:
    assert agency.mandate_on is not None, creditor.pk
    before = first.get(reminder.customer_id)
    is_first = before is None or before[0] == reminder.pk
    face = sender_of(creditor)
    return Mandate(
        creditor=face.name,
        creditor_address=face.address,
        signed_on=agency.mandate_on,
        reference=_reference(reminder.pk),
        first_on=None if is_first or before is None else before[1],
        first_reference="" if is_first or before is None else _reference(before[0]),
        holds_funds=agency.receives_funds,
    )


def _reference(reminder_id: int) -> str:
    return f"R{reminder_id}"


def _first_letters(
    tenant_id: int, creditor_id: int, customer_ids: set[int]
) -> dict[int, tuple[int, date]]:
    """Return the first letter that a collector sent to each customer: its number and its day."""
    found: dict[int, tuple[int, date]] = {}
    for face in customer_ids:
        family = faces.family_of(tenant_id=tenant_id, customer_id=face)
        rows = Reminder.objects.of(tenant_id).filter(
            creditor_id=creditor_id,
            customer_id__in=family,
            sender="agency",
            rehearsal=False,
            sent_on__isnull=False,
        )
        row = rows.order_by("sent_on", "pk").values_list("pk", "sent_on").first()
        if row is not None and row[1] is not None:
            found[face] = (row[0], row[1])
    return found
