-- The few questions that come before a tenant is known; each answers as little as possible.
alter table tenancy_tenant enable row level security;
create policy tenant on tenancy_tenant
    using (id = current_tenant()) with check (id = current_tenant());

create function encours_tenants() returns table (tenant_id bigint, slug text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select id, slug::text from tenancy_tenant order by id $$;

create function encours_create_tenant(name text, slug text) returns bigint
    language sql security definer set search_path = public, pg_temp
    as $$ insert into tenancy_tenant (name, slug) values (name, slug) returning id $$;

create function encours_memberships(user_id bigint)
    returns table (tenant_id bigint, tenant_name text, creditor_id bigint, role text)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select m.tenant_id, t.name::text, m.creditor_id, m.role::text
          from tenancy_membership m join tenancy_tenant t on t.id = m.tenant_id
          where m.user_id = encours_memberships.user_id order by t.name, m.id $$;

create function encours_creditors(code text)
    returns table (tenant_id bigint, tenant_slug text, creditor_id bigint)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select c.tenant_id, t.slug::text, c.id
          from tenancy_creditor c join tenancy_tenant t on t.id = c.tenant_id
          where c.code = encours_creditors.code order by c.tenant_id $$;

create function encours_invitation(digest text) returns table (tenant_id bigint, id bigint)
    language sql stable security definer set search_path = public, pg_temp
    as $$ select i.tenant_id, i.id from tenancy_invitation i where i.token_digest = digest $$;

-- Only an owner may ANALYZE: after bulk writes the planner needs fresh figures.
create function encours_analyze(tables text[]) returns void
    language plpgsql security definer set search_path = public, pg_temp
    as $$ declare name text; begin
        foreach name in array tables loop
            if name !~ '^(parties|receivables|standing|dunning|messaging)_[a-z]+$' then
                raise exception 'not a business table: %', name;
            end if;
            execute format('analyze %I', name);
        end loop;
    end $$;

revoke execute on function encours_analyze(text[]), encours_tenants(), encours_create_tenant(text, text),
    encours_memberships(bigint), encours_creditors(text), encours_invitation(text) from public;
grant execute on function encours_analyze(text[]), encours_tenants(), encours_create_tenant(text, text),
    encours_memberships(bigint), encours_creditors(text), encours_invitation(text) to "{app}";
