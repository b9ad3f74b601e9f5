"""A real browser without a window, where the machine has one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from lxml import etree

from tests.chromium import CHROMIUM, OPTIONS

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="not installed: chromium")


def look(address: str, profile: Path, *options: str) -> tuple[etree._Element, str]:
    """What a browser makes of *address*: the page as it is in the end, and what its console said.

    :param profile: a folder of its own for what the browser keeps.
    """
    done = subprocess.run(
        [
            *(str(CHROMIUM), "--headless", *OPTIONS, "--disable-dev-shm-usage", "--dump-dom"),
            *("--enable-logging=stderr", "--v=0", f"--user-data-dir={profile}", "--no-proxy-server"),
            *("--virtual-time-budget=20000", *options, address),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    said = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return etree.fromstring(done.stdout.encode(), etree.HTMLParser(encoding="utf-8")), said
