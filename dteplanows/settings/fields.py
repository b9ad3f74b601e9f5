"""All settings together; each is a field in the module of its subject."""

from __future__ import annotations

from typing import Any

from pydantic_settings import SettingsConfigDict

from dteplanows.settings.delivery_fields import DeliverySettings
from dteplanows.settings.file import SECRETS
from dteplanows.settings.mail_fields import MailSettings
from dteplanows.settings.service_fields import ServiceSettings

PREFIX = "DTEPLANOWS_"
"""What the name of a setting begins with in the environment."""


class Settings(MailSettings, DeliverySettings, ServiceSettings):
    """Every setting: one field, with its usual value, its bounds and, in Spanish, what it is.

    :func:`~dteplanows.settings.meanings.meaning` makes of them what the manual and the refusals of wrong values say.
    Whoever uses settings reads them here, off the object that is handed on whole; a value of several settings is made
    by one function beside its type, as ``limits_of`` is.
    """

    # Those of the service are listed first: pydantic begins with the last of the classes.
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    def shown(self) -> dict[str, str]:
        """Every setting as text, by name; of a secret only whether it is set."""
        values = {name: str(getattr(self, name)) for name in type(self).model_fields}
        return values | {name: "(puesta)" for name in SECRETS if values[name]}

    @classmethod
    def usual(cls) -> dict[str, str]:
        """What :meth:`shown` gives where nothing is set."""
        return {name: str(usual(name)) for name in cls.model_fields}


def usual(name: str) -> Any:
    """The value of the setting *name* where nobody has set it."""
    return Settings.model_fields[name].get_default(call_default_factory=True)
