"""Programs of the tests that begin in hundredths of a second: forked from a process that has loaded dteplanows.

The tests start the program some hundred times, and loading it takes more than a second of a processor each time. What
runs is the same: the arguments, environment, folder and files of a process that Python starts. Where that cannot be
(another system than Linux, settings of Python in the environment, an option of the interpreter) it is started anew, as
it is by tests of starting itself and of what the processes of a service count together, which use :mod:`subprocess`.
"""

from __future__ import annotations

import array
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_OF_PYTHON = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC", "COVERAGE")
"""Names in the environment that an interpreter reads as it starts begin so."""


def read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """What of *environment* is read when an interpreter starts, and cannot be another in one that is forked."""
    named = {name: text for name, text in environment.items() if name.startswith(_OF_PYTHON)}
    return {name: text for name, text in named.items() if name not in ("PYTHONIOENCODING", "PYTHONUNBUFFERED")}


ENVIRONMENT = dict(os.environ)


class _Forking:
    """The process that has loaded the program; one for each process of the tests, started when first wanted."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=ENVIRONMENT,
            cwd=Path(__file__).parents[1],
        )
        theirs.close()
        self._socket, self._lock = ours, threading.Lock()

    def ask(self, question: dict[str, Any], descriptors: Sequence[int] = ()) -> int:
        """The number that it answers: of a new process, or how an ended one ended."""
        sent = json.dumps(question).encode()
        with self._lock:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
            self._socket.sendmsg([len(sent).to_bytes(4, "big")], rights)
            self._socket.sendall(sent)
            said = self._socket.recv(8, socket.MSG_WAITALL)
            if len(said) != 8:
                raise RuntimeError("the process that programs of the tests are forked from has ended")
            return int.from_bytes(said, "big", signed=True)


_forking: list[_Forking] = []
_starting = threading.Lock()


def _forked_from() -> _Forking:
    with _starting:
        if not _forking:
            _forking.append(_Forking())
        return _forking[0]


class Popen(subprocess.Popen[Any]):
    """As :class:`subprocess.Popen`, for ``[sys.executable, "-m" or "-c", …]``."""

    _from: _Forking | None = None

    def _execute_child(self, *everything: Any) -> None:
        args, executable, preexec, close_fds, passed, cwd, env, _, _, shell, *rest = everything
        pipes, (_, gid, gids, uid, umask, new_session, *group) = rest[:6], rest[6:]
        words = [os.fspath(word) for word in args] if isinstance(args, list | tuple) else []
        environment = dict(os.environ if env is None else env)
        unusual = executable or preexec or passed or shell or not close_fds or (gid, gids, uid) != (None, None, None)
        if (
            unusual
            or (umask, *group) not in ((-1,), (-1, -1))
            or sys.platform != "linux"
            or words[:1] != [sys.executable]
            or words[1:2] not in (["-m"], ["-c"])
            or read_at_start(environment) != read_at_start(ENVIRONMENT)
        ):
            super()._execute_child(*everything)  # type: ignore[misc]
            return
        mask = os.umask(0)
        os.umask(mask)
        asked = {
            "words": words[1:],
            "folder": str(Path(cwd or ".").absolute()),
            "environment": environment,
            "session": bool(new_session),
            "mask": mask,
        }
        given = [usual if one == -1 else one for usual, one in enumerate((pipes[0], pipes[3], pipes[5]))]
        self._from = _forked_from()
        self.pid = self._from.ask(asked, given)
        self._child_created = True
        self._ended = os.pidfd_open(self.pid)
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]

    def _gone(self, block: bool) -> bool:
        if self._ended != -1 and select.select([self._ended], [], [], None if block else 0)[0]:
            self.returncode = self._from.ask({"reap": self.pid}) if self._from else None
            os.close(self._ended)
            self._ended = -1
        return self.returncode is not None

    def _internal_poll(self, *more: Any, **named: Any) -> int | None:
        if self._from is None:
            found: int | None = super()._internal_poll(*more, **named)  # type: ignore[misc]
            return found
        # Somebody who waits in another thread has it: whoever asks or kills must not wait too.
        if self._waitpid_lock.acquire(False):  # type: ignore[attr-defined]
            try:
                if self.returncode is None:
                    self._gone(False)
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if self._from is None:
            found: tuple[int, int] = super()._try_wait(wait_flags)  # type: ignore[misc]
            return found
        return (self.pid, 0) if self._gone(not wait_flags) else (0, 0)

    def _handle_exitstatus(self, status: int, *more: Any) -> None:
        if self._from is None:
            super()._handle_exitstatus(status, *more)  # type: ignore[misc]


def run(
    words: Sequence[str],
    *,
    input: str | bytes | None = None,
    capture_output: bool = False,
    timeout: float | None = None,
    check: bool = False,
    **more: Any,
) -> subprocess.CompletedProcess[Any]:
    """As :func:`subprocess.run`."""
    if input is not None:
        more["stdin"] = subprocess.PIPE
    if capture_output:
        more["stdout"] = more["stderr"] = subprocess.PIPE
    with Popen(list(words), **more) as process:
        try:
            output, errors = process.communicate(input, timeout=timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(list(words), process.returncode, output, errors)
    if check:
        done.check_returncode()
    return done
