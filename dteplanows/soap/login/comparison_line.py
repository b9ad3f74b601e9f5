"""The line in which passwords wait to be compared: so short that it never holds the threads of those who are known.

A comparison takes a processor for a fifth of a second, on purpose. Whoever sends wrong passwords from many addresses
must not fill the service with them: a few wait, the others are told to come back. Calls that bring the same name and
password wait for one comparison together, as the tills of a shop do after a start of the service.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused

AT_ONCE = 2
"""Passwords that are compared at a time."""

LINE_LIMIT = 10
"""Passwords in the line, with those that are being compared."""

OF_ONE_ADDRESS = 6
"""Of which as many may come from one address."""


class ComparisonLine:
    """The line of one process. Threads share it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: dict[bytes, str] = {}
        """What waits or is compared, in the order of coming, with the address it came from."""

    @contextmanager
    def place(self, digest: bytes, address: str) -> Iterator[None]:
        """Surround a comparison.

        :param digest: what stands for the name and the password.
        :raises Refused: the line is too long (AUT-040); nothing was compared.
        """
        with self._changed:
            if digest in self._line:
                self._changed.wait_for(lambda: digest not in self._line)
                own = False
            else:
                if len(self._line) >= LINE_LIMIT or Counter(self._line.values())[address] >= OF_ONE_ADDRESS:
                    raise Refused([problem("AUT-040")])
                self._line[digest] = address
                own = True
                self._changed.wait_for(lambda: digest in list(self._line)[:AT_ONCE])
        try:
            yield
        finally:
            if own:
                with self._changed:
                    del self._line[digest]
                    self._changed.notify_all()
