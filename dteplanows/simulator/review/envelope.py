"""An envelope judged: the set first, then each document cut out of it, in the SII's order.

An earlier fault hides the later ones: schema, signature of the set, permission, carátula; and in a document: repeated
or void folio, CAF, stamp, signature of the document by itself, and then header, detail and references together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from lxml import etree

from dteplanows.simulator import cutting, ruts, signatures
from dteplanows.simulator.companies import Companies, Company
from dteplanows.simulator.moments import in_chile
from dteplanows.simulator.options import Options
from dteplanows.simulator.review import schema
from dteplanows.simulator.review.amounts import amount_remarks
from dteplanows.simulator.review.document import NOTES, Document, body_of, remark, reparo
from dteplanows.simulator.review.references import Given, reference_remarks, references_of
from dteplanows.simulator.review.stamp import Keys, caf_remarks, stamp_remarks
from dteplanows.simulator.signatures import DS
from dteplanows.simulator.store import Document as Kept
from dteplanows.simulator.store import Envelope, Judged, Remark, Store, Total

GLOSSES = {
    "RSC": "Rechazado por Error en Schema",
    "RFR": "Rechazado por Error en Firma",
    "RCT": "Rechazado por Error en Caratula",
    "VOF": "Archivo del Envio no fue Encontrado",
    "EPR": "Envio Procesado",
}
_LATE = timedelta(days=3)


class Judgement(NamedTuple):
    """What is said of an envelope."""

    state: str
    faults: tuple[str, ...] = ()
    """Why the whole of it was refused."""
    documents: tuple[Judged, ...] = ()
    totals: tuple[Total, ...] = ()

    @property
    def gloss(self) -> str:
        """The SII's text; the first fault behind it, where there is one."""
        return " ".join([GLOSSES[self.state], *self.faults[:1]])


class RefusedError(Exception):
    """The whole envelope is refused."""

    def __init__(self, state: str, *faults: str) -> None:
        super().__init__(state)
        self.judgement = Judgement(state, faults)


