"""One worker's hands on the outbox, in a process of its own: `python -m bench.lane TENANT JOB AT`.

Says « ready », waits for a line, sends until nothing is left, says how many left.
"""

from __future__ import annotations

import sys
from datetime import datetime

import django


def main(tenant_id: int, job_id: int, at: datetime) -> None:
    """Send what the tenant has waiting, on the day asked."""
    django.setup()
    from encours.messaging.actions import Outbox  # noqa: PLC0415 - once Django is set up

    outbox = Outbox(tenant_id, job_id, clock=lambda: at)
    print("ready", flush=True)
    sys.stdin.readline()
    tally = outbox.run()
    print(tally.sent, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]))
