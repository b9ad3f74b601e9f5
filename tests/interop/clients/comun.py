"""What the Python programs share: they read the scenario, call, and write one JSON object for each line."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

Call = Callable[[str, str, dict[str, Any]], Any]
"""Address, operation and parameters to the result."""


def lines(path: str) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Name, address, operation and values of each line of the scenario."""
    with open(path, encoding="utf-8", newline="\n") as file:  # noqa: PTH123
        for line in file:
            name, address, operation, *values = line.rstrip("\n").split("\t")
            yield name, address, operation, dict(each.split("=", 1) for each in values)


def run(path: str, call: Call, fault: Callable[[Exception], tuple[str, str] | None]) -> None:
    """Run the scenario; *fault* gives code and text of what the library raises for a fault."""
    last = {"@folio": "", "@tipo": ""}
    for name, address, operation, values in lines(path):
        said: dict[str, Any] = {"paso": name}
        try:
            value = call(address, operation, _parameters(values, last))
        except Exception as error:
            found = fault(error)
            if found is None:
                raise
            said["falla"], said["texto"] = found
        else:
            said["valor"] = base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
            if "<Documento>" in said["valor"]:
                said.update(read(said["valor"]))
            if said.get("resultado") == "True":
                last = {"@folio": _base64(said["folio"]), "@tipo": _base64(said["tipo"])}
        sys.stdout.write(json.dumps(said) + "\n")


def read(answer: str) -> dict[str, str]:
    """As programs in Python read: ElementTree for the folio, substrings and expressions for the rest."""
    root = ElementTree.fromstring(answer)
    tipo = re.search(r"<TipoDte>(\d+)</TipoDte>", answer)
    return {
        "resultado": "True" if "<Resultado>True</Resultado>" in answer else "False",
        "folio": root.findtext(".//Documento/Folio") or "",
        "tipo": tipo.group(1) if tipo else "",
        "error": root.findtext(".//Error") or "",
    }


def _parameters(values: dict[str, str], last: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, text in values.items():
        outer, _, inner = key.partition(".")
        if inner:
            made.setdefault(outer, {})[inner] = text
        else:
            made[key] = last.get(text, text)
    return made


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
