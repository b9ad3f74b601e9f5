"""The XML: charsets, looseness of the customers' programs, and every problem of the file."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dteplanows.document.problem import Severity, errors
from dteplanows.parser import parse
from tests.parser.parser_support import codes, one, xml

LINE = (
    "<Detalle><NroLinDet>1</NroLinDet><NmbItem>Piñón</NmbItem><QtyItem>1.0</QtyItem><PrcItem>10,000.50</PrcItem>"
    "<MontoItem>10000.00</MontoItem></Detalle>"
)


def test_values_are_typed_and_placed() -> None:
    document = one(xml("\n\n" + LINE + LINE.replace(">1<", ">2<")), "2")
    assert not document.problems
    assert document.tipo == 33
    assert document.receptor.text("RUTRecep") == "22222222-2"
    assert document.totales.value("MntTotal") == 11900
    assert document.totales.value("TasaIVA") == Decimal(19)
    second = document.detalles[1].field("PrcItem")
    assert second is not None
    assert second.value == Decimal("10000.50")
    assert (second.place.line, second.place.path) == (3, "Detalle[2]/PrcItem")
    assert document.emisor.text("RUTEmisor") == "1-9"
    assert document.emisor.place_of("RUTEmisor").path == "Encabezado/Emisor/RUTEmisor"


@pytest.mark.parametrize("declaration", [
    b"", b'<?xml version="1.0"?>', b"<?xml version='1.0' encoding='utf-8'?>\r\n",
    b'<?xml version="1.0" encoding="ISO-8859-1"?>\n', b'\xef\xbb\xbf<?xml version="1.0" encoding="klingon"?>',
])  # fmt: skip
@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "cp1252"])
def test_the_charset_is_found_from_the_bytes(declaration: bytes, charset: str) -> None:
    document = one(declaration + xml(LINE).decode().encode(charset), "2")
    assert not document.problems
    assert document.detalles[0].text("NmbItem") == "Piñón"


def test_a_file_that_mixes_charsets() -> None:
    receptor = "<RznSocRecep>Ñuñoa</RznSocRecep>"
    data = xml(LINE, receptor=receptor).replace("Ñuñoa".encode(), "Ñuñoa".encode("latin-1"))
    document = one(data, "2")
    assert document.receptor.text("RznSocRecep") == "Ñuñoa"
    assert document.detalles[0].text("NmbItem") == "Piñón"


@pytest.mark.parametrize("data", [
    xml(LINE).decode().encode("utf-16"),
    b"\r\n\t" + xml(LINE),
    xml(LINE).replace(b"<DTE>", b'<DTE xmlns="http://www.sii.cl/SiiDte" version="1">'),
    xml(LINE).replace(b"<DTE>", b'<s:DTE xmlns:s="urn:x">').replace(b"</DTE>", b"</s:DTE>"),
    xml(LINE).replace(b"Pi\xc3\xb1\xc3\xb3n", b"<![CDATA[Pi\xc3\xb1\xc3\xb3n]]>"),
    xml(LINE).replace(b"<NmbItem>", b"<!-- nombre --><NmbItem><!-- x -->"),
    xml(LINE).replace(b"<DTE>", b"<Sobre><Caja><DTE>").replace(b"</DTE>", b"</DTE></Caja></Sobre>"),
    xml(LINE).replace(b"<DTE>", b"").replace(b"</DTE>", b""),
    xml(LINE).replace(b"<NmbItem>Pi\xc3\xb1\xc3\xb3n</NmbItem>", b"").replace(
        b"</Detalle>", b"<NmbItem>\n  Pi\xc3\xb1\xc3\xb3n </NmbItem></Detalle>"),
], ids=["utf-16", "blanks", "namespace", "prefix", "cdata", "comments", "wrapper", "no DTE", "order"])  # fmt: skip
def test_variations_read_alike(data: bytes) -> None:
    document = one(data, "2")
    assert not document.problems
    assert document.detalles[0].text("NmbItem") == "Piñón"


def test_a_wrapper_holds_several_documents() -> None:
    data = b"<Envio>" + xml(LINE) + xml(LINE, tipo=61) + xml(LINE, tipo=30) + b"</Envio>"
    assert [document.tipo for document in parse(data, "2")] == [33, 61, 0]


def test_empty_elements_are_blank_and_remember_their_place() -> None:
    document = one(xml(LINE, id_doc="<FchVenc/><MntBruto></MntBruto>"), "2")
    assert not document.problems
    assert document.id_doc.value("FchVenc") is None
    assert document.id_doc.place_of("FchVenc").path == "Encabezado/IdDoc/FchVenc"


@pytest.mark.parametrize(("tipo", "sent", "kept"), [(33, "RznSocEmisor", "RznSoc"), (39, "RznSoc", "RznSocEmisor")])
def test_both_names_of_the_issuer_are_understood(tipo: int, sent: str, kept: str) -> None:
    document = one(xml(LINE, tipo=tipo, emisor=f"<{sent}>Pan y Cía</{sent}>"), "2")
    assert document.emisor.text(kept) == "Pan y Cía"


def test_what_is_not_of_the_dte_stands_beside() -> None:
    extra = "<Adicional><NodosA><A1>uno\ndos</A1><A2/><A3>tres</A3></NodosA></Adicional>"
    document = one(xml(LINE + extra + "<Observaciones>a\nb</Observaciones>"), "2")
    assert document.beside.adicionales == {"A1": "uno\ndos", "A3": "tres"}
    assert document.beside.observaciones == ["a", "b"]
    assert not document.problems


def test_what_a_boleta_lacks_but_prints_stands_beside() -> None:
    document = one(xml(LINE, tipo=39, receptor="<GiroRecep>Hogar</GiroRecep>"), "2")
    assert document.beside.adicionales == {"GiroRecep": "Hogar"}


@pytest.mark.parametrize(("receptor", "correo", "contacto", "expected"), [
    ("<Contacto>a@b.cl</Contacto>", "a@b.cl", "a@b.cl", []),
    ("<Contacto>mail</Contacto>", "", "", ["TXT-030"]),
    ("<Contacto>Sra. Rojas</Contacto>", "", "Sra. Rojas", []),
    ("<CorreoRecep>c@d.cl</CorreoRecep><Contacto>a@b.cl</Contacto>", "c@d.cl", "a@b.cl", []),
    ("<CorreoRecep>-</CorreoRecep>", "", "", ["TXT-030"]),
    (f"<Contacto>{'a' * 60}@{'b' * 40}.cl</Contacto>", f"{'a' * 60}@{'b' * 40}.cl", "", ["TXT-106"]),
])  # fmt: skip
def test_addresses(receptor: str, correo: str, contacto: str, expected: list[str]) -> None:
    document = one(xml(LINE, receptor=receptor), "2")
    assert document.beside.correo == correo
    assert document.receptor.text("Contacto") == contacto
    assert codes(document) == expected


def test_habits_shared_with_the_txt() -> None:
    lines = (
        "<Detalle><NroLinDet>5</NroLinDet><CdgItem><TpoCodigo>INT1</TpoCodigo><VlrCodigo/></CdgItem>"
        "<IndExe>0</IndExe><DscItem>Asesoría</DscItem><MontoItem>10000</MontoItem></Detalle>"
        "<Referencia><TpoDocRef>801</TpoDocRef><FolioRef>7</FolioRef></Referencia>"
    )
    document = one(xml(lines), "2")
    detalle = document.detalles[0]
    assert (detalle.value("NroLinDet"), detalle.value("IndExe"), detalle.text("NmbItem")) == (1, None, "Asesoría")
    assert not detalle.all("CdgItem")
    assert codes(document) == ["TXT-041", "TXT-041", "TXT-032", "TXT-039"]
    assert not errors(document.problems)


# --- problems ---


@pytest.mark.parametrize(("data", "code"), [
    (b"", "TXT-051"),
    (b"hola", "TXT-050"),
    (b"<DTE><Documento></DTE>", "TXT-050"),
    (xml(LINE)[:-20], "TXT-067"),
    (xml(LINE)[:-1], "TXT-067"),
    (xml(LINE).rstrip()[:-6] + b"\n \n", "TXT-067"),
    (xml("<Detalle><NmbItem>A & B</NmbItem></Detalle>"), "TXT-050"),
    (xml("<Detalle><NmbItem>A &nbsp; B</NmbItem></Detalle>"), "TXT-050"),
    (xml(LINE).replace(b"Pi", b"Pi\x0b"), "TXT-050"),
    (xml(LINE).replace(b"<QtyItem>", b"\0<QtyItem>\0").replace(b"<NmbItem>", b"<NmbItem>\0"), "TXT-005"),
    (b'<?xml version="1.0"?><!-- x --><!DOCTYPE DTE [<!ENTITY a "b">]>' + xml(LINE), "TXT-052"),
    (b"<a>" * 600 + b"</a>" * 600, "TXT-053"),
    (b"<a>" + b"<b/>" * 600_000 + b"</a>", "TXT-053"),
    (b"<factura/>", "TXT-054"),
    (b"<dte><documento/></dte>", "TXT-054"),
    (b"<DTE/>", "TXT-054"),
    (b"<LibroGuia><EnvioLibro/></LibroGuia>", "TXT-013"),
])  # fmt: skip
def test_a_file_that_cannot_be_read(data: bytes, code: str) -> None:
    document = one(data, "2")
    assert (document.tipo, codes(document)) == (0, [code])
    assert document.problems[0].severity is Severity.ERROR


@pytest.mark.parametrize("data", [b"", b"->Encabezado<-\n33;0;", b"no", b"<DTE>"])
def test_what_is_no_xml_is_told_in_the_words_clients_look_for(data: bytes) -> None:
    assert "no es un XML" in one(data, "2").problems[0].message


def test_malformed_xml_names_the_line() -> None:
    data = b"<?xml version='1.0'\nencoding='utf-8'?>\n<DTE>\n<Documento>\n<a></b>\n</Documento></DTE>"
    (problem,) = one(data, "2").problems
    assert problem.place.line == 5
    assert "línea 5" in problem.message
    assert "<a></b>" in problem.message


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><DTE><Documento>&b;</Documento></DTE>'
    assert codes(one(bomb, "2")) == ["TXT-052"]


@pytest.mark.parametrize(("data", "code", "value"), [
    (xml(LINE, tipo=30), "TXT-019", "30"),
    (xml(LINE).replace(b"<TipoDTE>33", b"<TipoDTE>"), "TXT-019", ""),
    (b"<DTE><Documento/></DTE>", "TXT-019", ""),
])  # fmt: skip
def test_a_type_that_is_none_of_ours(data: bytes, code: str, value: str) -> None:
    document = one(data, "2")
    assert document.tipo == 0
    assert [(problem.code, problem.value) for problem in document.problems] == [(code, value)]


def test_unknown_elements_are_told_once_with_the_nearest_name() -> None:
    slip = LINE.replace("NmbItem", "nmbItem").replace("</Detalle>", "<Zzz>1</Zzz></Detalle>")
    document = one(xml(slip + slip.replace(">1<", ">2<")), "2")
    assert codes(document) == ["TXT-055", "TXT-056", "TXT-108", "TXT-108"]
    assert "NmbItem" in document.problems[0].message
    assert document.problems[0].place.path == "Detalle[1]/nmbItem"
    assert not errors(document.problems)


def test_an_element_of_the_other_structure_is_no_slip() -> None:
    document = one(xml(LINE, id_doc="<IndMntNeto>2</IndMntNeto>"), "2")
    assert codes(document) == ["TXT-056"]


def test_stamp_and_signature_are_ignored_with_one_aviso() -> None:
    data = xml(LINE + "<TED><DD/></TED><TmstFirma>2026-03-02T10:00:00</TmstFirma>")
    document = one(data.replace(b"</DTE>", b"<Signature><SignedInfo/></Signature></DTE>"), "2")
    assert codes(document) == ["TXT-057"]
    assert not errors(document.problems)
    assert codes(one(xml(LINE), "2")) == []


def test_stray_text_is_told() -> None:
    assert codes(one(xml(LINE + "suelto"), "2")) == ["TXT-058"]


def test_a_global_discount_without_its_value_is_told() -> None:
    row = "<DscRcgGlobal><NroLinDR>1</NroLinDR><TpoMov>D</TpoMov><TpoValor>%</TpoValor>{}</DscRcgGlobal>"
    document = one(xml(LINE + row.format("")), "2")
    assert (codes(document), document.problems[0].place.field) == (["TXT-047"], "ValorDR")
    for nothing in ("<ValorDR/>", "<ValorDR>0</ValorDR>"):
        assert codes(one(xml(LINE + row.format(nothing)), "2")) == []


def test_values_that_cannot_be_read_are_told_all_at_once() -> None:
    line = LINE.replace("10,000.50", "10,000").replace("1.0", "uno").replace("10000.00", "10000.5")
    document = one(xml(line, id_doc="<FchVenc>31/12/26</FchVenc>", emisor="<RUTProveedor>1-8</RUTProveedor>"), "2")
    assert [(problem.code, problem.place.path) for problem in document.problems] == [
        ("TXT-023", "Encabezado/IdDoc/FchVenc"), ("DOC-011", "Encabezado/Emisor/RUTProveedor"),
        ("TXT-020", "Detalle[1]/QtyItem"), ("TXT-029", "Detalle[1]/MontoItem"), ("TXT-022", "Detalle[1]/PrcItem"),
    ]  # fmt: skip
    assert document.unread == {"FchVenc", "RUTProveedor", "QtyItem", "PrcItem", "MntExe"}


@pytest.mark.parametrize(("tipo", "inside", "code"), [
    (52, "<Transporte><HraSalida>tarde</HraSalida></Transporte>", "TXT-025"),
    (39, "<Detalle><InfoTicket><FchGenera>ayer</FchGenera></InfoTicket></Detalle>", "TXT-026"),
])  # fmt: skip
def test_hours_and_moments(tipo: int, inside: str, code: str) -> None:
    data = xml(LINE, tipo=tipo)
    data = data.replace(b"</Encabezado>", inside.encode() + b"</Encabezado>") if tipo == 52 else xml(inside, tipo=tipo)
    assert code in codes(one(data, "2"))


def test_many_documents_with_a_repeated_element_keep_all_for_the_validator() -> None:
    document = one(xml(LINE, receptor="<GiroRecep>a</GiroRecep><GiroRecep>b</GiroRecep>"), "2")
    assert [field.value for field in document.receptor.fields["GiroRecep"]] == ["a", "b"]


def test_an_element_inside_a_value_is_told() -> None:
    document = one(xml(LINE.replace("Piñón", "Piñón<b>grande</b>")), "2")
    assert document.detalles[0].text("NmbItem") == "Piñón"
    assert codes(document) == ["TXT-059"]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("</Encabezado>", "<DscRcgGlobal><ValorDR>10</ValorDR></DscRcgGlobal></Encabezado>", "DscRcgGlobal"),
        ("<MontoItem>", "<indexe>1</indexe><MontoItem>", "indexe"),
        ("<MontoItem>", "<PrcItem>26000<b>5</b>00</PrcItem><MontoItem>", "b"),
    ],
)
def test_what_cannot_be_ignored_without_changing_the_document_is_an_error(old: str, new: str, name: str) -> None:
    text = (
        "<DTE><Documento><Encabezado><IdDoc><TipoDTE>33</TipoDTE></IdDoc></Encabezado>"
        "<Detalle><MontoItem>100</MontoItem></Detalle></Documento></DTE>"
    )
    (document,) = parse(text.replace(old, new, 1).encode(), "2")
    assert [one.value for one in document.problems if one.code == "TXT-059"] == [name]


GOOD = xml(LINE).decode()
BARE = GOOD.removeprefix("<DTE>").removesuffix("</DTE>")
BOOK = "<LibroCompraVenta><EnvioLibro><Detalle><NroDoc>5</NroDoc></Detalle></EnvioLibro></LibroCompraVenta>"


def wrapped(*pieces: str, around: str = "Envio") -> bytes:
    return f"<{around}>{''.join(pieces)}</{around}>".encode()


@pytest.mark.parametrize("second", [
    BARE, f"<dte>{BARE}</dte>", f"<DTEs>{BARE}</DTEs>", f"<DTE><Sobre>{BARE}</Sobre></DTE>",
    f"<SetDTE><Caratula/>{BARE}</SetDTE>",
], ids=["bare", "dte", "DTEs", "wrapper in DTE", "SetDTE"])  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_a_document_is_read_in_whatever_it_is_wrapped(second: str, turned: bool) -> None:
    documents = parse(wrapped(*((second, GOOD) if turned else (GOOD, second))), "2")
    assert [(one.tipo, codes(one)) for one in documents] == [(33, []), (33, [])]


@pytest.mark.parametrize(("other", "code", "value"), [
    ("<DTE/>", "TXT-064", ""),
    ("<DTE><documento><Encabezado/></documento></DTE>", "TXT-064", "documento"),
    ("<DTE><Factura>1</Factura></DTE>", "TXT-064", "Factura"),
    ("<dte><documento><Encabezado>x</Encabezado></documento></dte>", "TXT-065", "dte"),
    ("<Dte/>", "TXT-065", "Dte"),
    (BARE.replace("Documento>", "documento>"), "TXT-065", "documento"),
    (f"<EnvioDTE><Caratula><a><b>1</b></a></Caratula>{GOOD.lower()}</EnvioDTE>", "TXT-065", "dte"),
    (BOOK, "TXT-065", "LibroCompraVenta"),
    ("<Pedido><Numero>5</Numero></Pedido>", "TXT-065", "Pedido"),
])  # fmt: skip
@pytest.mark.parametrize("around", ["Envio", "EnvioDTE", "a><b"])
def test_what_is_no_document_is_refused_in_its_place(other: str, code: str, value: str, around: str) -> None:
    opening, closing = f"<{around}>", "".join(f"</{name}>" for name in reversed(around.split("><")))
    data = f"{opening}{GOOD}\n{other}{GOOD}{other}{closing}".encode()
    first, refused, second, last = parse(data, "2")
    assert [codes(first), codes(second)] == [[], []]
    assert [(one.tipo, codes(one), one.problems[0].value) for one in (refused, last)] == [(0, [code], value)] * 2
    assert (refused.place.line, refused.place.path) == (2, "DTE" if code == "TXT-064" else value)
    assert errors(refused.problems)


@pytest.mark.parametrize("other", [
    "<Caratula><RutEnvia>1-9</RutEnvia></Caratula>", "<caratula><x>1</x></caratula>", "<otra/>", "<Usuario>x</Usuario>",
    "<Signature><SignedInfo><x>1</x></SignedInfo></Signature>", "<a><b/></a>", "<SetDTE><Caratula/></SetDTE>",
    "<Personalizados><Doc><x>1</x></Doc></Personalizados>", "texto",
])  # fmt: skip
def test_what_belongs_to_an_envelope_or_says_nothing_is_no_document(other: str) -> None:
    (document,) = parse(wrapped(other, GOOD, other, around="EnvioDTE"), "2")
    assert codes(document) == []


def test_what_stands_behind_the_document_in_its_dte() -> None:
    notes = "<Adicional><NodosA><A1>uno</A1></NodosA></Adicional><Nota>x</Nota><Vacio/>"
    (document,) = parse(GOOD.replace("</DTE>", notes + "</DTE>").encode(), "2")
    assert [(one.code, one.value) for one in document.problems] == [("TXT-056", "uno"), ("TXT-056", "x")]
    assert ["Adicional" in document.problems[0].message, "Nota" in document.problems[1].message] == [True, True]
    good, refused = parse(GOOD.replace("</DTE>", LINE + "</DTE>").encode(), "2")
    assert (codes(good), codes(refused), refused.problems[0].value) == ([], ["TXT-065"], "Detalle")


def test_no_more_is_refused_than_documents_are_read() -> None:
    (refused,) = parse(wrapped(GOOD, "<Dte/>" * 3000), "2")
    assert codes(refused) == ["TXT-046"]


def test_two_documents_without_a_common_root() -> None:
    for between in ("", "\n", "<?xml version='1.0'?>"):
        document = one((GOOD + between + GOOD).encode(), "2")
        assert codes(document) == ["TXT-066"]
        assert "varios DTE" in document.problems[0].remedy
    assert codes(one((GOOD + "</DTE>").encode(), "2")) == ["TXT-050"]
    assert codes(one(GOOD.replace("<Detalle>", "<?xml version='1.0'?><Detalle>").encode(), "2")) == ["TXT-050"]
    assert len(parse(wrapped(GOOD, GOOD), "2")) == 2


@pytest.mark.parametrize(("extra", "name", "path"), [
    (LINE.replace("Detalle", "Detale"), "Detale", "Detale"),
    (LINE.replace("Detalle", "Detale").lower(), "detale", "detale"),
    ("<Referncia><FolioRef>5</FolioRef></Referncia>", "Referncia", "Referncia"),
    (f"<Lineas><Linea>{LINE}</Linea></Lineas>", "Lineas", "Lineas"),
    (BARE.replace("Documento>", "Doc>"), "Doc", "Doc"),
    (GOOD, "DTE", "DTE"),
])  # fmt: skip
def test_a_group_of_known_names_in_an_unknown_one_is_an_error(extra: str, name: str, path: str) -> None:
    document = one(xml(LINE + extra), "2")
    (problem,) = document.problems
    assert (problem.code, problem.value, problem.place.path) == ("TXT-059", name, path)


@pytest.mark.parametrize("extra", [
    "<Detale/>", "<Detale><NmbItem/></Detale>", "<Extra>texto</Extra>",
    "<Extra><Uno>1</Uno><Dos><Tres>3</Tres></Dos></Extra>", "<Detale>texto</Detale>",
])  # fmt: skip
def test_other_unknown_elements_stay_avisos(extra: str) -> None:
    document = one(xml(LINE + extra), "2")
    assert not errors(document.problems)


def test_an_error_is_told_behind_an_aviso_of_the_same_name_and_behind_many_problems() -> None:
    line = LINE.replace("Detalle", "Detale")
    assert codes(one(xml(LINE + "<Detale><x/></Detale>" + line + line), "2")) == ["TXT-055", "TXT-059"]
    many = "".join(f"<Extra{number}>x</Extra{number}>" for number in range(150))
    assert codes(one(xml(LINE + many + line), "2"))[-1] == "TXT-059"
    assert not errors(one(xml(LINE + many), "2").problems)


def test_a_boleta_has_no_rate_and_says_so_once() -> None:
    data = xml(tipo=39)
    document = one(data, "2")
    assert codes(document).count("TOT-054") == 1
    assert "TXT-056" not in codes(document)
    assert "TOT-054" not in codes(one(xml(), "2"))


@pytest.mark.parametrize("name", ["MntTotall", "MontoTotal", "MntTot", "Total", "TotalAPagar"])
def test_a_total_under_another_name_is_not_dropped(name: str) -> None:
    data = xml().replace(b"MntTotal>", f"{name}>".encode())
    assert "TXT-059" in codes(one(data, "2"))


def test_an_amount_of_a_line_under_nearly_its_name_is_not_dropped() -> None:
    line = "<Detalle><NmbItem>Vidrio</NmbItem><QtyItem>1</QtyItem><PrcItem>10000</PrcItem><{0}>9000</{0}></Detalle>"
    assert "TXT-059" in codes(one(xml(line.format("MontoIte")), "2"))
    assert "TXT-059" not in codes(one(xml(line.format("MontoItem")), "2"))
    assert "TXT-059" not in codes(one(xml(line.format("Ubicacion")), "2"))
