"""Asks the service that a creditor chose, for replies that our rules leave to a person.

Off unless somebody set an address. Only the words of the message are sent; what comes back is a
proposal, and a person still decides.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from encours.replies.actions import boxes
from encours.replies.models import Inbox
from encours.replies.ports import READERS, NotAnswered
from encours.replies.rules.values import Reading

log = logging.getLogger(__name__)
CODE: Final = "openai"


def asked(inbox: Inbox, reading: Reading) -> Reading | None:
    """Return the reading with the class that the service gives; None without a service.

    It stays abstained: no machine holds more than the delay, and a person decides.
    """
    settings = boxes.reader_settings(inbox)
    if not settings.get("url") or not reading.own_text.strip():
        return None
    try:
        opinion = READERS[CODE](settings).read(reading.own_text)
    except NotAnswered as problem:
        log.warning("reader of replies: %s", problem)
        return None
    why = tuple(one for one in opinion.why if one and one in reading.own_text)
    return replace(reading, kind=opinion.kind, confidence=opinion.confidence, why=why)
