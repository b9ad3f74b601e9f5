"""Every setting: what it means, its value in force, where it comes from, and what the file says for the next start."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.document.problem import Refused
from dteplanows.settings import SECRETS, Settings, load, meaning, origins, shown, usual
from dteplanows.settings.changing import CHANGEABLE, line_of
from dteplanows.settings.delivery_fields import DeliverySettings
from dteplanows.settings.loading import Origin
from dteplanows.settings.mail_fields import MailSettings
from dteplanows.settings.service_fields import ServiceSettings

FAMILIES = (("service", ServiceSettings), ("delivery", DeliverySettings), ("mail", MailSettings))
"""The parts of the page, each with the class of its settings."""


class Shown(NamedTuple):
    """One setting."""

    name: str
    meaning: str
    value: str
    """In force in this process."""
    usual: str
    origin: Origin
    next: str | None
    """What is in force after the next start; None where that is the same."""
    is_changeable: bool
    line: str
    """The line of the file that gives it the value in force; empty for a secret."""


def families(settings: Settings) -> list[tuple[str, list[Shown]]]:
    """Every setting by its family.

    :raises Refused: the file cannot be read (CFG-003, CFG-004).
    """
    found, after = origins(settings), _after(settings)
    every = {name: _shown(settings, after, name, found[name]) for name in Settings.model_fields}
    own = {key: [one for one in kind.__annotations__ if one in every] for key, kind in FAMILIES}
    return [(key, [every[name] for name in names]) for key, names in own.items()]


def one(settings: Settings, name: str) -> Shown:
    """The setting *name*.

    :raises Refused: as :func:`families`.
    """
    return _shown(settings, _after(settings), name, origins(settings)[name])


def _after(settings: Settings) -> Settings | None:
    """The settings of the next start; None where the file does not serve."""
    try:
        return load(directorio=settings.directorio)
    except Refused:
        return None


def _shown(settings: Settings, after: Settings | None, name: str, origin: Origin) -> Shown:
    value, secret = shown(settings, name), name in SECRETS
    later = shown(after, name) if after and name != "directorio" else value
    default = usual(name)
    words = "" if secret or default is None else str(default).lower() if isinstance(default, bool) else str(default)
    if origin == "usual" and value != words and not secret:
        origin = "orden"
    # What was given on the command line, as the port, is so given the next time too.
    pending = later if later != value and name in CHANGEABLE else None
    line = "" if secret or not value else line_of(name, getattr(settings, name))
    told = meaning(name)
    return Shown(name, f"{told[:1].upper()}{told[1:]}.", value, words, origin, pending, name in CHANGEABLE, line)
