"""What the system says of a file or a connection that it does not give, in words for the person."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_WORDS: Mapping[int, str] = {
    errno.EACCES: "este usuario no tiene permiso",
    errno.EPERM: "este usuario no tiene permiso",
    errno.EROFS: "el disco es de solo lectura",
    errno.ENOSPC: "el disco está lleno",
    errno.EDQUOT: "se acabó el espacio que este usuario tiene en el disco",
    errno.EFBIG: "el archivo pasa del tamaño permitido",
    errno.ENOENT: "no existe",
    errno.ENOTDIR: "una parte de la ruta no es una carpeta",
    errno.EISDIR: "es una carpeta",
    errno.EEXIST: "ya existe",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
    errno.EIO: "el disco tiene una falla",
    errno.EMFILE: "este programa tiene demasiados archivos abiertos",
    errno.ENFILE: "el equipo tiene demasiados archivos abiertos",
    errno.EBUSY: "otro programa lo ocupa",
    errno.ECONNREFUSED: "nadie atiende en ese puerto",
    errno.ECONNRESET: "el otro lado cortó la conexión",
    errno.EPIPE: "el otro lado cortó la conexión",
    errno.EHOSTUNREACH: "no hay camino hasta ese equipo",
    errno.ENETUNREACH: "no hay camino hasta esa red",
    errno.ETIMEDOUT: "el otro lado no contesta",
}

_NO_NAME = "no se encuentra ningún equipo con ese nombre"


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Surround the writing of *path*: a full disk names no file, and whoever is told must know which disk it is.

    :raises OSError: what was raised inside, with the name of a file.
    """
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def in_words(error: OSError) -> str:
    """Why *error* happened; the system's own text for a cause that is not in the table."""
    if isinstance(error, socket.gaierror):
        return _NO_NAME if error.errno == socket.EAI_NONAME else "no se pudo averiguar la dirección de ese equipo"
    return _WORDS.get(error.errno or 0) or error.strerror or type(error).__name__
