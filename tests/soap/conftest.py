from __future__ import annotations

from tests.soap.attempting import attempts, limits, time
from tests.soap.soap_support import caller, issuer, shared_installation

__all__ = ["attempts", "caller", "issuer", "limits", "shared_installation", "time"]
