"""The page ``lotes``: files of bulk mode, how far they are, and what became of their documents."""
