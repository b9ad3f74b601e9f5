"""The published contract against literal expectations, against Spyne's definition, and as a validator of answers."""

from __future__ import annotations

from importlib import resources
from inspect import signature
from operator import attrgetter
from pathlib import Path

import pytest
from lxml import etree

from docs.contract_file import FILE as PUBLISHED_FILE
from docs.contract_file import contract
from dteplanows.soap.asmx import addresses
from dteplanows.soap.contract import published
from dteplanows.soap.contract.rows import OPERATIONS
from dteplanows.soap.contract.service import service
from dteplanows.soap.operations import Operations
from tests.soap.soap_support import LOGIN, Caller, Watched, b64, envelope, procesar, sale

ROOT = etree.fromstring(published.wsdl())
NS = {
    "w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://www.w3.org/2001/XMLSchema",
    "soap": "http://schemas.xmlsoap.org/wsdl/soap/", "soap12": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "http": "http://schemas.xmlsoap.org/wsdl/http/", "mime": "http://schemas.xmlsoap.org/wsdl/mime/",
}  # fmt: skip

FILE = [("login", "tns:logininfo", "0"), ("file", "s:string", "0"), ("formato", "s:int", "1")]
PUBLISHED: dict[str, list[tuple[str, str, str]]] = {
    "Procesar": FILE,
    "Validar": FILE,
    "ObtenerLink": [
        ("login", "tns:logininfo", "0"), ("tpomov", "s:string", "0"), ("folio", "s:string", "0"),
        ("tipo", "s:string", "0"), ("cedible", "s:string", "0"),
    ],
    "getBoletaTicket": [("login", "tns:logininfo", "0"), ("ticket", "s:string", "0")],
    "ProcesarWSMasivo": FILE,
    "ConsultarEstado": [("login", "tns:logininfo", "0"), ("trackid", "s:string", "0")],
    "getXMLDte": [
        ("login", "tns:logininfo", "0"), ("tpomov", "s:string", "0"), ("folio", "s:string", "0"),
        ("tipo", "s:string", "0"),
    ],
    "AltNum": [
        ("login", "tns:logininfo", "0"), ("folio", "s:string", "0"), ("tipo", "s:string", "0"),
        ("campo", "s:string", "0"),
    ],
    "RegIP": [("login", "tns:logininfo", "0"), ("puerto", "s:string", "0")],
    "getIP": [],
    "EliminarDoc": [
        ("login", "tns:logininfo", "0"), ("tpomov", "s:string", "0"), ("folio", "s:string", "0"),
        ("tipo", "s:string", "0"),
    ],
    "AnularGuia": [
        ("login", "tns:logininfo", "0"), ("tpomov", "s:string", "0"), ("folio", "s:string", "0"),
        ("tipo", "s:string", "0"),
    ],
    "Online": [],
    "Version": [],
    "EstadoDte": [
        ("login", "tns:logininfo", "0"), ("tpomov", "s:string", "0"), ("folio", "s:string", "0"),
        ("tipo", "s:string", "0"),
    ],
}  # fmt: skip
"""The operations that programs out there call. A row of them never changes; new ones stand behind them."""

PARAMETERS = {
    name: [(one.name, f"{'tns' if one.parts else 's'}:{one.type}", str(int(one.type == "int"))) for one in row.message]
    for name, row in OPERATIONS.items()
}
SIMPLE = [name for name, parameters in PARAMETERS.items() if not parameters]


def names(path: str) -> list[str]:
    return [str(one.get("name")) for one in ROOT.findall(path, NS)]


def members(path: str) -> list[tuple[str | None, ...]]:
    return [
        (one.get("name"), one.get("type"), one.get("minOccurs")) for one in ROOT.findall(f"{path}/s:sequence/*", NS)
    ]


def test_namespace_without_slash_and_qualified_elements() -> None:
    (schema,) = ROOT.findall("w:types/s:schema", NS)

    assert ROOT.get("targetNamespace") == schema.get("targetNamespace") == "http://tempuri.org"
    assert schema.get("elementFormDefault") == "qualified"
    assert ROOT.nsmap["tns"] == "http://tempuri.org"


