-- Whose key this is: asked before a tenant is known. One call is counted, its last use kept
-- within five minutes. The counts are not logged: they are of one minute.
alter table tenancy_apikeyuse set unlogged;
create function encours_knock(digest text, minute bigint)
    returns table (tenant_id bigint, id bigint, user_id bigint, role text, creditor_id bigint,
        scopes text[], expires_at timestamptz, revoked_at timestamptz, calls integer)
    language plpgsql volatile security definer set search_path = public, pg_temp
    as $$
    #variable_conflict use_column
    declare k tenancy_apikey; used integer;
    begin
        select * into k from tenancy_apikey a where a.digest = encours_knock.digest;
        if not found then return; end if;
        insert into tenancy_apikeyuse as u (tenant_id, key_id, minute, calls)
            values (k.tenant_id, k.id, encours_knock.minute, 1)
            on conflict (tenant_id, key_id) do update
            set calls = case when u.minute = excluded.minute then u.calls + 1 else 1 end,
                minute = excluded.minute
            returning u.calls into used;
        if k.last_used_at is null or k.last_used_at < now() - interval '5 minutes' then
            update tenancy_apikey a set last_used_at = now()
                where a.tenant_id = k.tenant_id and a.id = k.id;
        end if;
        return query select k.tenant_id, k.id, k.created_by_id, k.role::text, k.creditor_id,
            k.scopes::text[], k.expires_at, k.revoked_at, used;
    end $$;
revoke execute on function encours_knock(text, bigint) from public;
grant execute on function encours_knock(text, bigint) to "{app}";
