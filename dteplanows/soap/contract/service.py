"""The service definition: the operations of the rows, declared to Spyne, which maps XML to their parameters and types.

The only module that uses Spyne. Transport, envelopes and answers are the front's; the WSDL is the published file.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from types import FunctionType
from typing import Any

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
from dteplanows.soap.contract.rows import LOGIN, LOGIN_PARTS, LOGIN_TYPE, OPERATIONS, Operation
from dteplanows.soap.login import Login
from dteplanows.soap.operations import Operations

logging.getLogger("spyne").setLevel(logging.WARNING)  # its debug messages show what clients send


class logininfo(ComplexModel):  # type: ignore[misc]  # noqa: N801 - the contract's own spelling
    """Type of the parameter ``login``."""

    __namespace__ = NAMESPACE
    _type_info = [(name, Unicode) for name in LOGIN_PARTS]  # noqa: RUF012


def _login(received: Any) -> Login | None:
    if received is None:
        return None
    return Login(*(getattr(received, name) or "" for name in Login._fields))


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


_SPYNE_TYPES = {LOGIN_TYPE: logininfo, "base64Binary": ByteArray}
"""The types of the rows that are no text here.

``formato`` is an ``int`` in the published WSDL. Here it is a text, because a value that is no number is a problem of
the file, answered as such, and not a broken call.
"""


def _unused(ctx: Any, *arguments: Any) -> None:
    """What Spyne would call. :meth:`Contract.call` calls the operation's own method."""


def _declared(row: Operation) -> Any:
    """The operation of *row* as Spyne wants it declared."""
    types = [_SPYNE_TYPES.get(one.type, Unicode) for one in row.message]
    answered = _SPYNE_TYPES.get(row.result, Unicode)
    declare = rpc(*types, _returns=answered, _args=row.parameters, _operation_name=row.name)
    return declare(FunctionType(_unused.__code__, globals(), row.name))


class Contract:
    """The operations as a client can call them."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        # xsi:type is not followed: old stacks name types of other namespaces there, and all types are known.
        self._mapping = _Mapping(parse_xsi_type=False)
        application = Application([service()], NAMESPACE, "wsplano", self._mapping, XmlDocument())
        # Mapping only reads the context, so one serves all calls.
        self._context = MethodContext(NullServer(application), MethodContext.SERVER)
        self._messages = {name: one.in_message for name, one in service().public_methods.items()}
        self._methods = {name: attrgetter(row.method) for name, row in OPERATIONS.items()}
        self.operations = {name.lower(): name for name in OPERATIONS}
        """Names of the operations by their lower-case form, in the order of the contract."""
        self.without_parameters = {name.lower(): name for name, row in OPERATIONS.items() if not row.parameters}
        """Those that need no parameters: the HTTP GET and POST bindings offer them."""

    def unwelcome(self, operation: str, element: etree._Element, caller: Caller) -> Sequence[Problem]:
        """Why whoever calls *operation*, which has the parameter ``login``, may not come in; empty when they may."""
        received = self._mapping.from_element(self._context, self._messages[operation], element)
        return self._operations.unwelcome(_login(received.login), caller)

    def call(self, operation: str, element: etree._Element, caller: Caller) -> str | bytes:
        """Call *operation* with the parameters that *element* holds; bytes stand for ``base64Binary``."""
        call.note_operation(operation)
        received = self._mapping.from_element(self._context, self._messages[operation], element)
        arguments = [
            _login(received.login) if name == LOGIN else getattr(received, name) or ""
            for name in OPERATIONS[operation].parameters
        ]
        result: str | bytes = self._methods[operation](self._operations)(*arguments, caller)
        return result

    def call_without_parameters(self, operation: str, caller: Caller) -> str | bytes:
        """Call *operation*, which is one of :attr:`without_parameters`."""
        return self.call(operation, etree.Element(operation), caller)


@cache
def service() -> Any:
    """The service definition: a class of Spyne with every operation of the rows."""
    return type("WsPlano", (ServiceBase,), {name: _declared(row) for name, row in OPERATIONS.items()})


def _members(message: Any) -> dict[str, Any]:
    return dict(message.get_flat_type_info(message))
