"""Prices that are not what a line needs (rounded, of the shelf, with taxes), and lines written anew with others."""
