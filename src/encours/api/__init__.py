"""REST under `/api/v1`: the same actions and queries as the site, for programs that hold a key."""
