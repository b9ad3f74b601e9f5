"""Bad calls through the whole service: wrong logins, what is not a file, broken envelopes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bad_inputs import FACTURA, OTRA_EMPRESA, XML, spoiled
from tests.bad_service import FOREIGN, Service, read
from tests.installation import CLAVE, make_installation
from tests.soap.soap_support import SOAP11, SOAP12, b64, envelope


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that makes no CAF by itself, shared by all that must not change it."""
    installation = make_installation(tmp_path_factory.mktemp("malos") / "datos")
    yield Service(installation)
    installation.close()


# --- who calls ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ({"usuario": "NADIE"}, "AUT-001"),
        ({"clave": CLAVE.upper()}, "AUT-001"),
        ({"clave": CLAVE + "x"}, "AUT-001"),
        ({"clave": CLAVE[:1] + " " + CLAVE[1:]}, "AUT-001"),
        ({"usuario": "x" * 100_000}, "AUT-001"),
        ({"usuario": "' OR 1=1 --"}, "AUT-001"),
        ({"rut": OTRA_EMPRESA}, "AUT-002"),
        ({"rut": "no es un rut"}, "AUT-002"),
        ({"rut": "1-8"}, "AUT-002"),
        ({"usuario": ""}, "SRV-011"),
        ({"rut": ""}, "SRV-011"),
        ({"clave": ""}, "SRV-011"),
    ],
)
def test_a_login_that_opens_nothing(service: Service, login: dict[str, str], code: str) -> None:
    assert service.codes(spoiled(FACTURA), **login) == [code]


def test_no_login(service: Service) -> None:
    before = service.state()
    for login, codes in (("", ["SRV-010"]), ("<login/>", ["SRV-011"] * 3)):
        answer = service.post(
            f'<Procesar xmlns="http://tempuri.org">{login}<file>{b64(FACTURA)}</file><formato>1</formato></Procesar>'
        )
        (one,) = read(answer)
        assert one.codes == codes
    assert service.state() == before


def test_login_and_file_are_judged_together(service: Service) -> None:
    (one,) = service.refused("¿base64?", clave="")
    assert sorted(one.codes) == ["SRV-011", "SRV-022"]


def test_another_issuer_with_a_real_login(service: Service) -> None:
    rut = service.installation.company.rut
    file = spoiled(XML, "<RUTEmisor>1-9<", f"<RUTEmisor>{OTRA_EMPRESA}<")
    (one,) = service.refused(file, "2", rut=rut)
    assert one.codes == ["DOC-040"]
    assert rut in one.error and OTRA_EMPRESA in one.error


# --- what is not even a file ----------------------------------------------------------------------------------


NOT_BASE64 = ["¿base64?", "ñandú", "AAA*", "A", "A=AA", FACTURA.splitlines()[1], FACTURA.replace("<-", "")]


@pytest.mark.parametrize("text", NOT_BASE64)
def test_not_base64(service: Service, text: str) -> None:
    assert service.codes(text) == ["SRV-022"]


def test_nothing_at_all(service: Service) -> None:
    before = service.state()
    (one,) = read(service.post('<Procesar xmlns="http://tempuri.org"/>'))
    assert sorted(one.codes) == ["SRV-010", "SRV-020"]
    assert service.state() == before


GOOD_CALL = envelope('<Procesar xmlns="http://tempuri.org"/>')
BROKEN = {
    "empty": (b"", "SRV-040"),
    "noise": (b"hola", "SRV-049"),
    "NUL": (b"\0" * 1000, "SRV-049"),
    "cut off": (GOOD_CALL[:-20].encode(), "SRV-049"),
    "not an envelope": (b"<hola/>", "SRV-050"),
    "unknown version": (b'<Envelope xmlns="urn:otra"><Body/></Envelope>', "SRV-051"),
    "no operation": (envelope("").encode(), "SRV-052"),
    "unknown operation": (envelope('<Borrar xmlns="http://tempuri.org"/>').encode(), "SRV-054"),
    "DOCTYPE": (b"<!DOCTYPE x [<!ENTITY y 'z'>]>" + GOOD_CALL.encode(), "SRV-048"),
    "file not encoded": (
        envelope(f'<Procesar xmlns="http://tempuri.org"><file>{XML.partition("?>")[2]}</file></Procesar>').encode(),
        "SRV-055",
    ),
    "deep": (envelope("<a>" * 500 + "</a>" * 500).encode(), "SRV-047"),
    "wide": (envelope("<a/>" * 30_000).encode(), "SRV-046"),
}


@pytest.mark.parametrize(("body", "code"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_broken_envelope_is_a_fault(service: Service, body: bytes, code: str, version: str) -> None:
    namespace, media = (SOAP11, "text/xml") if version == "1.1" else (SOAP12, "application/soap+xml")
    before = service.state()
    answer = service.caller.post(body.replace(SOAP11.encode(), namespace.encode()), f"{media}; charset=utf-8")
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith(media)
    fault = answer.root()[0][0]
    assert fault.tag == f"{{{namespace}}}Fault"
    text = fault.findtext("faultstring") or fault.findtext(f"{{{namespace}}}Reason/{{{namespace}}}Text") or ""
    assert text.startswith(f"[{code}] ")
    assert not FOREIGN.search(text)
    assert service.state() == before
