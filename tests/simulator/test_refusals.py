"""Each code that the simulator gives, provoked by a real document."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dteplanows.simulator.options import Nobody
from dteplanows.simulator.review.stamp import Keys
from dteplanows.simulator.server import Simulator
from tests.simulator import maker
from tests.simulator.client import Client, fields
from tests.simulator.maker import Caf, Dte, envelope, reference

DAY = maker.today().date().isoformat()
OLD = (maker.today() - timedelta(days=5)).date().isoformat()


def change(*changes: tuple[str, str], tipo: int = 33) -> Dte:
    return Dte(tipo, changes=changes)


RETENTION = (
    "<MntTotal>1190",
    "<ImptoReten>\n<TipoImp>15</TipoImp>\n{}<MontoImp>{}</MontoImp>\n</ImptoReten>\n<MntTotal>{}",
)


def retained(rate: str, amount: int, total: int) -> Dte:
    """A factura de compra that retains *amount*."""
    return change((RETENTION[0], RETENTION[1].format(rate, amount, total)), tipo=46)


def export(*changes: tuple[str, str]) -> Dte:
    """An export that lacks nothing, but for *changes*."""
    return Dte(
        110,
        changes=(
            (f">{maker.RECEIVER}<", ">55555555-5<"),
            ("</Encabezado>", "<OtraMoneda>\n<TpoMoneda>DOLAR USA</TpoMoneda>\n</OtraMoneda>\n</Encabezado>"),
            *changes,
        ),
    )


PACKAGE = (
    "</Receptor>",
    "</Receptor>\n<Transporte>\n<Aduana>\n<TipoBultos>\n<CodTpoBultos>10</CodTpoBultos>\n</TipoBultos>\n</Aduana>\n"
    "</Transporte>",
)
LIQUIDACION = ("<MntTotal>1190</MntTotal>", "<MntTotal>1190</MntTotal>\n<MontoPeriodo>1000</MontoPeriodo>")
CASES: dict[str, tuple[str, Callable[[], Dte]]] = {
    "DTE-1-650": ("REPARO", lambda: change((f">{DAY}<", f">{OLD}<"))),
    "DTE-3-505": ("RECHAZO", lambda: Dte(signed_changes=(("<RznSocRecep>Cliente", "<RznSocRecep>Clienta"),))),
    "CAF-3-516": ("RECHAZO", lambda: Dte(caf=Caf(33, idk="300"))),
    "CAF-3-517": ("RECHAZO", lambda: Dte(caf=Caf(33, days_old=190))),
    "TED-2-510": ("RECHAZO", lambda: Dte(stamped_changes=(("<IT1>Piñón", "<IT1>Pinón"),))),
    "TED-3-640": ("RECHAZO", lambda: Dte(stamp_changes=(("<MNT>1190", "<MNT>1191"),))),
    "TED-1-646": ("REPARO", lambda: Dte(stamp_changes=((f"<TSTED>{DAY}", f"<TSTED>{OLD}"),))),
    "TED-1-647": ("REPARO", lambda: Dte(stamp_changes=((f"<TSTED>{DAY}", "<TSTED>2090-01-02"),))),
    "HED-1-232": ("REPARO", lambda: change(
        ("<MntNeto>1000</MntNeto>\n<TasaIVA>19</TasaIVA>\n<IVA>190</IVA>\n<MntTotal>1190",
         "<MntExe>1000</MntExe>\n<MntTotal>1000"), ("<NmbItem>", "<IndExe>1</IndExe>\n<NmbItem>"))),
    "HED-2-223": ("REPARO", lambda: change(
        ("<MntNeto>1000</MntNeto>\n<TasaIVA>19</TasaIVA>\n<IVA>190</IVA>\n<MntTotal>1190",
         "<MntNeto>0</MntNeto>\n<MntExe>1000</MntExe>\n<MntTotal>1000"),
        ("<NmbItem>", "<IndExe>1</IndExe>\n<NmbItem>"))),
    "HED-2-210": ("REPARO", lambda: change(("<MntNeto>1000", "<MntNeto>1002"), ("<MntTotal>1190", "<MntTotal>1192"))),
    "HED-2-220": ("REPARO", lambda: change(("<MntTotal>1000", "<MntTotal>1002"), ("<MntExe>1000", "<MntExe>1002"),
                                           tipo=34)),
    "HED-2-260": ("REPARO", lambda: change(("<MntTotal>1190", "<MntTotal>1193"))),
    "HED-2-300": ("REPARO", lambda: retained("", 190, 1000)),
    "HED-2-302": ("REPARO", lambda: retained("<TasaImp>19</TasaImp>\n", 100, 1090)),
    "HED-2-804": ("REPARO", lambda: export(PACKAGE)),
    "HED-1-803": ("REPARO", lambda: export(
        ("</FchEmis>", "</FchEmis>\n<FmaPagExp>21</FmaPagExp>"),
        ("</OtraMoneda>", "<MntTotOtrMnda>10</MntTotOtrMnda>\n</OtraMoneda>"))),
    "HED-2-832": ("REPARO", lambda: export((">55555555-5<", f">{maker.RECEIVER}<"))),
    "HED-3-834": ("RECHAZO", lambda: export(
        ("<OtraMoneda>\n<TpoMoneda>DOLAR USA</TpoMoneda>\n</OtraMoneda>\n", ""))),
    "HED-3-265": ("RECHAZO", lambda: change(LIQUIDACION, tipo=43)),
    "HED-3-845": ("RECHAZO", lambda: change(("<DirRecep>Calle 2</DirRecep>\n", ""))),
    "HED-3-846": ("RECHAZO", lambda: change(("<CmnaRecep>Arica</CmnaRecep>\n", ""))),
    "DET-2-200": ("REPARO", lambda: change(("<PrcItem>500", "<PrcItem>501"))),
    "DET-1-200": ("REPARO", lambda: change(("<PrcItem>500", "<PrcItem>501"), tipo=39)),
    "DET-3-854": ("RECHAZO", lambda: change(("<NmbItem>Piñón araucano", "<NmbItem>"))),
    "REF-3-415": ("RECHAZO", lambda: Dte(61)),
    "REF-3-750": ("RECHAZO", lambda: Dte(61, references=reference("33", 77, "1"))),
    "REF-3-758": ("RECHAZO", lambda: Dte(61, references=reference("33", 77, ""))),
    "REF-2-826": ("REPARO", lambda: export(("</FchEmis>", "</FchEmis>\n<IndServicio>3</IndServicio>"))),
}  # fmt: skip


def delivered(client: Client, *documents: Dte) -> list[str]:
    """The reasons, whichever service the documents go by."""
    track, _ = client.deliver(envelope(documents))
    return client.reasons(track)


@pytest.mark.parametrize("code", CASES)
def test_a_code_is_provoked_alone(client: Client, code: str) -> None:
    level, make = CASES[code]
    reasons = delivered(client, make())
    section, _, rest = code.partition("-")
    assert len(reasons) == 1, reasons
    shown = reasons[0]
    assert shown.startswith((f"({code}) {level}- ", f"({section} L[1] -{rest}) {level}- ")), shown


def test_a_sound_export_a_purchase_and_a_liquidacion_pass(client: Client) -> None:
    for one in (export(), retained("<TasaImp>19</TasaImp>\n", 190, 1000), Dte(43)):
        assert delivered(client, one) == []


def test_a_line_names_its_number_and_both_values(client: Client) -> None:
    assert delivered(client, CASES["DET-2-200"][1]()) == [
        "(DET L[1] -2-200) REPARO- Valor de la linea no cuadra : [1000.0000] <> [1002.0000]"
    ]
    found = delivered(client, Dte(folio=2, changes=(("<MntTotal>1190", "<MntTotal>1193"),)))
    assert found == ["(HED-2-260) REPARO- Monto total no cuadra : [1193.00] <> [1190.00]"]


def test_what_a_note_says_of_its_document(client: Client) -> None:
    """The document may be in the same envelope."""
    zero = (
        ("<MntNeto>1000", "<MntNeto>0"), ("<IVA>190", "<IVA>0"), ("<MntTotal>1190", "<MntTotal>0"),
        ("<QtyItem>2</QtyItem>\n<PrcItem>500</PrcItem>\n<MontoItem>1000", "<MontoItem>0"),
    )  # fmt: skip
    more = (
        ("<MntNeto>1000", "<MntNeto>2000"), ("<IVA>190", "<IVA>380"), ("<MntTotal>1190", "<MntTotal>2380"),
        ("<QtyItem>2", "<QtyItem>4"), ("<MontoItem>1000", "<MontoItem>2000"),
    )  # fmt: skip
    other = ((f">{maker.RECEIVER}<", f">{maker.STRANGER}<"),)
    found = delivered(
        client,
        Dte(33, 1),
        Dte(52, 1),
        Dte(61, 1, references=reference("33", 1, "1")),
        Dte(61, 2, zero, references=reference("33", 1, "2")),
        Dte(61, 3, references=reference("33", 1, "2")),
        Dte(61, 4, zero, references=reference("33", 1, "3")),
        Dte(61, 5, more, references=reference("33", 1, "1")),
        Dte(61, 6, other, references=reference("33", 1, "1")),
        Dte(61, 7, references=reference("52", 1, "1")),
    )
    assert [one.partition(")")[0] for one in found] == [
        "(REF L[1] -2-781", "(REF L[1] -2-768", "(REF L[1] -2-780", "(REF L[1] -3-751", "(REF L[1] -3-415",
    ]  # fmt: skip


def test_a_note_of_a_refused_document(client: Client) -> None:
    refused = Dte(33, 1, changes=(("Piñón", "SIMULADOR=HED-3-861"),))
    found = delivered(client, refused, Dte(61, 1, references=reference("33", 1, "1")))
    assert [one.partition(")")[0] for one in found] == ["(HED-3-861", "(REF L[1] -3-750"]
    client.control("/opciones", {"referencias": "libre"})
    assert delivered(client, Dte(61, 1, references=reference("33", 1, "1"))) == []


def test_a_document_of_an_older_system_can_be_told(client: Client) -> None:
    known = {
        "rut": maker.COMPANY, "tipo": 33, "folio": 8, "fecha": "2026-01-02", "receptor": maker.RECEIVER, "monto": 1190,
    }  # fmt: skip
    assert client.control("/documentos", known) == {"agregados": 1}
    assert delivered(client, Dte(61, 1, references=reference("33", 8, "1"))) == []


def test_an_earlier_fault_hides_the_later_ones(client: Client) -> None:
    """A used folio says nothing of the CAF, the CAF nothing of the stamp, and so on; header and lines come together."""
    bad_sum = ("<MntTotal>1190", "<MntTotal>1193")
    bad_line = ("<PrcItem>500", "<PrcItem>501")
    broken = (("<RznSocRecep>Cliente", "<RznSocRecep>Clienta"),)
    stamp = (("<IT1>Piñón", "<IT1>Pinón"),)
    everything = Dte(33, 1, (bad_sum, bad_line), (), stamp, broken, caf=Caf(33, days_old=190))
    assert [one[1:10] for one in delivered(client, everything)] == ["CAF-3-517"]
    assert [one[1:10] for one in delivered(client, Dte(33, 1, (bad_sum,), (), stamp, broken))] == ["TED-2-510"]
    assert [one[1:10] for one in delivered(client, Dte(33, 1, (bad_sum,), (), (), broken))] == ["DTE-3-505"]
    assert [one[:7] for one in delivered(client, Dte(33, 1, (bad_sum, bad_line)))] == ["(DET L[", "(HED-2-"]
    again = Dte(33, 1, (bad_sum, bad_line), (), stamp, broken, caf=Caf(33, days_old=191))
    assert [one[1:10] for one in delivered(client, again)] == ["DTE-3-100"]


@pytest.mark.parametrize(
    "bad",
    [
        Dte(caf=Caf(33, 5, 9)),
        Dte(caf=Caf(34)),
        Dte(caf=Caf(33, issuer=maker.STRANGER)),
        Dte(caf=Caf(33, signer="nobody")),
        Dte(stamped_in="utf-8"),
        Dte(stamp_changes=(("<F>1<", "<F>2<"),)),
    ],
    ids=["range", "type", "issuer", "authority", "charset", "folio"],
)
def test_what_else_is_wrong_with_a_stamp(client: Client, bad: Dte) -> None:
    assert [one[:11] for one in delivered(client, bad)] == ["(TED-2-510)"]


def test_a_document_that_was_signed_inside_the_envelope(client: Client) -> None:
    """It has the envelope's xsi where it was signed, and not where it is verified: six projects lost days to it."""
    text = Dte().text()
    start = text.index("<Documento ")
    content = text[start : text.index("<Signature")].rstrip("\n")
    in_tree = content.replace(" ID=", f' xmlns="{maker.SII}" xmlns:xsi="{maker.XSI}" ID=', 1)
    scope = f' xmlns:xsi="{maker.XSI}"'
    wrong = f'<DTE xmlns="{maker.SII}" version="1.0">\n{content}\n{maker.signed(in_tree, "#F1T33", scope)}\n</DTE>'
    track, _ = client.deliver(envelope([wrong]))
    assert client.reasons(track) == ["(DTE-3-505) RECHAZO- Firma DTE Incorrecta"]
    # The redundant declaration left out of the document: the same.
    bare = Dte(folio=2).text().replace(f'<DTE xmlns="{maker.SII}" ', "<DTE ")
    track, _ = client.deliver(envelope([bare]))
    assert client.reasons(track) == ["(DTE-3-505) RECHAZO- Firma DTE Incorrecta"]


