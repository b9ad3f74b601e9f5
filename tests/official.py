"""The SII's own schemas as judges of whole files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import cast

from lxml import etree

from dteplanows.document.elements import BRANCHES
from tests.validator.sii_judge import dte_schema, official_path


@cache
def official_schema(name: str) -> etree.XMLSchema:
    """The SII's schema file *name*, compiled: ``EnvioDTE_v10.xsd`` and so on."""
    return etree.XMLSchema(etree.parse(official_path(name)))


def errors_in_dte(file: bytes, tipo: int) -> list[str]:
    """What the SII's schema says against a whole signed DTE; nothing when it accepts it."""
    return _errors(dte_schema(BRANCHES[tipo]), file)


def errors_in_envelope(file: bytes, name: str) -> list[str]:
    """What the SII's schema file *name* says against a whole envelope."""
    return _errors(official_schema(name), file)


def _errors(schema: etree.XMLSchema, file: bytes) -> list[str]:
    schema.validate(etree.fromstring(file))
    return [str(one) for one in cast("Iterable[etree._LogEntry]", schema.error_log)]
