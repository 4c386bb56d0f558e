"""Personal values in the journal: encrypted with a key of the person, destroyed by erasure.

The journal only grows and its seals must verify for ever, so what must be able to disappear is
never in it in clear: a fact keeps a token, and the person's key is a row like any other (design.md,
2.13). The key is itself sealed with the installation's field key.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from django.db.models.functions import Now

from encours.tenancy import vault
from encours.tenancy.models import PersonKey

Person = tuple[str, int]
"""A kind (`contact`, `customer`) and an id."""

SEALED: Final = "sealed"
OF: Final = "person"


def sealed_values(*, tenant_id: int, person: Person, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what a fact keeps of a person's values: whose they are, and the token."""
    row, _ = PersonKey.objects.of(tenant_id).get_or_create(
        tenant_id=tenant_id,
        subject_type=person[0],
        subject_id=person[1],
        defaults={"sealed_key": vault.sealed(Fernet.generate_key().decode())},
    )
    if not row.sealed_key:
        # somebody erased comes back: what was is lost, what is new has its own key
        row.sealed_key, row.destroyed_at = vault.sealed(Fernet.generate_key().decode()), None
        row.save(update_fields=["sealed_key", "destroyed_at"])
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    token = Fernet(vault.opened(row.sealed_key).encode()).encrypt(text.encode()).decode()
    return {OF: f"{person[0]}:{person[1]}", SEALED: token}


def opened_values(*, tenant_id: int, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the personal values of a fact; None when it has none, or when their key is gone."""
    return opened_all(tenant_id=tenant_id, kept=(data,))[0]


def opened_all(*, tenant_id: int, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    """Return the personal values of several rows, in their order; their keys in one question."""
    found = [_person_of(data) for data in kept]
    ids = {person[1] for person in found if person}
    rows = PersonKey.objects.of(tenant_id).filter(subject_id__in=ids) if ids else ()
    keys = {(row.subject_type, row.subject_id): row.sealed_key for row in rows}
    return [
        _opened(keys.get(person, "") if person else "", data)
        for person, data in zip(found, kept, strict=True)
    ]


def _person_of(data: Mapping[str, Any]) -> Person | None:
    kind, _, number = str(data.get(OF, "")).partition(":")
    return (kind, int(number)) if SEALED in data and number.isdecimal() else None


def _opened(sealed_key: str, data: Mapping[str, Any]) -> dict[str, Any] | None:
    if not sealed_key:
        return None
    try:
        text = Fernet(vault.opened(sealed_key).encode()).decrypt(data[SEALED].encode())
    except InvalidToken:
        return None
    values: dict[str, Any] = json.loads(text)
    return values


def destroy_key(*, tenant_id: int, person: Person) -> bool:
    """Destroy a person's key; say whether there was one."""
    rows = PersonKey.objects.of(tenant_id).filter(subject_type=person[0], subject_id=person[1])
    return bool(rows.exclude(sealed_key="").update(sealed_key="", destroyed_at=Now()))


def destroy_keys(*, tenant_id: int, kind: str, ids: Collection[int]) -> int:
    """Destroy the keys of several persons of a kind; return how many there were."""
    rows = PersonKey.objects.of(tenant_id).filter(subject_type=kind, subject_id__in=ids)
    return rows.exclude(sealed_key="").update(sealed_key="", destroyed_at=Now())