@pytest.mark.parametrize(
    ("head", "state", "code"),
    [
        ({"RutReceptor": maker.RECEIVER}, "RCT", "CRT-3-18"),
        ({"NroResol": "80"}, "RCT", "CRT-3-19"),
        ({"RutEnvia": maker.STRANGER}, "RCT", "CRT-3-11"),
        ({"RutEmisor": maker.STRANGER}, "RCT", "CRT-3-11"),
    ],
)
def test_the_caratula(client: Client, head: dict[str, str], state: str, code: str) -> None:
    _, last = client.deliver(envelope([Dte()], head))
    assert fields(last.encode())["ESTADO"] == state
    assert fields(last.encode())["GLOSA"].startswith(f"Rechazado por Error en Caratula ({code}) ")
    assert client.document_state(33, 1)["ESTADO"] == "FAU"


def test_subtotals(client: Client) -> None:
    _, last = client.deliver(envelope([Dte()], changes=(("<NroDTE>1", "<NroDTE>2"),)))
    assert "CRT-3-20" in last


def test_the_boleta_service_does_not_look_at_the_resolution(client: Client) -> None:
    data = envelope([Dte(39)], {"NroResol": "80"})
    assert client.deliver_boletas(data)["estado"] == "EPR"
    assert "CRT-3-19" in client.deliver(data.replace(b"SetDoc", b"SetDoc"))[1]


