"""Who is reminded today, of what, at which step, and why or why not."""
