"""`doctor`: each part of the installation, good or with what to do about it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from django.conf import settings
from django.db import DatabaseError, connection

from encours.config import home
from encours.config.operations import backups, isolation, journals, schema
from encours.config.operations.tenants import tenant_ids
from encours.feeds.queries import sources as feeds
from encours.kernel.dates import Semester
from encours.messaging.models import Message
from encours.receivables.queries.rates import rates_of
from encours.receivables.rules.rates import semesters_missing, shipped_rates
from encours.tenancy.scope import in_tenant

Level = Literal["ok", "warning", "error"]
SERVER_MIN: Final = 150_000
DISK_MIN_MB: Final = 2_000
CLOCK_DRIFT: Final = timedelta(seconds=5)
HEARTBEAT: Final = timedelta(minutes=2)
SEAL_AGE: Final = timedelta(hours=1)
BACKUP_AGE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Line:
    """What one check found."""

    subject: str
    level: Level
    message: str
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON shape of `doctor`."""
        return asdict(self)


def examine() -> list[Line]:
    """Run every check; when the database is out of reach, the rest cannot be known."""
    try:
        lines = [_database()]
    except DatabaseError as problem:
        return [
            Line(
                "Base de données",
                "error",
                f"injoignable ({type(problem).__name__})",
                "Vérifiez DATABASE_URL, ou relancez « encours doctor » pour la base embarquée.",
            )
        ]
    missing = schema.missing_migrations()
    if missing:
        advice = "Lancez « encours migrate »."
        return [*lines, Line("Schéma", "error", f"{len(missing)} migration(s) en attente", advice)]
    lines.append(Line("Schéma", "ok", "à jour"))
    checks: tuple[Callable[[], Iterator[Line]], ...] = (
        _roles,
        _clock,
        _jobs,
        _smtp,
        _disk,
        _rates,
        _journal,
        _outbox,
        _backup,
        _sources,
    )
    return [*lines, *(line for check in checks for line in check())]


def _database() -> Line:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int, version()")
        number, version = cursor.fetchone()
    shown = version.split(" (")[0].split(" on ")[0]
    if number < SERVER_MIN:
        return Line("Base de données", "error", shown, "Il faut PostgreSQL 15 ou plus récent.")
    return Line("Base de données", "ok", shown)


def _roles() -> Iterator[Line]:
    if isolation.bypasses():
        yield Line("Isolation", "error", "le rôle peut tout voir", isolation.UnsafeRole.message)
    elif unprotected := isolation.unprotected_tables():
        yield Line(
            "Isolation",
            "error",
            f"tables sans politique : {', '.join(unprotected)}",
            "Lancez « encours migrate » ; ne servez pas le site avant.",
        )
    else:
        yield Line("Isolation", "ok", "rôle applicatif, politiques actives sur toutes les tables")


def _clock() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        drift = abs(cursor.fetchone()[0] - datetime.now(UTC))
    if drift > CLOCK_DRIFT:
        yield Line(
            "Horloge",
            "error",
            f"{drift.total_seconds():.0f} s d'écart entre le programme et la base",
            "Synchronisez les horloges (chrony, systemd-timesyncd).",
        )
    else:
        yield Line("Horloge", "ok", "à l'heure")


def _jobs() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("select max(last_heartbeat) from procrastinate_workers")
        seen = cursor.fetchone()[0]
        cursor.execute("select count(*) from procrastinate_jobs where status = 'failed'")
        failed = cursor.fetchone()[0]
    if seen is None or datetime.now(UTC) - seen > HEARTBEAT:
        yield Line(
            "Tâches de fond", "warning", "aucun processus actif", "Lancez « encours worker »."
        )
    else:
        yield Line("Tâches de fond", "ok", "un processus répond")
    if failed:
        yield Line(
            "Tâches en échec",
            "warning",
            f"{failed} tâche(s) abandonnée(s)",
            "Voyez la page « Santé » ou les journaux du processus « worker ».",
        )


