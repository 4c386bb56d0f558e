"""References checked once a statement, for tables that imports fill by the hundred thousand.

PostgreSQL checks a foreign key row by row, and locks the parent of each: a third of an import
(postgres.md, part 2). Here one join checks all the rows of a statement. What is lost is the lock
on the parent, of use only where parents are deleted: rows of the ledger are withdrawn, never
deleted, and a delete that would leave orphans is refused.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

FUNCTIONS: Final = """
create or replace function encours_parents_exist() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare lost bigint;
begin
    -- a scalar sub-select is looked up by the key whatever the planner believes of a new tenant
    execute format('select r.%1$I from fresh r where (select p.id from %2$I p
        where p.tenant_id = r.tenant_id and p.id = r.%1$I) is null
        and r.%1$I is not null limit 1', tg_argv[0], tg_argv[1])
        into lost;
    if lost is not null then
        raise foreign_key_violation using
            message = format('%s.%s: no row %s in %s', tg_table_name, tg_argv[0], lost, tg_argv[1]);
    end if;
    return null;
end $$;
create or replace function encours_parent_exists() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare is_there boolean;
begin
    execute format('select exists (select from %2$I p
        where p.tenant_id = $1.tenant_id and p.id = $1.%1$I)', tg_argv[0], tg_argv[1])
        using new into is_there;
    if not is_there then
        raise foreign_key_violation using
            message = format('%s.%s: no such row in %s', tg_table_name, tg_argv[0], tg_argv[1]);
    end if;
    return null;
end $$;
create or replace function encours_no_child_left() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare orphan bigint;
begin
    execute format('select c.id from gone r join %2$I c
        on c.tenant_id = r.tenant_id and c.%1$I = r.id limit 1', tg_argv[0], tg_argv[1])
        into orphan;
    if orphan is not null then
        raise foreign_key_violation using
            message = format('%s: row %s of %s is left', tg_table_name, orphan, tg_argv[1]);
    end if;
    return null;
end $$;
"""
TRIGGERS: Final = """
alter table {child} drop constraint {child}_{column}_in_tenant;
create trigger {column}_of_new after insert on {child} referencing new table as fresh
    for each statement execute function encours_parents_exist('{column}', '{parent}');
create trigger {column}_of_changed after update of {column} on {child}
    for each row when (old.{column} is distinct from new.{column})
    execute function encours_parent_exists('{column}', '{parent}');
create trigger {child}_{column}_left after delete on {parent} referencing old table as gone
    for each statement execute function encours_no_child_left('{column}', '{child}');
"""


class CheckReferencesBySet(Operation):
    """Replace the foreign keys of some columns by triggers that check a whole statement."""

    reversible = False
    reduces_to_sql = True

    def __init__(self, *columns: tuple[str, str]) -> None:
        """Name each reference by its model and its field."""
        self.columns = columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Say how to write this operation down."""
        return type(self).__name__, list(self.columns), {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in what Django believes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django's signature
        to_state: ProjectState,
    ) -> None:
        """Write the functions, then the triggers of each reference."""
        schema_editor.execute(FUNCTIONS, params=None)
        for name, field_name in self.columns:
            model = to_state.apps.get_model(app_label, name)
            field: Any = model._meta.get_field(field_name)  # noqa: SLF001
            schema_editor.execute(
                TRIGGERS.format(
                    child=model._meta.db_table,  # noqa: SLF001
                    column=field.column,
                    parent=field.related_model._meta.db_table,  # noqa: SLF001
                ),
                params=None,
            )

    def describe(self) -> str:
        """Say in one line what this does."""
        return "Check by set: " + ", ".join(f"{model}.{field}" for model, field in self.columns)
