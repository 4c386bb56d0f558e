"""A real worker process whose outbox lives on a given day: nobody is reminded on a Sunday."""

from __future__ import annotations

import functools
import os
import sys
from datetime import datetime

import django


def main() -> None:
    django.setup()
    from encours.config.operations import working  # noqa: PLC0415 - once Django is ready
    from encours.messaging import jobs  # noqa: PLC0415
    from encours.messaging.actions import Outbox  # noqa: PLC0415

    at = datetime.fromisoformat(os.environ["ENCOURS_TEST_CLOCK"])
    jobs.Outbox = functools.partial(Outbox, clock=lambda: at)  # type: ignore[assignment, misc]
    working.work(concurrency=1, queues=sys.argv[1:])


if __name__ == "__main__":
    main()
