"""Each code that the simulator gives of what is sent, provoked by a document of our road in an envelope of ours, over
the wire, and read by our own readers."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from dteplanows.document import clock
from dteplanows.ledger.rows import StoredDocument
from dteplanows.settings import load
from dteplanows.sii import envelopes
from dteplanows.sii.envelope_state import STATES, EnvelopeState
from dteplanows.sii.envelopes import Envelope, make
from dteplanows.sii.our_register import authority_keys
from dteplanows.sii.reasons import REASONS, read_reason
from dteplanows.sii.service import Sent, Sii, open_sii
from dteplanows.sii.upload import Receipt
from dteplanows.simulator import multipart, review
from dteplanows.simulator.options import Behaviour, Options
from dteplanows.simulator.server import Simulator
from dteplanows.simulator.services import upload
from tests.installation import Installation
from tests.sii.altered import Change, altered
from tests.sii.documents import installation_in, issue
from tests.validator.sii_judge import official_path

TODAY = clock.today()
SCHEMA = r"\b(?:LSX|CHR|SCH)-\d{5}"
OLD = (TODAY - timedelta(days=5)).isoformat()


class World:
    """An installation and a simulator that is its own."""

    def __init__(self, one: Installation, simulator: Simulator, sii: Sii) -> None:
        self.one, self.simulator, self.sii = one, simulator, sii

    def issue(self, tipo: int, *changes: Change, stamped: bool = True) -> StoredDocument:
        """A document of our road, with facts that it would not have issued."""
        document = issue(self.one, tipo)
        return altered(self.one, document, changes, stamped=stamped) if changes else document

    def envelope(self, *documents: StoredDocument) -> Envelope:
        return make(documents, self.one.company, self.one.certificate, clock.now())

    def send(self, *documents: StoredDocument) -> set[str]:
        """The codes that our readers find after an upload of *documents*."""
        return self.codes(self.envelope(*documents))

    def codes(self, envelope: Envelope) -> set[str]:
        """The same of an envelope: of its receipt, of its state, and of each document."""
        receipt = self.upload(envelope)
        if receipt.outcome.name != "recibido":
            return {f"STATUS {receipt.status}", *(one.code for one in receipt.errors)}
        state = self.follow(envelope, receipt.track_id)
        # Behind ENV-3-0 stands what the schema has against the file.
        found = {state.state, *(one.code for one in state.reasons), *re.findall(SCHEMA, state.gloss)}
        found |= {one.code for document in state.judged for one in document.reasons}
        kept = self.control("GET", f"/envios/{receipt.track_id}")
        texts = [text for document in kept["documentos"] for text in document["motivos"]]
        return found | {read_reason(text).code for text in texts}

    def upload(self, envelope: Envelope) -> Receipt:
        return self.sii.upload(envelope, self.one.certificate)

    def follow(self, envelope: Envelope, track: str) -> EnvelopeState:
        sent = Sent("pruebas", envelope.kind, envelope.rut_emisor, track, True)
        end = time.monotonic() + 20
        while (state := self.sii.envelope_state(sent, self.one.certificate)).phase == "pasa":
            assert time.monotonic() < end, state
            time.sleep(0.02)
        return state

    def control(self, method: str, path: str, wanted: Any = None) -> Any:
        """The control address of the simulator."""
        connection = http.client.HTTPConnection(self.simulator.address.removeprefix("http://"), timeout=20)
        connection.request(method, f"/control{path}", None if wanted is None else json.dumps(wanted))
        found = json.loads(connection.getresponse().read())
        connection.close()
        assert "error" not in found, found
        return found

    def register(self, **facts: Any) -> None:
        """Have the simulator know more of the company."""
        self.control("POST", "/empresas", {"rut": self.one.company.rut, **facts})


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    one = installation_in(tmp_path_factory.mktemp("codigos"))
    load(directorio=one.ledger.directory).autoridad_de_prueba.write_bytes(one.authority.to_pem())
    yield one
    one.close()


@pytest.fixture
def world(installed: Installation, tmp_path: Path) -> Iterator[World]:
    settings = load(directorio=installed.ledger.directory)
    (key,) = authority_keys(settings)
    schemas = Path(official_path("EnvioDTE_v10.xsd")).parent
    options = Options(tmp_path / "sii", port=0, xsd=schemas, caf_keys={"900": key}, behaviour=Behaviour(demora=0.05))
    with Simulator(options) as simulator:
        yield World(installed, simulator, open_sii(settings.model_copy(update={"sii_simulador": simulator.address})))


# --- Facts that are changed -----------------------------------------------------------------------------------------

BLOCK = r"<Referencia>.*</Referencia>\n?"
ALTERED: dict[str, tuple[int, tuple[Change, ...]]] = {
    "DTE-1-650": (33, ((r"<FchEmis>[^<]*", f"<FchEmis>{OLD}"), (r"<FE>[^<]*", f"<FE>{OLD}"))),
    "CAF-3-516": (33, ((r"<IDK>900<", "<IDK>300<"),)),
    "CAF-3-517": (33, ((r"<FA>[^<]*", f"<FA>{TODAY - timedelta(days=190)}"),)),
    "TED-3-640": (33, ((r"<MNT>[^<]*", "<MNT>7"),)),
    "TED-1-646": (33, ((r"<TSTED>[^T]*", "<TSTED>2026-01-02"),)),
    "TED-1-647": (33, ((r"<TSTED>[^T]*", "<TSTED>2049-01-02"),)),
    "HED-1-232": (33, ((r"<MntNeto>[^<]*</MntNeto>\n", ""),)),
    "HED-2-223": (33, ((r"<MntNeto>[^<]*", "<MntNeto>0"),)),
    "HED-2-210": (33, ((r"<MntNeto>[^<]*", "<MntNeto>7"),)),
    "HED-2-220": (34, ((r"<MntExe>[^<]*", "<MntExe>7"),)),
    "HED-2-260": (33, ((r"<IVA>[^<]*", "<IVA>7"),)),
    "HED-2-300": (46, ((r"<TasaImp>[^<]*</TasaImp>\n", ""),)),
    "HED-2-302": (46, ((r"<MontoImp>[^<]*", "<MontoImp>7"),)),
    "HED-2-804": (110, ((r"<Marcas>[^<]*</Marcas>\n", ""), (r"<Sello>[^<]*</Sello>\n", ""))),
    "HED-1-803": (110, ((r"<FmaPagExp>[^<]*", "<FmaPagExp>21"),)),
    "HED-2-832": (110, ((r"<RUTRecep>[^<]*", "<RUTRecep>60803000-K"), (r"<RR>[^<]*", "<RR>60803000-K"))),
    "HED-3-834": (110, ((r"<OtraMoneda>.*</OtraMoneda>\n", ""),)),
    "HED-3-265": (43, ((r"</MntTotal>", "</MntTotal>\n<MontoPeriodo>7</MontoPeriodo>"),)),
    "HED-3-845": (33, ((r"<DirRecep>[^<]*</DirRecep>\n", ""),)),
    "HED-3-846": (33, ((r"<CmnaRecep>[^<]*</CmnaRecep>\n", ""),)),
    "DET-2-200": (33, ((r"<PrcItem>[^<]*", "<PrcItem>7"),)),
    "DET-1-200": (39, ((r"<PrcItem>[^<]*", "<PrcItem>7"),)),
    "REF-3-415": (61, ((BLOCK, ""),)),
    "REF-3-750": (61, ((r"<FolioRef>[^<]*", "<FolioRef>4"),)),
    "REF-3-758": (61, ((r"<CodRef>[^<]*</CodRef>\n", ""),)),
    "REF-2-826": (110, ((r"</FchEmis>", "</FchEmis>\n<IndServicio>3</IndServicio>"),)),
}  # fmt: skip


# --- What is done otherwise -----------------------------------------------------------------------------------------


def of_the_stamp(world: World) -> set[str]:
    return world.send(world.issue(33, (r"<IT1>[^<]*", "<IT1>Otro"), stamped=False))


def of_the_signature(world: World) -> set[str]:
    document = world.issue(33)
    return world.send(replace(document, xml=document.xml.replace(b"<FmaPago>2", b"<FmaPago>1")))


def an_item_without_name(world: World) -> set[str]:
    """Blanks are a text for the schema, and no name."""
    return world.send(world.issue(33, (r"<NmbItem>[^<]*", "<NmbItem> ")))


def the_same_again(world: World) -> set[str]:
    """In another envelope, which is another file."""
    document = world.issue(33)
    world.send(document)
    with _later():
        return world.send(document)


def _later() -> Any:
    moment = clock.now() + timedelta(minutes=1)
    return patch.object(clock, "now", lambda: moment)


def other_data_of_the_folio(world: World) -> set[str]:
    document = world.issue(33)
    world.send(document)
    changes = ((r"<RUTRecep>[^<]*", "<RUTRecep>60803000-K"), (r"<RR>[^<]*", "<RR>60803000-K"))
    return world.send(altered(world.one, document, changes))


def a_void_folio(world: World) -> set[str]:
    document = world.issue(33)
    facts = {"rut": world.one.company.rut, "tipo": 33, "desde": document.folio, "hasta": document.folio}
    world.control("POST", "/folios-anulados", facts)
    return world.send(document)


def before_the_resolution(world: World) -> set[str]:
    """The envelope says the day that the SII has; its document is older."""
    tomorrow = TODAY + timedelta(days=1)
    world.register(fch_resol=tomorrow.isoformat())
    company = replace(world.one.company, fecha_resolucion=tomorrow)
    return world.codes(make([world.issue(33)], company, world.one.certificate, clock.now()))


def of_the_registry(world: World) -> set[str]:
    world.register(razon_social="Otra Ltda", actecos=["111111"])
    return world.send(world.issue(33))


def note(cod: str, *more: Change, of_same: bool = True) -> Callable[[World], set[str]]:
    """What is said of a note of a document that the SII has."""

    def provoke(world: World) -> set[str]:
        document = world.issue(33)
        world.send(document)
        changes = [(r"<FolioRef>[^<]*", f"<FolioRef>{document.folio}"), (r"<TpoDocRef>[^<]*", "<TpoDocRef>33"),
                   (r"<CodRef>[^<]*", f"<CodRef>{cod}"), *more]  # fmt: skip
        rut = document.rut_receptor if of_same else "60803000-K"
        changes += [(r"<RUTRecep>[^<]*", f"<RUTRecep>{rut}"), (r"<RR>[^<]*", f"<RR>{rut}")]
        return world.send(world.issue(61, *changes))

    return provoke


NOTHING = ((r"<MntTotal>[^<]*", "<MntTotal>0"), (r"<MNT>[^<]*", "<MNT>0"))


def of_the_cover(world: World, **facts: Any) -> set[str]:
    return world.codes(replace(world.envelope(world.issue(33)), **facts))


def of_another_company(world: World) -> set[str]:
    return of_the_cover(world, rut_emisor="60803000-K")


def to_another_receiver(world: World) -> set[str]:
    with patch.object(envelopes, "SII", "76000111-2"):
        return world.send(world.issue(33))


def of_another_resolution(world: World) -> set[str]:
    world.register(fch_resol="2020-01-02")
    return world.send(world.issue(33))


def with_wrong_subtotals(world: World) -> set[str]:
    return world.send(replace(world.issue(33), tipo=34))


def with_rights(*rights: str) -> Callable[[World], set[str]]:
    def provoke(world: World) -> set[str]:
        world.register(usuarios={world.one.certificate.rut: [*rights, "consultar"]})
        return world.send(world.issue(33))

    return provoke


def changed_in_transit(world: World) -> set[str]:
    made = world.envelope(world.issue(33))
    return world.codes(replace(made, file=made.file.replace(b"\n<NroDTE>", b"<NroDTE>")))


def file(change: Callable[[bytes], bytes], esquema: str = "subida") -> Callable[[World], set[str]]:
    """What is said of an envelope whose bytes are *changed*."""

    def provoke(world: World) -> set[str]:
        world.control("POST", "/opciones", {"esquema": esquema})
        made = world.envelope(world.issue(33))
        return world.codes(replace(made, file=change(made.file)))

    return provoke


def by_somebody(world: World) -> set[str]:
    world.register(usuarios={"60803000-K": ["enviar"]})
    return world.send(world.issue(33))


def of_an_unknown_company(world: World) -> set[str]:
    world.control("POST", "/opciones", {"solo_registradas": True})
    return world.send(world.issue(33))


def cut_short(world: World) -> set[str]:
    """The last bytes of the form do not arrive."""
    read = multipart.read
    with patch.object(multipart, "read", lambda kind, body: read(kind, body[:-40])):
        return world.send(world.issue(33))


def without_session(world: World) -> set[str]:
    """The tokens that are given are not known afterwards."""
    with patch.object(world.simulator.sii.tokens, "token", lambda holder: "NINGUNO"):
        return world.send(world.issue(33))


def twice(world: World) -> set[str]:
    made = world.envelope(world.issue(33))
    world.codes(made)
    return world.codes(made)


DONE: dict[str, Callable[[World], set[str]]] = {
    "TED-2-510": of_the_stamp,
    "DTE-3-505": of_the_signature,
    "DET-3-854": an_item_without_name,
    "DTE-3-100": the_same_again,
    "DTE-3-101": other_data_of_the_folio,
    "DTE-3-601": a_void_folio,
    "HED-3-305": before_the_resolution,
    "HED-3-861": of_the_registry,
    "HED-1-863": of_the_registry,
    "REF-3-751": note("1", of_same=False),
    "REF-2-780": note("1"),
    "REF-2-781": note("2"),
    "REF-2-768": note("3", *NOTHING),
    "CRT-3-11": of_another_company,
    "CRT-3-18": to_another_receiver,
    "CRT-3-19": of_another_resolution,
    "CRT-3-20": with_wrong_subtotals,
    "ENV-3-6": with_rights("firmar"),
    "ENV-3-0": file(lambda data: data.replace(b"<NroResol>0</NroResol>\n", b""), "revision"),
    "RCT": of_another_resolution,
    "RFR": changed_in_transit,
    "RSC": file(lambda data: data.replace(b"<NroResol>0</NroResol>\n", b""), "revision"),
    "EPR": of_the_stamp,
    "LSX-00213": file(lambda data: data.replace(b"<NroResol>0</NroResol>\n", b"")),
    "LSX-00204": file(lambda data: data.replace(b"<NroResol>0</NroResol>\n", b"<NroResol>0</NroResol><Otro/>")),
    "LSX-00290": file(lambda data: data.replace(b"<TpoDTE>33<", b"<TpoDTE>35<")),
    "LSX-00265": file(lambda data: data.replace(b"<Detalle>", b'<Detalle otro="1">', 1)),
    "SCH-00001": file(lambda data: data.replace(b"</SetDTE>", b"</SetDTo>")),
    "CHR-00001": file(lambda data: data.replace(b"<NmbItem>", b"<NmbItem>\x01", 1)),
    "CHR-00002": file(lambda data: data.replace(b"<NmbItem>", b"<NmbItem>" + b"x" * 4100, 1)),
    "STATUS 1": by_somebody,
    "STATUS 2": file(lambda data: b"<EnvioDTE/>"),
    "STATUS 3": cut_short,
    "STATUS 5": without_session,
    "STATUS 6": of_an_unknown_company,
    "STATUS 7": file(lambda data: data.replace(b"</SetDTE>", b"</SetDTo>")),
    "STATUS 8": file(lambda data: data[: data.rindex(b"<Signature ")] + b"</EnvioDTE>\n"),
    "STATUS 99": twice,
}


@pytest.mark.parametrize("code", ALTERED)
def test_a_document_with_a_changed_fact(world: World, code: str) -> None:
    tipo, changes = ALTERED[code]
    assert code in world.send(world.issue(tipo, *changes))


@pytest.mark.parametrize("code", DONE)
def test_what_is_done_otherwise(world: World, code: str) -> None:
    assert code in DONE[code](world)


@pytest.mark.parametrize("tipo", [33, 34, 39, 43, 46, 52, 110])
def test_what_our_road_issues_gets_no_code(world: World, tipo: int) -> None:
    assert world.send(world.issue(tipo)) == {"EPR"}


def given() -> set[str]:
    """Every code that the simulator's judges and its upload have in their text."""
    judges = "\n".join(path.read_text("utf-8") for path in Path(review.__path__[0]).glob("*.py"))
    uploads = Path(upload.__file__).read_text("utf-8")
    codes = set(re.findall(r'"\(?([A-Z]{3}-\d-\d+)\b', judges)) | set(re.findall(SCHEMA, judges))
    codes |= set(re.findall(r'\bRefusedError\("([A-Z]{3})"', judges)) | {"EPR"}
    return codes | {f"STATUS {number}" for number in re.findall(r"_StatusError\((\d+)", uploads)}


def test_every_code_that_can_be_given_is_provoked() -> None:
    assert len(given()) > 60
    assert given() == set(ALTERED) | set(DONE)


def test_every_code_has_a_meaning_and_a_remedy() -> None:
    """A state by the name that the table of states gives it."""
    names = {code.replace("STATUS ", "UPL-") for code in given()}
    names = {STATES[one].reason if one in STATES else one for one in names}
    assert {one for one in names if not (one in REASONS and REASONS[one].remedy)} == set()
