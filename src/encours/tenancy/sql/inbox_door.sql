-- Whose answers a provider brings: asked before a tenant is known. One call is counted; the
-- token is known by its keyed hash only.
create function encours_inbox(digest text, minute bigint)
    returns table (tenant_id bigint, id bigint, is_enabled boolean, calls integer)
    language plpgsql volatile security definer set search_path = public, pg_temp
    as $$
    #variable_conflict use_column
    declare s replies_inbox;
    begin
        update replies_inbox f
            set calls = case when f.minute = encours_inbox.minute then f.calls + 1 else 1 end,
                minute = encours_inbox.minute
            where f.digest = encours_inbox.digest and f.digest <> ''
            returning * into s;
        if not found then return; end if;
        return query select s.tenant_id, s.id, s.is_enabled, s.calls;
    end $$;
revoke execute on function encours_inbox(text, bigint) from public;
grant execute on function encours_inbox(text, bigint) to "{app}";
