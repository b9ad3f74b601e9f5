"""The page of one operation (``?op=NAME``): sample messages and, on the machine of the service, a form to try it.

The form's fields hold plain texts. Clients send them in base64, and :func:`from_form` makes of the form the element
that such a client would have sent.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from html import escape
from urllib.parse import parse_qsl

from lxml import etree

from dteplanows.document.catalogue import problem
from dteplanows.soap.asmx.addresses import PATH
from dteplanows.soap.asmx.faults import Broken, Soap
from dteplanows.soap.base64text import encode
from dteplanows.soap.contract.rows import OPERATIONS, Operation, Parameter
from dteplanows.soap.pages.samples import soap_request, soap_response

_FIELD_LIMIT = 50
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RELATIVE = PATH.rpartition("/")[2]
_HIDDEN = frozenset({"Clave"})
_LONG = frozenset({"file"})


def render(operation: Operation, address: str, callable_by_get: Container[str], with_form: bool) -> str:
    """The inside of the page.

    :param address: address of the service as the caller reaches it.
    :param callable_by_get: names of the operations that need no envelope.
    :param with_form: the caller sits at this machine.
    """
    name = escape(operation.name)
    host, _, path = address.partition("://")[2].partition("/")
    samples = "".join(
        f"<h2>{title}</h2><pre>{escape(soap_request(operation.name, version, f'/{path}', host))}</pre>"
        f"<pre>{escape(soap_response(operation.name, version))}</pre>"
        for version, title in ((Soap.V11, "SOAP 1.1"), (Soap.V12, "SOAP 1.2"))
    )
    by_get = ""
    if operation.name in callable_by_get:
        by_get = f'<h2>HTTP GET y POST</h2><p>Sin sobre: <a href="{_RELATIVE}/{name}">{escape(address)}/{name}</a></p>'
    return (
        f'<p><a href="{_RELATIVE}">Servicio wsplano</a></p><h1>{name}</h1><p>{escape(operation.text)}</p>'
        f"{_form(operation) if with_form else _NO_FORM}{by_get}{samples}"
    )


_NO_FORM = "<p>El formulario de prueba se muestra solo en el equipo donde corre el servicio.</p>"


def _form(operation: Operation) -> str:
    fields = "".join(_fields(operation.message))
    return (
        f'<h2>Probar</h2><form method="post" action="{_RELATIVE}/{escape(operation.name)}">{fields}'
        '<p><button type="submit">Llamar</button></p></form>'
    )


def _fields(parameters: tuple[Parameter, ...], above: str = "") -> Iterator[str]:
    for one in parameters:
        name = escape(above + one.name)
        if one.parts:
            yield f"<fieldset><legend>{name}</legend>{''.join(_fields(one.parts, f'{one.name}.'))}</fieldset>"
        elif one.name in _LONG:
            yield f'<p><label>{name} (el contenido del archivo)<br><textarea name="{name}"></textarea></label></p>'
        else:
            kind = "password" if one.name in _HIDDEN else "text"
            yield f'<p><label>{name} <input type="{kind}" name="{name}" autocomplete="off"></label></p>'


def from_form(operation: str, body: bytes) -> etree._Element:
    """The element of a call of *operation* with the fields of a form; those left empty are not sent.

    :raises Broken: too many fields (SRV-046).
    """
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_FIELD_LIMIT)
    except ValueError:
        raise Broken(problem("SRV-046", maximo=_FIELD_LIMIT), status=400) from None
    return _element(Parameter(operation, "", OPERATIONS[operation].message), dict(pairs), "")


def _element(one: Parameter, fields: Mapping[str, str], above: str) -> etree._Element:
    made = etree.Element(one.name)
    for part in one.parts:
        field = above + part.name
        if part.parts:
            made.append(_element(part, fields, f"{part.name}."))
        elif field in fields:
            etree.SubElement(made, part.name).text = _as_sent(part.name, fields[field])
    return made


def _as_sent(name: str, text: str) -> str:
    text = _ILLEGAL.sub("", text)
    # Every file of either format holds a "<", which base64 has not: what has none is taken for base64 already.
    return encode(text.encode()) if name in _LONG and "<" in text else text
