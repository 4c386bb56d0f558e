"""Frames in and out of PostgreSQL, under row-level security."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from django.db import DataError, ProgrammingError, connection
from tests.conftest import House

from encours.tenancy import frames
from encours.tenancy.frames import (
    numbers_listed,
    one_process,
    read_frame,
    read_named,
    stage_frame,
)
from encours.tenancy.scope import in_tenant

SCHEMA = {"id": pl.Int64, "name": pl.String, "on": pl.Date, "yes": pl.Boolean, "note": pl.String}


def test_a_frame_comes_back_as_it_went(house: House) -> None:
    frame = pl.DataFrame(
        {
            "id": [1, 2, None],
            "name": ["a,b", "", 'dit "oui"\n'],
            "on": [date(2026, 1, 1), None, date(1999, 12, 31)],
            "yes": [True, None, False],
            "note": [None, "", "100 %"],
        },
        schema=SCHEMA,
    )
    with in_tenant(house.tenant_id):
        stage_frame("stage_there_and_back", frame)
        back = read_frame("select * from stage_there_and_back", schema=SCHEMA)

    assert back.equals(frame)


def test_no_row_still_has_its_columns(house: House) -> None:
    with in_tenant(house.tenant_id):
        empty = read_frame(
            "select 1, 'x', current_date, true, 'y' where %(never)s",
            {"never": False},
            schema=SCHEMA,
        )

    assert empty.schema == pl.Schema(SCHEMA)


def test_a_parameter_is_a_literal_and_nothing_else(house: House) -> None:
    hostile = "'; drop table parties_customer; --"
    with in_tenant(house.tenant_id):
        back = read_frame("select %(text)s::text", {"text": hostile}, schema={"text": pl.String})

    assert back.item() == hostile


def test_the_frame_sees_only_the_tenant(house: House, other_house: House) -> None:
    with in_tenant(house.tenant_id):
        seen = read_frame("select code from tenancy_creditor", schema={"code": pl.String})

    assert seen["code"].to_list() == [house.code]
    assert connection.in_atomic_block is False


@pytest.mark.parametrize(
    ("query", "error"),
    [
        pytest.param("select nowhere", ProgrammingError, id="a query that cannot start"),
        pytest.param(
            "select 1 / (9000 - n) from generate_series(1, 10000) n",
            DataError,
            id="a row that fails after thousands went out",
        ),
    ],
)
def test_a_failed_read_says_so_and_leaves_the_connection_usable(
    house: House, query: str, error: type[Exception]
) -> None:
    with pytest.raises(error), in_tenant(house.tenant_id):
        read_frame(query, schema={"n": pl.Int64})

    with in_tenant(house.tenant_id):
        assert read_frame("select 7", schema={"n": pl.Int64})["n"].to_list() == [7]


def test_lists_of_numbers_come_back_a_row_a_number(house: House) -> None:
    query = """select * from (values
        (1, array_to_string(array[7, 8], ' '), array_to_string(array[70, 80], ' ')),
        (2, array_to_string(array[]::bigint[], ' '), ''), (3, '9', '90')) v"""
    schema = {"key": pl.Int64, "id": pl.String, "cents": pl.String}
    with in_tenant(house.tenant_id):
        told = numbers_listed(read_frame(query, schema=schema))
        none = numbers_listed(read_frame(f"{query} where false", schema=schema))

    assert told.rows() == [(1, 7, 70), (1, 8, 80), (3, 9, 90)]
    assert none.is_empty()
    assert none.schema == told.schema


def test_one_process_is_for_one_read(house: House) -> None:
    def workers() -> str:
        query = "select current_setting('max_parallel_workers_per_gather')"
        return str(read_frame(query, schema={"n": pl.String}).item())

    with in_tenant(house.tenant_id):
        before = workers()
        with one_process():
            inside = workers()
        assert (inside, workers()) == ("0", before)


NAMED = "select g.id, 'n' || g.id from generate_series(1, 9000) g(id) where named(g.id)"
NAMED_SCHEMA = {"id": pl.Int64, "name": pl.String}


@pytest.mark.parametrize(
    ("ids", "way"),
    [
        pytest.param([7, 5, 7], "any", id="a few are listed"),
        pytest.param([*range(100, 2000), 2500], "between", id="a stretch mostly full is read"),
        pytest.param([*range(1, 9000, 7)], "named_ids", id="scattered ones are staged"),
    ],
)
def test_rows_named_by_their_ids(
    house: House, monkeypatch: pytest.MonkeyPatch, ids: list[int], way: str
) -> None:
    asked = []

    def seen(query: str, *rest: Any, **named: Any) -> pl.DataFrame:
        asked.append(query)
        return read_frame(query, *rest, **named)

    monkeypatch.setattr(frames, "read_frame", seen)
    with in_tenant(house.tenant_id):
        for _ in range(2):  # a staged table is not left behind
            found = read_named(NAMED, {}, pl.Series(ids), schema=NAMED_SCHEMA)

    assert way in asked[0]
    assert set(found["id"]) >= set(ids)
    assert found.height == found["id"].n_unique()
    assert found["name"].to_list() == [f"n{number}" for number in found["id"]]


def test_no_id_names_no_row(house: House) -> None:
    with in_tenant(house.tenant_id):
        found = read_named(NAMED, {}, pl.Series([], dtype=pl.Int64), schema=NAMED_SCHEMA)

    assert found.is_empty()
    assert found.schema == pl.Schema(NAMED_SCHEMA)
