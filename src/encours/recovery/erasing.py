"""Erases what people wrote of calls and next actions; that they were, when, and how stays."""

from __future__ import annotations

from django.db import transaction

from encours.recovery.models import Call, Task


@transaction.atomic
def erase_words(*, tenant_id: int, customer_id: int) -> int:
    """Empty the notes of a customer's calls and the texts of its actions; return how many."""
    calls = Call.objects.of(tenant_id).filter(customer_id=customer_id).exclude(note="")
    texts = Task.objects.of(tenant_id).filter(customer_id=customer_id).exclude(text="")
    return calls.update(note="") + texts.update(text="")
