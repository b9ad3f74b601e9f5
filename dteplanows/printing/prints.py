"""PDF files for whoever has the address of one: a few made at once, and those made lately kept in memory.

What is kept is found by all that a file is made from, so that it is never older than the document or the company's data
on it; who may see it is decided before.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused
from dteplanows.printing import PrintFacts, cutting, pdf

AT_ONCE = 4
"""Files that are made at once in each process; as many callers more wait for their turn."""

PATIENCE = 5.0
"""Seconds that a caller waits."""


class Prints:
    """Makes PDF files. Threads share one."""

    def __init__(self, most: int, patience: float = PATIENCE) -> None:
        """:param most: bytes of the files that are kept.
        :param patience: seconds that a caller waits for its turn.
        """
        self._most = most
        self._patience = patience
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0
        self._making = 0
        self._waiting = 0
        self._turn = threading.Condition()

    def pdf(self, xml: bytes, facts: PrintFacts, cedible: bool = False) -> bytes:
        """As :func:`dteplanows.printing.pdf`.

        :raises Refused: too many are made at this moment (SRV-170).
        """
        key = hashlib.blake2b(xml, digest_size=20, salt=b"cedible" if cedible else b"")
        # Of the customer's texts what is printed says enough, and quicker where they are long.
        cut = cutting.of_texts(facts.observaciones), cutting.of_data(facts.adicionales)
        key.update(facts.logo)
        key.update(repr((replace(facts, observaciones=(), adicionales={}, logo=b""), cut)).encode())
        name = key.digest()
        with self._turn:
            found = self._found(name)
        if found is not None:
            return found
        with self._one_of_few():
            with self._turn:
                # Another caller may have made it meanwhile.
                found = self._found(name)
            if found is None:
                found = pdf(xml, facts, cedible)
                self._keep(name, found)
        return found

    def made(self, make: Callable[[], bytes]) -> bytes:
        """Another PDF file, which is not kept, made among the same few at once.

        :raises Refused: too many are made at this moment (SRV-170).
        """
        with self._one_of_few():
            return make()

    def _found(self, name: bytes) -> bytes | None:
        found = self._kept.get(name)
        if found is not None:
            self._kept.move_to_end(name)
        return found

    def _keep(self, name: bytes, file: bytes) -> None:
        with self._turn:
            if name in self._kept or len(file) > self._most:
                return
            self._kept[name] = file
            self._size += len(file)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])

    @contextmanager
    def _one_of_few(self) -> Iterator[None]:
        """Surround the making of a file."""
        with self._turn:
            if self._making >= AT_ONCE:
                self._wait()
            self._making += 1
        try:
            yield
        finally:
            with self._turn:
                self._making -= 1
                self._turn.notify()

    def _wait(self) -> None:
        # Those who wait hold a thread, which the calls that issue need more.
        if self._waiting >= AT_ONCE:
            raise Refused([problem("SRV-170", maximo=AT_ONCE)])
        self._waiting += 1
        try:
            if not self._turn.wait_for(lambda: self._making < AT_ONCE, self._patience):
                raise Refused([problem("SRV-170", maximo=AT_ONCE)])
        finally:
            self._waiting -= 1
