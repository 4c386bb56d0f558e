"""Secrets kept in the database (an SMTP password): encrypted with a key that stays outside it."""

from __future__ import annotations

from cryptography.fernet import Fernet
from django.conf import settings


def sealed(secret: str) -> str:
    """Return the secret encrypted with the installation's field key; nothing stays nothing."""
    return Fernet(settings.FIELD_KEY).encrypt(secret.encode()).decode() if secret else ""


def opened(token: str) -> str:
    """Return what `sealed` was given; raises InvalidToken if the key is another."""
    return Fernet(settings.FIELD_KEY).decrypt(token.encode()).decode() if token else ""
