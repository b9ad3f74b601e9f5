"""What the manual, the refusals and the lists say of a setting and of its value."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from dteplanows.settings.fields import Settings
from dteplanows.settings.file import SECRETS

NUMBERS = tuple(name for name, field in Settings.model_fields.items() if field.annotation is int)
"""The settings that are whole numbers: pages of the manual name their usual value as ``|name|``."""


def meaning(name: str) -> str:
    """Which values the setting *name* takes and what it is, in Spanish: what the manual and refusals say of it."""
    field = Settings.model_fields[name]
    admitted = _admitted(field)
    return f"{admitted}: {field.description}" if admitted else field.description or ""


def _admitted(field: FieldInfo) -> str:
    """The values that *field* takes, where they can be counted or have both bounds; empty for others."""
    if field.annotation is bool:
        return "true o false"
    if get_origin(field.annotation) is Literal:
        return " o ".join(one for one in get_args(field.annotation) if one)
    lowest, highest = (_bound(field, name) for name in ("ge", "le"))
    return f"un número entre {lowest} y {highest}" if lowest is not None and highest is not None else ""


def _bound(field: FieldInfo, name: str) -> object:
    return next((getattr(one, name) for one in field.metadata if hasattr(one, name)), None)


def shown(settings: Settings, name: str) -> str:
    """The value of a setting as a person may see it."""
    value = getattr(settings, name)
    if name in SECRETS:
        return "(oculta)" if value else ""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
