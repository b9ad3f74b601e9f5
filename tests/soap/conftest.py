from __future__ import annotations

from tests.soap.attempting import attempts, limits, time
from tests.soap.soap_support import caller, issuer, made, shared_installation

__all__ = ["attempts", "caller", "issuer", "limits", "made", "shared_installation", "time"]
