-- What the application may do with every table that the owner creates (references: postgres.md §1).
alter default privileges in schema public grant select, insert, update, delete on tables to "{app}";
alter default privileges in schema public grant usage, select on sequences to "{app}";
alter default privileges in schema public grant select on tables to "{read}";
grant usage on schema public to "{app}", "{read}";
grant select, insert, update, delete on all tables in schema public to "{app}";
grant usage, select on all sequences in schema public to "{app}";
grant select on all tables in schema public to "{read}";
