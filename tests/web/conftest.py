from __future__ import annotations

from tests.soap.soap_support import caller, issuer, shared_installation

__all__ = ["caller", "issuer", "shared_installation"]
