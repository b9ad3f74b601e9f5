"""Requests that differ as clients and tools differ, each with a name for the table."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import NamedTuple

PATH = "/WSDS/wsplano.asmx"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
OURS = 'xmlns="http://tempuri.org"'

TEXT = "text/xml; charset=utf-8"
LOGIN = (
    "<login><Usuario>Peñón</Usuario><Rut>1-9</Rut><Clave>c&amp;d</Clave><Puerto>0</Puerto>"
    "<IncluyeLink>1</IncluyeLink></login>"
)
FILE = "<file>QUJD</file>"
FORMATO = "<formato>1</formato>"
INSIDE = LOGIN + FILE + FORMATO
CALL = f"<Procesar {OURS}>{INSIDE}</Procesar>"
ONLINE = f"<Online {OURS} />"


class Variant(NamedTuple):
    """One request."""

    name: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "POST"
    path: str = PATH
    chunked: bool = False


def action(name: str) -> str:
    """The SOAPAction of an operation, quoted as most clients do."""
    return f'"http://tempuri.org/{name}"'


def envelope(content: str, namespace: str = SOAP11, before: str = "") -> str:
    """A SOAP envelope around *content*; *before* goes before the Body."""
    return f'<soap:Envelope xmlns:soap="{namespace}">{before}<soap:Body>{content}</soap:Body></soap:Envelope>'


def post(
    name: str, body: str | bytes, *, soap_action: str | None = action("Procesar"), media: str | None = TEXT,
    chunked: bool = False, path: str = PATH, **others: str,
) -> Variant:  # fmt: skip
    """A POST; a header that is None is not sent. Other headers go by name with ``_`` for ``-``."""
    named = {"Content-Type": media, "SOAPAction": soap_action, **{k.replace("_", "-"): v for k, v in others.items()}}
    headers = tuple((key, value) for key, value in named.items() if value is not None)
    return Variant(name, body.encode() if isinstance(body, str) else body, headers, "POST", path, chunked)


def soap12(name: str, body: str, media: str, soap_action: str | None = None) -> Variant:
    """A POST of SOAP 1.2."""
    return post(name, body, media=media, soap_action=soap_action)


def get(name: str, query: str = "", path: str = PATH, method: str = "GET") -> Variant:
    """A request without body."""
    return Variant(name, method=method, path=path + query)


def variants() -> list[Variant]:
    """All of them, in the order of the table."""
    return [
        *_actions(), *_content_types(), *_charsets(), *_edges(), *_transport(), *_headers(), *_parameters(),
        *_broken(), *_other_methods(),
    ]  # fmt: skip


def _actions() -> Iterator[Variant]:
    good = envelope(CALL)
    yield post("action: quoted", good)
    yield post("action: unquoted", good, soap_action="http://tempuri.org/Procesar")
    yield post("action: no header", good, soap_action=None)
    yield post("action: empty quotes", good, soap_action='""')
    yield post("action: empty", good, soap_action="")
    yield post("action: of no operation", good, soap_action=action("Otra"))
    yield post("action: of another operation", good, soap_action=action("Validar"))
    yield post("action: bare name", good, soap_action="Procesar")
    yield post("action: single quotes", good, soap_action="'http://tempuri.org/Procesar'")
    yield post("action: *", good, soap_action='"*"')
    twelve = envelope(CALL, SOAP12)
    media = "application/soap+xml; charset=utf-8"
    yield soap12("1.2: action quoted", twelve, f"{media}; action={action('Procesar')}")
    yield soap12("1.2: action unquoted", twelve, f"{media}; action=http://tempuri.org/Procesar")
    yield soap12("1.2: no action", twelve, media)
    yield soap12("1.2: SOAPAction and no action", twelve, media, action("Procesar"))
    yield soap12("1.2: action of no operation", twelve, f"{media}; action={action('Otra')}")
    yield soap12(
        "1.2: compact, as by hand", "\r\n" + twelve, f"application/soap+xml;charset=UTF-8;action={action('Procesar')}"
    )


def _content_types() -> Iterator[Variant]:
    good = envelope(CALL)
    yield post("type: none", good, media=None)
    yield post("type: text/xml without charset", envelope(CALL.replace("Peñón", "Penon")), media="text/xml")
    yield post("type: charset in quotes", good, media='text/xml; charset="UTF-8"')
    yield post("type: upper case", good, media="TEXT/XML; CHARSET=UTF-8")
    yield post("type: application/xml", good, media="application/xml; charset=utf-8")
    yield post("type: text/plain", good, media="text/plain; charset=utf-8")
    yield post("type: that of a form", good, media="application/x-www-form-urlencoded")
    yield post("type: 1.2 above an envelope of 1.1", good, media="application/soap+xml; charset=utf-8")
    yield post("type: 1.1 above an envelope of 1.2", envelope(CALL, SOAP12))
    yield post("type: multipart", good, media='multipart/related; type="text/xml"; boundary=a')


def _charsets() -> Iterator[Variant]:
    good = envelope(CALL)
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?>' + good
    yield post("charset: text/xml alone, UTF-8", good, media="text/xml")
    yield post("charset: unknown name", good, media="text/xml; charset=inventado")
    yield post("charset: UTF-8 with BOM", b"\xef\xbb\xbf" + good.encode())
    yield post("charset: UTF-16 declared", good.encode("utf-16"), media="text/xml; charset=utf-16")
    yield post("charset: UTF-16 with BOM alone", good.encode("utf-16"), media="text/xml")
    yield post("charset: UTF-16 big endian", b"\xfe\xff" + good.encode("utf-16-be"), media="text/xml; charset=utf-16")
    yield post("charset: ISO-8859-1 by header", good.encode("latin-1"), media="text/xml; charset=iso-8859-1")
    yield post("charset: ISO-8859-1 by declaration", latin.encode("latin-1"), media="text/xml")
    yield post("charset: header UTF-8, declared ISO-8859-1, is UTF-8", latin)
    yield post("charset: header UTF-8, is ISO-8859-1", good.encode("latin-1"))


def _edges() -> Iterator[Variant]:
    good = envelope(CALL)
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    yield post("edge: declaration", declaration + good)
    yield post("edge: blank lines, then the envelope", "\r\n \r\n" + good)
    yield post("edge: blank line, then the declaration", "\r\n" + declaration + good)
    yield post("edge: blank lines behind", good + "\r\n\r\n")
    yield post("edge: NUL behind", good + "\0")
    yield post("edge: comment before", "<!-- hola -->" + good)


def _transport() -> Iterator[Variant]:
    good = envelope(CALL)
    yield post("body: gzip", gzip.compress(good.encode(), mtime=0), Content_Encoding="gzip")
    yield post("body: deflate", zlib.compress(good.encode()), Content_Encoding="deflate")
    yield post("body: chunked", good, chunked=True)
    yield post("body: Expect: 100-continue", good, Expect="100-continue")
    yield post("body: asks for a compressed answer", good, Accept_Encoding="gzip, deflate")
    yield post("path: lower case", good, path=PATH.lower())
    yield post("path: slash behind", good, path=PATH + "/")
    yield post("path: with ?wsdl", good, path=PATH + "?wsdl")


def _headers() -> Iterator[Variant]:
    def header(inside: str) -> str:
        return envelope(CALL, before=f"<soap:Header>{inside}</soap:Header>")

    yield post("header: empty", header(""))
    yield post("header: unknown element", header('<a xmlns="urn:a">b</a>'))
    yield post("header: mustUnderstand 0", header('<a xmlns="urn:a" soap:mustUnderstand="0">b</a>'))
    yield post("header: mustUnderstand 1", header('<a xmlns="urn:a" soap:mustUnderstand="1">b</a>'))


def _parameters() -> Iterator[Variant]:
    def call(inside: str, attributes: str = OURS) -> str:
        return envelope(f"<Procesar {attributes}>{inside}</Procesar>")

    prefixed = INSIDE.replace("</", "</t:").replace("<", "<t:").replace("<t:/t:", "</t:")
    yield post("element: prefixed", envelope(f'<t:Procesar xmlns:t="http://tempuri.org">{prefixed}</t:Procesar>'))
    yield post(
        "element: children unqualified", envelope(f'<t:Procesar xmlns:t="http://tempuri.org">{INSIDE}</t:Procesar>')
    )
    yield post("element: no namespace at all", call(INSIDE, ""))
    yield post("element: namespace with a slash behind", call(INSIDE, 'xmlns="http://tempuri.org/"'))
    yield post("element: other order", call(FORMATO + FILE + LOGIN))
    yield post(
        "element: login in another order",
        call("<login><Rut>1-9</Rut><Clave>c</Clave><Usuario>U</Usuario></login>" + FILE + FORMATO),
    )
    yield post("element: lower case", envelope(CALL.replace("Procesar", "procesar")))
    yield post("element: another operation's", envelope(ONLINE))
    yield post("element: unknown child", call(INSIDE + "<otro>x</otro>"))
    yield post("element: unknown child in login", call(INSIDE.replace("</login>", "<Sucursal>1</Sucursal></login>")))
    yield post("element: unknown attributes", call(INSIDE.replace("<file>", '<file a="b">')))
    yield post(
        "element: xsi:type",
        call(INSIDE.replace("<file>", f'<file {XSI} xmlns:d="http://www.w3.org/2001/XMLSchema" xsi:type="d:string">')),
    )
    yield post("element: no login", call(FILE + FORMATO))
    yield post("element: no formato", call(LOGIN + FILE))
    yield post("element: nothing inside", call(""))
    yield post("element: formato no number", call(LOGIN + FILE + "<formato>uno</formato>"))
    yield post("element: formato with blanks", call(LOGIN + FILE + "<formato> 1 </formato>"))
    yield post("element: file with line ends", call(LOGIN + "<file>\r\nQUJD\r\n</file>" + FORMATO))
    yield post("element: login nil", call(f'<login {XSI} xsi:nil="true" />' + FILE + FORMATO))
    yield post("element: file nil", call(LOGIN + f'<file {XSI} xsi:nil="true" />' + FORMATO))
    yield post("element: CDATA", call(LOGIN + "<file><![CDATA[QUJD]]></file>" + FORMATO))
    yield post("element: comment inside a text", call(LOGIN + "<file>QU<!-- a -->JD</file>" + FORMATO))
    yield post("element: instruction inside", call(LOGIN + "<?a b?>" + FILE + FORMATO))
    yield post("element: character reference", call(LOGIN + "<file>&#81;UJD</file>" + FORMATO))
    yield post("element: elements in file", call(LOGIN + "<file><DTE/></file>" + FORMATO))
    yield post("element: file twice", call(LOGIN + FILE + "<file>WFla</file>" + FORMATO))
    referred = LOGIN.replace("<login>", '<login id="l">')
    multiref = f'<Procesar {OURS}><login href="#l"/>{FILE}{FORMATO}</Procesar>{referred}'
    yield post("element: reference (multiref)", envelope(multiref))
    yield post(
        "element: login inside Online", envelope(f"<Online {OURS}>{LOGIN}</Online>"), soap_action=action("Online")
    )
    yield post(
        "element: Online with prefix",
        envelope('<t:Online xmlns:t="http://tempuri.org"/>'),
        soap_action=action("Online"),
    )
    yield post("element: two in Body", envelope(CALL + ONLINE))
    yield post(
        "answer: base64Binary",
        envelope(f"<getXMLDte {OURS}>{LOGIN}<tpomov>Vg==</tpomov></getXMLDte>"),
        soap_action=action("getXMLDte"),
    )


def _broken() -> Iterator[Variant]:
    good = envelope(CALL)
    yield post("broken: no body", "")
    yield post("broken: blanks", " \r\n ")
    yield post("broken: no XML", "hola")
    yield post("broken: cut short", good[:-20])
    yield post("broken: element not closed", good.replace("</file>", ""))
    yield post("broken: entity that is not declared", good.replace("QUJD", "&x;"))
    yield post("broken: DOCTYPE", "<!DOCTYPE a>" + good)
    yield post("broken: DOCTYPE with entity", '<!DOCTYPE a [<!ENTITY x "QUJD">]>' + good.replace("QUJD", "&x;"))
    yield post("broken: no envelope", CALL)
    yield post("broken: envelope without namespace", good.replace(f' xmlns:soap="{SOAP11}"', "").replace("soap:", ""))
    yield post("broken: envelope of another version", envelope(CALL, "urn:otra-version"))
    yield post("broken: empty Body", envelope(""))
    yield post("broken: no Body", f'<soap:Envelope xmlns:soap="{SOAP11}"/>')
    yield post("broken: Fault in Body", envelope("<soap:Fault><faultcode>a</faultcode></soap:Fault>"))
    yield post("broken: operation of no service", envelope(f"<Borrar {OURS}/>"), soap_action=action("Borrar"))
    yield soap12("broken: 1.2, operation of no service", envelope(f"<Borrar {OURS}/>", SOAP12),
                 f"application/soap+xml; charset=utf-8; action={action('Borrar')}")  # fmt: skip
    yield soap12("broken: 1.2, no XML", "hola", f"application/soap+xml; charset=utf-8; action={action('Procesar')}")


def _other_methods() -> Iterator[Variant]:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    yield get("GET: the page")
    yield get("GET: ?wsdl", "?wsdl")
    yield get("GET: ?WSDL", "?WSDL")
    yield get("GET: ?wsdl=0", "?wsdl=0")
    yield get("GET: ?op=Procesar", "?op=Procesar")
    yield get("GET: ?op=Online", "?op=Online")
    yield get("GET: ?op= of no operation", "?op=Nada")
    yield get("GET: ?disco", "?disco")
    yield get("GET: unknown query", "?a=b")
    yield get("GET: /Online", "/Online")
    yield get("GET: /getIP", "/getIP")
    yield get("GET: /Online with a parameter", "/Online?a=b")
    yield get("GET: /online in lower case", "/online")
    yield get("GET: /Procesar, which has a complex parameter", "/Procesar")
    yield get("GET: /Nada", "/Nada")
    yield get("GET: another path", path="/otra")
    yield Variant("form: POST /Online", b"a=b", form, path=PATH + "/Online")
    yield Variant("form: POST /Online, empty", b"", form, path=PATH + "/Online")
    yield Variant("form: POST /Nada", b"a=b", form, path=PATH + "/Nada")
    yield get("HEAD: the page", method="HEAD")
    yield get("HEAD: ?wsdl", "?wsdl", method="HEAD")
    for method in ("PUT", "DELETE", "OPTIONS"):
        yield get(f"{method}: the service", method=method)
