"""The process that programs of the tests are forked from: see :mod:`tests.forked`."""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import tempfile
import termios
import time
import types
from collections.abc import Sequence
from multiprocessing import util
from pathlib import Path
from typing import Any, TextIO, cast

LOADED = ("dteplanows.cli", "dteplanows.web.loaded")


def receive(asking: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next question and the files that came with it.

    :raises EOFError: when the tests have ended.
    """
    head, descriptors, _, _ = socket.recv_fds(asking, 4, 3)
    if not head:
        raise EOFError
    text = asking.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
    question: dict[str, Any] = json.loads(text)
    return question, descriptors


def next_program(asking: socket.socket) -> dict[str, Any]:
    """Fork for each question; returns what was asked in the process that is to run it, and never in this one."""
    while True:
        question, descriptors = receive(asking)
        if "reap" in question:
            answer = os.waitstatus_to_exitcode(os.waitpid(question["reap"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                asking.close()
                become(question, descriptors)
                return question
        for one in descriptors:
            os.close(one)
        asking.sendall(answer.to_bytes(8, "big", signed=True))


def become(question: dict[str, Any], descriptors: list[int]) -> None:
    """Make this process what Python makes of a new one with those files, that environment and that folder."""
    for usual, one in enumerate(descriptors):
        os.dup2(one, usual)
    for one in descriptors:
        os.close(one)
    if question["session"]:
        os.setsid()
        if os.isatty(0):
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.umask(question["mask"])
    os.chdir(question["folder"])
    os.environ.clear()
    os.environ.update(question["environment"])
    time.tzset()
    tempfile.tempdir = None
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin, sys.stdout, sys.stderr = opened(0, "r"), opened(1, "w"), opened(2, "w")
    if "serve" in question["words"]:
        lend_a_server()


def opened(descriptor: int, mode: str) -> TextIO:
    """A usual file as Python opens it when it starts."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    errors = "backslashreplace" if descriptor == 2 else errors or "strict"
    at_once = descriptor == 2 or os.isatty(descriptor) or "PYTHONUNBUFFERED" in os.environ
    made = open(descriptor, mode, 1 if at_once else -1, encoding=encoding or "utf-8", errors=errors, closefd=False)  # noqa: SIM115
    return cast("TextIO", made)


def lend_a_server() -> None:
    """Let the server that :mod:`multiprocessing` forks from be a process forked now, while there are no threads."""
    ours, theirs = socket.socketpair()
    spare = os.fork()
    if spare == 0:
        ours.close()
        text, descriptors, _, _ = socket.recv_fds(theirs, 1 << 16, 8)
        if not text:
            os._exit(0)
        theirs.close()
        program, numbers = json.loads(text)
        clear = [fcntl.fcntl(one, fcntl.F_DUPFD, 100) for one in descriptors]
        for number, one in zip(numbers, clear, strict=True):
            os.dup2(one, number)
        for one in {*descriptors, *clear} - set(numbers):
            os.close(one)
        exec(program, {"__name__": "__main__"})
        os._exit(0)
    theirs.close()
    spawn = util.spawnv_passfds

    def lent(path: bytes, words: Sequence[str], descriptors: Sequence[int]) -> int:
        if "multiprocessing.forkserver" not in words[-1]:
            return spawn(path, words, descriptors)
        socket.send_fds(ours, [json.dumps([words[-1], list(descriptors)]).encode()], list(descriptors))
        util.spawnv_passfds = spawn
        ours.close()
        return spare

    util.spawnv_passfds = lent  # type: ignore[assignment]


def run(words: list[str]) -> None:
    """What ``python`` does with *words*."""
    option, what, *arguments = words
    sys.orig_argv = [sys.executable, *words]
    if option == "-m":
        sys.path[0] = str(Path.cwd())
        sys.argv = [what, *arguments]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    sys.path[0] = ""
    sys.argv = ["-c", *arguments]
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    asked_by = socket.socket(fileno=int(sys.argv[1]))
    for name in LOADED:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        program = next_program(asked_by)
    except EOFError:
        sys.exit()
    run(program["words"])
