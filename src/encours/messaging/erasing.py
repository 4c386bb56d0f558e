"""Erases what messages say and to whom; that they were, when, and their digest stay."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from encours.messaging.models import Message, MessageContent

ENDED = ("sent", "failed", "bounced", "withdrawn")


@transaction.atomic
def erase_messages(*, tenant_id: int, message_ids: Sequence[int]) -> int:
    """Erase recipient, subject and bytes of messages that are over; return how many."""
    over = Message.objects.of(tenant_id).filter(pk__in=message_ids, state__in=ENDED)
    ids = list(over.values_list("pk", flat=True))
    MessageContent.objects.of(tenant_id).filter(message_id__in=ids).delete()
    rows = Message.objects.of(tenant_id).filter(pk__in=ids)
    return rows.update(recipient={}, subject="", last_error="", provider_reference="")
