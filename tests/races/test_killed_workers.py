"""Workers killed in the middle of sending: nothing lost, nothing twice, doubts all listed.

`ENCOURS_KILLS` and `ENCOURS_MAILS` ask for more (20 and 2000 for a release).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from tests.conftest import House

from encours.config.operations.rescue import rescue_stalled
from encours.messaging import jobs
from encours.messaging.models import Message
from encours.messaging.providers.sink import SmtpSink
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

KILLS = int(os.environ.get("ENCOURS_KILLS", "2"))
MAILS = int(os.environ.get("ENCOURS_MAILS", "120"))
PATIENCE_S = 240 + 60 * KILLS
HEARTBEAT_S = 0.5
FILL = """
with customer as (
    insert into parties_customer (tenant_id, creditor_id, code, name, debtor_class,
        class_confirmed_at, siren, vat_number, address_line1, address_line2, postcode, city,
        country, language, salesperson_name, payment_method, contract_rate, to_identify,
        account, note)
    select %(tenant)s, %(creditor)s, 'C' || n, 'Client ' || n, 'business', now(), '', '', '', '',
           '', '', 'FR', 'fr', '', '', '', false, '411', '' from generate_series(1, %(mails)s) n
    returning id, code),
contact as (
    insert into parties_contact (tenant_id, customer_id, name, role, email, phone, language,
                                 channel)
    select %(tenant)s, id, '', 'billing', lower(code) || '@example.com', '', '', 'email'
    from customer),
invoice as (
    insert into receivables_invoice (tenant_id, creditor_id, customer_id, kind, number, issued_on,
        currency, amount_cents, key, journal, entry_number, piece, label)
    select %(tenant)s, %(creditor)s, id, 'invoice', 'F' || code, %(on)s::date - 40, 'EUR', 12345,
           code, '', '', '', '' from customer returning id, customer_id),
line as (
    insert into receivables_instalment (tenant_id, creditor_id, customer_id, invoice_id, issued_on,
        due_on, due_source, currency, amount_cents)
    select %(tenant)s, %(creditor)s, customer_id, id, %(on)s::date - 40, %(on)s::date - 10, 'read',
           'EUR', 12345 from invoice returning id, customer_id),
reminder as (
    insert into dunning_reminder (tenant_id, creditor_id, customer_id, currency, scenario_code,
        scenario_version, step_code, step_rank, cycle, planned_on, channel, amount_cents,
        instalment_ids, open_cents, line_ranks, reason, state, rehearsal, origin, edited)
    select %(tenant)s, %(creditor)s, customer_id, 'EUR', 'france', 1, 'relance_1', 2, 1, %(on)s,
           'email', 12345, array[id], array[12345], array[2::smallint], '', 'approved', false,
           'plan', '{}' from line returning id, customer_id)
insert into messaging_message (tenant_id, uuid, creditor_id, customer_id, kind, subject_id, channel,
    recipient, subject, state, rehearsal, send_after, attempts, provider_reference, last_error,
    digest)
select %(tenant)s, gen_random_uuid(), %(creditor)s, customer_id, 'reminder', id, 'email', '{}', '',
       'reserved', false, '2026-11-18', 0, '', '', '' from reminder
"""


DAY = datetime(2026, 11, 18, 10, tzinfo=UTC)  # a Wednesday: nobody is reminded on a Sunday


def fill(house: House) -> None:
    with in_tenant(house.tenant_id), connection.cursor() as cursor:
        Creditor.objects.filter(pk=house.creditor_id).update(
            live_on=date(2026, 1, 1),
            sender_email="compta@durand.example",
            calendar="FR",
            send_from_hour=0,
            send_until_hour=24,
        )
        cursor.execute(
            FILL,
            {
                "tenant": house.tenant_id,
                "creditor": house.creditor_id,
                "mails": MAILS,
                "on": DAY.date(),
            },
        )


def worker(sink: SmtpSink) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "encours.config.settings",
        "DATABASE_URL": f"postgresql://{settings.DATABASE_ROLES['app']}@/{database['NAME']}"
        f"?host={database['HOST']}",
        "ENCOURS_HOME": os.environ["ENCOURS_HOME"],
        "ENCOURS_SMTP_HOST": "127.0.0.1",
        "ENCOURS_SMTP_PORT": str(sink.port),
        "ENCOURS_HEARTBEAT_S": str(HEARTBEAT_S),
        "ENCOURS_TEST_CLOCK": DAY.isoformat(),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.worker_process", "send"], env=environment
    )


async def rescue() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as opened:  # type: ignore[attr-defined]
        async with opened.open_async():
            await rescue_stalled(opened, seconds_since_heartbeat=6 * HEARTBEAT_S)


def counts(house: House) -> Counter[str]:
    with in_tenant(house.tenant_id):
        return Counter(Message.objects.of(house.tenant_id).values_list("state", flat=True))


def sessions_left() -> int:
    """Return how many sessions hold the database besides ours, once the dead ones are noticed."""
    others = "select count(*) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
    left = 0
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(others, [connection.settings_dict["NAME"]])
            (left,) = cursor.fetchone()
        if not left:
            break
        time.sleep(0.1)
    return left


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_leaves_twice(house: House, tmp_path: Path) -> None:
    fill(house)
    chance = random.Random(20261122)
    killed = 0
    with SmtpSink(tmp_path / "sink") as sink:
        jobs.wake(house.tenant_id)
        hands = [worker(sink) for _ in range(2)]
        try:
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                seen = counts(house)
                if not seen["reserved"] and not seen["sending"]:
                    break
                if killed < KILLS and sink.mails.count() > MAILS * killed // (KILLS + 1):
                    time.sleep(chance.random() * 0.4)
                    victim = chance.randrange(2)
                    hands[victim].send_signal(signal.SIGKILL)
                    hands[victim].wait()
                    killed += 1
                    hands[victim] = worker(sink)
                time.sleep(0.3)
                asyncio.run(rescue())
                jobs.wake(house.tenant_id)
        finally:
            for hand in hands:
                hand.kill()
                hand.wait()
        stored = [mail.message_id for mail in sink.mails.stored(limit=MAILS * 2)]

    seen = counts(house)
    with in_tenant(house.tenant_id):
        mine = {
            f"<{uuid.hex}@durand.example>"
            for uuid in Message.objects.of(house.tenant_id).values_list("uuid", flat=True)
        }
        stored = [one for one in stored if one in mine]
        doubtful = {
            f"<{one.uuid.hex}@durand.example>"
            for one in Message.objects.of(house.tenant_id).filter(state="uncertain")
        }
    assert killed == KILLS
    assert sessions_left() == 0, "each thread gives its connection back"
    assert len(stored) == len(set(stored)), "twice"
    assert seen["sent"] + seen["uncertain"] == MAILS, seen
    assert seen["uncertain"] <= killed
    assert seen["sent"] <= len(stored) <= seen["sent"] + seen["uncertain"]
    assert len(set(stored) - doubtful) == seen["sent"], "lost"
