"""«Contabilidad / Libro de Ventas»: the book of a period, one document of it, and both as files."""
