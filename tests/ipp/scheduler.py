"""A CUPS of the tests' own: the scheduler of the system, with its configuration, spool and port in one folder."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

PROGRAMS = ("/usr/sbin/cupsd", "/usr/sbin/lpadmin", "/usr/lib/cups/backend/cups-pdf")
PPD = "/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd"
_SECONDS = 20.0
_PRINTED = Path("/var/spool/cups-pdf/ANONYMOUS")
"""Of the queues of cups-pdf, whatever scheduler they belong to."""


def missing() -> str:
    """Why there can be no scheduler here; empty where there can."""
    if os.geteuid() != 0:
        return "CUPS is started by root"
    gone = [one for one in (*PROGRAMS, PPD) if not Path(one).exists()]
    return f"not installed: {', '.join(gone)}" if gone else ""


class Scheduler(NamedTuple):
    """A running CUPS."""

    folder: Path
    port: int

    def printed(self, name: str) -> list[Path]:
        """The files that the queue ``pdf`` made of the job *name*, which it names longer."""
        return sorted(_PRINTED.glob(f"*{name}*"))

    def address(self, queue: str) -> str:
        """Of one of its queues."""
        return f"ipp://localhost:{self.port}/printers/{queue}"

    def run(self, *words: str) -> None:
        """Run one of its programs."""
        environment = {**os.environ, "CUPS_SERVER": f"localhost:{self.port}"}
        subprocess.run(words, check=True, timeout=_SECONDS, env=environment, capture_output=True)


_CONFIGURATION = """
Listen localhost:{port}
LogLevel warn
Browsing No
WebInterface No
DefaultAuthType None
JobRetryInterval 300
PreserveJobHistory Yes
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_FILES = """
ServerRoot {folder}
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/temp
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
ServerBin {folder}/bin
FileDevice Yes
Sandboxing relaxed
"""


@contextmanager
def running() -> Iterator[Scheduler]:
    """A scheduler with a queue ``pdf`` that prints PDF files.

    Its folder is none of pytest's: those of other runs clean those up, and let nobody else in, while the filters of
    CUPS are another user.
    """
    made = tempfile.TemporaryDirectory(prefix="dteplanows-cups-", ignore_cleanup_errors=True)
    with made as folder, _running(Path(folder)) as scheduler:
        yield scheduler


@contextmanager
def _running(folder: Path) -> Iterator[Scheduler]:
    folder.chmod(0o755)
    for name in ("spool", "cache", "state", "temp", "ppd", "ssl", "bin", "bin/backend"):
        (folder / name).mkdir(mode=0o755)
    for each in Path("/usr/lib/cups").iterdir():
        if each.name != "backend":
            (folder / "bin" / each.name).symlink_to(each)
    for each in Path("/usr/lib/cups/backend").iterdir():
        (folder / "bin/backend" / each.name).symlink_to(each)
    (folder / "temp").chmod(0o1777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "cupsd.conf").write_text(_CONFIGURATION.format(port=port))
    (folder / "cups-files.conf").write_text(_FILES.format(folder=folder))
    files = ["-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")]
    process = subprocess.Popen(["/usr/sbin/cupsd", "-f", *files], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = Scheduler(folder, port)
    try:
        _wait(process, port)
        made.run("lpadmin", "-p", "pdf", "-E", "-v", "cups-pdf:/", "-P", PPD)
        yield made
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("CUPS did not start")
