"""The one transaction: take the folio, stamp, sign, record. A document is issued only once it is durable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from dteplanows import printing, validator
from dteplanows.document import clock
from dteplanows.document.company import Company
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome
from dteplanows.document.problem import Problem, Refused, errors
from dteplanows.document.writer import identifier, number_draft
from dteplanows.folios import allocation
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.keys import stamping_key
from dteplanows.folios.on_demand import CafsOnDemand
from dteplanows.folios.remarks import remarks, remarks_on_stamp
from dteplanows.issuing.issued_before import IssuedBefore
from dteplanows.issuing.issued_row import row_of
from dteplanows.issuing.outcomes import issued_outcome, placed, refused_outcome
from dteplanows.issuing.same_folio import compared
from dteplanows.issuing.submission import Submission
from dteplanows.ledger.printers import Way
from dteplanows.ledger.rows import Series
from dteplanows.ledger.store import Ledger
from dteplanows.printers.routing import Issued, copies_of
from dteplanows.signer.certificate import Certificate
from dteplanows.signer.ted import make_ted
from dteplanows.signer.xmldsig import sign_dte

Recorder = Callable[[list[DocumentOutcome]], None]
"""Notes the outcomes of documents inside the transaction that records them."""


def series_of(company: Company, documents: Iterable[Document]) -> list[Series]:
    """The series of folios from which *documents* take theirs: nobody else may take from them meanwhile."""
    return [Series(company.ambiente, company.rut, tipo) for tipo in sorted({one.tipo for one in documents})]


class Transaction:
    """Issues documents of one ledger, all of them together each time it is asked. Threads share it."""

    def __init__(self, ledger: Ledger, authority: TestAuthority | None) -> None:
        """:param authority: makes CAFs on demand in ``pruebas``."""
        self.certifying = False
        """What is in ``pruebas`` goes to the SII's certification."""
        self._ledger = ledger
        self._cafs = CafsOnDemand(ledger, authority) if authority else None

    def issue(
        self,
        submission: Submission,
        documents: Sequence[Document],
        certificate: Certificate | None,
        record: Recorder | None = None,
    ) -> list[DocumentOutcome]:
        """Issue those of *documents* that have no error, in one transaction, and *record* what became of all.

        :param documents: judged, of the file that is submitted.
        :param certificate: signs; without it every document has an error that says why.
        :raises Left: the client went; nothing was issued.
        """
        if certificate is None or all(errors(one.problems) for one in documents):
            return self.refuse_all(submission, documents, record)
        if self._cafs:
            try:
                return self._issue_all(submission, documents, certificate, record, must_have_folios=True)
            except Refused:
                for one in documents:
                    if not errors(one.problems):
                        self._cafs.ensure(submission.company, one.tipo, one.folio, submission.today)
        return self._issue_all(submission, documents, certificate, record)

    def refuse_all(
        self, submission: Submission, documents: Sequence[Document], record: Recorder | None = None
    ) -> list[DocumentOutcome]:
        """Refuse *documents*, none of which can be issued, with all that is to be said of each."""
        own = IssuedBefore(self._ledger, submission.company)
        outcomes = [refused_outcome(*validator.with_own(one, submission.company, own)) for one in documents]
        if record:
            with self._ledger.transaction("lotes"):
                record(outcomes)
        return outcomes

    def _issue_all(
        self,
        submission: Submission,
        documents: Sequence[Document],
        certificate: Certificate,
        record: Recorder | None,
        must_have_folios: bool = False,
    ) -> list[DocumentOutcome]:
        """The transaction.

        :raises Refused: a folio cannot be taken, if all *must have folios*; then nothing was issued.
        :raises Left: the client went; nothing was issued.
        """
        company = submission.company
        outcomes = []
        own = IssuedBefore(self._ledger, company)
        with self._ledger.transaction(*series_of(company, documents)):
            ways = self._ledger.printers.ways(company)
            for judged in documents:
                # Only here, where those before it have been issued or refused.
                document, found = validator.with_own(judged, company, own)
                if errors(found):
                    outcomes.append(refused_outcome(document, found))
                    continue
                try:
                    outcomes.append(self._issue_one(submission, document, found, certificate))
                    self._print(submission, document, outcomes[-1], ways)
                except Refused as refused:
                    if must_have_folios:
                        raise
                    refusal = refused_outcome(document, [*refused.problems, *found])
                    outcomes.append(compared(self._ledger, submission, document, refusal))
            if record:
                record(outcomes)
            # At the very end, for the wait for the database may have been long.
            submission.client.must_be_there()
        return outcomes

    def _print(
        self, submission: Submission, document: Document, outcome: DocumentOutcome, ways: Sequence[Way]
    ) -> None:
        """Queue the copies that are printed of a document by themselves, in the transaction that issues it."""
        if ways:
            issued = Issued(
                submission.company, outcome.documento_id, document.tipo, document.id_doc.text("IndTraslado"),
                document.emisor.text("CdgSIISucur"), submission.usuario, submission.account.puerto,
                document.id_doc.text("TpoImpresion") == "T",
            )  # fmt: skip
            self._ledger.prints.add(copies_of(ways, issued))

    def _issue_one(
        self, submission: Submission, document: Document, found: Sequence[Problem], certificate: Certificate
    ) -> DocumentOutcome:
        """Number, stamp, sign and record one document, inside the transaction.

        :param found: what is to be said of the document.
        :raises Refused: the folio cannot be taken, or its CAF remarks something that the company does not want to
            pass; nothing was changed.
        """
        company, today = submission.company, submission.today
        try:
            taken = allocation.take(self._ledger, company, document.tipo, document.folio, today)
        except Refused as refused:
            raise Refused(placed(document.id_doc.place_of("Folio"), refused.problems)) from None
        caf = stamping_key(self._ledger, taken.caf_id)
        remarked = remarks(self._ledger, company, document, taken, today)
        moment = clock.now()
        ted = make_ted(document, taken.folio, caf, moment, company.stamps_in_ascii(self.certifying))
        ending = f"{ted}\n<TmstFirma>{moment.isoformat()}</TmstFirma>"
        text = number_draft(document.draft, document.tipo, taken.folio, ending)
        xml = sign_dte(text, identifier(document.tipo, taken.folio), certificate)
        # Not among the document's own problems: a transaction that is repeated would say them twice.
        said = (*found, *remarked, *remarks_on_stamp(document, ted))
        outcome = issued_outcome(document, taken.folio, moment, said)
        recorded = self._ledger.documents.record(row_of(submission, document, outcome, xml, taken))
        if document.beside.correo:
            self._ledger.document_mails.queue_issued(recorded, company, document.beside.correo)
        cedible = printing.is_cedible(document.tipo, document.id_doc.text("IndTraslado"))
        return replace(outcome, documento_id=recorded, cedible=cedible)
