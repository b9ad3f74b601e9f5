"""Files that must be refused, each with the codes that say why. All people and companies are fictitious.

Every file is one good file with one thing spoiled, unless its name says otherwise; a test of its own issues the good
ones, so nothing but the spoiling can be the reason.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import NamedTuple

from dteplanows.document import clock
from dteplanows.document.rut import check_digit
from tests.installation import FIRST_FOLIO, FOLIOS_OF_EACH


class Bad(NamedTuple):
    """A file to refuse."""

    name: str
    file: bytes
    codes: tuple[str, ...]
    """Exactly the codes of the answer, each as often as it comes, in any order."""
    words: tuple[str, ...] = ()
    """What the text must say besides: the place, the value, what was expected."""
    formato: str = "1"


HOY = clock.today().isoformat()
FUTURO = (clock.today() + timedelta(days=2)).isoformat()
CLIENTE = f"77000222-{check_digit(77_000_222)}"
WRONG_DIGIT = f"77000222-{'1' if CLIENTE[-1] != '1' else '2'}"
OTRA_EMPRESA = f"76000999-{check_digit(76_000_999)}"

FACTURA = f"""->Encabezado<-
33;0;{HOY};0;0;{CLIENTE};Cliente Ficticio;Giro del cliente;Calle 1;Arica;Arica;;
->Totales<-
0;0;0;0;24700;0;19;4693;29393;
->Detalle<-
1;A-1;Tornillo;10;1000;0;0;0;0;0;10000;INT1;CJ;;
2;A-2;Pintura;2;7500;2;300;0;0;0;14700;INT1;GL;;
"""
EXENTA = f"""->Encabezado<-
34;0;{HOY};0;0;{CLIENTE};Cliente Ficticio;Giro del cliente;Calle 1;Arica;Arica;;
->Totales<-
0;0;0;0;0;10000;0;0;10000;
->Detalle<-
1;A-1;Curso;1;10000;0;0;0;0;10000;10000;INT1;UN;;
"""
NOTA = f"""->Encabezado<-
61;0;{HOY};0;0;{CLIENTE};Cliente Ficticio;Giro del cliente;Calle 1;Arica;Arica;;
->Totales<-
0;0;0;0;10000;0;19;1900;11900;
->Detalle<-
1;A-1;Tornillo;10;1000;0;0;0;0;0;10000;INT1;CJ;;
->Referencia<-
1;33;120;{HOY};3;Devuelve mercadería;
"""
GLOBAL = FACTURA.replace("24700;0;19;4693;29393", "22230;0;19;4224;26454") + "->DescRec<-\n1;D;Campaña;%;10;0;\n"
BOLETA = f"""->Boleta<-
39;0;{HOY};3;0;;;;66666666-6;;Cliente de mostrador;;;;;;
->BoletaTotales<-
0;0;0;2380;0;0;0;0;
->BoletaDetalle<-
1;P-1;Pan;0;2;1190;0;2380;INT1;KG;;
"""
COMPRA = f"""->EncabezadoCompra<-
33;5;{HOY};0;0;33333333-3;Proveedor Ficticio;Giro del proveedor;Calle 2;Arica;Arica;;
->TotalesCompra<-
0;0;0;0;1000;0;19;190;1190;0;0;
->DetalleCompra<-
1;A-1;Clavos;1;1000;0;0;0;0;0;1000;0;INT1;UN;;
""".encode()
XML = f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<DTE version="1.0">
<Documento ID="F0T33">
<Encabezado>
<IdDoc><TipoDTE>33</TipoDTE><Folio>0</Folio><FchEmis>{HOY}</FchEmis></IdDoc>
<Emisor><RUTEmisor>1-9</RUTEmisor></Emisor>
<Receptor><RUTRecep>{CLIENTE}</RUTRecep><RznSocRecep>Cliente Ñandú</RznSocRecep><GiroRecep>Giro</GiroRecep>
<DirRecep>Calle 1</DirRecep><CmnaRecep>Arica</CmnaRecep></Receptor>
<Totales><MntNeto>10000</MntNeto><TasaIVA>19</TasaIVA><IVA>1900</IVA><MntTotal>11900</MntTotal></Totales>
</Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>Tornillo</NmbItem><QtyItem>10</QtyItem><PrcItem>1000</PrcItem>
<MontoItem>10000</MontoItem></Detalle>
</Documento>
</DTE>
"""
GOOD = {"1": (FACTURA, EXENTA, NOTA, BOLETA, GLOBAL), "2": (XML,)}


