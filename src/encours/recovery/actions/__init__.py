"""What people do at the telephone, each act in one transaction."""