def test_the_signature_of_the_set(client: Client) -> None:
    track, last = client.deliver(envelope([Dte()], after=(("<RutEnvia>", "\n<RutEnvia>"),)))
    assert fields(last.encode())["ESTADO"] == "RFR"
    assert client.reasons(track) == ["Firma del envio: errada"]
    # Its folio is free.
    assert delivered(client, Dte()) == []


def test_rights(client: Client) -> None:
    """No right to send is a fault of the signature, and no tie at all one of the upload."""
    company = {"rut": maker.COMPANY, "usuarios": {maker.PERSON: ["firmar", "consultar"]}}
    client.control("/empresas", company)
    _, last = client.deliver(envelope([Dte()]))
    assert "<ESTADO>RFR</ESTADO>" in last
    assert "ENV-3-6" in last
    client.control("/empresas", company | {"usuarios": {maker.PERSON: ["enviar", "consultar"]}})
    assert "no autorizado a firmar" in client.deliver(envelope([Dte(folio=2)]))[1]
    client.control("/empresas", company | {"usuarios": {maker.PERSON: ["enviar", "firmar"]}})
    track = client.upload(envelope([Dte(folio=3)])).xml()["TRACKID"]
    assert fields(client.envelope_state(track).encode())["ESTADO"] == "-6"
    client.control("/empresas", company | {"usuarios": {maker.STRANGER: ["enviar"]}})
    assert client.upload(envelope([Dte(folio=4)])).xml()["STATUS"] == "1"


