"""The page on which a company says how its documents are mailed, and sees what became of each mail."""
