"""The road of a file, from top to bottom: parse, judge, what was issued before, transaction, outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial

from dteplanows import books, parser, purchases, validator
from dteplanows.accounts.callers import Account
from dteplanows.document.elements import BRANCHES
from dteplanows.document.model import Document
from dteplanows.document.outcome import DocumentOutcome, Outcome
from dteplanows.document.problem import errors
from dteplanows.folios.authority import TestAuthority
from dteplanows.issuing import entering, reissuing, repeats, unfinished
from dteplanows.issuing.client import NOBODY, Client, or_refused, refuse_for_nobody
from dteplanows.issuing.issued_before import IssuedBefore
from dteplanows.issuing.readiness import Readiness, bounds_of
from dteplanows.issuing.rehearsal import rehearse
from dteplanows.issuing.signing import Signing
from dteplanows.issuing.submission import Submission, submitted
from dteplanows.issuing.transaction import Recorder, Transaction
from dteplanows.ledger.clock_watch import Bounds
from dteplanows.ledger.place import place_of
from dteplanows.ledger.rows import ReceivedFile
from dteplanows.ledger.store import Ledger, New
from dteplanows.log import call
from dteplanows.settings import Settings


class Issuer:
    """Issues documents from one ledger. One per process; its threads share it."""

    def __init__(
        self,
        ledger: Ledger,
        authority: TestAuthority | None = None,
        valor_uf: Decimal = validator.UNKNOWN,
        memory: repeats.Memory = repeats.USUAL,
        reloj: Bounds = Bounds(),  # noqa: B008 - a value
    ) -> None:
        """:param authority: makes CAFs on demand in ``pruebas``; None where all CAFs are loaded by hand.
        :param valor_uf: pesos of one Unidad de Fomento, for the limits that are set in it.
        :param memory: how long it is remembered what a file that comes again was answered.
        :param reloj: how far the clock may be off.
        """
        self.ledger = ledger
        self.memory = memory
        """How long it is remembered what a file that comes again was answered."""
        self.watch = Readiness(ledger, reloj)
        """Whether anything may be issued at all."""
        self.signing = Signing(ledger, self.watch)
        """The certificate that signs."""
        self._authority = authority
        self._valor_uf = valor_uf
        self._repeats = repeats.Repeats(ledger, memory)
        self._transaction = Transaction(ledger, authority)

    @property
    def certifying(self) -> bool:
        """Whether what is in ``pruebas`` goes to the SII's certification, for stamps without accents."""
        return self._transaction.certifying

    @certifying.setter
    def certifying(self, yes: bool) -> None:
        self._transaction.certifying = yes

    def process(
        self, account: Account, file: bytes, formato: str, solo_validar: bool = False, client: Client = NOBODY
    ) -> Outcome:
        """Issue every document of *file*, or say what is wrong with it; each document stands for itself.

        Those that the company received from others are entered in the ledger instead. A book of purchases or sales is
        kept.

        :param file: the customer's file as received, TXT or XML.
        :param formato: ``1`` for TXT, ``2`` for XML.
        :param solo_validar: only judge: number, sign and store nothing.
        :raises Refused: the client went before anything was issued (SRV-120), or the same file is under way and takes
            too long (SRV-124).
        """
        submission = submitted(account, ReceivedFile(formato, file), client)
        call.note_file(submission.file.sha256, formato)
        if books.is_book(file, formato):
            refuse_for_nobody(client, account.usuario)
            return Outcome((books.receive(self.ledger, account, file, solo_validar),), solo_validar)
        documents = parser.parse(file, formato)
        sales = [one for one in documents if not one.received]
        with or_refused(account.usuario):
            outcomes = self._rehearse(submission, sales) if solo_validar else self._issue(submission, sales)
        if len(sales) < len(documents):
            if not sales:
                refuse_for_nobody(client, account.usuario)
            received = [one for one in documents if one.received]
            if solo_validar:
                entered = entering.rehearse(self.ledger, submission, received)
            else:
                entered = entering.enter(self.ledger, submission, received, something_done=bool(sales))
            outcomes = _in_order(documents, outcomes, entered)
        return Outcome(tuple(outcomes), validated_only=solo_validar)

    def reissue(
        self, account: Account, file: ReceivedFile, tipo: int, folio: int, *, solo_validar: bool = False
    ) -> Outcome:
        """Issue the one document of *file* with the folio of a document that the SII refused.

        :param solo_validar: only judge: sign and store nothing.

        :raises Refused: that one was not free (SII-040, SII-041, SII-045), or *file* is not of that document (SII-042).
        """
        submission = submitted(account, file)
        company = submission.company
        stored = self.ledger.documents.find(company.ambiente, company.rut, tipo, folio)
        if stored:
            reissuing.must_be_free(self.ledger, company, stored)
        documents = [reissuing.corrected(file, tipo, folio)]
        outcomes = self._rehearse(submission, documents) if solo_validar else self._issue(submission, documents)
        return Outcome(tuple(outcomes), validated_only=solo_validar)

    def draft(self, account: Account, file: bytes, formato: str, number: int) -> Document | None:
        """One document of *file* as it would be issued, judged, with whatever is wrong with it; nothing is taken.

        :param number: which one of the file, from 1.
        :return: None where the file has no such document, or it is none that the company would issue.
        """
        if books.is_book(file, formato):
            return None
        documents = parser.parse(file, formato)
        if not 1 <= number <= len(documents):
            return None
        document = documents[number - 1]
        if document.received or document.tipo not in BRANCHES:
            return None
        self._judge(submitted(account, ReceivedFile(formato, file)), [document])
        return validator.with_own(document, account.company, IssuedBefore(self.ledger, account.company))[0]

    def issue_part(
        self, submission: Submission, documents: Sequence[Document], record: Recorder
    ) -> list[DocumentOutcome]:
        """Judge and issue, or enter, a part of a file, with what *record* writes in the same transaction."""
        sales = [one for one in documents if not one.received]
        received = [one for one in documents if one.received]
        self._judge(submission, sales)
        for document in received:
            purchases.judge(document, submission.company, submission.today)
        outcomes: list[DocumentOutcome] = []

        def record_all(issued: list[DocumentOutcome]) -> None:
            entered = [purchases.enter(self.ledger, submission.account, one, submission.file) for one in received]
            outcomes[:] = _in_order(documents, issued, entered)
            record(outcomes)

        certificate = self.signing.certificate_for(submission.company, sales)
        self._transaction.issue(submission, sales, certificate, record_all)
        return outcomes

    # --- the steps -------------------------------------------------------------------------------------------

    def _judge(self, submission: Submission, documents: Sequence[Document]) -> None:
        """Judge documents that the company issues, each by itself."""
        account = submission.account
        for document in documents:
            validator.judge(document, account.company, submission.today, account.identity_from_account, self._valor_uf)

    def _issue(self, submission: Submission, documents: Sequence[Document]) -> list[DocumentOutcome]:
        """Issue the company's own documents, in order; what was issued before is told again."""
        if not documents:
            return []
        self._judge(submission, documents)
        return self._repeats.issue(submission, documents, partial(self._issue_new, submission))

    def _issue_new(self, submission: Submission, documents: Sequence[Document]) -> list[DocumentOutcome]:
        """Issue documents that are judged, and that no call before this one has issued."""
        certificate = self.signing.certificate_for(submission.company, documents)

        def issue(submission: Submission, chunk: Sequence[Document]) -> list[DocumentOutcome]:
            return self._transaction.issue(submission, chunk, certificate)

        outcomes = unfinished.in_chunks(self.ledger, submission, documents, issue)
        return self.signing.with_expiry(submission.company, certificate, outcomes)

    def _rehearse(self, submission: Submission, documents: Sequence[Document]) -> list[DocumentOutcome]:
        """Which of the company's own documents would be issued; what they would take is given back."""
        if not documents:
            return []
        self._judge(submission, documents)
        good = [one for one in documents if not errors(one.problems)]
        certificate = self.signing.certificate_for(submission.company, good)
        if all(errors(one.problems) for one in documents):
            return self._transaction.refuse_all(submission, documents)
        outcomes = rehearse(self.ledger, self._authority, submission, documents)
        return self.signing.with_expiry(submission.company, certificate, outcomes)


def open_issuer(settings: Settings) -> Issuer:
    """The main road on the ledger that *settings* name.

    :raises Refused: the ledger cannot be opened.
    """
    memory = repeats.memory_of(settings)
    ledger = Ledger(place_of(settings), settings.clave_maestra, New.NEVER)
    issuer = Issuer(ledger, _authority(settings), settings.valor_uf, memory, bounds_of(settings))
    issuer.certifying = settings.sii_pruebas == "maullin"
    return issuer


def _authority(settings: Settings) -> TestAuthority | None:
    path = settings.autoridad_de_prueba
    if not settings.caf_automatico or not path.exists():
        return None
    return TestAuthority.from_pem(path.read_bytes())


def _in_order(
    documents: Sequence[Document], issued: Iterable[DocumentOutcome], entered: Iterable[DocumentOutcome]
) -> list[DocumentOutcome]:
    """The outcomes of *documents*, of which its own ones were issued and received ones entered, as in the file."""
    each = {False: iter(issued), True: iter(entered)}
    return [next(each[one.received]) for one in documents]
