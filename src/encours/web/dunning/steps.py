"""Steps by their names: the shipped ones, and those that people added, as they called them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from encours.dunning.queries.step_names import own_steps
from encours.web.dunning.sentences import STEPS, choices, step
from encours.web.rights import StaffRequest
from encours.web.tables import Badge, Table


def badges(request: StaffRequest) -> Mapping[str, Badge]:
    """Return how every step is called, in one question for a page."""
    own = own_steps(
        tenant_id=request.tenant_id, creditor_ids=request.scope.creditor_ids, known=STEPS
    )
    return {**STEPS, **{code: replace(step(code), label=name) for code, name in own.items()}}


def named(table: Table, known: Mapping[str, Badge]) -> Table:
    """Return a table whose steps are called by these names, in its cells and its filter."""
    if len(known) == len(STEPS):
        return table
    columns = (replace(one, badges=known) if one.key == "step" else one for one in table.columns)
    filters = (
        replace(one, choices=choices(known, one.choices[0][1])) if one.key == "step" else one
        for one in table.filters
    )
    return replace(table, columns=tuple(columns), filters=tuple(filters))
