"""The page ``folios``: what a company numbers its documents with, loading CAFs, voiding and holding back folios."""
