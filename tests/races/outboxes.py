"""An outbox to be emptied by real workers that a test kills."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from tests.conftest import House

from encours.config.operations.rescue import rescue_stalled
from encours.messaging.models import Message
from encours.messaging.providers.sink import SmtpSink
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

HEARTBEAT_S = 0.5
FILL = """
with customer as (
    insert into parties_customer (tenant_id, creditor_id, code, name, debtor_class,
        class_confirmed_at, siren, vat_number, address_line1, address_line2, postcode, city,
        country, language, salesperson_name, payment_method, contract_rate, to_identify,
        account, note)
    select %(tenant)s, %(creditor)s, 'C' || n, 'Client ' || n, 'business', now(), '', '',
           '1 rue des Lilas', '', '69001', 'Lyon', 'FR', 'fr', '', '', '', false, '411', '' from generate_series(1, %(customers)s) n
    returning id, code),
contact as (
    insert into parties_contact (tenant_id, customer_id, name, role, email, phone, mobile, language,
                                 channel)
    select %(tenant)s, id, '', 'billing', lower(code) || '@example.com', '',
           '+336' || lpad(substr(code, 2), 8, '0'), '', 'email'
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
        instalment_ids, open_cents, line_ranks, reason, state, rehearsal, origin, edited,
        effects)
    select %(tenant)s, %(creditor)s, customer_id, 'EUR', 'france', 1, 'relance_1', 2, 1, %(on)s,
           %(channels)s, 12345, array[id], array[12345], array[2::smallint], '', 'approved', false,
           'plan', '{}', '{}' from line returning id, customer_id)
insert into messaging_message (tenant_id, uuid, creditor_id, customer_id, kind, subject_id, channel,
    recipient, subject, state, rehearsal, send_after, attempts, provider_reference, last_error,
    digest)
select %(tenant)s, gen_random_uuid(), %(creditor)s, customer_id, 'reminder', id, c.channel, '{}',
       '', 'reserved', false, '2026-11-18', 0, '', '', ''
from reminder cross join lateral unnest(string_to_array(%(channels)s, '+')) as c (channel)
"""


DAY = datetime(2026, 11, 18, 10, tzinfo=UTC)  # a Wednesday: nobody is reminded on a Sunday


def fill(house: House, *, customers: int, channels: str = "email") -> None:
    """Give the house customers with one line late, and their approved reminders in the outbox."""
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
                "customers": customers,
                "channels": channels,
                "on": DAY.date(),
            },
        )


def worker(sink: SmtpSink, **environ: str) -> subprocess.Popen[bytes]:
    """Start a real worker process that sends by this sink, and by what `environ` says."""
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
        **environ,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.worker_process", "send"], env=environment
    )


def rescue() -> None:
    """Declare dead the jobs whose worker was killed; in a thread: a browser may hold this loop."""
    with ThreadPoolExecutor(1) as alone:
        alone.submit(lambda: asyncio.run(_rescue())).result()


async def _rescue() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as opened:  # type: ignore[attr-defined]
        async with opened.open_async():
            await rescue_stalled(opened, seconds_since_heartbeat=6 * HEARTBEAT_S)


def counts(house: House) -> Counter[str]:
    """Return how many messages are in each state."""
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
