"""Migration operations that shut a table inside its tenant (design.md, 2.3 and 2.4).

Django goes on believing in `id` alone; PostgreSQL gets the key (tenant_id, id), references that
carry the tenant, and a policy that compares the row's tenant with the transaction's.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model

from encours.tenancy.models.base import TenantForeignKey

POLICY = """
alter table {table} enable row level security;
create policy tenant on {table}
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
"""


class IsolateTenants(Operation):
    """Give the tables of these models their composite key, references and policy."""

    reversible = False
    reduces_to_sql = True

    def __init__(self, *models: str) -> None:
        """Name the models, parents before children."""
        self.models = models

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Say how to write this operation down."""
        return type(self).__name__, list(self.models), {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in what Django believes."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django's signature
        to_state: ProjectState,
    ) -> None:
        """Rewrite keys first, then references, then policies."""
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        for model in models:
            table = model._meta.db_table  # noqa: SLF001
            schema_editor.execute(f"alter table {table} drop constraint {table}_pkey")
            schema_editor.execute(f"alter table {table} add primary key (tenant_id, id)")
        for model in models:
            for statement in _references(model):
                schema_editor.execute(statement)
            schema_editor.execute(POLICY.format(table=model._meta.db_table))  # noqa: SLF001

    def describe(self) -> str:
        """Say in one line what this does."""
        return f"Shut inside their tenant: {', '.join(self.models)}"


def _references(model: type[Model]) -> list[str]:
    table = model._meta.db_table  # noqa: SLF001
    statements = []
    for field in model._meta.local_fields:  # noqa: SLF001
        if isinstance(field, TenantForeignKey) and field.checked:
            parent = field.related_model._meta.db_table  # noqa: SLF001
            statements.append(
                f"alter table {table} add constraint {table}_{field.column}_in_tenant"
                f" foreign key (tenant_id, {field.column}) references {parent} (tenant_id, id)"
            )
    return statements