def test_the_published_file_is_what_the_rows_say() -> None:
    """Byte for byte. After a new row: ``python3 -m docs.contract_file``."""
    assert published.wsdl().decode() == contract(), "write it anew: python3 -m docs.contract_file"
    assert PUBLISHED_FILE.read_bytes() == published.wsdl()


def test_what_was_published_once_stays() -> None:
    assert list(PARAMETERS.items())[: len(PUBLISHED)] == list(PUBLISHED.items())
    assert SIMPLE[:3] == ["getIP", "Online", "Version"]
    assert {name for name in PUBLISHED if OPERATIONS[name].result != "string"} == {"getXMLDte"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_its_method(name: str, issuer: Watched) -> None:
    """It takes the parameters in their order, and who calls."""
    row, operations = OPERATIONS[name], Operations(issuer)
    taken = list(signature(attrgetter(row.method)(operations)).parameters)
    assert taken[:-1] == list(row.parameters)
    assert row.text.endswith(".") and row.answers


def test_types() -> None:
    schema = "w:types/s:schema"
    for operation, parameters in PARAMETERS.items():
        result = f"s:{OPERATIONS[operation].result}"
        assert members(f"{schema}/s:element[@name='{operation}']/s:complexType") == parameters
        assert members(f"{schema}/s:element[@name='{operation}Response']/s:complexType") == [
            (f"{operation}Result", result, "0")
        ]
    assert members(f"{schema}/s:complexType[@name='logininfo']") == [
        (name, "s:string", "0") for name in ("Usuario", "Rut", "Clave", "Puerto", "IncluyeLink")
    ]
    (string,) = ROOT.findall(f"{schema}/s:element[@name='string']", NS)
    assert dict(string.attrib) == {"name": "string", "nillable": "true", "type": "s:string"}
    assert len(names(f"{schema}/s:element")) == 2 * len(PARAMETERS) + 1


def test_messages() -> None:
    found = {
        one.get("name"): [(part.get("name"), part.get("element")) for part in one]
        for one in ROOT.findall("w:message", NS)
    }
    expected: dict[str, list[tuple[str, str]]] = {}
    for operation in PARAMETERS:
        expected[f"{operation}SoapIn"] = [("parameters", f"tns:{operation}")]
        expected[f"{operation}SoapOut"] = [("parameters", f"tns:{operation}Response")]
    for operation in SIMPLE:
        for verb in ("Get", "Post"):
            expected[f"{operation}Http{verb}In"] = []
            expected[f"{operation}Http{verb}Out"] = [("Body", "tns:string")]
    assert found == expected


@pytest.mark.parametrize(
    ("port", "suffix", "operations"),
    [("wsplanoSoap", "Soap", list(PARAMETERS)), ("wsplanoHttpGet", "HttpGet", SIMPLE),
     ("wsplanoHttpPost", "HttpPost", SIMPLE)],
)  # fmt: skip
def test_port_types(port: str, suffix: str, operations: list[str]) -> None:
    assert names(f"w:portType[@name='{port}']/w:operation") == operations
    for one in ROOT.findall(f"w:portType[@name='{port}']/w:operation", NS):
        ends = [one.find(f"w:{end}", NS) for end in ("input", "output")]
        assert [end.get("message") for end in ends if end is not None] == [
            f"tns:{one.get('name')}{suffix}{end}" for end in ("In", "Out")
        ]
        assert one.findtext("w:documentation", namespaces=NS)


@pytest.mark.parametrize(("binding", "prefix"), [("wsplanoSoap", "soap"), ("wsplanoSoap12", "soap12")])
def test_soap_bindings(binding: str, prefix: str) -> None:
    (found,) = ROOT.findall(f"w:binding[@name='{binding}']", NS)

    assert found.get("type") == "tns:wsplanoSoap"
    (transport,) = found.findall(f"{prefix}:binding", NS)
    assert dict(transport.attrib) == {"transport": "http://schemas.xmlsoap.org/soap/http"}
    actions = [
        (one.get("name"), dict(detail.attrib))
        for one in found.findall("w:operation", NS)
        for detail in one.findall(f"{prefix}:operation", NS)
    ]
    assert actions == [(name, {"soapAction": f"http://tempuri.org/{name}", "style": "document"}) for name in PARAMETERS]
    bodies = found.findall(f"w:operation/*/{prefix}:body", NS)
    assert [one.get("use") for one in bodies] == ["literal"] * 2 * len(PARAMETERS)


@pytest.mark.parametrize("verb", ["Get", "Post"])
def test_http_bindings(verb: str) -> None:
    (found,) = ROOT.findall(f"w:binding[@name='wsplanoHttp{verb}']", NS)

    assert found.get("type") == f"tns:wsplanoHttp{verb}"
    assert [one.get("verb") for one in found.findall("http:binding", NS)] == [verb.upper()]
    assert [one.get("location") for one in found.findall("w:operation/http:operation", NS)] == [
        f"/{name}" for name in SIMPLE
    ]
    inner = "http:urlEncoded" if verb == "Get" else "mime:content"
    assert len(found.findall(f"w:operation/w:input/{inner}", NS)) == len(SIMPLE)
    assert [one.get("part") for one in found.findall("w:operation/w:output/mime:mimeXml", NS)] == ["Body"] * len(SIMPLE)


def test_service() -> None:
    (service,) = ROOT.findall("w:service", NS)

    assert service.get("name") == "wsplano"
    assert [(one.get("name"), one.get("binding")) for one in service.findall("w:port", NS)] == [
        (name, f"tns:{name}") for name in ("wsplanoSoap", "wsplanoSoap12", "wsplanoHttpGet", "wsplanoHttpPost")
    ]


def test_spyne_declares_what_the_file_publishes() -> None:
    assert list(service().public_methods) == list(PARAMETERS)
    for name, descriptor in service().public_methods.items():
        message, answer = descriptor.in_message, descriptor.out_message
        declared = [(key, kind.get_type_name()) for key, kind in message.get_flat_type_info(message).items()]
        # The published int is mapped as text, so that a value that is no number gets an answer and not a fault.
        expected = [
            (key, "string" if key == "formato" else kind.partition(":")[2]) for key, kind, _ in PARAMETERS[name]
        ]
        assert declared == expected
        assert list(answer.get_flat_type_info(answer)) == [f"{name}Result"]
        assert (message.get_type_name(), answer.get_type_name()) == (name, f"{name}Response")


def test_answers_are_valid_by_the_published_schema(caller: Caller, issuer: Watched) -> None:
    (types,) = ROOT.findall("w:types/s:schema", NS)
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(types)))
    (one,) = issuer.made.issue(sale(), "1").documents

    for content in (procesar("eA=="), procesar(b64(sale()), operation="Validar"), "<getIP/>", "<Online/>", "<Version/>",
                    f"<getXMLDte>{LOGIN}<folio>{one.folio}</folio></getXMLDte>", "<ObtenerLink/>", "<AnularGuia/>",
                    "<ConsultarEstado/>"):  # fmt: skip
        (body,) = caller.post(envelope(content)).root()
        (response,) = body
        schema.assertValid(etree.fromstring(etree.tostring(response)))
    for name in SIMPLE:
        schema.assertValid(caller.send("GET", f"{addresses.PATH}/{name}").root())


def test_file_of_the_package_or_of_the_clone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(package: str) -> Path:
        raise ModuleNotFoundError(package)

    published.wsdl.cache_clear()
    try:
        monkeypatch.setattr(resources, "files", missing)
        assert published.wsdl.__wrapped__() == file_of_the_clone()
        (tmp_path / "wsplano.wsdl").write_bytes(b"<empaquetado/>")
        monkeypatch.setattr(resources, "files", lambda package: tmp_path)
        assert published.wsdl.__wrapped__() == b"<empaquetado/>"
    finally:
        published.wsdl.cache_clear()


def file_of_the_clone() -> bytes:
    return Path(__file__).parents[2].joinpath("wsdl", "wsplano.wsdl").read_bytes()
