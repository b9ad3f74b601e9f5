"""The conversation of the README, as it is pasted."""

from __future__ import annotations

import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from dteplanows.simulator.server import Simulator

README = Path(__file__).parents[2] / "README.rst"
ADDRESS = "http://127.0.0.1:8181"


def conversation() -> str:
    """The block behind the words that announce it."""
    text = README.read_text("utf-8").partition("which can be pasted (a test does)::\n\n")[2]
    lines = []
    for line in text.splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line)
    return textwrap.dedent("\n".join(lines))


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="curl or openssl is not installed")
def test_the_conversation_with_curl(simulator: Simulator, tmp_path: Path) -> None:
    """Only the address is another one: a test must not need a certain port."""
    script = conversation()
    assert ADDRESS in script
    done = subprocess.run(
        ["bash", "-eu", "-c", script.replace(ADDRESS, simulator.address)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = done.stdout
    order = [
        "<STATUS>7</STATUS><DETAIL><ERROR>LSX-00213", '"verificar": false', "<STATUS>0</STATUS><TRACKID>0001000001<",
        "ESTADO&gt;EPR&lt;", "ACEPTADOS&gt;1&lt;", "<STATUS>99</STATUS>", '"codigo": 503', "Error 503",
    ]  # fmt: skip
    places = [said.find(one) for one in order]
    assert -1 not in places, said
    assert places == sorted(places)
