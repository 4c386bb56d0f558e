"""The command line: the same actions and queries as the site, with `--json` on every read."""
