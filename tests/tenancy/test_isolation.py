"""No row of one tenant is ever visible to another, whatever the query."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models
from tests.conftest import House

from encours.tenancy.frames import read_frame
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel, User
from encours.tenancy.scope import in_tenant

KNOWN: dict[str, Any] = {
    "tenancy.Membership.role": "reader",
    "tenancy.BankAccount.state": "pending",
    "receivables.Instalment.due_source": "read",
    "receivables.Allocation.origin": "manual",
    "receivables.Reclassification.state": "bill",
    "standing.StandingFact.kind": "pause",
    "parties.PortfolioRule.part": "collector",
    "dunning.Triage.decision": "remind",
    "dunning.ScenarioRule.place": 1,
    "dunning.ScenarioReplay.days": 30,
    "dunning.ScenarioReplay.lag_days": 2,
    "dunning.TextTemplate.language": "fr",
    "documents.Document.source": "upload",
    "custody.Departure.kind": "tenant",
    "attributes.Field.subject": "customer",
    "attributes.Field.kind": "text",
    "attributes.Values.subject": "customer",
    "tenancy.ApiKey.role": "reader",
    "einvoicing.Connection.code": "afnor",
    "einvoicing.VatDuty.on_payment": True,
    "einvoicing.BillingPolicy.mode": "never",
    "einvoicing.Flow.kind": "collected",
    "einvoicing.Receipt.way": "status",
    "feeds.TakenFile.state": "received",
    "receivables.GivenNumber.source": "hand",
    "risk.CreditLimit.origin": "hand",
    "messaging.ChannelAccount.channel": "sms",
    "messaging.SendingLimit.channel": "sms",
    "messaging.SendingLimit.daily": 1,
    "payments.Mandate.origin": "hand",
    "postal.Posting.channel": "letter",
    "postal.Tariff.channel": "letter",
    "postal.Tariff.first_cents": 1,
    "payments.Mandate.scheme": "core",
    "payments.Mandate.kind": "recurrent",
    "receivables.PenaltyNote.year": 2026,
    "receivables.PenaltyPart.kind": "interest",
    "receivables.PenaltyWaiver.kind": "interest",
    "discounts.DiscountRule.anchor": "before_due",
    "discounts.DiscountOffer.origin": "step",
    "discounts.DiscountOffer.base_cents": 2,
    "discounts.Reward.kind": "thanks",
    "scoring.Score.profile": "new",
    "scoring.Move.profile": "new",
    "scoring.ChosenProfile.profile": "new",
    "replies.Reply.kind": "other",
    "recovery.Call.outcome": "reached",
    "recovery.Task.kind": "call",
}

# Of several references, one is set: the database refuses a row without any.
CHOSEN = {
    "documents.Attachment.customer",
    "receivables.VatPart.invoice",
    "receivables.PenaltyNote.invoice",
}
# A reference to another row than the first one.
SECOND = {"parties.CustomerMerge.survivor", "parties.NotDuplicates.other"}


def business_models() -> list[type[TenantModel]]:
    found = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    return [model for model in found if model._meta.managed]


def value_of(field: models.Field[Any, Any], made: dict[type, Any], tenant_id: int) -> Any:
    known = KNOWN.get(f"{field.model._meta.label}.{field.name}")
    if known is not None:
        return known
    if f"{field.model._meta.label}.{field.name}" in SECOND:
        first = made[field.related_model]
        return type(first).objects.create(
            tenant_id=tenant_id, creditor=first.creditor, code=f"{field.name}-x", name="x"
        )
    if isinstance(field, TenantForeignKey):
        return made.get(field.related_model)
    if isinstance(field, ArrayField):
        return [value_of(field.base_field, made, tenant_id)]
    simple: dict[type, Any] = {
        models.BigIntegerField: 1,
        models.IntegerField: 1,
        models.SmallIntegerField: 1,
        models.DecimalField: 1,
        models.DateField: date(2026, 1, 1),
        models.DateTimeField: datetime(2026, 1, 1, tzinfo=UTC),
        models.JSONField: {},
        models.BinaryField: b"x",
        models.EmailField: "a@example.com",
        models.UUIDField: uuid.uuid4(),
    }
    return next((value for kind, value in simple.items() if type(field) is kind), "x")


def fill(tenant_id: int) -> dict[type, Any]:
    """Create one row of every business table, parents first."""
    made: dict[type, Any] = {}
    user = User.objects.create_user(f"u{tenant_id}-{os.getpid()}@example.com")
    other = User.objects.create_user(f"o{tenant_id}-{os.getpid()}@example.com")
    waiting = business_models()
    while waiting:
        model = waiting.pop(0)
        parents = {
            field.related_model
            for field in model._meta.local_fields
            if isinstance(field, TenantForeignKey) and not field.null
        }
        if parents - set(made) - {model}:
            waiting.append(model)
            continue
        values = {
            field.name: value_of(field, made, tenant_id)
            for field in model._meta.local_fields
            if not field.primary_key
            and field.name not in ("tenant", "user")
            and (
                f"{model._meta.label}.{field.name}" in CHOSEN
                or not (field.null or field.has_default() or field.has_db_default())
            )
        }
        people = [one.name for one in model._meta.local_fields if one.related_model is User]
        values |= {name: user if name == "user" else other for name in people}
        made[model] = model.objects.create(tenant_id=tenant_id, **values)
    return made


@pytest.fixture
def two_full_houses(house: House, other_house: House) -> Iterator[tuple[House, House]]:
    for one in (house, other_house):
        with in_tenant(one.tenant_id):
            fill(one.tenant_id)
    return house, other_house


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.columns where column_name = 'tenant_id'"
            " and table_schema = 'public' order by 1"
        )
        return [row[0] for row in cursor.fetchall()]


def count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def test_with_no_scope_every_table_is_empty(two_full_houses: tuple[House, House]) -> None:
    seen = {
        table: count(f"select count(*) from {table}") for table in [*tables(), "tenancy_tenant"]
    }

    assert len(seen) > 20
    assert set(seen.values()) == {0}


def test_a_raw_query_without_a_filter_shows_one_tenant(
    two_full_houses: tuple[House, House],
) -> None:
    mine, theirs = two_full_houses
    with in_tenant(mine.tenant_id):
        foreign = {
            table: count(f"select count(*) from {table} where tenant_id <> {mine.tenant_id}")
            for table in tables()
        }
        own = {table: count(f"select count(*) from {table}") for table in tables()}

    assert set(foreign.values()) == {0}
    assert [table for table, rows in own.items() if not rows] == ["tenancy_fact"]
    assert theirs.tenant_id != mine.tenant_id


def test_a_planted_missing_filter_leaks_nothing(two_full_houses: tuple[House, House]) -> None:
    mine, theirs = two_full_houses
    with in_tenant(mine.tenant_id):
        for model in business_models():
            assert not model.objects.filter(tenant_id=theirs.tenant_id).exists()
            assert {row.tenant_id for row in model.objects.all()} == {mine.tenant_id}


def test_copy_and_frames_are_filtered_too(two_full_houses: tuple[House, House]) -> None:
    mine, _ = two_full_houses
    with in_tenant(mine.tenant_id):
        for table in tables():
            frame = read_frame(f"select tenant_id from {table}", schema={"tenant_id": pl.Int64})
            assert set(frame["tenant_id"].to_list()) <= {mine.tenant_id}


def test_a_reference_to_another_tenants_row_is_refused(
    two_full_houses: tuple[House, House],
) -> None:
    mine, theirs = two_full_houses
    customer = apps.get_model("parties", "Customer")
    with pytest.raises(DatabaseError), in_tenant(mine.tenant_id):
        customer.objects.create(
            tenant_id=mine.tenant_id, creditor_id=theirs.creditor_id, code="X", name="X"
        )


def test_a_row_cannot_move_to_another_tenant(two_full_houses: tuple[House, House]) -> None:
    mine, theirs = two_full_houses
    with pytest.raises(DatabaseError), in_tenant(mine.tenant_id):
        Creditor.objects.filter(pk=mine.creditor_id).update(tenant_id=theirs.tenant_id)


@pytest.mark.parametrize(
    "statement",
    [
        "set role {owner}",
        "truncate parties_customer",
        "copy parties_customer from stdin",
        "alter table parties_customer disable row level security",
    ],
)
def test_the_application_cannot_step_around(house: House, statement: str) -> None:
    with (
        pytest.raises((DatabaseError, psycopg.Error)),
        in_tenant(house.tenant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(owner=settings.DATABASE_ROLES["owner"]))


def test_the_scope_ends_with_its_transaction(house: House) -> None:
    with in_tenant(house.tenant_id):
        assert Creditor.objects.count() == 1
    assert Creditor.objects.count() == 0
    with in_tenant(house.tenant_id):
        assert Creditor.objects.count() == 1
