"""Exports: their amounts in the currency of the document and in pesos."""
