-- Whose address a program pushes to: asked before a tenant is known. One call is counted; the
-- token is known by its keyed hash only.
create function encours_feed(digest text, minute bigint)
    returns table (tenant_id bigint, id bigint, is_enabled boolean, calls integer)
    language plpgsql volatile security definer set search_path = public, pg_temp
    as $$
    #variable_conflict use_column
    declare s feeds_source;
    begin
        update feeds_source f
            set calls = case when f.minute = encours_feed.minute then f.calls + 1 else 1 end,
                minute = encours_feed.minute
            where f.digest = encours_feed.digest and f.digest <> '' and f.removed_at is null
            returning * into s;
        if not found then return; end if;
        return query select s.tenant_id, s.id, s.is_enabled, s.calls;
    end $$;
revoke execute on function encours_feed(text, bigint) from public;
grant execute on function encours_feed(text, bigint) to "{app}";
