"""Questions to the person before the terminal: each answer is judged at once, and asked for again when it is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

Check = Callable[[str], Any]
"""Makes a value of an answer, or raises ``click.UsageError`` with what is wrong."""


def is_possible() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def ask(question: str, check: Check, default: str | None = None) -> Any:
    """The answer to *question*, as *check* makes it.

    :param default: what an empty answer means, shown in brackets; None where something must be answered.
    """
    return click.prompt(
        question, default=default, show_default=bool(default), value_proc=check, err=True, prompt_suffix=": "
    )


def choice(options: dict[str, Any]) -> Check:
    """A check that takes one of *options*, whatever its case, or its first letters."""

    def check(answer: str) -> Any:
        word = answer.strip().casefold()
        fitting = [value for name, value in options.items() if word and name.casefold().startswith(word)]
        if len(fitting) != 1:
            raise click.UsageError(f"Responda una de estas palabras: {', '.join(options)}.")
        return fitting[0]

    return check


def is_sure(question: str, default: bool = False) -> bool:
    """Whether the person says yes."""
    answers = {"sí": True, "si": True, "no": False}

    def check(answer: str) -> bool:
        word = answer.strip().casefold()
        for name, value in answers.items():
            if word and name.startswith(word):
                return value
        raise click.UsageError("Responda sí o no.")

    return bool(ask(f"{question} (sí/no)", check, "sí" if default else "no"))
