from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.printers.listeners import RawPrinter, raw_printer


@pytest.fixture
def port() -> Iterator[RawPrinter]:
    with raw_printer() as one:
        yield one
