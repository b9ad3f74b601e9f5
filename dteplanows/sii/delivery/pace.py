"""When something is done next: waits that grow, with some chance in them so that many do not come at once."""

from __future__ import annotations

import random
from typing import NamedTuple

_MOST = 6 * 3600.0
"""Seconds that the SII is left alone at most because it asked to be."""


class Pace(NamedTuple):
    """How long is waited, in seconds."""

    facturas: float = 3
    """For further documents, from when the first one came."""
    boletas: float = 1
    after_upload: float = 2
    """Before the first question about an envelope that arrived."""
    doubt: float = 10
    """Before the first question about one that may have arrived; the SII needs a moment to show it."""
    doubts: int = 4
    """How often the SII must say that it has not got it before the same bytes are sent again."""
    shortest: float = 2
    """Between two questions, and before the first repetition."""
    longest_question: float = 600
    longest_repetition: float = 900
    growth: float = 1.6
    mail: float = 1800
    """Before the SII is asked for a mail with reasons that has not come."""

    def waiting(self, clase: str) -> float:
        """How long a document of that kind waits for further ones."""
        return self.boletas if clase == "boletas" else self.facturas

    def question(self, times: int) -> float:
        """Until the next question, after *times* of them."""
        return _about(min(self.longest_question, self.shortest * self.growth ** min(times, 40)))

    def repetition(self, times: int, asked: int = 0) -> float:
        """Until the next try, after *times* of them.

        :param asked: seconds that the SII asked to wait, at least.
        """
        return max(min(float(asked), _MOST), _about(min(self.longest_repetition, self.shortest * 2 ** min(times, 20))))


def _about(seconds: float) -> float:
    return seconds * random.uniform(0.85, 1.15)
