"""The journal only grows, and its seals name whatever was touched behind its back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from tests.conftest import House
from tests.horizon import let_others_end

from encours.tenancy import journal, sealing
from encours.tenancy.models import Seal
from encours.tenancy.scope import in_tenant

KEY = b"a key of the tests"
ON = date(2026, 11, 20)


def write(house: House, count: int = 3) -> list[int]:
    with in_tenant(house.tenant_id):
        return [
            journal.record(
                "customer.renamed",
                tenant_id=house.tenant_id,
                subject=("customer", number),
                effective_on=ON,
                data={"rank": number},
            )
            for number in range(count)
        ]


def seal_all(house: House, folder: Path, expected: int) -> None:
    """Seal what was written; another worker's transaction may hold the horizon for a moment."""
    let_others_end()
    assert sealing.seal(house.tenant_id, key=KEY, folder=folder) >= expected


def as_owner(*statements: str) -> None:
    """Do what a person with the owner's password could do with SQL."""
    database = connection.settings_dict
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=settings.DATABASE_ROLES["owner"],
        autocommit=True,
    ) as owner:
        for statement in statements:
            owner.execute(statement)  # type: ignore[call-overload]


def tamper(table: str, *statements: str) -> None:
    as_owner(
        f"grant update, delete on {table} to {settings.DATABASE_ROLES['owner']}",
        f"alter table {table} disable trigger append_only",
        *statements,
        f"alter table {table} enable always trigger append_only",
    )


def findings(house: House, folder: Path) -> set[tuple[str, int | None]]:
    verdict = sealing.verify(house.tenant_id, key=KEY, folder=folder)
    return {(finding.kind, finding.fact_id) for finding in verdict.findings}


def test_a_sealed_journal_verifies(house: House, tmp_path: Path) -> None:
    write(house)
    seal_all(house, tmp_path, 3)
    write(house, 2)

    verdict = sealing.verify(house.tenant_id, key=KEY, folder=tmp_path)

    assert verdict.ok
    assert (verdict.facts, verdict.unsealed) == (3, 2)
    assert verdict.unsealed_since is not None


def test_each_fact_is_sealed_once(house: House, tmp_path: Path) -> None:
    write(house)
    seal_all(house, tmp_path, 3)
    more = write(house)
    seal_all(house, tmp_path, 3)

    with in_tenant(house.tenant_id):
        ids = [i for one in Seal.objects.of(house.tenant_id) for i in one.fact_ids]
    assert len(ids) == len(set(ids)) == 6
    assert set(more) <= set(ids)


@pytest.mark.parametrize(
    "statement",
    [
        "update tenancy_fact set verb = 'x'",
        "delete from tenancy_fact",
        "truncate tenancy_fact",
        "update tenancy_seal set hash = ''",
        "insert into tenancy_fact (tenant_id, recorded_at) values (1, now())",
    ],
)
def test_the_application_can_only_append(house: House, statement: str) -> None:
    with (
        pytest.raises(DatabaseError),
        in_tenant(house.tenant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_changed_fact_is_named(house: House, tmp_path: Path) -> None:
    ids = write(house)
    seal_all(house, tmp_path, 3)
    tamper("tenancy_fact", f"update tenancy_fact set verb = 'x' where id = {ids[1]}")

    assert findings(house, tmp_path) == {("fact_changed", ids[1])}


def test_a_removed_fact_is_named(house: House, tmp_path: Path) -> None:
    ids = write(house)
    seal_all(house, tmp_path, 3)
    tamper("tenancy_fact", f"delete from tenancy_fact where id = {ids[0]}")

    assert findings(house, tmp_path) == {("fact_removed", ids[0])}


def test_a_fact_slipped_in_is_named(house: House, tmp_path: Path) -> None:
    ids = write(house)
    seal_all(house, tmp_path, 3)
    as_owner(
        "insert into tenancy_fact (tenant_id, xid, effective_on, verb, subject_type, subject_id)"
        f" select tenant_id, xid, effective_on, 'paid', 'invoice', 7 from tenancy_fact"
        f" where id = {ids[2]}"
    )

    found = findings(house, tmp_path)
    assert {kind for kind, _ in found} == {"fact_inserted"}
    assert all(identity and identity > ids[2] for _, identity in found)


def test_a_fact_changed_and_rehashed_in_its_seal_is_seen(house: House, tmp_path: Path) -> None:
    ids = write(house)
    seal_all(house, tmp_path, 3)
    tamper("tenancy_fact", f"update tenancy_fact set verb = 'x' where id = {ids[1]}")
    tamper(
        "tenancy_seal",
        "update tenancy_seal set leaves = (select string_agg("
        + sealing.LEAF
        + ", ''::bytea order by xid, id) from tenancy_fact f"
        f" where f.tenant_id = {house.tenant_id}), hash = sha256(leaves)"
        f" where tenant_id = {house.tenant_id}",
    )

    assert {kind for kind, _ in findings(house, tmp_path)} == {"seal_changed"}


def test_facts_and_seals_cut_at_the_tail_are_seen(house: House, tmp_path: Path) -> None:
    write(house)
    seal_all(house, tmp_path, 3)
    later = write(house)
    seal_all(house, tmp_path, 3)
    tamper("tenancy_fact", f"delete from tenancy_fact where id in ({', '.join(map(str, later))})")
    tamper(
        "tenancy_seal",
        f"delete from tenancy_seal where tenant_id = {house.tenant_id} and number > 1",
    )

    assert {kind for kind, _ in findings(house, tmp_path)} == {"seal_removed"}


def test_a_fact_of_an_open_transaction_waits_for_the_next_seal(
    house: House, tmp_path: Path
) -> None:
    database = connection.settings_dict
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=settings.DATABASE_ROLES["app"],
    ) as slow:
        slow.execute("select set_config('encours.tenant', %s, true)", [str(house.tenant_id)])
        slow.execute(
            "insert into tenancy_fact (tenant_id, effective_on, verb, subject_type, subject_id)"
            " values (%s, current_date, 'slow', 'import', 1)",
            [house.tenant_id],
        )
        write(house)
        assert sealing.seal(house.tenant_id, key=KEY, folder=tmp_path) == 0
        slow.commit()
    seal_all(house, tmp_path, 4)

    assert sealing.verify(house.tenant_id, key=KEY, folder=tmp_path).ok
