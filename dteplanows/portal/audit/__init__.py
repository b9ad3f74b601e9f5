"""The page of the audit: what was changed, by whom, from where, before and after."""
