"""A real ASMX service with our contract: Host.cs and Servicio.cs compiled and started with Mono."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
MISSING = "" if shutil.which("mono") and shutil.which("mcs") else "mono and mcs are not installed"

_CONFIGURATION = (
    '<configuration><system.web><customErrors mode="Off" /><webServices><protocols><add name="HttpGet" />'
    '<add name="HttpPost" /></protocols></webServices></system.web></configuration>'
)


def _compile(output: Path, source: str, *options: str) -> None:
    subprocess.run(["mcs", "-nologo", f"-out:{output}", *options, str(HERE / source)], check=True, timeout=120)


def build(folder: Path) -> None:
    """Make the web application in *folder*."""
    for each in ("WSDS", "bin"):
        (folder / each).mkdir()
    (folder / "web.config").write_text(_CONFIGURATION)
    (folder / "WSDS" / "wsplano.asmx").write_text('<%@ WebService Class="Servicio" %>\n')
    _compile(folder / "bin" / "Host.exe", "Host.cs", "-r:System.Web")
    _compile(
        folder / "bin" / "Servicio.dll", "Servicio.cs", "-target:library", "-r:System.Web", "-r:System.Web.Services"
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def reference(folder: Path) -> Iterator[int]:
    """Build and serve the ASMX service in *folder*; the port."""
    build(folder)
    port = _free_port()
    command = ["mono", str(folder / "bin" / "Host.exe"), str(folder), str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        try:
            assert host.stdout
            if host.stdout.readline().strip() != "listening":
                raise RuntimeError("the ASMX host did not start")
            yield port
        finally:
            assert host.stdin
            host.stdin.close()  # it ends when its input does
            try:
                host.wait(10)
            except subprocess.TimeoutExpired:
                host.kill()
