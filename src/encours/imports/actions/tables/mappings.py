"""Mappings kept by name: saved, forgotten, found again by the headings of a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from encours.imports.models import Mapping
from encours.imports.rules.tables import mapping as rules
from encours.imports.rules.tables.mapping import TableMapping
from encours.kernel.refusal import Refusal
from encours.tenancy.journal import record


class UnusableMapping(Refusal):
    """The message says what is missing or unknown in it."""


class NameTaken(Refusal):
    """Another layout has this name."""

    message = "Une autre correspondance porte déjà ce nom : choisissez-en un autre."


def usable(data: Any) -> TableMapping:
    """Read a mapping from JSON; raises UnusableMapping when it cannot be used as it is."""
    try:
        found = rules.from_json(data)
    except rules.Unusable as problem:
        raise UnusableMapping(str(problem)) from problem
    if missing := found.missing():
        raise UnusableMapping(f"Il manque {' ; '.join(missing)}.")
    return found


@transaction.atomic
def save_mapping(
    *,
    tenant_id: int,
    creditor_id: int | None,
    name: str,
    definition: dict[str, Any],
    signature: str,
    replace: bool = False,
    author_id: int | None = None,
    today: date,
) -> int:
    """Keep a mapping by name, of one creditor or (None) of all; return its id.

    `signature` is that of the file it was made for (`Description.signature`): files with the same
    headings will take it by themselves. Raises NameTaken unless `replace`, UnusableMapping.
    """
    kept = usable(definition)
    name = " ".join(name.split())[: rules.NAME_MAX]
    if not name:
        raise UnusableMapping("Donnez un nom à cette correspondance.")
    whose = Q(creditor=None) if creditor_id is None else Q(creditor_id=creditor_id)
    rows = Mapping.objects.of(tenant_id).filter(whose, name=name)
    held = rows.select_for_update(no_key=True).first()
    if held is not None and not replace and held.signature != signature:
        raise NameTaken
    row = held or Mapping(tenant_id=tenant_id, creditor_id=creditor_id, name=name)
    row.definition, row.signature, row.author_id = kept.as_json(), signature, author_id
    row.save()
    record(
        "mapping.saved",
        tenant_id=tenant_id,
        subject=("mapping", row.pk),
        effective_on=today,
        actor_id=author_id,
        creditor_id=creditor_id,
        data={"meaning": kept.meaning, "columns": sorted(kept.columns)},
    )
    return row.pk


@transaction.atomic
def delete_mapping(
    *, tenant_id: int, mapping_id: int, actor_id: int | None = None, today: date
) -> None:
    """Forget a mapping; the imports made with it keep their own copy."""
    rows = Mapping.objects.of(tenant_id).filter(pk=mapping_id)
    held = rows.first()
    if held is None:
        raise UnusableMapping("Cette correspondance n'existe plus.")
    rows.delete()
    record(
        "mapping.removed",
        tenant_id=tenant_id,
        subject=("mapping", mapping_id),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=held.creditor_id,
    )


def mark_used(*, tenant_id: int, mapping_id: int) -> None:
    """Remember that a saved mapping served: the last one that did comes first."""
    Mapping.objects.of(tenant_id).filter(pk=mapping_id).update(used_at=Now())
