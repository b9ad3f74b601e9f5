"""The pages of what is known of companies: the facts of one, the list of all, and a new one."""
