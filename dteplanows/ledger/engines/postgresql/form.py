"""The form of a database in PostgreSQL: a new one is made as it is now, and an older one gets the steps it lacks.

All of it runs in one transaction that nobody else shares, so that several processes may open one database at once.
"""

from __future__ import annotations

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.ledger.engines.base import Connection
from dteplanows.ledger.engines.postgresql.triggers import CHANGED, NEWER, TRIGGERS
from dteplanows.ledger.steps import newest_step, step
from dteplanows.ledger.tables import TABLES

_MADE = "CREATE TABLE formato (numero BIGINT NOT NULL)"

# Of calls that repeat one another; what it holds is worth nothing once the server has crashed.
_UNDER_WAY = (
    "CREATE UNLOGGED TABLE en_curso (clave BYTEA NOT NULL PRIMARY KEY, comenzo DOUBLE PRECISION NOT NULL, "
    "mayor BIGINT NOT NULL)"
)


HALF = -1
"""In place of the number of a database that another is being copied into."""


def version_of(connection: Connection) -> int:
    """Number of the last step done; 0 for an empty database, :data:`HALF` for one that is being filled."""
    if connection.execute("SELECT to_regclass('formato')").fetchone() == (None,):
        return 0
    row = connection.execute("SELECT numero FROM formato").fetchone()
    return int(row[0]) if row else 0


def migrate(connection: Connection, name: str) -> None:
    """Make the tables, or do the missing steps. The caller has the whole ledger for itself, and commits.

    :param name: what the person is told that the database is.
    :raises Refused: it is newer than this program (AUT-020), or only a part of what is copied into it (BAS-080).
    """
    found, known = version_of(connection), newest_step()
    if found == HALF:
        raise Refused([problem("BAS-080", value=name)])
    if found > known:
        raise Refused([problem("AUT-020", value=name, encontrado=found, conocido=known)])
    if not found:
        made = [statement for table in TABLES for statement in table.ddl("postgresql")]
        newer = [statement for number in sorted(NEWER) for statement in NEWER[number]]
        for statement in (_MADE, "INSERT INTO formato (numero) VALUES (0)", _UNDER_WAY, *made, *TRIGGERS, *newer):
            connection.execute(statement)
    else:
        for number in range(found + 1, known + 1):
            for statement in (*step(number, "postgresql"), *CHANGED.get(number, ()), *NEWER.get(number, ())):
                connection.execute(statement)
    if found < known:
        connection.execute("UPDATE formato SET numero = ?", (known,))
