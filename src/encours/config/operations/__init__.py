"""Running an installation: its database, its site, its workers, its backups."""
