"""The call under way in this thread: whoever learns something of it notes it here, and its line says it at the end."""

from __future__ import annotations

import getpass
import os
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from dteplanows.document import clock
from dteplanows.document.catalogue import shown
from dteplanows.document.outcome import VENTA, DocumentOutcome
from dteplanows.document.problem import Problem, errors

Via = Literal["soap", "rest", "http", "portal", "lote", "orden"]
"""The way a call came: one of the two services, another address, a page of the portal, the worker of bulk mode, the
command line."""

Result = Literal["ok", "parcial", "rechazada", "falla"]
"""How an operation ended; ``falla`` where it is the service's fault."""

_CODE_LIMIT = 20
_RANGE_LIMIT = 50
"""Of one line; a file may hold thousands of documents, and whoever sends it chooses their folios."""

_thread = threading.local()


class Call:
    """What is known of one call. Texts are empty and numbers 0 for what is not known."""

    __slots__ = (
        "ambiente", "asked", "avisos", "began", "codes", "documento", "documents", "ended", "failure", "file", "folios",
        "formato", "id", "ip", "issued", "kept", "lote", "moment", "operacion", "reasons", "refused", "result", "rut",
        "said", "sha256", "tipos", "trouble", "usuario", "via",
    )  # fmt: skip

    def __init__(self, via: Via, operacion: str = "", ip: str = "") -> None:
        self.moment = _now()
        """Local moment in Chile at which the call began, as ISO 8601 without zone."""
        self.id = _identifier(self.moment)
        self.began = time.perf_counter()
        self.via: Via = via
        self.operacion = operacion
        self.ip = ip
        self.usuario = ""
        """Who proved to be it."""
        self.said = ""
        """Who the call says it is, before that is proven; shortened."""
        self.ambiente = ""
        self.rut = ""
        self.formato = ""
        self.sha256 = ""
        self.lote = 0
        self.documento = 0
        """Which document of the ledger was asked for by a signed address."""
        self.documents = 0
        self.refused = 0
        self.tipos: tuple[int, ...] = ()
        self.folios = ""
        self.asked = ""
        """Folios that refused documents asked for, or that a question named; as *folios*."""
        self.codes: dict[str, None] = {}
        self.avisos: dict[str, None] = {}
        self.trouble: tuple[Problem, ...] = ()
        """Every problem of the refused documents of a file."""
        self.file: bytes | None = None
        """The file, where its refused documents are to be kept."""
        self.failure = ""
        """Kind of the failure of ours that ended it."""
        self.kept = ""
        """Under which name it is kept."""
        self.ended = ""
        """The operation that was attended, under the name by which the metrics count it."""
        self.result: Result = "ok"
        """How that ended."""
        self.issued: Sequence[int] = ()
        """Type of each document that was issued, once that is durable."""
        self.reasons: Sequence[str] = ()
        """Code of each reason for which something was refused; of a file, those of each document."""

    @property
    def proven(self) -> bool:
        """Whether the caller showed something that we gave: a password, a token, the address of a document."""
        return bool(self.usuario or self.documento)

    def facts(self) -> dict[str, Any]:
        """What the line says of it, without what is not known."""
        whole: dict[str, Any] = {
            "via": self.via, "operacion": self.operacion, "usuario": self.usuario,
            "usuario_dicho": "" if self.usuario else self.said, "rut": self.rut, "ambiente": self.ambiente,
            "ip": self.ip, "formato": self.formato, "huella": self.sha256, "lote": self.lote,
            "documento": self.documento, "documentos": self.documents, "rechazados": self.refused,
            "tipos": self.tipos, "folios": self.folios, "pedidos": self.asked, "codigos": self.codes and [*self.codes],
            "avisos": self.avisos and [*self.avisos], "guardado": self.kept, "falla": self.failure,
        }  # fmt: skip
        return {name: value for name, value in whole.items() if value}

    def milliseconds(self) -> float:
        """How long it has been under way."""
        return round((time.perf_counter() - self.began) * 1000, 1)


def begin(call: Call) -> None:
    """Let *call* be the one under way in this thread."""
    _thread.call = call


def end() -> None:
    """No call is under way in this thread any more."""
    _thread.call = None


def current() -> Call | None:
    """The call under way in this thread."""
    found: Call | None = getattr(_thread, "call", None)
    return found


def identifier() -> str:
    """The identifier of the call under way, which the problem texts name; a new one where none is."""
    call = current()
    return call.id if call else _identifier(clock.now().isoformat())


def who() -> str:
    """Who makes a change at this moment: the user of the call under way, or the operator of this machine."""
    call = current()
    if call and call.usuario and call.via != "orden":
        return f"usuario {call.usuario}"
    return operator()


def where_from() -> str:
    """The address from which a change is made at this moment; empty for an order given on this machine."""
    call = current()
    return call.ip if call and call.via != "orden" else ""