def test_what_a_registered_company_is_held_to(client: Client) -> None:
    client.control(
        "/empresas",
        {
            "rut": maker.COMPANY, "razon_social": "Otra Ltda", "fch_resol": "2020-01-02", "nro_resol": 0,
            "actecos": ["111111"],
        },
    )  # fmt: skip
    found = delivered(client, Dte())
    assert [one[1:10] for one in found] == ["HED-3-861", "HED-1-863"]
    old = Dte(folio=2, changes=((f">{DAY}<", ">2019-12-31<"),))
    assert [one[1:10] for one in delivered(client, old)] == ["HED-3-305", "HED-3-861", "HED-1-863", "DTE-1-650"]
    assert "CRT-3-19" in client.deliver(envelope([Dte()], {"FchResol": "2020-01-03"}))[1]


def test_void_folios(client: Client) -> None:
    void = {"rut": maker.COMPANY, "tipo": 33, "desde": 5, "hasta": 9}
    assert client.control("/folios-anulados", void) == void
    assert delivered(client, Dte(folio=7)) == ["(DTE-3-601) RECHAZO- Folio Anulado"]
    assert client.document_state(33, 7)["ESTADO"] == "FAN"
    delivered(client, Dte(folio=4))
    assert "4" in client.control("/folios-anulados", void | {"desde": 4})["error"]


