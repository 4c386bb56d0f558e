-- Whose account a provider calls back: asked before a tenant is known. One call is counted; the
-- token is known by its keyed hash only.
create function encours_channel(digest text, minute bigint)
    returns table (tenant_id bigint, id bigint, calls integer)
    language plpgsql volatile security definer set search_path = public, pg_temp
    as $$
    #variable_conflict use_column
    declare a messaging_channelaccount;
    begin
        update messaging_channelaccount f
            set calls = case when f.minute = encours_channel.minute then f.calls + 1 else 1 end,
                minute = encours_channel.minute
            where f.digest = encours_channel.digest and f.digest <> ''
            returning * into a;
        if not found then return; end if;
        return query select a.tenant_id, a.id, a.calls;
    end $$;
revoke execute on function encours_channel(text, bigint) from public;
grant execute on function encours_channel(text, bigint) to "{app}";
