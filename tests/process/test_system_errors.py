"""What the system says, in words for people."""

from __future__ import annotations

import socket

import pytest

from dteplanows.process.system_errors import in_words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (socket.EAI_NONAME, "no se encuentra ningún equipo con ese nombre"),
        (socket.EAI_AGAIN, "no se pudo averiguar la dirección de ese equipo"),
    ],
)
def test_a_name_that_leads_nowhere(code: int, words: str) -> None:
    assert in_words(socket.gaierror(code, "Name or service not known")) == words
