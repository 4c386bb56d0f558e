"""Settings of the test suite: a database of its own, quick passwords, no hashed file names."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("ENCOURS_HOME", f"{tempfile.gettempdir()}/encours-tests-{os.getuid()}")

from encours.config import embedded

if embedded.is_embedded():
    embedded.ensure_running(settings=embedded.THROWAWAY)

from encours.config.settings import *  # noqa: F403
from encours.config.settings import DATABASES, STATIC_ROOT, STORAGES

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
ACCOUNT_RATE_LIMITS = dict[str, str]()
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
