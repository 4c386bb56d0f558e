-- The tenant of the transaction; '' once a SET LOCAL has ended, hence nullif.
create function current_tenant() returns bigint language sql stable parallel safe
    as $$ select nullif(current_setting('encours.tenant', true), '')::bigint $$;
