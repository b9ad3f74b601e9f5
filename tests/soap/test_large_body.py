"""Of a large call it is known who calls before its file is read, and nothing of the file is when they may not."""

from __future__ import annotations

import gzip
import io
from typing import Any

import pytest
from lxml import etree

from dteplanows.accounts.callers import Callers
from dteplanows.document.catalogue import problem
from dteplanows.soap import base64text, front, operations
from dteplanows.soap.asmx import envelope as soap_envelope
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.large_body import LARGE, without_file
from dteplanows.soap.limits import USUAL
from tests.soap.soap_support import CLAVE, LOGIN, SOAP12, Caller, Watched, b64, envelope, procesar

FILE = b64(b"x" * LARGE)
WRONG = LOGIN.replace(b64(CLAVE), b64("otra"))
FOLDED = "\r\n".join(FILE[at : at + 76] for at in range(0, len(FILE), 76))


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decodes a file, or reads an envelope with one, fails."""
    decoded, read = base64text.file_in, soap_envelope.read_call

    def file_in(text: str) -> bytes | None:
        assert len(text) < LARGE, "decoded"
        return decoded(text)

    def read_call(body: bytes, *arguments: object) -> object:
        assert len(body) < LARGE, "read"
        return read(body, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(operations, "file_in", file_in)
    monkeypatch.setattr(front, "read_call", read_call)


@pytest.mark.parametrize(
    "body",
    [
        envelope(procesar(FILE, login=WRONG)),
        envelope(procesar(FILE, login=WRONG), SOAP12),
        envelope(procesar(f"<![CDATA[{FILE}]]>", login=WRONG)),
        envelope(procesar(FOLDED, login=WRONG)),
        envelope(procesar(FOLDED.replace("\r", "&#13;"), login=WRONG)),
        envelope(f"<Procesar><file>{FILE}</file><formato>1</formato>{WRONG}</Procesar>"),
        envelope(procesar(FILE, login=WRONG, operation="Validar")),
        envelope(procesar(FILE, login=WRONG, operation="ProcesarWSMasivo")),
    ],
)
@pytest.mark.usefixtures("unread")
def test_a_wrong_password_is_told_without_reading_the_file(issuer: Watched, body: str) -> None:
    answer = Caller(issuer).post(body)
    assert "[AUT-001]" in (answer.document().findtext(".//Error") or answer.result())
    assert not issuer.files and not issuer.received


@pytest.mark.usefixtures("unread")
def test_a_call_without_a_login_or_during_a_wait_neither(issuer: Watched) -> None:
    caller = Caller(issuer, limits=USUAL._replace(failures=2))
    assert "[SRV-010]" in caller.post(envelope(procesar(FILE, login=""))).result()
    codes = [caller.post(envelope(procesar(FILE, login=WRONG))).result() for _ in range(3)]
    assert ["AUT-001" in codes[0], "AUT-001" in codes[1], "AUT-013" in codes[2]] == [True] * 3


def test_a_large_file_of_a_known_user_is_read_whole(issuer: Watched) -> None:
    caller = Caller(issuer)
    for text in (FILE, f"<![CDATA[{FILE}]]>", FOLDED):
        assert "[TXT-" in caller.post(envelope(procesar(text))).result()
    assert [file for file, _, _ in issuer.files] == [b"x" * LARGE] * 3


def test_a_failure_of_ours_while_the_login_is_looked_at_is_told_by_the_call(
    issuer: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> str:
        raise OSError("disco")

    monkeypatch.setattr(Callers, "authenticate", fail)
    assert "[SRV-001]" in Caller(issuer).post(envelope(procesar(FILE))).result()


@pytest.mark.parametrize(
    "body",
    [
        envelope(procesar(FILE)).replace("<file>", '<file a="1>2">'),
        envelope(procesar(FILE) + f"<!-- > {FILE} -->"),
        envelope(procesar(FILE)).encode("utf-16"),
    ],
)
def test_what_cannot_be_cut_is_read_whole(issuer: Watched, body: str | bytes) -> None:
    assert "[TXT-" in Caller(issuer).post(body).result()
    assert len(issuer.files) == 1


def test_a_file_of_somebody_unknown_is_judged_only_where_it_is_small(issuer: Watched) -> None:
    """All that is wrong with a small call is told at once."""
    small = Caller(issuer).post(envelope(procesar("no base64!", login=""))).result()
    assert "SRV-010" in small and "SRV-022" in small
    known_to_be_wrong = Caller(issuer).post(envelope(procesar("no base64!", login=WRONG))).result()
    assert "AUT-001" in known_to_be_wrong and "SRV-022" not in known_to_be_wrong


@pytest.mark.parametrize("marks", [1, 10, 150])
def test_what_is_left_is_the_same_xml_without_its_long_texts(marks: int) -> None:
    short, long = "y" * 100, "z" * LARGE
    inside = "".join(f"<p{number}>{short if number % 3 else long}</p{number}>" for number in range(marks))
    left = without_file(f"<a>{inside}</a>".encode())
    if marks * 2 > 200:
        assert left is None
        return
    assert left is not None
    texts = [one.text or "" for one in etree.fromstring(left)]
    assert texts == [short if number % 3 else "" for number in range(marks)]


@pytest.mark.parametrize(
    "body", [b"", b"x" * LARGE * 2, b"<" * LARGE * 2, b"<a>" + b"]]>" * LARGE, b"<![CDATA[" * LARGE]
)
def test_what_is_no_call_does_no_harm(body: bytes) -> None:
    left = without_file(body)
    assert left is None or len(left) <= LARGE


class Counted(io.BytesIO):
    """A body whose server counts memory."""

    held = 0

    def hold(self, more: int) -> None:
        self.held += more
        if self.held > 2**20:
            raise Broken(problem("SRV-064"), status=503)


@pytest.mark.parametrize(("size", "status"), [(2**19, 200), (2**22, 503)])
def test_what_a_body_inflates_to_counts_too(issuer: Watched, size: int, status: int) -> None:
    sent = gzip.compress(envelope(procesar(b64(b"x" * size))).encode())
    body = Counted(sent)
    environ: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": str(len(sent)), "HTTP_CONTENT_ENCODING": "gzip"}
    answer = Caller(issuer).post(b"", **environ)
    assert answer.status == status
    assert (answer.code() == "SRV-064") if status == 503 else ("[TXT-" in answer.result())
    assert body.held >= min(size, 2**20)
