"""The main road: a customer's file in; numbered, stamped, signed, durable documents out, or the reasons why not.

Everything that can be known is checked before a folio is taken. Then one transaction takes the folio, stamps, signs and
records; a crash rolls all of it back. An outcome says accepted only after that transaction is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from dteplanows import books, parser, printing, receiving, validator
from dteplanows.accounts import callers, certificates
from dteplanows.accounts.callers import Account
from dteplanows.accounts.tokens import Tokens, tokens_of
from dteplanows.archive import Archive, printed, printed_name
from dteplanows.archive.links import Copy, Links, links_of
from dteplanows.bulk import receipt
from dteplanows.bulk.receipt import Receipt
from dteplanows.document import clock, rut
from dteplanows.document.catalogue import problem
from dteplanows.document.company import Ambiente, Company
from dteplanows.document.figures import of_document
from dteplanows.document.model import Document
from dteplanows.document.outcome import VENTA, Credentials, DocumentOutcome, Outcome
from dteplanows.document.problem import Place, Problem, Refused, errors
from dteplanows.document.writer import identifier, number_draft
from dteplanows.folios import allocation, on_demand
from dteplanows.folios.authority import TestAuthority
from dteplanows.folios.keys import stamping_key
from dteplanows.folios.remarks import remarks, remarks_on_stamp
from dteplanows.issuing import issued_before, rehearsal, repeats, same_folio, unfinished
from dteplanows.issuing.client import NOBODY, Client, or_refused, refuse_for_nobody
from dteplanows.issuing.document_outcome import placed, receiver_of, refused_outcome
from dteplanows.issuing.issued_row import row_of
from dteplanows.issuing.readiness import Readiness, bounds_of
from dteplanows.issuing.repeats import sender_of
from dteplanows.ledger.clock_watch import Bounds
from dteplanows.ledger.place import place_of
from dteplanows.ledger.rows import ReceivedFile, StoredBatch
from dteplanows.ledger.store import Ledger, New
from dteplanows.log import call
from dteplanows.printing.prints import Prints
from dteplanows.settings import Settings
from dteplanows.signer.certificate import Certificate, utc_now
from dteplanows.signer.ted import make_ted
from dteplanows.signer.xmldsig import sign_dte

CHUNK = 50
"""Documents of one file that are committed together."""

Recorder = Callable[[list[DocumentOutcome]], None]
"""Notes the outcomes of a chunk inside the transaction that records its documents."""


class Issuer:
    """Issues documents from one ledger. One per process; its threads share it."""

    def __init__(
        self,
        ledger: Ledger,
        authority: TestAuthority | None = None,
        valor_uf: Decimal = validator.UNKNOWN,
        memory: repeats.Memory = repeats.USUAL,
        lotes_en_espera: int = 0,
        reloj: Bounds = Bounds(),  # noqa: B008 - a value
    ) -> None:
        """:param authority: makes CAFs on demand in ``pruebas``; None where all CAFs are loaded by hand.
        :param valor_uf: pesos of one Unidad de Fomento, for the limits that are set in it.
        :param memory: how long it is remembered what a file that comes again was answered.
        :param lotes_en_espera: files of bulk mode that one company may have waiting; 0 for any number.
        :param reloj: how far the clock may be off.
        """
        self._lotes_en_espera = lotes_en_espera
        self.ledger = ledger
        self._memory = memory
        self._repeats = repeats.Repeats(ledger, memory)
        self._valor_uf = valor_uf
        self._authority = authority
        self._certificates: dict[int, Certificate] = {}
        self.prints = Prints(0)
        """Makes the PDF files of documents."""
        self.watch = Readiness(ledger, reloj)
        """Whether anything may be issued at all."""

    # --- who is calling --------------------------------------------------------------------------------------

    def authenticate(self, credentials: Credentials) -> Account:
        """The account that *credentials* open.

        :raises Refused: they open none, or not the company of that RUT.
        """
        return callers.account_of(callers.open_with(self.ledger, credentials), rut.is_test_login(credentials.rut))

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

    def process(
        self, account: Account, file: bytes, formato: str, solo_validar: bool = False, client: Client = NOBODY
    ) -> Outcome:
        """Issue every document of *file*, or say what is wrong with it; each document stands for itself.

        Those that the company received from others are entered in the ledger instead. A book of purchases or sales is
        kept.

        :param file: the customer's file as received, TXT or XML.
        :param formato: ``1`` for TXT, ``2`` for XML.
        :param solo_validar: only judge: number, sign and store nothing.
        :param client: who waits for the answer.
        :raises Refused: the client went before anything was issued (SRV-120), or the same file is under way and takes
            too long (SRV-124).
        """
        received = ReceivedFile(formato, file)
        call.note_file(received.sha256, formato)
        if books.is_book(file, formato):
            refuse_for_nobody(client, account.usuario)
            company, as_account = account.company, account.identity_from_account
            one = books.receive(self.ledger, company, account.usuario, file, as_account, solo_validar)
            return Outcome((one,), solo_validar)
        today = clock.today()
        documents = parser.parse(file, formato)
        sales = [one for one in documents if not one.received]
        with or_refused(account.usuario):
            outcomes = self._emit(account, sales, received, today, solo_validar, client)
        if len(sales) < len(documents):
            if not sales:
                refuse_for_nobody(client, account.usuario)
            purchases = [one for one in documents if one.received]
            entered = receiving.receive(
                self.ledger, account.company, account.usuario, purchases, received, today, solo_validar, bool(sales)
            )
            outcomes = _in_order(documents, outcomes, entered)
        return Outcome(tuple(outcomes), validated_only=solo_validar)

    def receive(
        self, account: Account, file: bytes, formato: str, con_enlaces: bool = False, client: Client = NOBODY
    ) -> Receipt:
        """Store *file* durably for a worker to issue later, unless it came before: its batch.

        :param con_enlaces: the answer is to carry the addresses of the printed documents.
        :raises Refused: the client went before (SRV-120), or too many files of the company wait already (SRV-190).
        """
        received = ReceivedFile(formato.strip(), file)
        call.note_file(received.sha256, received.formato)
        with or_refused(account.usuario):
            return receipt.receive(
                self.ledger, account, received, con_enlaces, self._memory, client, self._lotes_en_espera
            )

    def batch(self, account: Account, batch_id: int) -> tuple[StoredBatch, Outcome | None]:
        """A batch of the account's company, with the outcome of the file once all its documents are done.

        :raises Refused: the company has no such batch (SRV-101).
        """
        company = account.company
        batch = self.ledger.batches.find(batch_id)
        if batch is None or (batch.ambiente, batch.rut_emisor) != (company.ambiente, company.rut):
            raise Refused([problem("SRV-101", Place(field="trackid"), str(batch_id), name=company.razon_social)])
        if batch.estado != "terminado":
            return batch, None
        outcomes = [outcome for _, outcome in self.ledger.batches.outcomes(batch_id)]
        return batch, Outcome(tuple(self._with_expiry(company, self._current_certificate(company), outcomes)))

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
        return printed(self.ledger, copy, self.prints)

    def printed_name(self, copy: Copy) -> str:
        """What the PDF file of *copy*, which is there, is called."""
        return printed_name(self.ledger, copy)

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
        client: Client,
    ) -> list[DocumentOutcome]:
        """Issue the documents that are the company's own, in order."""
        if not documents:
            return []
        self._judge(account, documents, today)
        if solo_validar:
            return self._rehearse(account, documents, today)

        def emit(documents: Sequence[Document]) -> list[DocumentOutcome]:
            certificate = self._certificate_for(account.company, documents)

            def issue(chunk: Sequence[Document], client: Client | None) -> list[DocumentOutcome]:
                return self._issue(account, chunk, received, certificate, today, client=client)

            sender = sender_of(account, received)
            outcomes = unfinished.in_chunks(self.ledger, sender, documents, CHUNK, client, issue)
            return self._with_expiry(account.company, certificate, outcomes)

        return self._repeats.issue(account, received, documents, client, emit)

    def _certificate_for(self, company: Company, documents: Sequence[Document]) -> Certificate | None:
        """The company's certificate; when it cannot sign, every document says why."""
        certificate = self._current_certificate(company)
        faults = self.watch.problems(company)
        if certificate is None:
            faults = [certificates.why_none(self.ledger, company, utc_now()), *faults]
        for one in faults:
            for document in documents:
                document.problems.insert(0, one)
        return certificate

    def _current_certificate(self, company: Company) -> Certificate | None:
        """The certificate that signs for the company now; its key is opened once per process."""
        current = self.ledger.certificates.current(company.ambiente, company.rut, utc_now())
        if current and current not in self._certificates:
            stored = self.ledger.certificates.find(current)
            if stored:
                self._certificates[current] = Certificate.from_trusted(stored.certificate)
        return self._certificates.get(current)

    def _with_expiry(
        self, company: Company, certificate: Certificate | None, outcomes: list[DocumentOutcome]
    ) -> list[DocumentOutcome]:
        """*outcomes*, of which the first accepted one also says when the certificate has to be renewed.

        It is said in the answer alone: with the document is only kept what is to be said of the document.
        """
        found = certificate and certificates.expiring(self.ledger, company, certificate, utc_now())
        if not found:
            return outcomes
        first = next((one for one in outcomes if one.accepted and one.operacion == VENTA), None)
        return [replace(one, problems=(*one.problems, found)) if one is first else one for one in outcomes]

    def _issue(
        self,
        account: Account,
        documents: Sequence[Document],
        received: ReceivedFile,
        certificate: Certificate | None,
        today: date,
        record: Recorder | None = None,
        client: Client | None = None,
    ) -> list[DocumentOutcome]:
        """Issue those of *documents* that have no error, in one transaction, and *record* what became of all.

        :param client: for whom; when it is gone at the end, nothing is issued.
        """
        if certificate is None or all(errors(one.problems) for one in documents):
            return self._refuse_all(account, documents, record)
        stop = bool(self._authority)
        try:
            return self._issue_at_once(account, documents, received, certificate, today, stop, record, client)
        except Refused:
            for document in documents:
                if not errors(document.problems):
                    company, folio = account.company, document.folio
                    on_demand.ensure(self.ledger, company, document.tipo, folio, today, self._authority)
        return self._issue_at_once(account, documents, received, certificate, today, False, record, client)

    def _refuse_all(
        self, account: Account, documents: Sequence[Document], record: Recorder | None
    ) -> list[DocumentOutcome]:
        own = issued_before.IssuedBefore(self.ledger, account.company)
        outcomes = [refused_outcome(*validator.with_own(one, account.company, own)) for one in documents]
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
        client: Client | None,
    ) -> list[DocumentOutcome]:
        """The one transaction.

        :raises Refused: a folio cannot be taken, if *stop*; then nothing was issued.
        :raises Left: the client went; nothing was issued.
        """
        outcomes = []
        own = issued_before.IssuedBefore(self.ledger, account.company)
        with self.ledger.transaction():
            for judged in documents:
                # Only here, where those before it have been issued or refused.
                document, found = validator.with_own(judged, account.company, own)
                if errors(found):
                    outcomes.append(refused_outcome(document, found))
                    continue
                try:
                    outcomes.append(self._issue_one(account, document, found, received, certificate, today))
                except Refused as refused:
                    if stop:
                        raise
                    refusal = refused_outcome(document, [*refused.problems, *found])
                    outcomes.append(same_folio.compared(self.ledger, account.company, document, received, refusal))
            if record:
                record(outcomes)
            if client:  # at the very end, for the wait for the database may have been long
                client.must_be_there()
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
            raise Refused(placed(asked, refused.problems)) from None
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
            taken.folio,
            document.tipo,
            moment,
            True,
            said,
            figures=of_document(document),
            receptor=receiver_of(document),
        )
        recorded = self.ledger.documents.record(
            row_of(account.usuario, company, document, outcome, xml, taken.caf_id, received)
        )
        cedible = printing.is_cedible(document.tipo, document.id_doc.text("IndTraslado"))
        return replace(outcome, documento_id=recorded, cedible=cedible)

    def _rehearse(self, account: Account, documents: Sequence[Document], today: date) -> list[DocumentOutcome]:
        """Which of *documents* would be issued; what they would take is given back."""
        company = account.company
        certificate = self._certificate_for(company, [one for one in documents if not errors(one.problems)])
        if all(errors(one.problems) for one in documents):
            return self._refuse_all(account, documents, None)
        outcomes = rehearsal.rehearse(self.ledger, account, documents, today, self._authority)
        return self._with_expiry(company, certificate, outcomes)


def open_issuer(settings: Settings) -> Issuer:
    """The main road on the ledger that *settings* name.

    :raises Refused: the ledger cannot be opened.
    """
    memory = repeats.Memory(settings.minutos_sin_entregar, settings.segundos_en_fila, settings.horas_lote_repetido)
    ledger = Ledger(place_of(settings), settings.clave_maestra, New.NEVER)
    issuer = Issuer(
        ledger, _authority(settings), settings.valor_uf, memory, settings.lotes_en_espera, bounds_of(settings)
    )
    issuer.prints = Prints(settings.impresos_en_memoria * 2**20)
    return issuer


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
