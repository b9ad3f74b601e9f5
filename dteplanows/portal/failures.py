"""Pages for what goes wrong: in Spanish, in the portal's look, with what to do; as JSON for what a script asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.ledger import faults
from dteplanows.log import call
from dteplanows.log.where import where
from dteplanows.portal import kept_form
from dteplanows.portal.safety import Refusal
from dteplanows.portal.texts import TEXTS, t

log = logging.getLogger(__name__)


def is_script() -> bool:
    """Whether a script of a page asks, which reads JSON."""
    return request.headers.get("X-Requested-With") == "fetch"


def must_come_in() -> ResponseReturnValue:
    """The answer to who has to come in first. What was asked for, and what a form held, is there again afterwards."""
    if is_script():
        return jsonify(error=t("failures.401")), 401
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("entering.login", siguiente=request.full_path.rstrip("?")))
    page = render_template("login.html", kept=kept_form.of_request(), ended=True, next_page="", usuario="")
    return page, 401


def must_enrol() -> ResponseReturnValue:
    """The answer to who has to have a second factor first."""
    if is_script():
        return jsonify(error=t("failures.factor")), 403
    return redirect(url_for("account.factor_page"))


def told(problems: Iterable[Problem], status: int) -> Response:
    """A page, or JSON, that tells *problems*."""
    found = list(problems)
    call.note_problems(found)
    if is_script():
        body = jsonify(error=" ".join(one.text() for one in found), codes=[one.code for one in found])
    else:
        body = make_response(render_template("failure.html", status=status, problems=found))
    body.status_code = status
    return body


def handle(app: Flask) -> None:
    """Have every failure of *app* answered here."""
    app.register_error_handler(Exception, _failed)


def _failed(failure: Exception) -> ResponseReturnValue:
    if isinstance(failure, Refusal):
        return told([failure.problem], failure.status)
    if isinstance(failure, Refused):
        return told(failure.problems, 400)
    if isinstance(failure, CSRFError):
        return _plain(400, "failures.csrf")
    if isinstance(failure, HTTPException):
        if failure.code is None or failure.code < 400:
            return failure.get_response()
        response = _plain(failure.code)
        if isinstance(failure, MethodNotAllowed):
            response.allow.update(failure.valid_methods or ())
        return response
    return _ours(failure)


def _plain(status: int, key: str = "") -> Response:
    """A page that says in words what *status* means."""
    words = t(key or (f"failures.{status}" if f"failures.{status}" in TEXTS else "failures.other"))
    if is_script():
        body = jsonify(error=words)
    else:
        body = make_response(render_template("failure.html", status=status, words=words, problems=[]))
    body.status_code = status
    return body


def _ours(failure: Exception) -> Response:
    """The answer to a failure of ours, once the log has it."""
    if found := faults.told(failure, nothing_done=False):
        log.error("%s en el portal: %s", found.code, faults.line(failure))
        return told([found], 503)
    identifier = call.identifier()
    log.error("Error %s en el portal: %s", identifier, where(failure))
    under_way = call.current()
    if under_way:
        under_way.failure = type(failure).__name__
    return told([problem("SRV-140", identificador=identifier)], 500)
