"""What a bounce says of an address or a number: it is used no more until somebody mends it."""

from __future__ import annotations

from datetime import datetime

from encours.dunning.queries.outgoing import reached_by
from encours.messaging.models import Message
from encours.parties import faces
from encours.parties.models import Contact

KIND = "reminder"


def mark_bounced(
    *, tenant_id: int, reminder_id: int, channel: str, customer_id: int, now: datetime
) -> None:
    """Mark the contacts whose address or number refused a message."""
    message = (
        Message.objects.of(tenant_id)
        .filter(kind=KIND, subject_id=reminder_id, channel=channel)
        .first()
    )
    refused = message.recipient.get("to", []) if message else []
    family = faces.family_of(tenant_id=tenant_id, customer_id=customer_id)
    theirs = Contact.objects.of(tenant_id).filter(customer_id__in=family)
    if channel == "email":
        theirs.filter(email__in=refused).update(bounced_at=now)
    elif channel in ("sms", "whatsapp"):
        bad = [one.pk for one in theirs.select_related("customer") if reached_by(one) in refused]
        Contact.objects.of(tenant_id).filter(pk__in=bad).update(mobile_refused_at=now)
