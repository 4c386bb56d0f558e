-- Whose import a number is: the command line names imports by number alone.
create function encours_import_tenant(number bigint) returns bigint
    language sql stable security definer set search_path = public, pg_temp
    as $$ select tenant_id from imports_fileimport where id = number $$;
revoke execute on function encours_import_tenant(bigint) from public;
grant execute on function encours_import_tenant(bigint) to "{app}";
