"""`encours`: the one console command; it starts the embedded database before any work."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Prepare the installation, then hand over to the commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "encours.config.settings")
    from encours.config import embedded  # noqa: PLC0415 - before Django reads the settings

    if embedded.is_embedded():
        embedded.ensure_running()
    import django  # noqa: PLC0415 - after the database is up

    django.setup()
    from encours.config.commands import application  # noqa: PLC0415 - needs Django's models

    words = sys.argv[1:]
    application(words)(args=words, prog_name="encours")


if __name__ == "__main__":
    main()
