"""Shut the tables inside their tenant, open the few doors, found the journal."""

from django.db import migrations

from encours.tenancy import schema
from encours.tenancy.isolation import IsolateTenants

CACHE = """
create table encours_cache (
    cache_key varchar(255) primary key, value text not null, expires timestamptz not null
);
create index encours_cache_expires on encours_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        IsolateTenants("Creditor", "BankAccount", "Membership", "Invitation", "CycleRun", "Seal"),
        schema.run_file("doors"),
        schema.run_file("journal"),
        migrations.RunSQL(CACHE, migrations.RunSQL.noop),
    ]
