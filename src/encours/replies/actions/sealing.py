"""The words of replies and answers: sealed with a key of their own, so that they can be erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction

from encours.replies.models import Answer, Reply
from encours.tenancy import persons

KIND: Final = "reply"


def sealed(*, tenant_id: int, reply_id: int, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what a row keeps of what a person wrote."""
    return persons.sealed_values(tenant_id=tenant_id, person=(KIND, reply_id), values=values)


@transaction.atomic
def erase_replies(*, tenant_id: int, reply_ids: Iterable[int]) -> int:
    """Erase what replies say, who says it, and what we answered; dates and kinds stay.

    So do the digests that keep the same mail from coming in again.
    """
    ids = list(reply_ids)
    persons.destroy_keys(tenant_id=tenant_id, kind=KIND, ids=ids)
    Answer.objects.of(tenant_id).filter(reply_id__in=ids).update(words={})
    rows = Reply.objects.of(tenant_id).filter(pk__in=ids)
    return rows.update(words={}, sender_digest="", numbers=[])