def spoiled(base: str, *changes: str) -> bytes:
    """*base* with each first text of *changes*, which stands there once, replaced by the text after it."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert base.count(old) == 1, (old, base.count(old))
        base = base.replace(old, new)
    return base.encode("latin-1")


def _lines(section: str, row: str, many: int, base: str, *changes: str) -> bytes:
    """*base* with *many* rows in its section of lines; ``{n}`` in *row* is the number of the line."""
    head = spoiled(base[: base.index(section)], *changes).decode("latin-1")
    rows = "".join(row.replace("{n}", str(number)) + "\n" for number in range(1, many + 1))
    return f"{head}{section}\n{rows}".encode("latin-1")


PESOS_LINE = "{n};A;Cosa;1;100;0;0;0;0;0;100;INT1;UN;;"
SIXTY_ONE = _lines("->Detalle<-", PESOS_LINE, 61, FACTURA, "24700;0;19;4693;29393", "6100;0;19;1159;7259")
BOLETA_1001 = _lines("->BoletaDetalle<-", "{n};A;Cosa;0;1;100;0;100;INT1;UN;;", 1001, BOLETA, ";2380;", ";100100;")

_QUANTITY = "Tornillo;10;1000;"
_TOTALS = "0;0;0;0;24700;0;19;4693;29393;"

VALUES = (
    Bad("wrong check digit", spoiled(FACTURA, CLIENTE, WRONG_DIGIT), ("DOC-011",),
        ("Línea 2", "sección Encabezado", "campo 6 (RUTCliente)", f"corresponde {CLIENTE[-1]}")),
    Bad("RUT that is none", spoiled(FACTURA, CLIENTE, "sin rut"), ("DOC-010",), ("«sin rut»", "RUTCliente")),
    Bad("missing RUTRecep", spoiled(FACTURA, CLIENTE, ""), ("DOC-002",), ("RUTRecep", "Línea 2")),
    Bad("missing name", spoiled(FACTURA, "Cliente Ficticio", ""), ("DOC-002",), ("RznSocRecep", "campo 7")),
    Bad("line without name", spoiled(FACTURA, "Tornillo", ""), ("DOC-002",), ("NmbItem", "Línea 6", "campo 3")),
    Bad("36-character product code", spoiled(FACTURA, "A-1", "A" * 36), ("DOC-020",), ("VlrCodigo", "36", "35")),
    Bad("too long once escaped", spoiled(FACTURA, ";CJ;;", f";CJ;{'&' * 1000};"), ("DOC-026",), ("DscItem", "4090")),
    Bad("Chinese name", FACTURA.replace("Cliente Ficticio", "東京 Ltda").encode(), ("TXT-027",), ("U+6771", "campo 7")),
    Bad("emoji in a line", FACTURA.replace("Tornillo", "Tornillo 🔩").encode(), ("TXT-027",), ("U+1F529", "Línea 6")),
    Bad("wrong date", spoiled(FACTURA, f"33;0;{HOY}", "33;0;05/01/26"), ("TXT-023",), ("FechaEmision", "AAAA-MM-DD")),
    Bad("nonexistent date", spoiled(FACTURA, f"33;0;{HOY}", "33;0;2026-02-30"), ("TXT-024",), ("2026-02-30",)),
    Bad("missing date", spoiled(FACTURA, f"33;0;{HOY}", "33;0;"), ("DOC-002",), ("FchEmis",)),
    Bad("future date", spoiled(FACTURA, f"33;0;{HOY}", f"33;0;{FUTURO}"), ("DOC-030",), (FUTURO, HOY)),
    Bad("date of the last century", spoiled(FACTURA, f"33;0;{HOY}", "33;0;1999-12-31"), ("DOC-025",), ("1999-12-31",)),
    Bad("period backwards", spoiled(BOLETA, ";3;0;;;;6", f";1;0;{HOY};2020-01-01;;6"), ("DOC-033",), ("2020-01-01",)),
    Bad("text in a quantity", spoiled(FACTURA, _QUANTITY, "Tornillo;diez;1000;"), ("TXT-020",),
        ("«diez»", "Línea 6", "sección Detalle", "campo 4 (Cantidad)")),
    Bad("month or day first", spoiled(FACTURA, f"33;0;{HOY}", "33;0;05/01/2026 00:00:00"), ("TXT-112",),
        ("2026-01-05 o 2026-05-01",)),
    Bad("ambiguous comma", spoiled(FACTURA, _QUANTITY, "Tornillo;10;7,000;"), ("TXT-114",), ("«7,000»", "7000 o 7")),
    Bad("two decimal commas", spoiled(FACTURA, _QUANTITY, "Tornillo;10;1000,5,5;"), ("TXT-020",), ("«1000,5,5»",)),
    Bad("twenty digits", spoiled(FACTURA, ";29393;", ";12345678901234567890;"), ("TOT-010",), ("MntTotal", "Línea 4")),
    Bad("huge exponent", spoiled(FACTURA, ";29393;", ";1e999999;"), ("TXT-020",), ("«1e999999»", "Total")),
    Bad("a million digits", spoiled(FACTURA, ";29393;", f";{'9' * 1_000_000};"), ("TXT-020",), ("campo 9 (Total)",)),
    Bad("Infinity", spoiled(FACTURA, _QUANTITY, "Tornillo;Infinity;1000;"), ("TXT-020",), ("Infinity",)),
    Bad("NaN", spoiled(FACTURA, _QUANTITY, "Tornillo;NaN;1000;"), ("TOT-001",), ("«NaN»", "vacío")),
    Bad("digits of another script", FACTURA.replace(_QUANTITY, "Tornillo;١٠;1000;").encode(), ("TXT-020",), ("١٠",)),
    Bad("folio not numeric", spoiled(FACTURA, f"33;0;{HOY}", f"33;ABC;{HOY}"), ("TXT-020",), ("«ABC»", "Folio")),
    Bad("negative folio", spoiled(FACTURA, f"33;0;{HOY}", f"33;-5;{HOY}"), ("FOL-030",), ("-5",)),
    Bad("folio of eleven digits", spoiled(FACTURA, f"33;0;{HOY}", f"33;{10**10};{HOY}"), ("FOL-030",), (str(10**10),)),
    Bad("folio in no CAF", spoiled(FACTURA, f"33;0;{HOY}", f"33;5;{HOY}"), ("FOL-031",),
        (str(FIRST_FOLIO), str(FIRST_FOLIO + FOLIOS_OF_EACH - 1), "campo 2 (Folio)")),
    Bad("dispatch that does not exist", spoiled(FACTURA, f"{HOY};0;0;", f"{HOY};7;0;"), ("DOC-022",),
        ("TipoDespacho",)),
    Bad("IndServicio 9", spoiled(BOLETA, f"{HOY};3;0;", f"{HOY};9;0;"), ("DOC-022",), ("IndServicio", "«9»")),
    Bad("no IndServicio", spoiled(BOLETA, f"{HOY};3;0;;;", f"{HOY};;0;{HOY};{HOY};"), ("DOC-002",),
        ("IndServicio", "campo 4")),
    Bad("negative line", spoiled(FACTURA, "300;0;0;0;14700", "300;0;0;0;-14700"), ("DOC-023",),
        ("MontoItem", "-14700")),
    Bad("negative price", spoiled(FACTURA, _QUANTITY, "Tornillo;10;-1000;"), ("DOC-023",),
        ("PrcItem", "entre 0.000001 y")),
)  # fmt: skip

ARITHMETIC = (
    Bad("total off by 1000", spoiled(FACTURA, ";29393;", ";30393;"), ("TOT-010",),
        ("MntTotal", "30.393", "29.393", "1.000", "Línea 4", "campo 9 (Total)")),
    Bad("IVA wrong", spoiled(FACTURA, ";4693;29393;", ";4000;28700;"), ("TOT-010",), ("IVA", "4.000", "4.693")),
    Bad("neto wrong", spoiled(FACTURA, _TOTALS, "0;0;0;0;20000;0;19;3800;23800;"), ("TOT-010",),
        ("MntNeto", "20.000", "24.700")),
    Bad("line amount wrong", spoiled(FACTURA, "0;0;10000;INT1", "0;0;12000;INT1"), ("TOT-001",),
        ("12.000", "10.000", "Línea 6", "10 × 1.000")),
    Bad("percentage against amount", spoiled(FACTURA, "2;300;0;0;0;14700", "20;300;0;0;0;14700"), ("TOT-003",),
        ("20 %", "300", "3.000", "Línea 7")),
    Bad("line discount above 100 %", spoiled(FACTURA, "7500;2;300;", "7500;150;300;"), ("TOT-003",),
        ("150 %", "22.500")),
    Bad("TasaIVA 18", spoiled(FACTURA, _TOTALS, "0;0;0;0;24700;0;18;4446;29146;"), ("TOT-015",),
        ("18", "19")),
    Bad("only exempt lines in a 33",
        spoiled(FACTURA, _TOTALS, "0;0;0;0;0;24700;0;0;24700;", "0;0;0;0;0;10000;", "0;0;0;0;10000;10000;",
                "300;0;0;0;14700", "300;0;0;14700;14700"), ("DOC-050",), ("34",)),
    Bad("IVA in a 34", spoiled(EXENTA, "10000;0;0;10000;\n->", "10000;19;1900;11900;\n->"), ("TOT-010",),
        ("IVA", "1.900")),
    Bad("global discount larger than the lines", spoiled(GLOBAL, ";%;10;", ";$;30000;"), ("TOT-021",), ("30000",)),
    Bad("global discount above 100 %", spoiled(GLOBAL, ";%;10;", ";%;110;"), ("TXT-037",), ("110",)),
    Bad("global discount of an unknown kind", spoiled(GLOBAL, ";D;", ";X;"), ("DOC-022",), ("TpoMov", "«X»")),
    Bad("unknown tax column", spoiled(FACTURA, "29393;\n", "29393;0;500;\n"), ("TXT-035",), ("500",)),
    Bad("total of a boleta wrong", spoiled(BOLETA, ";2380;0;0;0;0;", ";2000;0;0;0;0;"), ("TOT-010",),
        ("2.000", "2.380")),
)  # fmt: skip

STRUCTURE = (
    Bad("unknown section", spoiled(FACTURA, "->Detalle<-", "->Zzzz<-\n1;2;3\n->Detalle<-"), ("TXT-011",),
        ("Zzzz", "Línea 5")),
    Bad("misspelt section", spoiled(FACTURA, "->Detalle<-", "->Detale<-"), ("TXT-010", "DOC-004"),
        ("Detalle", "«Detale»")),
    Bad("section with half its arrows", spoiled(FACTURA, "->Detalle<-", "->Detalle"), ("TXT-042", "DOC-004"),
        ("Línea 5",)),
    Bad("no lines", spoiled(FACTURA[: FACTURA.index("1;A-1")]), ("DOC-004",), ("líneas de detalle",)),
    Bad("no section of lines", spoiled(FACTURA[: FACTURA.index("->Detalle")]), ("DOC-004",)),
    Bad("61 lines", SIXTY_ONE, ("DOC-005",), ("61", "60")),
    Bad("1001 lines of a boleta", BOLETA_1001, ("DOC-005",), ("1001", "1000")),
    Bad("41 references", spoiled(FACTURA) + b"->Referencia<-\n" + b"".join(
        f"{n};801;OC{n};{HOY};0;;\n".encode() for n in range(1, 42)), ("DOC-005",), ("41", "40")),
    Bad("too many columns", spoiled(FACTURA, ";CJ;;", ";CJ;Secado rápido; interior;"), ("TXT-015",),
        ("Línea 6", "«interior»", "14")),
    Bad("separator inside a name", spoiled(FACTURA, "Tornillo;", "Tornillo; zincado;"),
        ("TXT-075",), ("Línea 6", "«Tornillo; zincado»", "15")),
    Bad("separator inside an address", spoiled(FACTURA, "Calle 1;", "Calle 1; piso 2;"), ("TXT-075",),
        ("Línea 2", "«Calle 1; piso 2»", "13")),
    Bad("two files joined in the middle of a line", FACTURA.rstrip("\n").encode() + b" ver ->Encabezado<- y\n",
        ("TXT-070",), ("Línea 7", "->Encabezado<-")),
    Bad("row of a header among free text", (FACTURA + "->Observacion<-\nGracias\n" + FACTURA.splitlines()[1]).encode(),
        ("TXT-072",), ("Línea 10", "Observacion")),
    Bad("empty column lost", spoiled(FACTURA, "Arica;Arica;;", "Arica;a@example.com;30 días;Ana;"), ("TXT-076",),
        ("Línea 2", "«a@example.com»", "CiuCliente", "Email")),
    Bad("separator of an entity", spoiled(FACTURA, "Cliente Ficticio", "Ba&ntilde;os Sur"), ("TXT-078",),
        ("Línea 2", "&ntilde;")),
    Bad("quotes with two readings", spoiled(FACTURA, "Tornillo;", '"Tornillo";'), ("TXT-074",),
        ("Línea 6", "«Tornillo»")),
    Bad("separator in quotes", spoiled(FACTURA, "Tornillo;", '"Tornillo; zincado";'), ("TXT-079",),
        ("Línea 6", "«Tornillo; zincado»")),
    Bad("too few columns", spoiled(FACTURA, "0;0;10000;INT1;CJ;;", "0;0;10000"), ("TXT-014",),
        ("Línea 6", "12 TipoCodigo")),
    Bad("header of three columns", spoiled(FACTURA, FACTURA.splitlines()[1], f"33;0;{HOY}"), ("TXT-014",),
        ("Línea 2",)),
    Bad("two rows of totals", spoiled(FACTURA, "29393;\n", f"29393;\n{_TOTALS}\n"), ("TXT-016",),
        ("Línea 5", "Totales")),
    Bad("header without its row", spoiled(FACTURA, FACTURA.splitlines()[1] + "\n", ""), ("TXT-043",), ("Encabezado",)),
    Bad("data before the marker", b"33;0;1;2\n" + spoiled(FACTURA), ("TXT-008",), ("«33;0;1;2»", "Línea 1")),
    Bad("section before the document", b"->Totales<-\n1;2\n" + spoiled(FACTURA), ("TXT-009",), ("Totales",)),
    Bad("section of the other structure", spoiled(FACTURA) + b"->BoletaTotales<-\n0;0;0;1;0;0;0;0;\n", ("TXT-017",)),
    Bad("boleta in a factura's header", spoiled(FACTURA, "33;0;", "39;0;"), ("TXT-018",), ("39", "->Boleta<-")),
    Bad("unknown type 99", spoiled(FACTURA, "33;0;", "99;0;"), ("TXT-019",), ("«99»", "Línea 2", "33, 34, 39")),
    Bad("paper invoice 30", spoiled(FACTURA, "33;0;", "30;0;"), ("TXT-019",), ("«30»",)),
    Bad("no type", spoiled(FACTURA, "33;0;", ";0;"), ("TXT-019",)),
    Bad("type in words", spoiled(FACTURA, "33;0;", "factura;0;"), ("TXT-020",), ("«factura»",)),
    Bad("purchase of a boleta", COMPRA.replace(b"33;5;", b"39;5;"), ("CMP-001",), ("«39»", "Línea 2", "914")),
    Bad("purchase without supplier, dated in the future",
        COMPRA.replace(b"33333333-3;Proveedor Ficticio;", b";;").replace(HOY.encode(), b"2999-01-01"),
        ("CMP-002", "CMP-002", "DOC-030"), ("RUT del proveedor", "Línea 2", "2999-01-01")),
    Bad("purchase with a wrong check digit", COMPRA.replace(b"33333333-3", b"33333333-1"), ("DOC-011",), ("Línea 2",)),
    Bad("purchase of negative amounts", COMPRA.replace(b"0;0;0;0;1000;", b"0;0;0;0;-1000;"), ("CMP-003", "CMP-003"),
        ("Línea 4", "Línea 6", "-1000")),
    Bad("purchase of a folio beyond ten digits", COMPRA.replace(b"33;5;", b"33;50000000001;"), ("CMP-004",),
        ("50000000001",)),
    Bad("purchase with a section of the sales", COMPRA + b"->Detalle<-\n1;A;B;1;1000;0;0;0;0;0;1000;INT1;UN;;\n",
        ("TXT-017",), ("Línea 7",)),
    Bad("no section at all", b"hola\nmundo\n", ("TXT-007",), ("->Encabezado<-",)),
    Bad("six faults at once",
        spoiled(FACTURA, CLIENTE, "1-8", "Cliente Ficticio", "", "Tornillo;10", "Tornillo;diez", "A-1", "A" * 36,
                "A-2", "P" * 90, f"33;0;{HOY}", "33;0;ayer"),
        ("DOC-011", "DOC-002", "TXT-020", "DOC-020", "DOC-020", "TXT-023"),
        ("«1-8»", "«diez»", "VlrCodigo", "«ayer»", "1) ", "6) ")),
)  # fmt: skip

NOTES = (
    Bad("note without reference", spoiled(NOTA[: NOTA.index("->Ref")]), ("REF-001",), ("referencias",)),
    Bad("note without CodRef", spoiled(NOTA, f"{HOY};3;", f"{HOY};0;"), ("REF-002",), ("CodRef 1",)),
    Bad("CodRef 7", spoiled(NOTA, f"{HOY};3;", f"{HOY};7;"), ("DOC-022",), ("CodRef", "«7»", "3 (Corrige montos)")),
    Bad("CodRef in words", spoiled(NOTA, f"{HOY};3;", f"{HOY};ANULA;"), ("TXT-140",),
        ("«ANULA»", "campo 5 (CodigoRef)", "se envía 1 (Anula")),
    Bad("type of a reference in words", spoiled(NOTA, "1;33;120;", "1;ORDEN;120;"), ("REF-003",),
        ("«ORDEN»", "se envía 801 (Orden de Compra)", "campo 2 (TipoDTERef)")),
    Bad("TpoDocRef 999", spoiled(NOTA, "1;33;120;", "1;999;120;"), ("REF-003",), ("«999»", "Línea 8")),
    Bad("FolioRef not numeric", spoiled(NOTA, "1;33;120;", "1;33;F-120;"), ("REF-005",), ("«F-120»",)),
    Bad("30-character FolioRef", spoiled(FACTURA) + f"->Referencia<-\n1;801;{'7' * 30};{HOY};0;;\n".encode(),
        ("DOC-020",), ("FolioRef", "30", "18", "Línea 9")),
    Bad("FolioRef 0", spoiled(NOTA, "1;33;120;", "1;33;0;"), ("REF-007",), ("folio 0",)),
    Bad("FchRef wrong", spoiled(NOTA, f"120;{HOY}", "120;2026-13-01"), ("TXT-024",), ("2026-13-01", "FechaRef")),
    Bad("annuls two documents", spoiled(NOTA, f"120;{HOY};3;", f"120;{HOY};1;") + f"2;33;121;{HOY};1;x;\n".encode(),
        ("REF-008",)),
)  # fmt: skip

_BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))


def _xml(*changes: str) -> bytes:
    return spoiled(XML, *changes)


XML_FILES = (
    Bad("not XML", b"hola, esto no es nada", ("TXT-050",), ("no es un XML",), "2"),
    Bad("XML cut off", _xml()[:400], ("TXT-067",), ("no es un XML", "línea", "falta lo que sigue"), "2"),
    Bad("ampersand alone", _xml("Tornillo", "Tornillo & tuerca"), ("TXT-050",), ("línea 11", "&amp;"), "2"),
    Bad("unknown entity", _xml("Tornillo", "Tornillo &nbsp;"), ("TXT-050",), ("línea 11",), "2"),
    Bad("two roots", _xml() + b"\n<otro/>", ("TXT-066",), ("no es un XML", "varios DTE"), "2"),
    Bad("two files in one", _xml() + b"\n<?xml version='1.0'?>\n<DTE/>", ("TXT-066",), ("varios DTE",), "2"),
    Bad("text behind the root", _xml() + b"hola", ("TXT-050",), (), "2"),
    Bad("DTE without Documento in an envelope", b"<EnvioDTE><DTE><Factura>1</Factura></DTE></EnvioDTE>", ("TXT-064",),
        ("Factura",), "2"),
    Bad("wrong end tag", _xml("</NmbItem>", "</Nombre>"), ("TXT-050",), (), "2"),
    Bad("HTML", b"<html><body>Error 500</body></html>", ("TXT-054",), ("«html»",), "2"),
    Bad("DOCTYPE", _xml("<DTE ", "<!DOCTYPE DTE>\n<DTE "), ("TXT-052",), ("DOCTYPE",), "2"),
    Bad("entity bomb", _xml("<DTE ", f'<!DOCTYPE DTE [<!ENTITY b0 "x">{_BOMB}]>\n<DTE ', "Tornillo", "&b11;"),
        ("TXT-052",), ("DOCTYPE",), "2"),
    Bad("external entity", _xml("<DTE ", '<!DOCTYPE DTE [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<DTE ',
                                "Tornillo", "&x;"), ("TXT-052",), (), "2"),
    Bad("external DTD", _xml("<DTE ", '<!DOCTYPE DTE SYSTEM "http://127.0.0.1:9/x.dtd">\n<DTE '), ("TXT-052",),
        (), "2"),
    Bad("deep XML", b"<a>" * 100_000, ("TXT-053",), ("anidado",), "2"),
    Bad("deep XML, closed", b"<a>" * 50_000 + b"</a>" * 50_000, ("TXT-053",), (), "2"),
    Bad("wide XML", b"<a>" + b"<b/>" * 600_000 + b"</a>", ("TXT-053",), ("500000",), "2"),
    Bad("many attributes", b"<a " + b" ".join(b'x%d="1"' % n for n in range(50_000)) + b"/>", ("TXT-054",), (), "2"),
    Bad("book of guías", b"<LibroGuia><EnvioLibro/></LibroGuia>", ("TXT-013",), ("LibroGuia",), "2"),
    Bad("book without heading", b"<LibroCompraVenta><EnvioLibro/></LibroCompraVenta>", ("LIB-001",),
        ("Caratula", "EnvioLibro"), "2"),
    Bad("no Documento", b"<DTE version='1.0'></DTE>", ("TXT-054",), ("Documento",), "2"),
    Bad("XML without type", _xml("<TipoDTE>33</TipoDTE>", ""), ("TXT-019",), ("TipoDTE",), "2"),
    Bad("XML of type 45", _xml("<TipoDTE>33<", "<TipoDTE>45<"), ("TXT-019",), ("«45»",), "2"),
    Bad("XML, wrong check digit", _xml(CLIENTE, WRONG_DIGIT), ("DOC-011",),
        ("Encabezado/Receptor/RUTRecep", "Línea 7"), "2"),
    Bad("XML, total off", _xml(">11900<", ">12900<"), ("TOT-010",), ("12.900", "Encabezado/Totales/MntTotal"), "2"),
    Bad("XML, tax of the totals on no line", _xml("<IVA>1900</IVA><MntTotal>11900<",
        "<ImptoReten><TipoImp>99</TipoImp><TasaImp>10</TasaImp><MontoImp>1000</MontoImp></ImptoReten>"
        "<IVA>1900</IVA><MntTotal>11900<"), ("DOC-022",), ("TipoImp",), "2"),
    Bad("XML, tax of a line in no total", _xml("<MontoItem>", "<CodImpAdic>27</CodImpAdic><MontoItem>"), ("TOT-022",),
        ("27", "Detalle[1]/CodImpAdic"), "2"),
    Bad("XML, no lines", XML[: XML.index("<Detalle>")].encode("latin-1") + b"</Documento></DTE>", ("DOC-004",),
        (), "2"),
    Bad("TXT with formato 2", spoiled(FACTURA), ("TXT-003",), ("no es un XML", "formato 1"), "2"),
    Bad("XML with formato 1", _xml(), ("TXT-004",), ("formato 2",)),
    Bad("formato 3", spoiled(FACTURA), ("TXT-002",), ("«3»",), "3"),
    Bad("formato abc", spoiled(FACTURA), ("TXT-002",), ("«abc»",), "abc"),
    Bad("formato empty", spoiled(FACTURA), ("TXT-002",), ("1 para un TXT",), ""),
)  # fmt: skip

BYTES = (
    Bad("empty file", b"", ("SRV-020",), ("vacío",)),
    Bad("empty XML", b"", ("SRV-021",), ("no es un XML",), "2"),
    Bad("blanks", b" \r\n \t ", ("SRV-020",), ("vacío",)),
    Bad("blanks for an XML", b" \r\n \t ", ("SRV-021",), ("no es un XML",), "2"),
    Bad("NUL bytes", spoiled(FACTURA, "Tornillo", "Tor\0nillo"), ("TXT-005",), ("bytes nulos",)),
    Bad("only NUL", bytes(10_000), ("TXT-005",)),
    Bad("UTF-16 without its mark", FACTURA.encode("utf-16-le"), ("TXT-005",)),
    Bad("XML in UTF-16 without its mark", XML.encode("utf-16-be"), ("TXT-005",), (), "2"),
    Bad("5 MB of noise", Random(7).randbytes(5_000_000), ("TXT-005",)),
    Bad("5 MB of noise for an XML", Random(8).randbytes(5_000_000), ("TXT-005",), (), "2"),
    Bad("5 MB of letters", b"x" * 5_000_000, ("TXT-007",)),
    Bad("5 MB of separators", spoiled(FACTURA, "Tornillo", ";" * 5_000_000), ("TXT-015",), ("Línea 6",)),
    Bad("a picture", b"\x89PNG\r\n\x1a\n" + Random(9).randbytes(4000).replace(b"\0", b"\1"), ("TXT-007",)),
)  # fmt: skip

BAD = (*VALUES, *ARITHMETIC, *STRUCTURE, *NOTES, *XML_FILES, *BYTES)
