"""Where settings come from, and in which order."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource

from dteplanows.process import secrecy
from dteplanows.settings.file import FILE, from_file


def default_directory() -> Path:
    """Where the platform keeps a user's application data: on Linux ``~/.local/share/dteplanows``."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "dteplanows"


class Sources(BaseSettings):
    """Settings that come from arguments, the environment and the file of the directory."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the file of the directory that those two name.

        The master key may have been in the environment and been taken out of it.
        """
        taken = {"clave_maestra": key} if (key := secrecy.taken_key()) else {}
        named = init_settings().get("directorio") or env_settings().get("directorio") or default_directory()
        file = InitSettingsSource(settings_cls, from_file(Path(named) / FILE))
        return init_settings, env_settings, InitSettingsSource(settings_cls, taken), file
