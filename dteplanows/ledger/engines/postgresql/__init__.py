"""PostgreSQL: a server that several machines may share, where each series of folios is written on its own."""
