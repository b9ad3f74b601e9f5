from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dteplanows import parser
from dteplanows.issuing import Issuer
from dteplanows.portal.validation.judging import Given, judge
from dteplanows.portal.validation.view import FileView
from tests.installation import Installation, make_installation

View = Callable[[bytes], FileView]


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that no test issues anything with."""
    one = make_installation(tmp_path_factory.mktemp("validar") / "datos")
    yield one
    one.close()


@pytest.fixture
def view(shared: Installation) -> View:
    """What the page shows of a file."""
    issuer = Issuer(shared.ledger, None)

    def made(data: bytes) -> FileView:
        assert parser.guess_formato(data) in (parser.TXT, parser.XML)
        return judge(issuer, shared.account, Given("archivo.txt", data))

    return made
