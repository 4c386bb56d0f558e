"""No row leaves its tenant: read in PostgreSQL's own catalogue, not in what we believe.

Every table that carries a tenant is under a policy, and every key, unique index and reference of
it holds the tenant (design.md, 2.3 and 2.4). A test may not know a table: it asks for all.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model
from tests.house.sources import none, rung

pytestmark = pytest.mark.django_db

# Tables of ours that stand above the tenants, each with the reason.
ABOVE_TENANTS = {
    "tenancy_tenant": "the tenants themselves, under a policy of their own",
    "tenancy_user": "a person may belong to several tenants; memberships carry the tenant",
    "tenancy_user_groups": "Django's own, unused: rights are our functions",
    "tenancy_user_user_permissions": "Django's own, unused: rights are our functions",
    "tenancy_era": "one number for the whole database",
}
POLICY = "(tenant_id = current_tenant())"


def ask(sql: str, *values: object) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


TENANT_TABLES = """
select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and n.nspname like %s order by c.relname
"""


def unguarded(schema: str) -> list[str]:
    """Tables with a tenant that no policy watches, or whose owner would be blind (FORCE)."""
    found = [name for _, name, enabled, _ in ask(TENANT_TABLES, schema) if not enabled]
    found += [f"{name}: forced" for _, name, _, forced in ask(TENANT_TABLES, schema) if forced]
    for oid, name, _, _ in ask(TENANT_TABLES, schema):
        policies = ask(
            "select pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),"
            " polpermissive from pg_policy where polrelid = %s",
            oid,
        )
        if not policies:
            found.append(f"{name}: no policy")
        found += [f"{name}: {row}" for row in policies if not _is_closed(*row)]
    return found


def _is_closed(using: str | None, check: str | None, permissive: bool) -> bool:
    """Say whether a policy shows and takes the tenant's own rows only."""
    if not permissive:
        return True
    seen = using is None or POLICY.strip("()") in using
    written = check is None or POLICY.strip("()") in check
    return seen and written and (using or check) is not None


KEYS_WITHOUT_TENANT = """
select c.relname || '.' || k.conname
from pg_constraint k join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where n.nspname like %s and k.contype in ('p', 'u', 'f') and not a.attnum = any(k.conkey)
  and (k.contype <> 'f' or exists (
    select from pg_attribute t where t.attrelid = k.confrelid and t.attname = 'tenant_id'))
union all
select c.relname || '.' || x.indexrelid::regclass
from pg_index x join pg_class c on c.oid = x.indrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where n.nspname like %s and x.indisunique and not a.attnum = any(x.indkey::int2[])
order by 1
"""


def keys_without_tenant(schema: str) -> list[str]:
    """Keys and unique indexes that two tenants would fight over."""
    return [name for (name,) in ask(KEYS_WITHOUT_TENANT, schema, schema)]


def business_models() -> list[type[Model]]:
    """Every table-backed model of ours."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("encours.") and model._meta.managed
    ]


def test_every_table_has_a_tenant() -> None:
    carrying = {name for _, name, _, _ in ask(TENANT_TABLES, "public")}
    ours = {model._meta.db_table for model in business_models()}

    assert carrying
    none(ours - carrying - set(ABOVE_TENANTS))


def test_every_tenant_s_table_is_under_its_policy() -> None:
    none(unguarded("public"))


def test_every_key_holds_the_tenant() -> None:
    none(keys_without_tenant("public"))


def test_a_table_without_policy_or_tenant_in_its_key_is_seen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table planted (tenant_id bigint, id bigint primary key)")

        assert unguarded("pg_temp%") == ["planted", "planted: no policy"]
        assert keys_without_tenant("pg_temp%")

        cursor.execute("alter table planted enable row level security")
        cursor.execute("create policy open on planted using (true)")

        assert any("true" in line for line in unguarded("pg_temp%"))
        cursor.execute("drop table planted")


def test_the_application_owns_nothing_and_obeys() -> None:
    rights = ask("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
    owned = ask(
        "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and pg_has_role(current_user, c.relowner, 'member')"
    )

    assert rights == [(False, False)]
    assert owned == []


def test_views_obey_the_policies_of_whoever_asks() -> None:
    """A view runs with the rights of its owner, who sees every tenant, unless it says otherwise."""
    views = ask(
        "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and relkind in ('v', 'm')"
        " and not coalesce('security_invoker=true' = any(reloptions), false)"
    )

    assert views == []


def test_functions_of_the_owner_look_up_names_in_one_place() -> None:
    """Without `pg_temp` last, a temporary table of the caller would stand for a table of ours."""
    functions = ask(
        "select proname, proconfig from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'public' and prosecdef and not coalesce("
        " exists (select from unnest(proconfig) c where c ~ '^search_path=.*pg_temp$'), false)"
    )

    assert functions == []


def test_a_reference_downwards_adds_nothing_to_the_lower_package() -> None:
    """A lower package must not learn the names of those above it."""
    found = [
        f"{model._meta.label}.{field.name}"
        for model in business_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey)
        and _is_lower(field.related_model, model)
        and not field.remote_field.hidden
    ]

    none(found)


def _is_lower(parent: Any, child: type[Model]) -> bool:
    if not parent.__module__.startswith("encours."):
        return False
    packages = [model.__module__.split(".")[1] for model in (parent, child)]
    return rung(packages[0]) < rung(packages[1])
