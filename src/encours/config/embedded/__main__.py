"""Start, stop or look at the embedded database alone: what the service unit runs.

`python -m encours.config.embedded start|stop|status`
"""

from __future__ import annotations

import sys

from encours.config.embedded import (
    DatabaseUnavailable,
    ensure_running,
    is_embedded,
    status,
    stop,
)


def main(words: list[str]) -> int:
    """Do the one thing asked and return the exit code of the command line (design.md, part 5)."""
    if not is_embedded():
        sys.stdout.write("DATABASE_URL est donné : la base intégrée ne sert pas.\n")
        return 0
    try:
        match words:
            case ["start"]:
                told = f"prête : {ensure_running().app_url}"
            case ["stop"]:
                told = "arrêtée" if stop() else "déjà arrêtée"
            case ["status"]:
                seen = status()
                told = f"{'en marche' if seen.running else 'arrêtée'} : {seen.data}"
            case _:
                sys.stderr.write("usage : python -m encours.config.embedded start|stop|status\n")
                return 2
    except DatabaseUnavailable as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(f"Base de données intégrée {told}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
