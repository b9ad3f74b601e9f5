"""The demonstration's service, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dteplanows.process import secrecy
from dteplanows.settings import PREFIX, Settings
from dteplanows.web import server, tls

_STOP_LIMIT = 15.0
"""Seconds that the service may take to stop."""


class Failed(Exception):  # noqa: N818 - the text is for the person
    """The demo cannot go on; the text says why and what to do."""


@contextmanager
def running(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a process of its own, from its first answer until the end of the block.

    :raises Failed: it does not answer; the text holds the last lines of its log.
    """
    log = settings.directorio / "servicio.log"
    arguments = [
        *("--dir", str(settings.directorio.resolve()), "serve"),
        *("--host", settings.host, "--port", str(settings.puerto)),
    ]
    previous = signal.signal(signal.SIGTERM, _interrupt)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dteplanows", *arguments],
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            secure = tls.is_used(settings)
            if not server.wait_until_online(settings.host, settings.puerto, lambda: process.poll() is None, secure):
                last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])
                raise Failed(f"el servicio no respondió. Lo último de {log}:\n{last}")
            yield process
        finally:
            signal.signal(signal.SIGTERM, previous)
            _stop(process)


def _environment(settings: Settings) -> dict[str, str]:
    """Where the service finds what no argument of its command says."""
    names = ("sii_pruebas", "sii_simulador", "simulador_automatico", "sii_enviar", "sii_espera_facturas")
    found = {**os.environ, **{f"{PREFIX}{one.upper()}": str(getattr(settings, one)) for one in names}}
    # The service takes the key out of its environment as its first act.
    return found | ({secrecy.VARIABLE: settings.clave_maestra} if settings.clave_maestra else {})


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
