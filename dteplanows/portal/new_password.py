"""A new password as a form has it: typed twice, because nobody sees what is typed."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Refused


def new_password(form: Mapping[str, str]) -> str:
    """The new password of *form*. Whether it is long enough is for whoever sets it to judge.

    :raises Refused: the two are not the same (AUT-081).
    """
    clave = form.get("clave_nueva", "")
    if clave != form.get("clave_repetida", ""):
        raise Refused([problem("AUT-081")])
    return clave
