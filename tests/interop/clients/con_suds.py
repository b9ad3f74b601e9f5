"""A customer's program with suds-community, which speaks SOAP 1.1. Arguments: contract, version of SOAP, scenario."""

from __future__ import annotations

import base64
import sys
from typing import Any

import suds
from suds.client import Client

from tests.interop.clients import comun


def main(contract: str, version: str, scenario: str) -> None:
    """Run the scenario."""
    client = Client(contract, cache=None)

    def call(address: str, operation: str, parameters: dict[str, Any]) -> Any:
        client.set_options(location=address, port="wsplanoSoap")
        if "login" in parameters:
            login = client.factory.create("logininfo")
            for name, text in parameters["login"].items():
                setattr(login, name, text)
            parameters = {**parameters, "login": login}
        value = getattr(client.service, operation)(**parameters)
        return base64.b64decode(value) if operation == "getXMLDte" else value  # the library leaves it encoded

    def fault(error: Exception) -> tuple[str, str] | None:
        if not isinstance(error, suds.WebFault):
            return None
        return str(error.fault.faultcode), str(error.fault.faultstring)

    comun.run(scenario, call, fault)


main(*sys.argv[1:])
