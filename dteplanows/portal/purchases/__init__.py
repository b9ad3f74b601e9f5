"""Libro de Compras: what the company received."""
