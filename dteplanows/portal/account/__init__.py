"""A person's own page: its password, where it is in, and its second factor."""
