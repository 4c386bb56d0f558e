"""Secrets kept in the database, encrypted or hashed with a key that stays outside it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.fernet import Fernet
from django.conf import settings

PLACES: Final = ("host", "port", "security", "url")
AGAIN: Final = "Le serveur a changé : saisissez de nouveau son secret."


def sealed(secret: str) -> str:
    """Return the secret encrypted with the installation's field key; nothing stays nothing."""
    return Fernet(settings.FIELD_KEY).encrypt(secret.encode()).decode() if secret else ""


def opened(token: str) -> str:
    """Return what `sealed` was given; raises InvalidToken if the key is another."""
    return Fernet(settings.FIELD_KEY).decrypt(token.encode()).decode() if token else ""


def is_elsewhere(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether secrets entrusted to one server would now go to another, or in clear.

    Whoever may change a server may not read its password: another server does not get it unless
    it is typed again.
    """
    return any(before.get(name, "") != after.get(name, "") for name in PLACES)


def digest(purpose: str, text: str) -> str:
    """Return the keyed hash under which a token or an address is found again, in hexadecimal.

    Each purpose has a secret of its own: what one table keeps tells nothing of another's.
    """
    secret = sha256(f"{purpose}:".encode() + settings.FIELD_KEY).digest()
    return hmac.new(secret, text.encode("utf-8", "replace"), sha256).hexdigest()
