"""The rules that share customers out: written, ordered, ended; `receivables` applies them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from encours.attributes import queries as attributes
from encours.attributes.rules import canonical
from encours.parties.actions.portfolios import FIELDS, InvalidPortfolio, require_member
from encours.parties.models import DebtorClass, PortfolioRule
from encours.tenancy import journal
from encours.tenancy.models import Creditor

CRITERIA: Final = (
    "postcodes", "countries", "classes", "first_letter", "last_letter", "salesperson",
    "open_from_cents", "open_to_cents", "field_code", "field_value",
)  # fmt: skip
_POSTCODE: Final = re.compile(r"[0-9A-Z]{1,16}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@transaction.atomic
def add_rule(
    *,
    tenant_id: int,
    creditor_id: int | None,
    part: str,
    user_id: int,
    actor_id: int | None = None,
    today: date,
    **criteria: Any,
) -> int:
    """Add a rule after all the others and return its id; nobody moves until it is applied."""
    if part not in FIELDS:
        raise InvalidPortfolio("Choisissez commercial ou chargé de recouvrement.")
    require_member(tenant_id=tenant_id, user_id=user_id)
    if creditor_id is not None and not Creditor.objects.of(tenant_id).filter(id=creditor_id):
        raise InvalidPortfolio("Cette société n'existe pas.")
    values = _checked(tenant_id, criteria)
    last = PortfolioRule.objects.of(tenant_id).aggregate(last=Max("position"))["last"] or 0
    rule = PortfolioRule.objects.create(
        tenant_id=tenant_id,
        creditor_id=creditor_id,
        part=part,
        user_id=user_id,
        position=last + 1,
        **values,
    )
    _tell("portfolio_rule.added", rule, actor_id, today)
    return rule.pk


@transaction.atomic
def move_rule(
    *, tenant_id: int, rule_id: int, up: bool, actor_id: int | None = None, today: date
) -> None:
    """Try a rule one place earlier, or later; at its end of the list nothing changes."""
    rows = _live(tenant_id)
    at = _place(rows, rule_id)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for position, row in enumerate(rows, start=1):
        PortfolioRule.objects.of(tenant_id).filter(id=row.pk).update(position=position)
    _tell("portfolio_rule.moved", rows[other], actor_id, today)


@transaction.atomic
def end_rule(*, tenant_id: int, rule_id: int, actor_id: int | None = None, today: date) -> None:
    """Take a rule away; whom it gave customers to keeps them until another rule names them."""
    rows = _live(tenant_id)
    rule = rows[_place(rows, rule_id)]
    PortfolioRule.objects.of(tenant_id).filter(id=rule_id).update(ended_at=Now())
    _tell("portfolio_rule.ended", rule, actor_id, today)


def _live(tenant_id: int) -> list[PortfolioRule]:
    rows = PortfolioRule.objects.of(tenant_id).filter(ended_at=None)
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("position", "id"))


def _place(rows: list[PortfolioRule], rule_id: int) -> int:
    found = [at for at, row in enumerate(rows) if row.pk == rule_id]
    if not found:
        raise InvalidPortfolio("Cette règle n'existe pas, ou vient d'être retirée.")
    return found[0]


def _checked(tenant_id: int, criteria: Mapping[str, Any]) -> dict[str, Any]:
    unknown = criteria.keys() - set(CRITERIA)
    assert not unknown, unknown
    values = dict(criteria)
    for name, form, sentence in (
        ("postcodes", _POSTCODE, "Un début de code postal s'écrit en chiffres, par exemple 69."),
        ("countries", _COUNTRY, "Un pays s'écrit en deux lettres, par exemple BE."),
    ):
        values[name] = [one.strip().upper() for one in values.get(name, ()) if one.strip()]
        if not all(form.fullmatch(one) for one in values[name]):
            raise InvalidPortfolio(sentence)
    if not set(values.get("classes", ())) <= set(DebtorClass.values):
        raise InvalidPortfolio("Choisissez un type de client.")
    first, last = (values.get(name, "").strip().upper() for name in ("first_letter", "last_letter"))
    if bool(first) != bool(last) or first > last:
        raise InvalidPortfolio("Donnez la première et la dernière initiale, dans l'ordre.")
    low, high = values.get("open_from_cents"), values.get("open_to_cents")
    if low is not None and high is not None and low >= high:
        raise InvalidPortfolio("L'encours le plus haut doit dépasser le plus bas.")
    _check_field(tenant_id, values)
    if not any(value not in (None, "", []) for value in values.values()):
        raise InvalidPortfolio("Donnez au moins un critère.")
    return values | {"first_letter": first, "last_letter": last}


def _check_field(tenant_id: int, values: dict[str, Any]) -> None:
    code = values.get("field_code", "")
    if not code:
        values["field_value"] = ""
        return
    known = {one.code: one for one in attributes.fields(tenant_id=tenant_id, subject="customer")}
    if code not in known or not values.get("field_value", "").strip():
        raise InvalidPortfolio("Donnez un de vos champs de client et sa valeur.")
    try:
        values["field_value"] = canonical(known[code], values["field_value"])
    except ValueError as problem:
        raise InvalidPortfolio(str(problem)) from problem


def _tell(verb: str, rule: PortfolioRule, actor_id: int | None, today: date) -> None:
    journal.record(
        verb,
        tenant_id=rule.tenant_id,
        subject=("portfolio_rule", rule.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=rule.creditor_id,
        data={"part": rule.part, "user": rule.user_id},
    )
