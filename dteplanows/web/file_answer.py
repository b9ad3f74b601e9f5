"""An answer that is a file: it goes from the disk to the client piece by piece, however large it is.

An application gives one by what WSGI has for it, ``wsgi.file_wrapper``. By RSGI granian reads the file itself, at the
pace of the client, where an answer in pieces would wait in memory for one who is slow
(``findings/granian-no-backpressure.sh``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from dteplanows.soap.asmx.request import Environ

WRAPPER = "wsgi.file_wrapper"


class FileAnswer:
    """The bytes of a file that has a name."""

    def __init__(self, file: IO[bytes], block: int = 8192) -> None:
        """:param file: open for reading, from its beginning; it is closed by :meth:`close`."""
        self._file = file
        self._block = block
        self.path = str(Path(file.name).resolve())
        """Where it is."""
        close: Callable[[], None] | None = getattr(file, "close", None)
        self.close = close or (lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(self._block):
            yield piece


def is_file(parts: Iterable[bytes], environ: Environ) -> bool:
    """Whether *parts* is a file, which the server of *environ* sends by itself."""
    wrapper: Any = environ.get(WRAPPER)
    return isinstance(wrapper, type) and isinstance(parts, wrapper)


def length_of(headers: Iterable[tuple[str, str]]) -> int:
    """Bytes of the body as *headers* declare it; 0 where they do not."""
    declared = next((value for name, value in headers if name.lower() == "content-length"), "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0
