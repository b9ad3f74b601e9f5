"""Where a failure of ours happened, without what it says."""

from __future__ import annotations

import traceback


def where(failure: BaseException) -> str:
    """Kind and places of a failure. Its message may quote what the client sent, so it stays out of the log."""
    frames = (f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(failure.__traceback__))
    return " < ".join((type(failure).__name__, *reversed(list(frames))))
