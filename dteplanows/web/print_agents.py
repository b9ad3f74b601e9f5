"""Where the agents that print at the customer's site ask for their jobs: one address, one question, JSON.

It stands beside the calls that are logged and counted: an agent asks all day long. A question waits for a job in the
thread that answers it, but only a few of them at a time in each process; the others are told when to come back.
"""

from __future__ import annotations

import json
import logging
import threading
import time

from pydantic import ValidationError

from dteplanows.archive.copies import Copies
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.issuing.client import client_of
from dteplanows.ledger import faults
from dteplanows.log import call
from dteplanows.log.where import where
from dteplanows.printers.agent_messages import WAITING, Answer, Question
from dteplanows.printers.agents import Agents, Known, known
from dteplanows.soap.asmx.caller import ip_of
from dteplanows.soap.asmx.faults import Broken
from dteplanows.soap.asmx.reply import Reply
from dteplanows.soap.asmx.request import Environ, read_body
from dteplanows.web import ending
from dteplanows.web.rest_request import token_of

log = logging.getLogger(__name__)

_LARGEST = 64 * 1024
"""Bytes of a question."""
_AT_ONCE = 4
"""Questions that wait at the same time in a process, of the threads that answer all calls."""
_LOOK = 0.5
"""Seconds between two looks for a job."""
_PAUSE = 2.0
"""Seconds after which an agent that could not wait here asks again."""


class PrintAgents:
    """The page that agents ask."""

    def __init__(self, copies: Copies, *, trust_forwarded: bool) -> None:
        """:param trust_forwarded: believe the header ``X-Forwarded-For``."""
        self._copies = copies
        self._agents = Agents(copies)
        self._trust_forwarded = trust_forwarded
        self._waiting = threading.BoundedSemaphore(_AT_ONCE)

    def page(self, environ: Environ) -> Reply:
        """Answer one question."""
        if environ["REQUEST_METHOD"] != "POST":
            found = problem("SRV-061", value=environ["REQUEST_METHOD"], metodos="POST")
            return _refused(found, 405, ("Allow", "POST"))
        try:
            return self._answered(environ)
        except Broken as broken:
            return _refused(broken.problem, broken.status)
        except Refused as refused:
            first = refused.problems[0]
            return _refused(first, _STATUS.get(first.code, 503))
        except Exception as failure:  # noqa: BLE001 - the outermost edge: whatever failed, the agent gets an answer
            identifier = call.identifier()
            log.error("Error %s al atender a un agente de impresión: %s", identifier, where(failure))
            log.debug("%s", faults.line(failure))
            return _refused(problem("SRV-220", identificador=identifier), 500)

    def _answered(self, environ: Environ) -> Reply:
        who = known(self._copies.ledger, token_of(environ))
        if who is None:
            raise Refused([problem("AUT-090")])
        try:
            question = Question.model_validate_json(read_body(environ, _LARGEST))
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise Broken(problem("SRV-221", value=place), 400) from None
        self._agents.note(who, question, ip_of(environ, self._trust_forwarded))
        answer = self._agents.answer(who.printer, question)
        if answer.trabajo is None and question.quiere:
            answer = self._later(who, question, answer, environ)
        # Without its type: pydantic would look for what was not validated.
        return Reply(answer.model_dump_json().encode(), "application/json; charset=utf-8", cache="no-store")

    def _later(self, who: Known, question: Question, answer: Answer, environ: Environ) -> Answer:
        """Wait for a job, where that is possible."""
        nothing = answer.model_copy(update={"pausa": _PAUSE})
        wait = min(question.espera, WAITING)
        if wait <= 0 or not ending.can_be_heard() or not self._waiting.acquire(blocking=False):
            return nothing
        client, ledger = client_of(environ), self._copies.ledger
        end = time.monotonic() + wait
        try:
            while time.monotonic() < end:
                if ending.heard(_LOOK) or client.is_gone:
                    return nothing
                # The key may have been taken back, and the printer held, meanwhile.
                found = known(ledger, token_of(environ))
                work = self._agents.next(found.printer, question.instancia) if found else None
                if work or not found:
                    return answer.model_copy(update={"trabajo": work})
            return answer
        finally:
            self._waiting.release()


_STATUS = {"AUT-016": 401, "AUT-090": 401, "CFG-085": 409}


def _refused(found: Problem, status: int, *headers: tuple[str, str]) -> Reply:
    body = json.dumps({"Error": found.text()}, ensure_ascii=False).encode()
    challenge = (("WWW-Authenticate", "Bearer"),) if status == 401 else ()
    return Reply(body, "application/json; charset=utf-8", status, (*headers, *challenge), cache="no-store")
