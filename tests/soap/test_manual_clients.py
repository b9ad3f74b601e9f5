"""Requests exactly as two programs write them by hand, and the answers in the bytes that those programs search."""

from __future__ import annotations

import re

import pytest

from tests.soap.soap_support import CLAVE, SOAP12, Caller, Watched, b64, sale

WSPLANO = re.compile(
    r'<\?xml version="1\.0"\?><WSPLANO><Resultado>True</Resultado><Mensaje>Proceso exitoso\.</Mensaje>'
    r"<Detalle><Documento>"
    r"<Folio>98\d{8}</Folio><TipoDte>33</TipoDte><Operacion>VENTA</Operacion><Fecha>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d</Fecha>"
    r"<Resultado>True</Resultado>(<urlOriginal>[A-Za-z0-9+/=]+</urlOriginal><urlCedible>[A-Za-z0-9+/=]+</urlCedible>)?"
    r"<FirmadoNeto>1000</FirmadoNeto><FirmadoExento>0</FirmadoExento><FirmadoIva>190</FirmadoIva>"
    r"<FirmadoTotal>1190</FirmadoTotal></Documento></Detalle></WSPLANO>"
)
FILE = sale()

VISUAL_BASIC = f"""\r
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">\r
\t<soap:Body>\r
\t\t<Procesar xmlns="http://tempuri.org">\r
\t\t\t<login>\r
\t\t\t\t<Usuario>{b64("DEMO")}</Usuario>\r
\t\t\t\t<Rut>MS05</Rut>\r
\t\t\t\t<Clave>{b64(CLAVE)}</Clave>\r
\t\t\t\t<Puerto>MA==</Puerto>\r
\t\t\t\t<IncluyeLink>1</IncluyeLink>\r
\t\t\t</login>\r
\t\t\t<file>{b64(FILE)}</file>\r
\t\t\t<formato>1</formato>\r
\t\t</Procesar>\r
\t</soap:Body>\r
</soap:Envelope>"""

JAVA = f"""<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:web="http://tempuri.org" xmlns:sdn="http://ejemplo.invalid/otro">
\t\t\t<soapenv:Header/>
\t\t\t\t<soapenv:Body>
\t\t\t\t\t<web:Procesar>
\t\t\t\t\t\t<web:login>
\t\t\t\t\t\t\t<web:Usuario>{b64("DEMO")}</web:Usuario>
\t\t\t\t\t\t\t<web:Rut>MS05</web:Rut>
\t\t\t\t\t\t\t<web:Clave>{b64(CLAVE)}</web:Clave>
\t\t\t\t\t\t\t<web:Puerto>MA==</web:Puerto>
\t\t\t\t\t\t\t<web:IncluyeLink>0</web:IncluyeLink>
\t\t\t\t\t\t</web:login>
\t\t\t\t\t\t<web:file>{b64(FILE)}</web:file>
\t\t\t\t\t\t<web:formato>1</web:formato>
\t\t\t\t\t</web:Procesar>
\t\t\t\t</soapenv:Body>
\t\t\t</soapenv:Envelope>"""


@pytest.fixture(autouse=True)
def without_avisos(issuer: Watched) -> None:
    issuer.ledger.users.set_avisos("DEMO", "pruebas", issuer.made.company.rut, False)


def test_visual_basic_soap12_answer_byte_for_byte(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(
        VISUAL_BASIC,
        'application/soap+xml;charset=UTF-8;action="http://tempuri.org/Procesar"',
        HTTP_ACCEPT_ENCODING="gzip,deflate",
    )

    assert answer.status == 200
    inner = answer.result()
    found = WSPLANO.fullmatch(inner)
    assert found is not None and found[1]
    escaped = inner.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        f'<ProcesarResponse xmlns="http://tempuri.org"><ProcesarResult>{escaped}</ProcesarResult></ProcesarResponse>'
        "</soap:Body></soap:Envelope>"
    )
    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=0"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert "Content-Encoding" not in answer.headers
    assert issuer.files == [(FILE, "1", False)]


def test_java_soap11_unquoted_action_without_charset(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(JAVA, "text/xml", HTTP_SOAPACTION="http://tempuri.org/Procesar")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert b'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"' in answer.body
    # As that program reads it: the literal tag, then three replacements, then tags again.
    inner = answer.body.decode().partition("<ProcesarResult>")[2].partition("</ProcesarResult>")[0]
    found = WSPLANO.fullmatch(inner.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    assert found is not None and not found[1]
    assert issuer.files == [(FILE, "1", False)]


def test_java_finds_faultcode_for_an_operation_that_is_not_offered(caller: Caller) -> None:
    body = JAVA.replace("web:Procesar", "web:ConsultarSaldo")

    answer = caller.post(body, "text/xml", HTTP_SOAPACTION="http://tempuri.org/ConsultarSaldo")

    assert answer.status == 500
    assert b"<faultcode>soap:Client</faultcode>" in answer.body
    assert answer.code() == "SRV-054"


def test_visual_basic_finds_the_escaped_false(caller: Caller, issuer: Watched) -> None:
    wrong = VISUAL_BASIC.replace(b64(CLAVE), b64("otra"))

    answer = caller.post(wrong, 'application/soap+xml;charset=UTF-8;action="http://tempuri.org/Procesar"')

    assert answer.status == 200
    assert b"&lt;Resultado&gt;False&lt;/Resultado&gt;" in answer.body
    assert issuer.files == []
    first, second = re.findall("<Resultado>(.*?)</Resultado>", answer.result())
    assert (first, second) == ("False", "False")


def test_action_decides_before_the_element(caller: Caller, issuer: Watched) -> None:
    answer = caller.post(VISUAL_BASIC, 'application/soap+xml; action="http://tempuri.org/Validar"')

    assert b"<ValidarResult>" in answer.body
    assert issuer.files == [(FILE, "1", True)]
    assert f'xmlns:soap="{SOAP12}"'.encode() in answer.body
