"""Libro de Guías: the guías de despacho of a month."""
