"""SQLite: one file beside the master key, and one writer at a time."""
