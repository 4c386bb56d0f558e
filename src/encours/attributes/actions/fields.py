"""Fields: added, changed and retired; the journal says which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import connection, transaction
from django.db.models.functions import Now

from encours.attributes import rules
from encours.attributes.models import Field
from encours.kernel.refusal import Refusal
from encours.tenancy.journal import record

LOCK: Final = "select pg_advisory_xact_lock(hashtext('encours.attributes'), %s)"


class InvalidField(Refusal):
    """Say what is wrong in what was typed."""


class TooManyFields(Refusal):
    """There is a limit, so that pages stay readable."""

    message = f"Vous avez déjà {rules.FIELDS_MAX} champs : retirez-en un d'abord."


@transaction.atomic
def add_field(
    *,
    tenant_id: int,
    subject: rules.Subject,
    label: str,
    kind: rules.Kind,
    choices: Sequence[str] = (),
    in_lists: bool = True,
    actor_id: int | None = None,
    today: date,
) -> int:
    """Define a field; its code is made of its label and never changes."""
    assert subject in rules.SUBJECTS, subject
    assert kind in rules.KINDS, kind
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [tenant_id])
    held = list(Field.objects.of(tenant_id).filter(subject=subject))
    live = [one for one in held if one.retired_at is None]
    if len(live) >= rules.FIELDS_MAX:
        raise TooManyFields
    name = _label(label, live)
    row = Field.objects.create(
        tenant_id=tenant_id,
        subject=subject,
        code=rules.code_of(name, {one.code for one in held}),
        label=name,
        kind=kind,
        choices=_choices(kind, choices),
        in_lists=in_lists,
        position=max((one.position for one in held), default=0) + 1,
    )
    _tell("field.added", row, actor_id, today)
    return row.pk


@transaction.atomic
def change_field(
    *,
    tenant_id: int,
    field_id: int,
    label: str,
    in_lists: bool,
    choices: Sequence[str] = (),
    actor_id: int | None = None,
    today: date,
) -> None:
    """Rename a field, show it in lists or not, offer other choices; its kind is for ever."""
    row = _locked(tenant_id, field_id)
    others = Field.objects.of(tenant_id).filter(subject=row.subject, retired_at=None)
    row.label = _label(label, list(others.exclude(pk=row.pk)))
    row.choices = _choices(row.kind, choices)
    row.in_lists = in_lists
    row.save(update_fields=["label", "choices", "in_lists"])
    _tell("field.changed", row, actor_id, today)


@transaction.atomic
def retire_field(
    *, tenant_id: int, field_id: int, actor_id: int | None = None, today: date
) -> None:
    """Show a field no more; what was said in it is kept."""
    row = _locked(tenant_id, field_id)
    Field.objects.of(tenant_id).filter(pk=row.pk).update(retired_at=Now())
    _tell("field.retired", row, actor_id, today)


def _locked(tenant_id: int, field_id: int) -> Field:
    rows = Field.objects.of(tenant_id).select_for_update(no_key=True)
    row = rows.filter(pk=field_id, retired_at=None).first()
    if row is None:
        raise InvalidField("Ce champ n'existe plus.")
    return row


def _label(typed: str, others: Sequence[Field]) -> str:
    label = " ".join(typed.split())[: rules.LABEL_MAX]
    if not label:
        raise InvalidField("Donnez un nom à ce champ.")
    if rules.plain(label) in {rules.plain(one.label) for one in others}:
        raise InvalidField("Un autre champ porte déjà ce nom.")
    return label


def _choices(kind: str, typed: Sequence[str]) -> list[str]:
    if kind != "choice":
        return []
    named = {rules.plain(one): " ".join(one.split())[: rules.TEXT_MAX] for one in typed}
    kept = [one for one in named.values() if one]
    if not kept:
        raise InvalidField("Donnez au moins un choix, un par ligne.")
    if len(kept) > rules.CHOICES_MAX:
        raise InvalidField(f"Pas plus de {rules.CHOICES_MAX} choix.")
    return kept


def _tell(verb: str, row: Field, actor_id: int | None, today: date) -> None:
    record(
        verb,
        tenant_id=row.tenant_id,
        subject=("field", row.pk),
        effective_on=today,
        actor_id=actor_id,
        data={"code": row.code, "of": row.subject, "kind": row.kind},
    )
