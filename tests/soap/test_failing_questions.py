"""Whatever keeps a question from being answered, it is never told in the sentence about a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree

from dteplanows.archive.links import Links
from dteplanows.document.outcome import Credentials
from dteplanows.issuing.client import ENVIRON, Client
from dteplanows.ledger import passwords
from dteplanows.ledger.batches import Batches
from dteplanows.ledger.documents import Documents
from dteplanows.ledger.engines.errors import Busy
from dteplanows.soap.asmx.caller import Caller as From
from dteplanows.soap.limits import USUAL
from tests.installation import CLAVE, FIRST_FOLIO, USUARIO, Installation, make_installation
from tests.issuing.test_repeats import sale
from tests.soap.soap_support import Answer, Caller, b64, envelope, procesar

LIMITS = USUAL._replace(failures=1, calls=1, queue_seconds=0.05)

QUESTIONS = {
    "ConsultarEstado": {"trackid": "1"},
    "ObtenerLink": {"tpomov": "V", "folio": str(FIRST_FOLIO), "tipo": "33", "cedible": "False"},
    "getXMLDte": {"tpomov": "V", "folio": str(FIRST_FOLIO), "tipo": "33"},
    "getBoletaTicket": {"ticket": f"ticket@39@{FIRST_FOLIO}"},
    "AltNum": {"folio": str(FIRST_FOLIO), "tipo": "33", "campo": "A1"},
}
OF_A_FILE = ("El archivo fue rechazado", "No se emitió", "no se emitió", "ningún documento")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(passwords, "_KIB", 8)  # what a password costs is not looked at here
    with closing(make_installation(tmp_path)) as one:
        one.issue(sale(), "1")
        one.send_later(sale() * 2, "1")
        yield one


@pytest.fixture
def caller(made: Installation) -> Caller:
    return Caller(cast(Any, made.issuer), limits=LIMITS)


def of(client: Client) -> dict[str, Any]:
    """The part of a call's environment that names its client."""
    return {ENVIRON: client}


def ask(caller: Caller, operation: str, clave: str = CLAVE, **environ: Any) -> Answer:
    login = f"<Usuario>{USUARIO}</Usuario><Rut>1-9</Rut><Clave>{b64(clave)}</Clave>"
    given = "".join(f"<{name}>{b64(text)}</{name}>" for name, text in QUESTIONS[operation].items())
    body = f'<{operation} xmlns="http://tempuri.org"><login>{login}</login>{given}</{operation}>'
    return caller.post(envelope(body), **environ)


@contextmanager
def wrong_password(caller: Caller, made: Installation) -> Iterator[str]:
    yield "mala"


@contextmanager
def wait(caller: Caller, made: Installation) -> Iterator[str]:
    """After too many failures."""
    for _ in range(2):
        ask(caller, "AltNum", "mala")
    yield "mala"


@contextmanager
def too_many(caller: Caller, made: Installation) -> Iterator[str]:
    """Another call of the user is under way."""
    logins = caller.application._front._contract._operations.logins
    with logins.served(Credentials((USUARIO,), "1-9", (CLAVE,)), From("203.0.113.9")):
        yield CLAVE


def _raising(failure: Exception) -> Callable[..., Any]:
    @contextmanager
    def fault(caller: Caller, made: Installation) -> Iterator[str]:
        def fail(*arguments: object) -> None:
            raise failure

        with pytest.MonkeyPatch.context() as patched:
            for subject, name in ((Batches, "find"), (Documents, "find"), (Documents, "with_folio")):
                patched.setattr(subject, name, fail)
            yield CLAVE

    return fault


FAULTS = [
    (wrong_password, "AUT-001", False), (wait, "AUT-013", True), (too_many, "AUT-014", True),
    (_raising(Busy("ocupada")), "SRV-129", True), (_raising(OSError("disco")), "SRV-004", False),
]  # fmt: skip


@pytest.mark.parametrize("operation", QUESTIONS)
@pytest.mark.parametrize(("fault", "code", "passes"), FAULTS)
def test_no_question_speaks_of_a_file(
    made: Installation, caller: Caller, operation: str, fault: Callable[..., Any], code: str, passes: bool
) -> None:
    good = ask(caller, operation)
    assert code not in good.body.decode()
    with fault(caller, made) as clave:
        answer = ask(caller, operation, clave)
    text = answer.body.decode()
    assert f"[{code}] " in text
    assert not [one for one in OF_A_FILE if one in text]
    if operation == "ConsultarEstado":
        shape, pending = answer.document(), good.document()
        assert [one.tag for one in pending] == ["Resultado", "Mensaje", "Estado", *_COUNTS]
        assert [one.tag for one in shape] == [
            "Resultado",
            "Mensaje",
            *(["Estado", *_COUNTS] if passes else []),
            "Motivo",
        ]
        assert shape.findtext("Resultado") == str(passes)


_COUNTS = ("Total", "Procesados", "Rechazados")


def test_a_file_is_told_that_nothing_was_issued_only_where_it_is_known(
    made: Installation, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a wrong password it is. Not where the answer fails once the file is issued: the next call gets that answer."""
    who = "<login><Usuario>{}</Usuario><Rut>1-9</Rut><Clave>{}</Clave><IncluyeLink>1</IncluyeLink></login>"
    data = b64(sale(neto=300))
    text = caller.post(envelope(procesar(data, "1", who.format("x", "y")))).result()
    assert "[AUT-001]" in text and "No se emitió ningún documento" in text

    def fail(*arguments: object) -> None:
        raise OSError("disco")

    right, client = envelope(procesar(data, "1", who.format(USUARIO, b64(CLAVE)))), Client()
    with monkeypatch.context() as patched:
        patched.setattr(Links, "path", fail)
        text = caller.post(right, **of(client)).result()
    client.answered(delivered=True)
    assert "[SRV-001]" in text and not [one for one in OF_A_FILE if one in text]
    again = etree.fromstring(caller.post(right, **of(Client())).result().encode())
    assert (again.findtext("Detalle/Documento/YaAtendido") or "").startswith("[SRV-122] ")
    assert again.findtext("Detalle/Documento/Folio") == str(FIRST_FOLIO + 1)
    assert again.findtext("Detalle/Documento/urlOriginal")


@pytest.mark.parametrize(("path", "status"), [("/wsds/version", 503), ("/WSDS/wsplano.asmx", 503)])
def test_what_waited_too_long_is_not_begun(made: Installation, caller: Caller, path: str, status: int) -> None:
    late = Client(arrived=time.monotonic() - LIMITS.line_seconds - 1)
    body = envelope(procesar(b64(sale(neto=900)))).encode()
    answer = caller.send("POST", path, body, CONTENT_TYPE="text/xml", **of(late))
    assert answer.status == status and "[SRV-121] " in answer.body.decode()
    just = Client(arrived=time.monotonic() - LIMITS.line_seconds + 5)
    answer = caller.send("POST", path, body, CONTENT_TYPE="text/xml", **of(just))
    assert answer.status != status and "[SRV-121] " not in answer.body.decode()