class Judge:
    """Judges envelopes."""

    def __init__(self, store: Store, companies: Companies, keys: Keys, options: Options) -> None:
        self._store = store
        self._companies = companies
        self._keys = keys
        self._xsd = options.xsd
        self._produccion = options.produccion
        self.behaviour = options.behaviour

    def judge(self, data: bytes, envelope: Envelope, final: float) -> Judgement:
        """What the SII says of *data*.

        :param final: when it is told, in seconds since 1970.
        """
        try:
            root = schema.read(data)
            if isinstance(root, schema.Fault):
                raise RefusedError("RSC", f"(ENV-3-0) {root}")
            if self.behaviour.verificar:
                self._judge_set(root, envelope)
            documents = self._documents(data, root, envelope, final)
        except RefusedError as refused:
            return refused.judgement
        return Judgement("EPR", documents=documents, totals=_totals(documents))

    # --- the set ---------------------------------------------------------------------------------------------

    def schema_faults(self, root: etree._Element) -> list[schema.Fault]:
        """What the schema says against the envelope."""
        return schema.faults(root, self._xsd)

    def _judge_set(self, root: etree._Element, envelope: Envelope) -> None:
        faults = self.schema_faults(root)
        if faults:
            raise RefusedError("RSC", *(f"(ENV-3-0) {one}" for one in faults))
        company = self._companies.get(envelope.company) or Company(envelope.company)
        try:
            signer = signatures.verify(root, root.find(f"{DS}Signature"), root.find(f"{schema.SII}SetDTE"))
        except signatures.SignatureError as bad:
            raise RefusedError("RFR", f"Firma del envio: {bad.kind}") from None
        if not company.may(envelope.sender, "enviar"):
            raise RefusedError("RFR", "(ENV-3-6) Usuario no tiene permiso para enviar por la empresa")
        if signer.rut and not company.may(signer.rut, "firmar"):
            raise RefusedError("RFR", "Rut no autorizado a firmar")
        faults_of_head = list(self._caratula(root, envelope, company))
        if faults_of_head:
            raise RefusedError("RCT", *faults_of_head)

    def _caratula(self, root: etree._Element, envelope: Envelope, company: Company) -> Iterator[str]:
        at = f"{schema.SII}SetDTE/{schema.SII}Caratula/{schema.SII}"

        def text(name: str) -> str:
            return (root.findtext(at + name) or "").strip()

        if text("RutEmisor") != envelope.company:
            yield "(CRT-3-11) Rut Emisor de la caratula no es la empresa del envio"
        if text("RutEnvia") != envelope.sender:
            yield "(CRT-3-11) Rut Envia de la caratula no es quien envia"
        if text("RutReceptor") != ruts.SII:
            yield "(CRT-3-18) Rut Receptor de la caratula invalido"
        # The boleta service never looks at the resolution.
        if envelope.channel == "dte" and not self._is_resolution(text("FchResol"), text("NroResol"), company):
            yield "(CRT-3-19) Numero o Fecha de Resolucion no corresponde"
        said = {
            one.findtext(f"{schema.SII}TpoDTE"): one.findtext(f"{schema.SII}NroDTE")
            for one in root.findall(at + "SubTotDTE")
        }
        found = Counter(one.text for one in root.iter(f"{schema.SII}TipoDTE"))
        if {tipo: int(number or 0) for tipo, number in said.items()} != dict(found):
            yield "(CRT-3-20) Subtotales no corresponden a los documentos del envio"

    def _is_resolution(self, day: str, number: str, company: Company) -> bool:
        if company.nro_resol is not None and int(number) != company.nro_resol:
            return False
        if company.fch_resol and day != company.fch_resol:
            return False
        return self._produccion == bool(int(number)) or company.nro_resol is not None

    # --- the documents ---------------------------------------------------------------------------------------

    def _documents(self, data: bytes, root: etree._Element, envelope: Envelope, final: float) -> tuple[Judged, ...]:
        found: list[Judged] = []
        given = Given(self._store, {}, self.behaviour.referencias == "estricta")
        elements = root.findall(f"{schema.SII}SetDTE/{schema.SII}DTE")
        for element, cut in zip(elements, cutting.documents(data), strict=False):
            try:
                document = Document(element)
            except ValueError as error:
                raise RefusedError("RSC", f"(ENV-3-0) SCH-00001: {error}") from None
            remarks = tuple(self._remarks(document, cut, envelope, given))
            refused = any(one.refuses for one in remarks)
            if not refused:
                given.within[document.tipo, document.folio] = document
            found.append(_judged(document, remarks, envelope.track, final))
        if len(found) != len(elements):
            raise RefusedError("RSC", f"(ENV-3-0) {schema.Fault('LSX-00204', 'a document cannot be cut out')}")
        return tuple(found)

    def _remarks(self, document: Document, cut: bytes, envelope: Envelope, given: Given) -> Iterable[Remark]:
        repeated = list(self._folio(document, given))
        if repeated or not self.behaviour.verificar:
            return repeated
        wanted = list(dict.fromkeys(document.wanted_codes()))
        if wanted:
            for state in wanted:
                if state in GLOSSES:
                    raise RefusedError(state, f"Pedido por la marca SIMULADOR={state}")
            return [_wanted(code) for code in wanted]
        told: list[Remark] = []
        families: tuple[Callable[[], Iterator[Remark]], ...] = (
            lambda: caf_remarks(document, self._keys),
            lambda: stamp_remarks(document, cut, self._keys),
            lambda: _signature(cut),
            lambda: chain(self._head(document, envelope), amount_remarks(document), reference_remarks(document, given)),
        )
        for family in families:
            told += family()
            if any(one.refuses for one in told):
                break
        return told

    def _folio(self, document: Document, given: Given) -> Iterator[Remark]:
        known = self._store.live(document.emisor, document.tipo, document.folio)
        other = given.within.get((document.tipo, document.folio))
        if known is not None:
            same = (known.fecha, known.receptor, known.monto) == (document.fecha, document.receptor, document.monto)
        elif other is not None:
            same = (other.fecha, other.receptor, other.monto) == (document.fecha, document.receptor, document.monto)
        elif self._store.is_annulled(document.emisor, document.tipo, document.folio):
            yield remark("DTE-3-601", "Folio Anulado")
            return
        else:
            return
        yield remark("DTE-3-100", "DTE Repetido") if same else remark("DTE-3-101", "Folio ya recibido con otros datos")

    def _head(self, document: Document, envelope: Envelope) -> Iterator[Remark]:
        company = self._companies.get(document.emisor) or Company(document.emisor)
        if company.fch_resol and document.fecha < company.fch_resol:
            yield remark("HED-3-305", "Fecha de emision anterior a la autorizacion de la empresa")
        acteco = document.text("Encabezado/Emisor/Acteco")
        if acteco and company.actecos and acteco not in company.actecos:
            yield remark("HED-3-861", "Acteco no registrado por el emisor")
        name = document.text("Encabezado/Emisor/RznSoc")
        if name and company.razon_social and name != company.razon_social:
            yield reparo("HED-1-863", "Razon social del emisor no es la registrada")
        if _is_late(document.fecha, in_chile(envelope.received).date()):
            yield reparo("DTE-1-650", "Documento enviado despues de 3 dias de su emision")


def _signature(cut: bytes) -> Iterator[Remark]:
    """The signature of the document as a file of its own, which is how the SII takes it."""
    try:
        root = signatures.parsed(cut)
        signatures.verify(root, root.find(f"{DS}Signature"), body_of(root))
    except (etree.XMLSyntaxError, ValueError, signatures.SignatureError):
        yield remark("DTE-3-505", "Firma DTE Incorrecta")


def _is_late(issued: str, received: date) -> bool:
    try:
        return received > date.fromisoformat(issued) + _LATE
    except ValueError:
        return False


def _wanted(code: str) -> Remark:
    text = f"Pedido por la marca SIMULADOR={code}"
    parts = code.split("-")
    mild = len(parts) == 3 and parts[1] in ("1", "2") and code != "TED-2-510"
    return reparo(code, text) if mild else remark(code, text)


def _judged(document: Document, remarks: tuple[Remark, ...], track: int, final: float) -> Judged:
    refused = any(one.refuses for one in remarks)
    estado = "RCH" if refused else "RPR" if remarks else "DOK"
    signature = document.root.findtext(f"{DS}Signature/{DS}SignatureValue") or ""
    kept = Kept(
        document.emisor, document.tipo, document.folio, document.fecha, document.receptor, document.monto,
        "".join(signature.split()), estado, final, track,
    )  # fmt: skip
    notes = [(one.tipo, one.folio, one.cod) for one in references_of(document) if one.cod]
    return Judged(kept, remarks, tuple(notes) if document.tipo in NOTES else ())


def _totals(documents: Iterable[Judged]) -> tuple[Total, ...]:
    counts: dict[int, Counter[str]] = {}
    for one in documents:
        counts.setdefault(one.document.tipo, Counter())[one.document.estado] += 1
    return tuple(
        Total(tipo, found.total(), found["DOK"], found["RCH"], found["RPR"]) for tipo, found in sorted(counts.items())
    )
