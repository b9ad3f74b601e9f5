"""The settings: one typed object from arguments, environment and file, in that order of precedence.

The environment's names are ``DTEPLANOWS_`` and the setting's name in capitals; the file is ``dteplanows.toml`` in the
data directory, so every directory has its own.
"""

from __future__ import annotations

from dteplanows.settings.fields import PREFIX, Settings, usual
from dteplanows.settings.file import FILE, SECRETS
from dteplanows.settings.loading import Origin, load, origins
from dteplanows.settings.meanings import NUMBERS, meaning, shown
from dteplanows.settings.sources import default_directory

__all__ = [
    "FILE",
    "NUMBERS",
    "PREFIX",
    "SECRETS",
    "Origin",
    "Settings",
    "default_directory",
    "load",
    "meaning",
    "origins",
    "shown",
    "usual",
]
