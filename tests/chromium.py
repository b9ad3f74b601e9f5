"""The browser of the tests: Chromium without a window, where the machine has one."""

from __future__ import annotations

import shutil

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
"""The program. The headless shell is the same engine without what draws windows: a third less of a processor."""

OPTIONS = ("--no-sandbox", "--disable-gpu", "--in-process-gpu", "--disable-site-isolation-trials")
"""What it is started with: all that it shows comes from the tests, so what else is kept apart may share a process."""
