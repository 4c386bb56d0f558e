"""The telephone: whom to call, the sheet of a call, next actions, calling habits."""
