"""What waitress knows of the client of a call, as :mod:`dteplanows.issuing.client` has it.

waitress only sees that a client went while it reads from its connection, which it stops while a call is under way; the
setting ``channel_request_lookahead`` lets it read on, up to the next call.
"""

from __future__ import annotations

import logging
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from dteplanows.issuing.client import ENVIRON, Client
from dteplanows.web.connection_state import of_socket

log = logging.getLogger(__name__)

LOOKAHEAD = 1
"""Calls that a connection may send before the one under way is answered."""


class ClientTask(WSGITask):  # type: ignore[misc]
    """One call."""

    def __init__(self, channel: Any, request: Any) -> None:
        super().__init__(channel, request)
        gone = channel.check_client_disconnected
        self._client = Client(gone, request.arrived, ended=lambda: of_socket(channel.socket))
        self._there: bool | None = None

    def get_environment(self) -> dict[str, Any]:
        """The environment of the call, with its client."""
        environ: dict[str, Any] = super().get_environment()
        environ[ENVIRON] = self._client
        return environ

    def write(self, data: bytes) -> None:
        """Hand over a piece of the answer."""
        if self._there is None:
            self._there = self._client.hands_over()
        super().write(data)

    def service(self) -> None:
        """Answer the call."""
        try:
            super().service()
            self._client.answered(bool(self._there), self.content_bytes_written)
        finally:
            self._client.answered(delivered=False)


class ClientChannel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    task_class = ClientTask

    def service(self) -> None:
        """Answer its next call, unless the client is gone."""
        if not self.connected:
            log.warning("SRV-120: un cliente se fue antes de que se atendiera su llamada: no se hizo nada")
        super().service()
