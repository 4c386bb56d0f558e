"""Who follows which scenario: a person's choice for a customer or a due line, and the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from encours.dunning.models import ScenarioChoice, ScenarioRule
from encours.dunning.queries.scenarios import codes_in_force
from encours.dunning.rules.audience import read_audience
from encours.dunning.rules.shelf import NEVER
from encours.kernel.refusal import Refusal
from encours.parties.models import Customer
from encours.receivables.models import Instalment
from encours.tenancy import journal

LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.scenario'), %s)"
RULES_MAX: Final = 50


class UnknownScenario(Refusal):
    """No scenario of that code is in force."""

    message = "Ce scénario n'existe pas ou n'existe plus."


class NotOfThisCustomer(Refusal):
    """The due line is another customer's, or was withdrawn."""

    message = "Cette échéance n'est pas de ce client."


class BadRules(Refusal):
    """Conditions that cannot be read, too many rules, or one that reminds nobody at all."""

    message = "Ces règles ne se lisent pas."


@transaction.atomic
def choose_scenario(
    *,
    tenant_id: int,
    customer_id: int,
    scenario: str,
    instalment_id: int | None = None,
    reason: str = "",
    actor_id: int | None = None,
    today: date,
) -> None:
    """Let a customer, or one of its due lines, follow a scenario; "" forgets the choice.

    What was reserved by another scenario is looked at again before it leaves.
    """
    customer = Customer.objects.of(tenant_id).select_for_update().get(pk=customer_id)
    _known(tenant_id, customer.creditor_id, [scenario] if scenario else [])
    line = _line(tenant_id, customer, instalment_id)
    mine = ScenarioChoice.objects.of(tenant_id).filter(customer=customer)
    mine = mine.filter(_same_line(line))
    before = mine.values_list("scenario_code", flat=True).first() or ""
    if before == scenario:
        return
    mine.delete()
    if scenario:
        ScenarioChoice.objects.create(
            tenant_id=tenant_id,
            creditor_id=customer.creditor_id,
            customer=customer,
            instalment=line,
            scenario_code=scenario,
            reason=reason.strip()[:200],
            chosen_on=today,
            author_id=actor_id,
        )
    journal.record(
        "scenario.chosen",
        tenant_id=tenant_id,
        subject=("customer", customer.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=customer.creditor_id,
        customer_id=customer.pk,
        data={"before": before, "scenario": scenario, "instalment": instalment_id or 0},
    )


@transaction.atomic
def save_rules(
    *,
    tenant_id: int,
    creditor_id: int | None,
    rules: Sequence[tuple[Mapping[str, Any], str]],
    actor_id: int | None = None,
    today: date,
) -> None:
    """Replace the rules of a creditor, or (None) those of the organisation, in this order."""
    if len(rules) > RULES_MAX or any(code == NEVER and not asked for asked, code in rules):
        raise BadRules
    _known(tenant_id, creditor_id, [code for _conditions, code in rules])
    read = [read_audience(conditions) for conditions, _code in rules]
    issues = [issue for _audience, found in read for issue in found]
    if issues:
        raise BadRules(" ".join(issue.message for issue in issues))
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    level = Q(creditor_id=None) if creditor_id is None else Q(creditor_id=creditor_id)
    ScenarioRule.objects.of(tenant_id).filter(level).delete()
    ScenarioRule.objects.bulk_create(
        ScenarioRule(
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            place=place,
            conditions=audience.as_json() if audience else {},
            scenario_code=code,
        )
        for place, ((audience, _issues), (_conditions, code)) in enumerate(
            zip(read, rules, strict=True), start=1
        )
    )
    journal.record(
        "scenario.rules_saved",
        tenant_id=tenant_id,
        subject=("tenant", tenant_id) if creditor_id is None else ("creditor", creditor_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor_id,
        data={"scenarios": [code for _conditions, code in rules]},
    )


def erase_reasons(*, tenant_id: int, customer_id: int) -> int:
    """Empty the free words of a customer's choices; the scenarios stay."""
    rows = ScenarioChoice.objects.of(tenant_id).filter(customer_id=customer_id)
    return rows.exclude(reason="").update(reason="")


def _known(tenant_id: int, creditor_id: int | None, codes: Sequence[str]) -> None:
    if not set(codes) <= codes_in_force(tenant_id, creditor_id) | {NEVER}:
        raise UnknownScenario


def _line(tenant_id: int, customer: Customer, instalment_id: int | None) -> Instalment | None:
    if instalment_id is None:
        return None
    known = Q(pk=instalment_id) | Q(lineage_id=instalment_id)
    mine = Instalment.objects.of(tenant_id).filter(known, customer=customer, undone_at=None)
    line = mine.order_by("-pk").first()
    if line is None:
        raise NotOfThisCustomer
    return line


def _same_line(line: Instalment | None) -> Q:
    """Return what finds the choices of a due line, whichever of its versions they were made on."""
    if line is None:
        return Q(instalment=None)
    first = line.lineage_id or line.pk
    return Q(instalment_id=first) | Q(instalment__lineage_id=first)
