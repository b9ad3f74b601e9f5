"""What keeps the master key inside the process that uses it: no environment, no memory image, no other reader.

The environment that a program was started with stays to be read in ``/proc/PID/environ`` as long as it runs, whatever
it does to its own copy. So a command that stays (``serve``, ``worker``, ``demo``) and was given the key there begins
anew, in the same process, without it; the key goes through a pipe. Processes that it starts get it the same way.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused

VARIABLE = "DTEPLANOWS_CLAVE_MAESTRA"
"""The environment's name of the setting that holds the master key."""

_HANDED = "_DTEPLANOWS_CLAVE_EN"
"""Number of the descriptor at which the key waits in a process that began anew."""

_PR_SET_DUMPABLE = 4

_taken = ""


def taken_key() -> str:
    """The master key that :func:`leave_environment` took out of the environment; empty when there was none."""
    return _taken


def leave_environment() -> None:
    """Take the master key out of this process's environment, also out of the one that it was started with.

    Does not return where that needs a new beginning: the program is then executed again with the same arguments.
    """
    global _taken  # noqa: PLW0603 - the environment is the process's, and so is what was in it
    waiting = os.environ.pop(_HANDED, "")
    if waiting.isdigit():
        with suppress(OSError), os.fdopen(int(waiting), encoding="utf-8") as pipe:
            _taken = pipe.read()
    key = os.environ.pop(VARIABLE, "")
    if not key:
        return
    if os.name != "posix" or not sys.executable:
        _taken = key
        return
    reading, writing = os.pipe()
    # A pipe takes 64 KiB before anybody reads, and no environment holds a key of that length beside its rest.
    os.set_blocking(writing, False)
    os.write(writing, key.encode("utf-8", "surrogateescape"))
    os.close(writing)
    os.set_inheritable(reading, True)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, _HANDED: str(reading)})


def protect_memory() -> None:
    """No image of this process's memory is ever written to a disk, nor may other processes of its user look into it.

    The limit alone does not keep Linux from handing an image to a program such as systemd-coredump.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - only POSIX has it

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def must_be_private(path: Path) -> None:
    """Whether nobody else can read or change the file *path*, which holds the master key; Windows is not asked.

    A file of this user is for this user alone. One of another user, such as root, may be given to a group of which this
    one is.

    :raises Refused: others can (CFG-020), with the command that mends it.
    :raises OSError: there is no such file, or nothing can be known of it.
    """
    if os.name != "posix":
        return
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    others = stat.S_IRWXO | (stat.S_IRWXG if found.st_uid == os.geteuid() else stat.S_IWGRP)
    if stat.S_IMODE(found.st_mode) & others:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        raise Refused([problem("CFG-020", value=str(path), modo=mode, orden=f"chmod 600 {_quoted(path)}")])


def _quoted(path: Path) -> str:
    import shlex  # noqa: PLC0415 - only for the refusal

    return shlex.quote(str(path))


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read; it is never there half written."""
    fresh = path.with_name(path.name + ".nuevo")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(data)
    fresh.replace(path)
