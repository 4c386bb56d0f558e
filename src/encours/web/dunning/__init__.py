"""Pages of reminders: the plan, its why and why not, going live, the outbox, the mailbox."""
