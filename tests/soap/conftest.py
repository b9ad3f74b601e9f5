from __future__ import annotations

import pytest

from tests.soap.soap_support import Caller, FakeIssuer


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
def caller(issuer: FakeIssuer) -> Caller:
    return Caller(issuer)
