"""The main road: a customer's file in; numbered, stamped, signed, durable documents out, or the reasons why not.

Everything that can be known is checked before a folio is taken. Then one transaction takes the folio, stamps, signs and
records; a crash rolls all of it back. An outcome says accepted only after that transaction is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from dteplanows import books, callers, issued_before, parser, printing, receiving, validator
from dteplanows.archive import Archive, printed
from dteplanows.callers import Account
from dteplanows.document import clock, rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.model import Document
from dteplanows.document.problem import Place, Problem, Refused, errors
from dteplanows.document.writer import identifier, number_draft
from dteplanows.figures import of_document
from dteplanows.folios import allocation, on_demand
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.keys import stamping_key
from dteplanows.folios.remarks import may_have_long_stamp, remarks, remarks_on_stamp, remarks_on_trial_stamp
from dteplanows.issued_row import row_of
from dteplanows.ledger.clock_watch import Bounds
from dteplanows.ledger.rows import ReceivedFile, StoredBatch
from dteplanows.ledger.store import Ledger, New
from dteplanows.links import Copy, Links, links_of
from dteplanows.outcome import Credentials, DocumentOutcome, Outcome
from dteplanows.readiness import Readiness, bounds_of
from dteplanows.settings import Settings
from dteplanows.signer.certificate import Certificate, usable, utc_now
from dteplanows.signer.ted import make_ted
from dteplanows.signer.xmldsig import sign_dte
from dteplanows.tokens import Tokens, tokens_of

CHUNK = 50
"""Documents of one file that are committed together."""

_NO_FILE = ReceivedFile("", b"")
"""In place of the customer's file, which may be large, where a document is recorded on trial."""

Recorder = Callable[[list[DocumentOutcome]], None]
"""Notes the outcomes of a chunk inside the transaction that records its documents."""


class _Rehearsed(Exception):  # noqa: N818 - rolls a rehearsal back; nothing failed
    """Ends a transaction that only looked which documents would be issued."""


