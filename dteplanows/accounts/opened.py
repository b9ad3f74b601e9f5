"""The certificates of one ledger, each opened once: opening one checks its key, which takes tens of milliseconds."""

from __future__ import annotations

from dteplanows.document.company import Company
from dteplanows.ledger.rows import StoredCertificate
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate, utc_now


class OpenedCertificates:
    """Threads share it; the worst of two at once is that both open the same one."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._opened: dict[int, Certificate] = {}

    def current(self, company: Company) -> Certificate | None:
        """The certificate that signs for *company* now; None when it has none that is valid."""
        current = self._ledger.certificates.current(company.ambiente, company.rut, utc_now())
        if current and current not in self._opened:
            stored = self._ledger.certificates.find(current)
            return self.open(stored) if stored else None
        return self._opened.get(current)

    def open(self, stored: StoredCertificate) -> Certificate:
        """The certificate of *stored*."""
        if stored.id not in self._opened:
            self._opened[stored.id] = Certificate.from_trusted(stored.certificate)
        return self._opened[stored.id]
