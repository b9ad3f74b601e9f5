"""The service definition: operations, parameters and types, declared to Spyne, which maps XML to them.

The only module that uses Spyne. Transport, envelopes and answers are the front's; the WSDL is the published file.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from lxml import etree

from dteplanows.document.problem import Problem
from dteplanows.soap.contract import spyne_shim  # noqa: F401 - before the first import of Spyne

# isort: split
from spyne import Application, ByteArray, ComplexModel, MethodContext, ServiceBase, Unicode, rpc
from spyne.protocol.xml import XmlDocument
from spyne.server.null import NullServer

from dteplanows.log import call
from dteplanows.soap.asmx.caller import Caller
from dteplanows.soap.asmx.reply import NAMESPACE
from dteplanows.soap.login import Login
from dteplanows.soap.operations import Operations
from dteplanows.soap.operations.documents import Printed

logging.getLogger("spyne").setLevel(logging.WARNING)  # its debug messages show what clients send


class logininfo(ComplexModel):  # type: ignore[misc]  # noqa: N801 - the contract's own spelling
    """Type of the parameter ``login``."""

    __namespace__ = NAMESPACE
    _type_info = [(name, Unicode) for name in ("Usuario", "Rut", "Clave", "Puerto", "IncluyeLink")]  # noqa: RUF012


def _login(received: Any) -> Login | None:
    if received is None:
        return None
    return Login(*(getattr(received, name) or "" for name in Login._fields))


class Context(NamedTuple):
    """What Spyne's context is to the operations below: who performs them, and for whom."""

    operations: Operations
    caller: Caller


class _Mapping(XmlDocument):  # type: ignore[misc]
    """Spyne's mapping, with the steps that the types of the contract need: classes with texts in them.

    Spyne's own steps look for members in attributes, count repetitions and convert, which takes a twentieth of a call.
    """

    def __init__(self, **options: bool) -> None:
        self._kept: dict[type, Any] = {}
        self._members: dict[type, dict[str, Any]] = {}
        super().__init__(**options)

    def get_cls_attrs(self, cls: type) -> Any:
        """The attributes of a type of the contract, which do not change."""
        attributes = self._kept.get(cls)
        if attributes is None:
            attributes = self._kept[cls] = super().get_cls_attrs(cls)
        return attributes

    def complex_from_element(self, ctx: MethodContext, cls: Any, element: etree._Element) -> Any:
        """An instance of *cls* with what the children of *element* say, whatever their namespace; the last one counts.

        Members without a child are None.
        """
        members = self._members.get(cls)
        if members is None:
            members = self._members[cls] = _members(cls)
        received = cls.__new__(cls)
        received.__dict__.update(dict.fromkeys(members))
        for child in element:
            name = child.tag.rpartition("}")[2]
            if name in members:
                received.__dict__[name] = self.from_element(ctx, members[name], child)
        return received

    def unicode_from_element(self, ctx: MethodContext, cls: Any, element: etree._Element) -> str:
        """The text of *element* as it stands."""
        return element.text or ""


