"""What :mod:`tests.forked` starts is what Python starts: words, files, folder, environment, end."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests import forked

TELLS = (
    "import os, sys; print(sys.argv, os.getcwd(), os.environ.get('UNA'), sys.stdin.read(), __name__); "
    "print('lxml' in sys.modules); print('ñ', file=sys.stderr); sys.exit(7)"
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere programs are started anew")


def test_a_program_has_what_it_was_given(tmp_path: Path) -> None:
    words = [sys.executable, "-c", TELLS, "a", "b ñ"]
    given: dict[str, Any] = {"input": "hola", "capture_output": True, "cwd": tmp_path, "encoding": "utf-8"}
    environment = {"UNA": "cosa", "PATH": "/bin", "PYTHONUTF8": "1"}
    real = subprocess.run(words, env=environment, check=False, **given)
    plain = {name: text for name, text in environment.items() if name != "PYTHONUTF8"}
    found = forked.run(words, env={**forked.read_at_start(forked.ENVIRONMENT), **plain}, **given)

    assert (found.returncode, found.stderr) == (real.returncode, real.stderr) == (7, "ñ\n")
    assert found.stdout == real.stdout.replace("False", "True"), "but for what is loaded"


def test_an_interpreter_with_other_settings_is_started_anew() -> None:
    done = forked.run(
        [sys.executable, "-c", TELLS], input="", capture_output=True, text=True, env={"PYTHONHASHSEED": "1"}
    )
    assert "False" in done.stdout


def test_whoever_kills_does_not_wait_for_whoever_waits() -> None:
    with forked.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        waiting = threading.Thread(target=process.wait)
        waiting.start()
        assert process.poll() is None
        process.kill()
        waiting.join(20)
        assert not waiting.is_alive()
        assert process.returncode == -9
