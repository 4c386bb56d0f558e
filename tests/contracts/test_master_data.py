"""Who keeps what a list of customers says: once, shown, given back, whatever the keeper."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from django.db import connection
from tests.conftest import House

from encours.config.providers import master_data
from encours.parties.actions import customers
from encours.parties.models import Batch
from encours.tenancy.scope import in_tenant

TODAY = date(2026, 11, 20)
SAID: dict[str, Any] = {
    "credit_limit": "500000",
    "currency": None,
    "mandate_reference": "RUM-1",
    "mandate_signed_on": "2026-01-05",
    "mandate_scheme": "CORE",
    "iban": "FR7630006000011234567890189",
    "bic": None,
    "lre_consent_on": "2026-01-05",
    "lre_consent_source": "Contrat cadre, article 12",
    "contact_email": "compta@dupont.example",
}


def rows(customer_id: int, **more: Any) -> pl.DataFrame:
    said = {"line": 2, "code": "C1", "customer_id": customer_id, **SAID, **more}
    texts = dict.fromkeys(("code", *SAID), pl.String)
    return pl.DataFrame([said], schema={"line": pl.UInt32, "customer_id": pl.Int64, **texts})


@pytest.mark.parametrize("code", list(master_data()))
def test_a_keeper_takes_once_and_gives_back(house: House, code: str) -> None:
    keeper = master_data()[code]
    owner = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}

    def live() -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {keeper.table} where undone_at is null")
            return int(cursor.fetchone()[0])

    with in_tenant(house.tenant_id):
        asked = {"code": "C1", "name": "Dupont", "today": TODAY}
        customer_id = customers.create_customer(**owner, **asked)
        first, second, third = (Batch.objects.create(**owner, kind="table").pk for _ in range(3))
        blank = rows(customer_id, **dict.fromkeys(SAID))
        assert keeper.take(blank, **owner, batch_id=first, today=TODAY).count == 0
        assert live() == 0
        done = keeper.take(rows(customer_id), **owner, batch_id=first, today=TODAY)
        assert (done.count, len(done.changes), done.issues, live()) == (1, 1, (), 1)
        again = keeper.take(rows(customer_id), **owner, batch_id=second, today=TODAY)
        assert (again.count, live()) == (0, 1)
        assert not keeper.rests_on(tenant_id=house.tenant_id, batch_id=first)
        other = rows(
            customer_id,
            credit_limit="1",
            mandate_signed_on="2026-02-01",
            lre_consent_on="2026-02-01",
        )
        assert keeper.take(other, **owner, batch_id=third, today=TODAY).count == 1
        assert keeper.rests_on(tenant_id=house.tenant_id, batch_id=first) == {third}
        keeper.take_back(tenant_id=house.tenant_id, batch_id=third, leaving=[])
        assert live() == 1
        keeper.take_back(tenant_id=house.tenant_id, batch_id=first, leaving=[customer_id])
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {keeper.table}")
            assert cursor.fetchone()[0] == 0
