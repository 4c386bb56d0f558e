"""What is kept of a parcel as it left: the very bytes, whatever the channel."""

from __future__ import annotations

import json
from typing import Final

from encours.messaging.ports import Email, File, Letter, Parcel

MAIL: Final = "message/rfc822"
PLAIN: Final = "text/plain; charset=utf-8"
JSON: Final = "application/json"
PDF: Final = "application/pdf"


def evidence(parcel: Parcel) -> tuple[File, ...]:
    """Return the files that show what left, the message itself first."""
    if isinstance(parcel, Email):
        return (File("message.eml", MAIL, parcel.content),)
    if isinstance(parcel, Letter):
        return (File("courrier.pdf", PDF, parcel.pdf),)
    said = File("message.txt", PLAIN, parcel.body.encode())
    if not parcel.template:
        return (said,)
    filled = {"template": parcel.template, "variables": dict(parcel.variables)}
    body = json.dumps(filled, ensure_ascii=False, sort_keys=True).encode()
    return (said, File("modele.json", JSON, body))


def recipients(parcel: Parcel) -> list[str]:
    """Return to whom a parcel goes: addresses, a number, or the lines of an envelope."""
    if isinstance(parcel, Email):
        return list(parcel.recipients)
    if isinstance(parcel, Letter):
        return [parcel.email] if parcel.channel == "eregistered" else list(parcel.recipient)
    return [parcel.recipient]
