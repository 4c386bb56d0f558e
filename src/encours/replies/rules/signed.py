"""What Mailgun brings: a mail and the proof that Mailgun brings it.

https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/ : HMAC-SHA256 of
the timestamp and the token under the account's signing key.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

FRESH: Final = timedelta(minutes=15)


def is_genuine(given: Mapping[str, str], *, key: str, now: datetime) -> bool:
    """Say whether a call comes from who holds the key, and is no older than a quarter of an hour.

    The same call again within that time brings the same mail, which is taken once.
    """
    at, token, signature = (given.get(name, "") for name in ("timestamp", "token", "signature"))
    if not key or not token or not at.isascii() or not at.isdecimal() or len(at) > 12:  # noqa: PLR2004
        return False
    expected = hmac.new(key.encode(), f"{at}{token}".encode(), sha256).hexdigest()
    same = hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))
    return same and abs(now - datetime.fromtimestamp(int(at), UTC)) <= FRESH
