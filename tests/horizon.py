"""Waits for the transactions of other tests: facts are sealed and told once all of them ended."""

from __future__ import annotations

import time

from django.db import connection

PATIENCE_S = 120
NOW = "select pg_current_xact_id()::text::bigint"
HORIZON = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def let_others_end() -> None:
    """Return once every transaction of the cluster that is open now has ended."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        mine = cursor.fetchone()[0]
        until = time.monotonic() + PATIENCE_S
        while True:
            cursor.execute(HORIZON)
            if cursor.fetchone()[0] > mine:
                return
            assert time.monotonic() < until, "a transaction stays open"
            time.sleep(0.05)
