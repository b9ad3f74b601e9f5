"""Totals of a month as the Formulario 29 asks for them."""
