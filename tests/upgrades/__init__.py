"""Data directories that older versions of the program made, and what becomes of them today."""
