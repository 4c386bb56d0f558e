"""Values of the tenant's own fields as the API shows them: of a whole page in one question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from encours.attributes import queries
from encours.attributes.queries import Key
from encours.attributes.rules import Field, Subject
from encours.kernel.money import decimal_text


def of_page(
    *, tenant_id: int, subject: Subject, keys: Collection[Key]
) -> dict[Key, dict[str, Any]]:
    """Return what was said of the customers or invoices of a page, by field code."""
    known = {one.code: one for one in queries.fields(tenant_id=tenant_id, subject=subject)}
    found = queries.values(tenant_id=tenant_id, fields=list(known.values()), keys=keys)
    return {
        key: {code: shown(known[code], value) for code, value in said.items()}
        for key, said in found.items()
    }


def shown(field: Field, value: Any) -> Any:
    """Return a value as JSON has it: amounts and numbers as texts, yes or no as booleans."""
    if value is None or isinstance(value, bool):
        return value
    if field.kind == "amount":
        return decimal_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)