class WsPlano(ServiceBase):  # type: ignore[misc]
    """The operations with their parameters. ``ctx`` is a :class:`Context`.

    ``formato`` is an ``int`` in the published WSDL. Here it is a text, because a value that is no number is a problem
    of the file, answered as such, and not a broken call.
    """

    @rpc(logininfo, Unicode, Unicode, _returns=Unicode)
    def Procesar(ctx, login, file, formato):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.process(_login(login), file or "", formato or "", False, ctx.caller)

    @rpc(logininfo, Unicode, Unicode, _returns=Unicode)
    def Validar(ctx, login, file, formato):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.process(_login(login), file or "", formato or "", True, ctx.caller)

    @rpc(logininfo, Unicode, Unicode, Unicode, Unicode, _returns=Unicode)
    def ObtenerLink(ctx, login, tpomov, folio, tipo, cedible):  # type: ignore[no-untyped-def]  # noqa: N805
        asked = Printed(tpomov or "", folio or "", tipo or "", cedible or "")
        return ctx.operations.documents.link(_login(login), asked, ctx.caller)

    @rpc(logininfo, Unicode, _returns=Unicode)
    def getBoletaTicket(ctx, login, ticket):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.documents.ticket(_login(login), ticket or "", ctx.caller)

    @rpc(logininfo, Unicode, Unicode, _returns=Unicode)
    def ProcesarWSMasivo(ctx, login, file, formato):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.process_later(_login(login), file or "", formato or "", ctx.caller)

    @rpc(logininfo, Unicode, _returns=Unicode)
    def ConsultarEstado(ctx, login, trackid):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.state(_login(login), trackid or "", ctx.caller)

    @rpc(logininfo, Unicode, Unicode, Unicode, _returns=ByteArray)
    def getXMLDte(ctx, login, tpomov, folio, tipo):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.xml(_login(login), tpomov or "", folio or "", tipo or "", ctx.caller)

    @rpc(logininfo, Unicode, Unicode, Unicode, _returns=Unicode)
    def AltNum(ctx, login, folio, tipo, campo):  # type: ignore[no-untyped-def]  # noqa: N805
        asked = (folio or "", tipo or "", campo or "")
        return ctx.operations.documents.alternative_number(_login(login), *asked, ctx.caller)

    @rpc(logininfo, Unicode, _returns=Unicode)
    def RegIP(ctx, login, puerto):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.documents.register_ip(_login(login), puerto or "", ctx.caller)

    @rpc(_returns=Unicode)
    def getIP(ctx):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.caller.ip

    @rpc(logininfo, Unicode, Unicode, Unicode, _returns=Unicode)
    def EliminarDoc(ctx, login, tpomov, folio, tipo):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.documents.remove(_login(login), tpomov or "", folio or "", tipo or "", ctx.caller)

    @rpc(logininfo, Unicode, Unicode, Unicode, _returns=Unicode)
    def AnularGuia(ctx, login, tpomov, folio, tipo):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.documents.annul(_login(login), tpomov or "", folio or "", tipo or "", ctx.caller)

    @rpc(_returns=Unicode)
    def Online(ctx):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.online()

    @rpc(_returns=Unicode)
    def Version(ctx):  # type: ignore[no-untyped-def]  # noqa: N805
        return ctx.operations.version()


class Contract:
    """The operations as a client can call them."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        # xsi:type is not followed: old stacks name types of other namespaces there, and all types are known.
        self._mapping = _Mapping(parse_xsi_type=False)
        application = Application([WsPlano], NAMESPACE, "wsplano", self._mapping, XmlDocument())
        # Mapping only reads the context, so one serves all calls.
        self._context = MethodContext(NullServer(application), MethodContext.SERVER)
        self._descriptors = dict(WsPlano.public_methods)
        self._parameters = {name: tuple(_members(one.in_message)) for name, one in self._descriptors.items()}
        self.operations = {name.lower(): name for name in self._descriptors}
        """Names of the operations by their lower-case form, in the order of the contract."""
        self.without_parameters = {name.lower(): name for name, names in self._parameters.items() if not names}
        """Those that need no parameters: the HTTP GET and POST bindings offer them."""

    def unwelcome(self, operation: str, element: etree._Element, caller: Caller) -> Sequence[Problem]:
        """Why whoever calls *operation*, which has the parameter ``login``, may not come in; empty when they may."""
        received = self._mapping.from_element(self._context, self._descriptors[operation].in_message, element)
        return self._operations.unwelcome(_login(received.login), caller)

    def call(self, operation: str, element: etree._Element, caller: Caller) -> str | bytes:
        """Call *operation* with the parameters that *element* holds; bytes stand for ``base64Binary``."""
        call.note_operation(operation)
        descriptor = self._descriptors[operation]
        received = self._mapping.from_element(self._context, descriptor.in_message, element)
        arguments = [getattr(received, name) for name in self._parameters[operation]]
        result: str | bytes = descriptor.function(Context(self._operations, caller), *arguments)
        return result

    def call_without_parameters(self, operation: str, caller: Caller) -> str | bytes:
        """Call *operation*, which is one of :attr:`without_parameters`."""
        return self.call(operation, etree.Element(operation), caller)


def _members(message: Any) -> dict[str, Any]:
    return dict(message.get_flat_type_info(message))
