"""What an agent is told when the service itself fails."""

from __future__ import annotations

import json
from typing import Any

from dteplanows.web.print_agents import PrintAgents


class Damaged:
    """Copies of a ledger that cannot be read."""

    @property
    def ledger(self) -> Any:
        raise OSError("disk")


def test_an_error_of_the_service_is_one_that_the_agent_comes_back_after() -> None:
    one = PrintAgents.__new__(PrintAgents)
    one._copies = Damaged()  # type: ignore[assignment]
    reply = one.page({"REQUEST_METHOD": "POST", "HTTP_AUTHORIZATION": "Bearer x"})
    assert reply.status == 500
    said = json.loads(reply.body)["Error"]
    assert said.startswith("[SRV-220] ") and "disk" not in said
