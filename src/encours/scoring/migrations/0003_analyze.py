"""Let the planner's figures of scores be refreshed after a run that writes many."""

from django.db import migrations

ANALYZE = """
create or replace function encours_analyze(tables text[]) returns void
    language plpgsql security definer set search_path = public, pg_temp
    as $$ declare name text; begin
        foreach name in array tables loop
            if name !~ '^(parties|receivables|standing|scoring|dunning|messaging)_[a-z]+$' then
                raise exception 'not a business table: %', name;
            end if;
            execute format('analyze %I', name);
        end loop;
    end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_isolation")]
    operations = [migrations.RunSQL(ANALYZE)]
