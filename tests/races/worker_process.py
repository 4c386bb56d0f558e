"""A real worker process whose outbox lives on a given day: nobody is reminded on a Sunday.

`ENCOURS_TEST_WHATSAPP`, `ENCOURS_TEST_SMS` and `ENCOURS_TEST_LETTERS` are loopback addresses that
stand for the providers of a test.
"""

from __future__ import annotations

import functools
import os
import sys
from datetime import datetime
from typing import Any

import django


def main() -> None:
    django.setup()
    from encours.config.operations import working  # noqa: PLC0415 - once Django is ready
    from encours.messaging import jobs  # noqa: PLC0415
    from encours.messaging.actions import Outbox  # noqa: PLC0415

    if "ENCOURS_TEST_SMS" in os.environ:
        send_to_loopback()
    at = datetime.fromisoformat(os.environ["ENCOURS_TEST_CLOCK"])
    jobs.Outbox = functools.partial(Outbox, clock=lambda: at)  # type: ignore[assignment, misc]
    working.work(concurrency=1, queues=sys.argv[1:])


def send_to_loopback() -> None:
    """Open the channels of the shipped providers towards the test's own servers."""
    from tests.messaging.posting import PostingChannel  # noqa: PLC0415

    from encours.messaging.ports import CHANNEL_FACTORIES, Account  # noqa: PLC0415
    from encours.messaging.providers import calls  # noqa: PLC0415
    from encours.messaging.providers.ovh import OvhChannel  # noqa: PLC0415
    from encours.messaging.providers.twilio import TwilioChannel  # noqa: PLC0415

    http = calls.client(timeout_s=5)

    def twilio(account: Account) -> Any:
        given = dict(account.settings)
        return TwilioChannel(
            http,
            base=os.environ["ENCOURS_TEST_WHATSAPP"],
            **{name: given[name] for name in ("sid", "token", "callback")},
        )

    def ovh(account: Account) -> Any:
        given = dict(account.settings)
        return OvhChannel(
            http,
            base=os.environ["ENCOURS_TEST_SMS"],
            **{name: given[name] for name in ("service", "application", "secret", "consumer")},
        )

    def posting(_account: Account) -> Any:
        return PostingChannel(http, os.environ["ENCOURS_TEST_LETTERS"])

    CHANNEL_FACTORIES.fill(
        {"smtp": CHANNEL_FACTORIES["smtp"], "twilio": twilio, "ovh": ovh, "posting": posting}
    )


if __name__ == "__main__":
    main()
