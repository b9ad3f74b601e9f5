"""«Mi integración»: which types of document, and which cases of each, a company has had accepted."""