def _smtp() -> Iterator[Line]:
    where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    try:
        with socket.create_connection(where, timeout=3):
            yield Line("Messagerie", "ok", f"{where[0]}:{where[1]} répond")
    except OSError:
        yield Line(
            "Messagerie",
            "warning",
            f"{where[0]}:{where[1]} ne répond pas",
            "Réglez ENCOURS_SMTP_HOST et ENCOURS_SMTP_PORT, ou l'expéditeur de chaque société.",
        )


def _disk() -> Iterator[Line]:
    free = shutil.disk_usage(home.home()).free // 2**20
    if free < DISK_MIN_MB:
        advice = "Libérez de la place avant le prochain import."
        yield Line("Disque", "warning", f"{free} Mo libres", advice)
    else:
        yield Line("Disque", "ok", f"{free // 1024} Go libres")


def _rates() -> Iterator[Line]:
    missing, lacking = _semesters_missing(datetime.now(UTC).date())
    if missing:
        where = f" dans {lacking} organisation(s)" if lacking else ""
        yield Line(
            "Taux de retard",
            "warning",
            f"semestre(s) sans taux{where} : {', '.join(str(one) for one in missing)}",
            "Saisissez-les dans Réglages › Taux, ou importez le fichier des taux.",
        )
    else:
        yield Line("Taux de retard", "ok", "complets pour aujourd'hui et le mois qui vient")


def _semesters_missing(today: date) -> tuple[list[Semester], int]:
    """Return the semesters that some tenant lacks, its own rates counted, and how many lack one."""
    missing, lacking = set(semesters_missing(shipped_rates(), today)), 0
    ids = tenant_ids() if missing else []
    if ids:
        missing = set()
    for tenant_id in ids:
        with in_tenant(tenant_id):
            own = semesters_missing(rates_of(tenant_id), today)
        missing |= set(own)
        lacking += bool(own)
    return sorted(missing, key=str), lacking


def _journal() -> Iterator[Line]:
    for verdict in journals.verify_all():
        since = verdict.unsealed_since
        is_late = since and datetime.now(UTC) - datetime.fromisoformat(since) > SEAL_AGE
        if not verdict.ok:
            names = " ; ".join(finding.message for finding in verdict.findings[:5])
            yield Line(
                "Journal",
                "error",
                f"{len(verdict.findings)} anomalie(s) : {names}",
                "Comparez avec une sauvegarde ; « encours journal verify » donne la liste.",
            )
        elif is_late:
            yield Line(
                "Journal",
                "warning",
                f"{verdict.unsealed} fait(s) à sceller depuis {since}",
                "Lancez « encours worker » ou « encours journal seal ».",
            )
        else:
            yield Line("Journal", "ok", journals.sentence(verdict))


def _outbox() -> Iterator[Line]:
    uncertain = 0
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            uncertain += Message.objects.of(tenant_id).filter(state="uncertain").count()
    if uncertain:
        yield Line(
            "Envois incertains",
            "warning",
            f"{uncertain} message(s)",
            "Page « Envois » : dites pour chacun s'il est parti.",
        )
    else:
        yield Line("Envois incertains", "ok", "aucun")


def _sources() -> Iterator[Line]:
    now, late, failing, count = datetime.now(UTC), [], [], 0
    for tenant_id in tenant_ids():
        with in_tenant(tenant_id):
            found = feeds.sources(tenant_id=tenant_id, now=now)
        count += len(found)
        late += [one.name for one in found if one.state == "late"]
        failing += [f"{one.name} ({one.failure})" for one in found if one.state == "failing"]
    if late or failing:
        told = [f"en retard : {', '.join(late)}"] * bool(late)
        told += [f"en échec : {', '.join(failing)}"] * bool(failing)
        yield Line(
            "Sources de données", "warning", " ; ".join(told), "Page « Imports », « Sources »."
        )
    elif count:
        yield Line("Sources de données", "ok", f"{count} à jour")


def _backup() -> Iterator[Line]:
    newest = backups.newest()
    if newest is None or datetime.now(UTC) - newest > BACKUP_AGE:
        shown = "aucune" if newest is None else f"la dernière date du {newest:%d/%m/%Y}"
        yield Line("Sauvegarde", "warning", shown, "Lancez « encours backup ».")
    else:
        yield Line("Sauvegarde", "ok", f"du {newest:%d/%m/%Y à %H:%M} UTC")
