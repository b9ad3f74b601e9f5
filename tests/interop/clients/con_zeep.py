"""A customer's program with zeep. Arguments: contract, version of SOAP, scenario."""

from __future__ import annotations

import sys
from typing import Any

import requests
import zeep

from tests.interop.clients import comun


def main(contract: str, version: str, scenario: str) -> None:
    """Run the scenario."""
    session = requests.Session()
    session.trust_env = False
    client = zeep.Client(contract, transport=zeep.Transport(session=session))  # type: ignore[no-untyped-call]
    binding = "{http://tempuri.org}" + ("wsplanoSoap12" if version == "1.2" else "wsplanoSoap")

    def call(address: str, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.create_service(binding, address)  # type: ignore[no-untyped-call]
        return getattr(service, operation)(**parameters)

    def fault(error: Exception) -> tuple[str, str] | None:
        return (error.code, error.message) if isinstance(error, zeep.exceptions.Fault) else None

    comun.run(scenario, call, fault)


main(*sys.argv[1:])