def operator() -> str:
    """The system's user who runs this process; behind ``sudo``, both."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):  # no such user, as in a container; Windows without the variables
        name = str(os.getuid()) if hasattr(os, "getuid") else "desconocido"
    behind = os.environ.get("SUDO_USER", "")
    return f"operador {shown(behind)}, como {name}" if behind and behind != name else f"operador {name}"


# --- what others note ------------------------------------------------------------------------------------------


def note_operation(operacion: str) -> None:
    """Note which operation is asked for."""
    call = current()
    if call:
        call.operacion = operacion


def note_said(usuario: str) -> None:
    """Note who the caller says it is."""
    call = current()
    if call:
        call.said = shown(usuario)


def note_account(usuario: str, ambiente: str, rut: str) -> None:
    """Note who the caller proved to be, and for which company."""
    call = current()
    if call:
        call.usuario, call.ambiente, call.rut = usuario, ambiente, rut


def note_file(sha256: str, formato: str) -> None:
    """Note which file came."""
    call = current()
    if call:
        call.sha256, call.formato = sha256, shown(formato)


def note_batch(lote: int) -> None:
    """Note which batch of bulk mode it is about."""
    call = current()
    if call:
        call.lote = lote


def note_document(documento: int) -> None:
    """Note which document of the ledger a signed address opens."""
    call = current()
    if call:
        call.documento = documento


def note_asked(tipo: int, folio: int) -> None:
    """Note which issued document a question is about."""
    call = current()
    if call:
        call.asked = ranges([(tipo, folio)])
        if tipo:
            call.tipos = (tipo,)


def note_ended(operation: str, result: Result) -> None:
    """Note how an operation ended that was attended.

    :param operation: a name out of few: whatever a client invents must not come here.
    """
    call = current()
    if call:
        call.ended, call.result = operation, result


def note_problems(problems: Iterable[Problem]) -> None:
    """Note what is told to whoever calls, as why a page is not there."""
    call = current()
    if call:
        _add_codes(call, problems)


def note_refused(problems: Sequence[Problem]) -> None:
    """Note why a call is refused. Once for each call, for its reasons are counted."""
    call = current()
    if call:
        _add_codes(call, problems)
        call.reasons = [*call.reasons, *_codes(problems)]


def note_judged(outcomes: Sequence[DocumentOutcome]) -> None:
    """Note what would become of the documents of a file, of which nothing is issued."""
    call = current()
    if call:
        _note(call, outcomes)


def note_outcomes(outcomes: Sequence[DocumentOutcome], file: bytes | None = None) -> None:
    """Note what became of the documents of a file, once that is durable.

    :param file: the file itself, where its refused documents are to be kept.
    """
    call = current()
    if call is None:
        return
    _note(call, outcomes)
    call.issued = [one.tipo for one in outcomes if one.accepted and one.operacion == VENTA and not one.libro]
    if call.refused:
        call.reasons = [code for one in outcomes if not one.accepted for code in _codes(one.problems)]
        if file is not None:
            call.trouble = tuple(problem for one in outcomes if not one.accepted for problem in one.problems)
            call.file = file


def _note(call: Call, outcomes: Sequence[DocumentOutcome]) -> None:
    """Note what the line says of the documents of a file."""
    call.documents = len(outcomes)
    issued, asked = [], []
    for one in outcomes:
        if one.problems:
            _add_codes(call, one.problems)
        if one.accepted:
            issued.append((one.tipo, one.folio))
        elif one.folio:
            asked.append((one.tipo, one.folio))
    call.refused = len(outcomes) - len(issued)
    if len(outcomes) == 1:
        call.tipos = (outcomes[0].tipo,) if outcomes[0].tipo else ()
    else:
        call.tipos = tuple(sorted({one.tipo for one in outcomes if one.tipo}))
    call.folios, call.asked = ranges(issued), ranges(asked)


def _codes(problems: Iterable[Problem]) -> Iterable[str]:
    """The codes of those of *problems* that refuse, each once."""
    return dict.fromkeys(one.code for one in errors(problems))


def _add_codes(call: Call, problems: Iterable[Problem]) -> None:
    for one in problems:
        codes = call.codes if one.refuses else call.avisos
        if len(codes) < _CODE_LIMIT:
            codes[one.code] = None


def ranges(documents: Sequence[tuple[int, int]]) -> str:
    """*documents*, each a type and a folio, as ``33:1204-1253 39:7``; 0 stands for a type that is not known.

    Of many ranges the first ones, and ``...``.
    """
    if not documents:
        return ""
    if len(documents) == 1:
        ((tipo, folio),) = documents
        return f"{tipo}:{folio}"
    words: list[str] = []
    first = last = (-1, -1)
    for one in sorted(set(documents)):
        if one == (last[0], last[1] + 1):
            last = one
            continue
        _add_range(words, first, last)
        first = last = one
    _add_range(words, first, last)
    return " ".join([*words[:_RANGE_LIMIT], "..."] if len(words) > _RANGE_LIMIT else words)


def _add_range(words: list[str], first: tuple[int, int], last: tuple[int, int]) -> None:
    if first[0] >= 0:
        words.append(f"{first[0]}:{first[1]}" + (f"-{last[1]}" if last != first else ""))


_second = (0, "")


def _now() -> str:
    """The local moment in Chile, to the millisecond. The second is written once for all calls in it."""
    global _second  # noqa: PLW0603 - a pair that is always whole: another thread at most writes it too
    seconds, fraction = divmod(time.time(), 1)
    known, text = _second
    if known != seconds:
        known, text = int(seconds), datetime.fromtimestamp(seconds, clock.SANTIAGO).isoformat()[:19]
        _second = known, text
    return f"{text}.{int(fraction * 1000):03}"


def _identifier(moment: str) -> str:
    """A new identifier: the day, by which the line is found, and 48 bits of chance."""
    return f"{moment[2:4]}{moment[5:7]}{moment[8:10]}-{os.urandom(6).hex()}"
