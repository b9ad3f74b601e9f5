"""How soon a process that died is started again, and what the log says of it."""

from __future__ import annotations

import pytest

from dteplanows.process import restarts
from dteplanows.process.restarts import Restarts, cause


def test_the_pause_grows_while_it_keeps_dying_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("dteplanows.process.restarts.time.monotonic", lambda: now)
    one = Restarts("proceso 1 del servicio web")
    pauses = []
    for lived in (3600, 2, 2, 2, 2, 2, 2, 59, 61, 1):
        one.began()
        now += lived
        pauses.append(one.died(123, -9))
    assert pauses == [0.1, 0.4, 1.6, 6.4, 25.6, 30, 30, 30, 0.1, 0.4]


def test_it_never_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts.log, "error", lambda *given: None)
    one = Restarts("proceso")
    assert {one.died(1, 1) for _ in range(10_000)} == {0.1, 0.4, 1.6, 6.4, 25.6, 30}


def test_the_log_says_what_happened(caplog: pytest.LogCaptureFixture) -> None:
    Restarts("proceso de los lotes").died(4711, -15)
    (line,) = caplog.messages
    assert line.startswith("SRV-150: El proceso de los lotes (número 4711) dejó de funcionar")
    assert "lo terminó la señal SIGTERM" in line and "Se inicia otro en 0.1 segundos" in line


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "terminó por sí mismo"), (None, "terminó por sí mismo"), (3, "terminó con el código 3"),
     (-11, "lo terminó la señal SIGSEGV"), (-99, "lo terminó la señal 99")],
)  # fmt: skip
def test_causes_in_words(code: int | None, words: str) -> None:
    assert cause(code) == words