def test_unknown_companies(client: Client) -> None:
    client.control("/opciones", {"solo_registradas": True})
    assert client.upload(envelope([Dte()])).xml()["STATUS"] == "6"
    assert client.document_state(33, 1)["ESTADO"] == "EMP"


_DISCOUNTED = "<MntNeto>756</MntNeto>\n<IVA>144</IVA>\n<MntTotal>900"

SCHEMA = {
    "LSX-00213": (("<NroResol>0</NroResol>\n", ""),),
    "LSX-00204": (("<FchResol>2020-01-02</FchResol>\n<NroResol>0</NroResol>", "<NroResol>0</NroResol>\n<FchResol>2020-01-02</FchResol>"),),  # noqa: E501
    "LSX-00290": (("<TpoDTE>33<", "<TpoDTE>35<"),),
    "SCH-00001": (("</SetDTE>", "</SetDTo>"),),
}  # fmt: skip


@pytest.mark.parametrize("code", SCHEMA)
def test_the_schema_is_told_at_once(client: Client, code: str) -> None:
    receipt = client.upload(envelope([Dte()], after=SCHEMA[code]))
    assert receipt.xml()["STATUS"] == "7"
    assert receipt.xml()["ERROR"].startswith(f"{code}: ")
    assert receipt.body.index(b"<STATUS>7</STATUS>") < receipt.body.index(b"<DETAIL><ERROR>")


def test_or_later_where_that_is_set(client: Client) -> None:
    client.control("/opciones", {"esquema": "revision"})
    _, last = client.deliver(envelope([Dte()], after=SCHEMA["LSX-00213"]))
    assert "<ESTADO>RSC</ESTADO><GLOSA>Rechazado por Error en Schema (ENV-3-0) LSX-00213" in last


def test_a_boleta_s_schema_comes_with_the_state(client: Client) -> None:
    last = client.deliver_boletas(envelope([Dte(39)], after=SCHEMA["LSX-00213"]))
    assert last["estado"] == "RSC"
    assert last["detalle_rep_rech"][0]["error"][0]["descripcion"].startswith("LSX-00213")


def test_lines_and_characters(client: Client) -> None:
    long = envelope([Dte(changes=(("Piñón", "x" * 4100),))])
    _, last = client.deliver(long)
    assert "<ESTADO>RSC</ESTADO>" in last
    assert "CHR-00002: Line too long (4090)" in last
    assert client.upload(envelope([Dte()]).replace(b"araucano", b"arau\x01ano")).xml()["ERROR"].startswith("CHR-00001")


def test_a_set_without_signature(client: Client) -> None:
    data = envelope([Dte()])
    at = data.rindex(b"<Signature ")
    assert client.upload(data[:at] + b"</EnvioDTE>\n").xml()["STATUS"] == "8"


def test_a_gross_boleta_with_a_global_discount(client: Client) -> None:
    """The SII says that the total does not add up even where it does."""
    discount = "<NroLinDR>1</NroLinDR>\n<TpoMov>D</TpoMov>\n<TpoValor>$</TpoValor>\n<ValorDR>100</ValorDR>\n"
    changes = (
        ("<MntNeto>840</MntNeto>\n<IVA>160</IVA>\n<MntTotal>1000", _DISCOUNTED),
        ("</Detalle>", f"</Detalle>\n<DscRcgGlobal>\n{discount}</DscRcgGlobal>"),
    )
    found = client.deliver_boletas(envelope([Dte(39, changes=changes)]))["detalle_rep_rech"]
    assert [(one["seccion"], one["nivel"], one["codigo"]) for one in found[0]["error"]] == [("HED", 2, 260)]


def test_production_takes_no_caf_of_another_authority(simulator: Simulator) -> None:
    assert Keys(True, {}, Nobody()).is_of_other_environment("900")
    assert Keys(True, {}, Nobody()).is_of_other_environment("100")
    assert not Keys(True, {}, Nobody()).is_of_other_environment("300")
    assert not Keys(False, {}, Nobody()).is_of_other_environment("900")


def test_accepting_unread(client: Client) -> None:
    """For measures: what is well-formed is accepted, and a folio still only once."""
    client.control("/opciones", {"verificar": False})
    _, last = client.deliver(envelope([Dte(signed_changes=(("Cliente", "Clienta"),)), Dte()]))
    found = fields(last.encode())
    assert (found["ACEPTADOS"], found["RECHAZADOS"]) == ("1", "1")