class Issuer:
    """Issues documents from one ledger. One per process; its threads share it."""

    def __init__(
        self,
        ledger: Ledger,
        authority: TestAuthority | None = None,
        valor_uf: Decimal = validator.UNKNOWN,
        reloj: Bounds = Bounds(),  # noqa: B008 - a value
    ) -> None:
        """:param authority: makes CAFs on demand in ``pruebas``; None where all CAFs are loaded by hand.
        :param valor_uf: pesos of one Unidad de Fomento, for the limits that are set in it.
        :param reloj: how far the clock may be off.
        """
        self.ledger = ledger
        self._valor_uf = valor_uf
        self._authority = authority
        self._certificates: dict[int, Certificate] = {}
        self.watch = Readiness(ledger, reloj)
        """Whether anything may be issued at all."""

    # --- who is calling --------------------------------------------------------------------------------------

    def authenticate(self, credentials: Credentials) -> Account:
        """The account that *credentials* open.

        :raises Refused: they open none, or not the company of that RUT.
        """
        return callers.account_of(callers.open_with(self.ledger, credentials), credentials.rut == rut.TEST_LOGIN)

    def token(self, credentials: Credentials) -> str:
        """A token that stands for *credentials* for a day, or until the password is set anew.

        :raises Refused: as :meth:`authenticate`.
        """
        return callers.token_for(self.ledger, self._tokens, credentials)

    def bearer(self, token: str) -> Account:
        """The account that *token* opens.

        :raises Refused: it opens none (AUT-017).
        """
        return callers.bearer(self.ledger, self._tokens, token)

    def account(self, ambiente: Ambiente, rut_emisor: str) -> Account:
        """The account of the operator of this machine for one company.

        :raises Refused: there is no such company.
        """
        return callers.operator(self.ledger, ambiente, rut_emisor)

    def name(self, account: Account) -> str:
        """The user name of *account*."""
        return account.usuario

    def tells_avisos(self, account: Account) -> bool:
        """Whether the answers to *account* carry avisos."""
        return account.con_avisos

    # --- the road --------------------------------------------------------------------------------------------

    def process(self, account: Account, file: bytes, formato: str, solo_validar: bool = False) -> Outcome:
        """Issue every document of *file*, or say what is wrong with it; each document stands for itself.

        Those that the company received from others are entered in the ledger instead. A book of purchases or sales is
        kept.

        :param file: the customer's file as received, TXT or XML.
        :param formato: ``1`` for TXT, ``2`` for XML.
        :param solo_validar: only judge: number, sign and store nothing.
        """
        if books.is_book(file, formato):
            company, as_account = account.company, account.identity_from_account
            one = books.receive(self.ledger, company, account.usuario, file, as_account, solo_validar)
            return Outcome((one,), solo_validar)
        today = clock.today()
        documents = parser.parse(file, formato)
        received = ReceivedFile(formato, file)
        sales = [one for one in documents if not one.received]
        outcomes = self._emit(account, sales, received, today, solo_validar)
        if len(sales) < len(documents):
            purchases = [one for one in documents if one.received]
            entered = receiving.receive(
                self.ledger, account.company, account.usuario, purchases, received, today, solo_validar
            )
            outcomes = _in_order(documents, outcomes, entered)
        return Outcome(tuple(outcomes), validated_only=solo_validar)

    def receive(self, account: Account, file: bytes, formato: str, con_enlaces: bool = False) -> int:
        """Store *file* durably for a worker to issue later; the id of its batch.

        :param con_enlaces: the answer is to carry the addresses of the printed documents.
        """
        company, received = account.company, ReceivedFile(formato.strip(), file)
        return self.ledger.receive_batch(
            company.ambiente, company.rut, account.usuario, account.identity_from_account, received, con_enlaces
        )

    def batch(self, account: Account, batch_id: int) -> tuple[StoredBatch, Outcome | None]:
        """A batch of the account's company, with the outcome of the file once all its documents are done.

        :raises Refused: the company has no such batch (SRV-101).
        """
        company = account.company
        batch = self.ledger.batch(batch_id)
        if batch is None or (batch.ambiente, batch.rut_emisor) != (company.ambiente, company.rut):
            raise Refused([problem("SRV-101", Place(field="trackid"), str(batch_id), name=company.razon_social)])
        if batch.estado != "terminado":
            return batch, None
        return batch, Outcome(tuple(outcome for _, outcome in self.ledger.batch_outcomes(batch_id)))

    def issue_chunk(
        self, account: Account, documents: Sequence[Document], received: ReceivedFile, record: Recorder
    ) -> list[DocumentOutcome]:
        """Judge and issue, or enter, a part of a file, with what *record* writes in the same transaction."""
        today = clock.today()
        sales = [one for one in documents if not one.received]
        purchases = [one for one in documents if one.received]
        self._judge(account, sales, today)
        for document in purchases:
            receiving.judge(document, account.company, today)
        outcomes: list[DocumentOutcome] = []

        def record_all(emitted: list[DocumentOutcome]) -> None:
            entered = [
                receiving.enter(self.ledger, account.company, account.usuario, one, received) for one in purchases
            ]
            outcomes[:] = _in_order(documents, emitted, entered)
            record(outcomes)

        certificate = self._certificate_for(account.company, sales)
        self._issue(account, sales, received, certificate, today, record_all)
        return outcomes

    def xml(self, account: Account, tipo: int, folio: int, boletas: bool | None = None) -> bytes:
        """The signed bytes of a document of the account's company, found as :meth:`Archive.find` does.

        :raises Refused: there is no such document.
        """
        return self.archive(account).find(tipo, folio, boletas).xml

    # --- what was issued -------------------------------------------------------------------------------------

    def archive(self, account: Account) -> Archive:
        """What can be asked of the documents of the account's company."""
        return Archive(self.ledger, account.company, account.usuario)

    @cached_property
    def links(self) -> Links:
        """The addresses of printed documents."""
        return links_of(self.ledger)

    @cached_property
    def _tokens(self) -> Tokens:
        return tokens_of(self.ledger)

    def printed(self, copy: Copy) -> bytes | None:
        """The PDF file of *copy*; None when there is no such copy."""
        return printed(self.ledger, copy)

    # --- the steps -------------------------------------------------------------------------------------------

    def _judge(self, account: Account, documents: Sequence[Document], today: date) -> None:
        """Judge documents that the company issues, each by itself."""
        for document in documents:
            validator.judge(document, account.company, today, account.identity_from_account, self._valor_uf)

    def _emit(
        self,
        account: Account,
        documents: Sequence[Document],
        received: ReceivedFile,
        today: date,
        solo_validar: bool,
    ) -> list[DocumentOutcome]:
        """Issue the documents that are the company's own, in order."""
        if not documents:
            return []
        self._judge(account, documents, today)
        if solo_validar:
            return self._rehearse(account, documents, today)
        certificate = self._certificate_for(account.company, documents)
        outcomes: list[DocumentOutcome] = []
        for chunk in _chunks(documents):
            outcomes += self._issue(account, chunk, received, certificate, today)
        return outcomes

    def _certificate_for(self, company: Company, documents: Sequence[Document]) -> Certificate | None:
        """The company's certificate; when it cannot sign, every document says why."""
        certificate = self._current_certificate(company)
        if certificate is None:
            fault: Problem | None = problem("CRT-020", value=company.rut, name=company.razon_social)
        else:
            fault = usable(certificate, utc_now())
        for one in [*([fault] if fault else []), *self.watch.problems(company)]:
            for document in documents:
                document.problems.insert(0, one)
        return certificate

    def _current_certificate(self, company: Company) -> Certificate | None:
        """The company's certificate as loaded last; its key is opened once per process."""
        newest = self.ledger.certificate_id(company.ambiente, company.rut)
        if newest and newest not in self._certificates:
            stored = self.ledger.certificate(company.ambiente, company.rut)
            if stored:
                self._certificates[newest] = Certificate.from_trusted(stored.certificate)
        return self._certificates.get(newest)

    def _issue(
        self,
        account: Account,
        documents: Sequence[Document],
        received: ReceivedFile,
        certificate: Certificate | None,
        today: date,
        record: Recorder | None = None,
    ) -> list[DocumentOutcome]:
        """Issue those of *documents* that have no error, in one transaction, and *record* what became of all."""
        if certificate is None or all(errors(one.problems) for one in documents):
            return self._refuse_all(account, documents, record)
        stop = bool(self._authority)
        try:
            return self._issue_at_once(account, documents, received, certificate, today, stop, record)
        except Refused:
            for document in documents:
                if not errors(document.problems):
                    company, folio = account.company, document.folio
                    on_demand.ensure(self.ledger, company, document.tipo, folio, today, self._authority)
        return self._issue_at_once(account, documents, received, certificate, today, False, record)

    def _refuse_all(
        self, account: Account, documents: Sequence[Document], record: Recorder | None
    ) -> list[DocumentOutcome]:
        own = issued_before.IssuedBefore(self.ledger, account.company)
        outcomes = [_refused(*validator.with_own(one, account.company, own)) for one in documents]
        if record:
            with self.ledger.transaction():
                record(outcomes)
        return outcomes

    def _issue_at_once(
        self,
        account: Account,
        documents: Sequence[Document],
        received: ReceivedFile,
        certificate: Certificate,
        today: date,
        stop: bool,
        record: Recorder | None,
    ) -> list[DocumentOutcome]:
        """The one transaction.

        :raises Refused: a folio cannot be taken, if *stop*; then nothing was issued.
        """
        outcomes = []
        own = issued_before.IssuedBefore(self.ledger, account.company)
        with self.ledger.transaction():
            for judged in documents:
                # Only here, where those before it have been issued or refused.
                document, found = validator.with_own(judged, account.company, own)
                if errors(found):
                    outcomes.append(_refused(document, found))
                    continue
                try:
                    outcomes.append(self._issue_one(account, document, found, received, certificate, today))
                except Refused as refused:
                    if stop:
                        raise
                    outcomes.append(_refused(document, [*refused.problems, *found]))
            if record:
                record(outcomes)
        return outcomes

    def _issue_one(
        self,
        account: Account,
        document: Document,
        found: Sequence[Problem],
        received: ReceivedFile,
        certificate: Certificate,
        today: date,
    ) -> DocumentOutcome:
        """Number, stamp, sign and record one document, inside the transaction.

        :param found: what is to be said of the document.
        :raises Refused: the folio cannot be taken, or its CAF remarks something that the company does not want to
            pass; nothing was changed.
        """
        company = account.company
        asked = document.id_doc.place_of("Folio")
        try:
            taken = allocation.take(self.ledger, company, document.tipo, document.folio, today)
        except Refused as refused:
            raise Refused(_at(asked, refused.problems)) from None
        caf = stamping_key(self.ledger, taken.caf_id)
        remarked = remarks(self.ledger, company, document, taken, today)
        moment = clock.now()
        ted = make_ted(document, taken.folio, caf.xml, caf.key, moment)
        ending = f"{ted}\n<TmstFirma>{moment.isoformat()}</TmstFirma>"
        text = number_draft(document.draft, document.tipo, taken.folio, ending)
        xml = sign_dte(text, identifier(document.tipo, taken.folio), certificate)
        # Not among the document's own problems: a transaction that is repeated would say them twice.
        said = (*found, *remarked, *remarks_on_stamp(document, ted))
        outcome = DocumentOutcome(
            taken.folio, document.tipo, moment, True, said, figures=of_document(document), receptor=_receiver(document)
        )
        recorded = self.ledger.record(row_of(account.usuario, company, document, outcome, xml, taken.caf_id, received))
        cedible = printing.is_cedible(document.tipo, document.id_doc.text("IndTraslado"))
        return replace(outcome, documento_id=recorded, cedible=cedible)

    def _rehearse(self, account: Account, documents: Sequence[Document], today: date) -> list[DocumentOutcome]:
        """Which of *documents* would be issued; what they would take is given back."""
        company = account.company
        self._certificate_for(company, [one for one in documents if not errors(one.problems)])
        if all(errors(one.problems) for one in documents):
            return self._refuse_all(account, documents, None)
        outcomes: list[DocumentOutcome] = []
        numbered: set[tuple[int, int]] = set()
        own = issued_before.IssuedBefore(self.ledger, company, numbered)
        try:
            with self.ledger.transaction():  # one, so that each is judged with those before it
                for number, judged in enumerate(documents, 1):
                    document, found = validator.with_own(judged, company, own)
                    if errors(found):
                        outcomes.append(_refused(document, found))
                        continue
                    # Its stamp need only be made where something may have to be said of it.
                    long = may_have_long_stamp(document)
                    is_last = number == len(documents) and not long
                    try:
                        taken, remarked = self._take_on_trial(account, document, today, is_last)
                    except Refused as refused:
                        outcomes.append(_refused(document, [*refused.problems, *found]))
                        continue
                    if not document.folio:
                        numbered.add((document.tipo, taken.folio))
                    of_stamp = remarks_on_trial_stamp(self.ledger, document, taken) if long else []
                    said = (*found, *remarked, *of_stamp)
                    outcomes.append(_foreseen(document, said))
                raise _Rehearsed
        except _Rehearsed:
            return outcomes

    def _take_on_trial(
        self, account: Account, document: Document, today: date, is_last: bool
    ) -> tuple[allocation.Taken, list[Problem]]:
        """Take a folio for one document, and record it unsigned unless it *is_last*, for those after it to be judged.

        :return: the folio, and what there is to say of its CAF.
        :raises Refused: as :meth:`_issue_one` does.
        """
        company, tipo, folio = account.company, document.tipo, document.folio
        try:
            taken = allocation.take(self.ledger, company, tipo, folio, today)
        except Refused as refused:
            if not on_demand.on_demand(self.ledger, company, tipo, folio, today, self._authority):
                raise Refused(_at(document.id_doc.place_of("Folio"), refused.problems)) from None
            if is_last:  # nothing asks for the CAF itself, whose key takes long to make
                taken = allocation.Taken(folio, 0, today)
            else:
                on_demand.ensure(self.ledger, company, tipo, folio, today, self._authority)
                taken = allocation.take(self.ledger, company, tipo, folio, today)
        remarked = remarks(self.ledger, company, document, taken, today)
        if not is_last:
            outcome = DocumentOutcome(taken.folio, tipo, clock.now(), True, ())
            self.ledger.record(row_of(account.usuario, company, document, outcome, b"", taken.caf_id, _NO_FILE))
        return taken, remarked


