"""The suite runs as the application's own role, on real PostgreSQL, under row-level security."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# a property is true or false, however busy the machine is
hypothesis.register_profile("encours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("encours")
TransactionTestCase._fixture_teardown = lambda _self: None
_COUNT = itertools.count(1)


def become(role: str) -> None:
    """Connect as another role of the same database from now on."""
    default = connections["default"]
    default.close()
    close_pool = getattr(default, "close_pool", None)
    if close_pool is not None:
        close_pool()
    default.settings_dict["USER"] = settings.DATABASE_ROLES[role]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    become("owner")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    with django_db_blocker.unblock():
        become("app")
    yield
    with django_db_blocker.unblock():
        become("owner")


@dataclass(frozen=True)
class House:
    """A tenant with one creditor: what most tests need."""

    tenant_id: int
    creditor_id: int
    code: str


def found_house(code: str | None = None) -> House:
    """Create a tenant and its creditor; committed when the test is `transaction=True`."""
    from encours.tenancy.models import Creditor  # noqa: PLC0415 - once Django is ready
    from encours.tenancy.scope import in_tenant  # noqa: PLC0415

    number = f"{os.getpid()}-{next(_COUNT)}"
    with connection.cursor() as cursor:
        cursor.execute("select encours_create_tenant(%s, %s)", [f"Maison {number}", f"m-{number}"])
        tenant_id = cursor.fetchone()[0]
    code = code or f"C{number}"[:20]
    with in_tenant(tenant_id):
        creditor = Creditor.objects.create(
            tenant_id=tenant_id, code=code, name="Maison Durand", siren="552100554"
        )
    return House(tenant_id, creditor.pk, code)


@pytest.fixture
def house(transactional_db: None) -> House:
    """A new tenant, committed: rows of other tests are invisible to it."""
    return found_house()


@pytest.fixture
def other_house(transactional_db: None) -> House:
    return found_house()


@pytest.fixture
def today() -> date:
    return date(2026, 11, 20)
