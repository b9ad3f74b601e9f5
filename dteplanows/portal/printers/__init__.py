"""Impresoras: what a company's documents are printed on, what waits there, and copies once more."""