def open_issuer(settings: Settings) -> Issuer:
    """The main road on the ledger that *settings* name.

    :raises Refused: the ledger cannot be opened.
    """
    ledger = Ledger(settings.directorio, settings.clave_maestra, New.NEVER, settings.carpeta_marca)
    return Issuer(ledger, _authority(settings), settings.valor_uf, bounds_of(settings))


def _authority(settings: Settings) -> TestAuthority | None:
    path = settings.autoridad_de_prueba
    if not settings.caf_automatico or not path.exists():
        return None
    return TestAuthority.from_pem(path.read_bytes())


def _in_order(
    documents: Sequence[Document], emitted: Iterable[DocumentOutcome], entered: Iterable[DocumentOutcome]
) -> list[DocumentOutcome]:
    """The outcomes of *documents*, whose own ones were emitted and received ones entered, in the order of the file."""
    each = {False: iter(emitted), True: iter(entered)}
    return [next(each[one.received]) for one in documents]


def _chunks(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    for start in range(0, len(documents), CHUNK):
        yield documents[start : start + CHUNK]


def _at(place: Place, problems: Sequence[Problem]) -> list[Problem]:
    return [one._replace(place=place) for one in problems]


def _refused(document: Document, found: Sequence[Problem]) -> DocumentOutcome:
    return DocumentOutcome(document.folio, document.tipo, clock.now(), False, tuple(found))


def _foreseen(document: Document, said: Sequence[Problem]) -> DocumentOutcome:
    return DocumentOutcome(
        document.folio, document.tipo, clock.now(), True, tuple(said),
        figures=of_document(document), receptor=_receiver(document),
    )  # fmt: skip


def _receiver(document: Document) -> str:
    return f"{document.receptor.text('RUTRecep')} {document.receptor.text('RznSocRecep')}".strip()
