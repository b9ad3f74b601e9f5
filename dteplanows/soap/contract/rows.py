"""The operations of the contract as data: ``operations.toml`` holds each fact about one once.

The service definition (:mod:`dteplanows.soap.contract.service`), the ways to fail, the pages of the operations, the
manual's table and the published WSDL all come from these rows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Literal, NamedTuple

LOGIN, LOGIN_TYPE = "login", "logininfo"
"""The parameter that says who calls, and its type."""

LOGIN_PARTS = ("Usuario", "Rut", "Clave", "Puerto", "IncluyeLink")
"""The elements inside that parameter, all of them texts."""

_TYPES: Mapping[str, str] = {LOGIN: LOGIN_TYPE, "formato": "int"}

Failure = Literal["file", "value", "order", "progress", "fault"]
"""How an operation says that it could not do what was asked, see :mod:`dteplanows.soap.answer.failures`."""


class Parameter(NamedTuple):
    """One element of a message."""

    name: str
    type: str
    """As the WSDL names it, without prefix."""
    parts: tuple[Parameter, ...] = ()
    """The elements inside, for ``login``."""


class Operation(NamedTuple):
    """One operation of the contract: a table of ``operations.toml``, where its fields are explained."""

    name: str
    parameters: tuple[str, ...]
    text: str
    answers: str
    method: str
    failure: Failure
    result: str = "string"
    issues: bool = False

    @property
    def message(self) -> tuple[Parameter, ...]:
        """The elements of its message."""
        parts = tuple(Parameter(name, "string") for name in LOGIN_PARTS)
        return tuple(
            Parameter(name, _TYPES.get(name, "string"), parts if name == LOGIN else ()) for name in self.parameters
        )

    @property
    def needs_login(self) -> bool:
        """Whether it has the parameter ``login``."""
        return LOGIN in self.parameters


def _read() -> dict[str, Operation]:
    table = tomllib.loads(resources.files("dteplanows.soap.contract").joinpath("operations.toml").read_text("utf-8"))
    return {name: Operation(name, tuple(row.pop("parameters")), **row) for name, row in table.items()}


OPERATIONS: Mapping[str, Operation] = _read()
"""Every operation by its name, in the order of the contract."""


def failing_by(*failures: Failure) -> frozenset[str]:
    """The names of the operations that fail in one of those ways."""
    return frozenset(one.name for one in OPERATIONS.values() if one.failure in failures)
