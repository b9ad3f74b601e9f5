"""The certificate that signs for a company now, opened once per process, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dteplanows.accounts import certificates
from dteplanows.accounts.opened import OpenedCertificates
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.outcome import VENTA, DocumentOutcome
from dteplanows.issuing.readiness import Readiness
from dteplanows.ledger.store import Ledger
from dteplanows.signer.certificate import Certificate, utc_now


class Signing:
    """The certificates of one ledger. Threads share it."""

    def __init__(self, ledger: Ledger, watch: Readiness) -> None:
        """:param watch: tells whether anything may be issued at all."""
        self._ledger = ledger
        self._watch = watch
        self._opened = OpenedCertificates(ledger)

    def certificate_for(self, company: Company, documents: Sequence[Document]) -> Certificate | None:
        """The certificate of *company*; when it cannot sign, each of *documents* gets the reason."""
        certificate = self.current(company)
        faults = self._watch.problems(company)
        if certificate is None:
            faults = [certificates.why_none(self._ledger, company, utc_now()), *faults]
        for one in faults:
            for document in documents:
                document.problems.insert(0, one)
        return certificate

    def current(self, company: Company) -> Certificate | None:
        """The certificate that signs for *company* now; None when it has none that is valid."""
        return self._opened.current(company)

    def with_expiry(
        self, company: Company, certificate: Certificate | None, outcomes: list[DocumentOutcome]
    ) -> list[DocumentOutcome]:
        """*outcomes*, of which the first accepted one also says when the certificate has to be renewed.

        Only the answer says it: what is kept with a document is about that document.
        """
        found = certificate and certificates.expiring(self._ledger, company, certificate, utc_now())
        if not found:
            return outcomes
        first = next((one for one in outcomes if one.accepted and one.operacion == VENTA), None)
        return [replace(one, problems=(*one.problems, found)) if one is first else one for one in outcomes]
