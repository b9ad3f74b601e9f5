"""The pieces of a body as they arrive: whether it came whole, whether it is too long, and the rest of one refused.

The rest is read and thrown away. A program that meets a closed connection while it writes tells its user of a broken
pipe, and never reads the reason that was sent to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from dteplanows.document.catalogue import problem
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.request import too_large

TIMES = 8
"""How many times the longest body that is accepted may be thrown away; who sends more meets a closed connection."""


class Pieces:
    """The pieces of one body. What one loop leaves is there for the next, though granian allows only one."""

    def __init__(self, request: AsyncIterable[bytes], most: int) -> None:
        """:param most: bytes that the body may have."""
        self._next = aiter(request).__anext__
        self._most = most
        self._size = 0
        self._ends = 0
        self._over = False

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        """The next piece.

        :raises Broken: the body is too long (413, SRV-041), or it broke off (400, SRV-042).
        """
        piece = await self._following()
        if not piece:
            # granian gives an empty piece at the end, and one more for what broke off before it. What follows the
            # chunks of a whole body ("trailers") looks the same; no SOAP program sends any.
            self._ends += 1
            if self._ends == 2:
                raise Broken(problem("SRV-042"), status=400)
        self._size += len(piece)
        if self._size > self._most:
            raise too_large(self._most)
        return piece

    async def discard(self, seconds: float) -> None:
        """Throw away what still comes, and hold nothing of it: :data:`TIMES` the bytes of the longest body at most.

        :param seconds: how long at most.
        """
        left = TIMES * self._most
        with suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(seconds):
                while left >= 0 and not self._over:
                    left -= len(await self._following())

    async def _following(self) -> bytes:
        try:
            return await self._next()
        except StopAsyncIteration:
            self._over = True
            raise


async def whole(request: Callable[[], Awaitable[bytes]], length: int) -> bytes:
    """A body of *length* bytes at once.

    :raises Broken: it broke off (400, SRV-042).
    """
    try:
        body = await request()
    except Exception:  # noqa: BLE001 - granian's own, which other servers do not have
        body = b""
    if len(body) < length:
        raise Broken(problem("SRV-042"), status=400)
    return body


def comes(environ: Mapping[str, Any]) -> bool:
    """Whether a body comes behind the headers. Who asks for leave to send one hears the answer at once instead."""
    if str(environ.get("HTTP_EXPECT", "")).strip().lower() == "100-continue":
        return False
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
