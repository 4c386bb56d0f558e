"""Who works with whose data: tenants, creditors, users, rights, isolation, the journal.

Every business table of the program carries a tenant, and PostgreSQL itself refuses to show the
rows of another one (row-level security, failing closed). One door, `scope.in_tenant`, opens a
tenant for requests, jobs, commands and tests alike.
"""
