-- The journal: append-only, and numbered by transaction so that a seal misses nothing.
create table tenancy_fact (
    tenant_id bigint not null references tenancy_tenant (id),
    id bigint generated always as identity,
    era smallint not null default 1,
    xid xid8 not null default pg_current_xact_id(),
    recorded_at timestamptz not null default clock_timestamp(),
    effective_on date not null,
    actor_id bigint,
    verb varchar(60) not null,
    subject_type varchar(30) not null,
    subject_id bigint not null,
    creditor_id bigint,
    customer_id bigint,
    data jsonb not null default '{}',
    primary key (tenant_id, id)
);
create index tenancy_fact_order on tenancy_fact (tenant_id, era, xid, id);
create index tenancy_fact_subject on tenancy_fact (tenant_id, subject_type, subject_id);
create index tenancy_fact_customer on tenancy_fact (tenant_id, customer_id)
    where customer_id is not null;
alter table tenancy_fact enable row level security;
create policy tenant on tenancy_fact
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

create function encours_journal_is_append_only() returns trigger language plpgsql
    as $$ begin raise exception 'the journal is append-only' using errcode = '42501'; end $$;
create trigger append_only before update or delete or truncate on tenancy_fact
    for each statement execute function encours_journal_is_append_only();
alter table tenancy_fact enable always trigger append_only;
create trigger append_only before update or delete or truncate on tenancy_seal
    for each statement execute function encours_journal_is_append_only();
alter table tenancy_seal enable always trigger append_only;

-- A restore starts a new count of transactions: the era orders before it (postgres.md §4).
create table tenancy_era (era smallint not null);
insert into tenancy_era values (1);
create function encours_current_era() returns smallint language sql stable security definer
    set search_path = public, pg_temp as $$ select era from tenancy_era $$;
alter table tenancy_fact alter column era set default encours_current_era();

revoke all on tenancy_fact, tenancy_seal, tenancy_era from "{app}", "{read}";
revoke update, delete, truncate on tenancy_fact, tenancy_seal from "{owner}";
grant select on tenancy_fact, tenancy_seal, tenancy_era to "{app}", "{read}";
grant insert (tenant_id, effective_on, actor_id, verb, subject_type, subject_id, creditor_id,
    customer_id, data) on tenancy_fact to "{app}";
grant insert on tenancy_seal to "{app}";
grant execute on function encours_current_era() to "{app}";
