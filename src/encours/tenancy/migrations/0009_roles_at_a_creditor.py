"""A role at a creditor replaces that of all: those which had no effect, being lesser, go first."""

from django.db import migrations

NO_EFFECT = """
with gone as (
    delete from tenancy_membership lesser using tenancy_membership wider
    where lesser.creditor_id is not null and wider.creditor_id is null
      and wider.tenant_id = lesser.tenant_id and wider.user_id = lesser.user_id
      and (wider.role = 'admin' and lesser.role <> 'admin'
        or wider.role = 'credit_manager'
           and lesser.role in ('collector', 'accountant', 'sales', 'reader')
        or wider.role = 'collector' and lesser.role in ('sales', 'reader')
        or wider.role = 'accountant' and lesser.role = 'reader')
    returning lesser.*
)
insert into tenancy_fact
    (tenant_id, effective_on, verb, subject_type, subject_id, creditor_id, data)
select tenant_id, current_date, 'person.revoked', 'membership', id, creditor_id,
       jsonb_build_object('user', user_id, 'role', role, 'reason', 'no_effect')
from gone
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0008_inherited_settings"),
    ]

    operations = [migrations.RunSQL(NO_EFFECT, migrations.RunSQL.noop)]
