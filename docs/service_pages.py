"""The pages for whoever runs the service that come from the program itself: its settings and its commands.

Like :mod:`docs.reference`, each function answers the text of one page in reStructuredText, and a new setting or option
appears in the manual without a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from docs.reference import MANUAL
from docs.words import CONTENTS, literal, plain, table, title
from dteplanows.cli import main
from dteplanows.commands.spanish import Group
from dteplanows.printing.design import Design
from dteplanows.printing.design.reading import keys, values_of
from dteplanows.printing.design.writing import shown
from dteplanows.settings import FILE, PREFIX, SECRETS, Settings, meaning

FOLDER = "servicio"
"""Folder of the pages for whoever runs the service, in the manual's sources."""

_WORDS = {"": "(vacío)", "None": "(vacío)", "True": "true", "False": "false"}
_ELSEWHERE = {"directorio": "~/.local/share/dteplanows"}
"""Usual values that depend on who asks; here that of Linux."""


def pages() -> dict[str, str]:
    """Every page that this module makes: its path below the manual's sources, without suffix, and its text."""
    return {
        f"{FOLDER}/ajustes": _settings_page(),
        f"{FOLDER}/ordenes": _commands_page(),
        f"{FOLDER}/claves": _designs_page(),
    }


# --- Settings -------------------------------------------------------------------------------------------------


def usual(name: str) -> str:
    """The value of the setting *name* where nobody has set it, as it is written in the settings file."""
    value = _ELSEWHERE.get(name) or str(Settings.model_fields[name].get_default())
    return _WORDS.get(value, value)


def told_in(name: str) -> list[str]:
    """The pages for whoever runs the service that speak of the setting *name*, by their names."""
    spoken = re.compile(rf"``{name}(?: = [^`]*)?``|^ +{name} = ", re.MULTILINE)
    return [one for one in _in_order() if spoken.search((MANUAL / FOLDER / f"{one}.rst").read_text("utf-8"))]


def _in_order() -> list[str]:
    """The written pages for whoever runs the service, as the index has them."""
    listed = re.findall(rf"^ +{FOLDER}/(.+)$", (MANUAL / "index.rst").read_text("utf-8"), re.MULTILINE)
    return [one for one in listed if (MANUAL / FOLDER / f"{one}.rst").is_file()]


def _settings_page() -> str:
    rows = [
        [
            f".. _ajuste-{name.replace('_', '-')}:\n\n          {literal(name)}",
            literal(usual(name)) if usual(name) != "(vacío)" else "(vacío)",
            plain(meaning(name)),
            ", ".join(f":doc:`{page}`" for page in told_in(name)),
        ]
        for name in Settings.model_fields
    ]
    secrets = " y ".join(literal(one) for one in sorted(SECRETS))
    return (
        title("Todos los ajustes", "=")
        + f"Los ajustes van en el archivo {literal(FILE)} de la carpeta de los datos, uno por línea. Los textos van "
        "entre comillas; los números, ``true`` y ``false``, sin ellas:\n\n"
        + ".. code-block:: toml\n\n"
        + '   host = "0.0.0.0"\n   puerto = 8080\n   procesar_lotes = false\n\n'
        + "El mismo ajuste puede venir de tres partes. Gana la primera que lo diga:\n\n"
        "1. la opción de una orden, como ``serve --port 8081``;\n"
        f"2. una variable de entorno: {literal(PREFIX)} y el nombre en mayúsculas, como {literal(PREFIX + 'PUERTO')};\n"
        "3. el archivo.\n\n"
        "``directorio`` no puede ir en el archivo, que está en esa misma carpeta: es la opción ``--dir`` o "
        f"{literal(PREFIX + 'DIRECTORIO')}. Un nombre que no existe o un valor que no sirve se rechaza al comenzar, "
        "con todos los que haya (:ref:`CFG-001 <cfg-001>`, :ref:`CFG-002 <cfg-002>`). Los cambios valen después de "
        "reiniciar el servicio. ``dteplanows estado --ajustes`` muestra los valores que rigen y de dónde viene cada "
        f"uno; los secretos ({secrets}) no se muestran nunca.\n\n"
        + table(["Ajuste", "Valor usual", "Qué es y qué valores admite", "Más en"], rows, "ajustes")
    )


# --- Commands -------------------------------------------------------------------------------------------------


def _designs_page() -> str:
    usual_values = values_of(Design())
    rows = [
        [
            literal(f"{key.seccion}.{key.clave}"), literal(shown(usual_values[f"{key.seccion}.{key.clave}"])),
            plain(f"{key.significado} Se espera {key.expected}."),
            f":ref:`{key.code} <{key.code.lower()}>`" if key.regla else "",
        ]
        for key in keys().values()
    ]  # fmt: skip
    return (
        title("Las claves de un diseño", "=")
        + "Lo que puede decir el archivo de un diseño (:doc:`disenos`), por sección y clave, y lo que vale en "
        "``clasico``. ``base``, antes de la primera sección, es el diseño listo del que sale lo que el archivo no "
        "dice.\n\n"
        + table(["Clave", "Valor en clasico", "Qué es y qué valores admite", "Regla"], rows, "ajustes")
    )


def commands(group: Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its whole name, in the order of the help."""
    for name, command in group.every_command().items():
        whole = f"{path} {name}".strip()
        if isinstance(command, Group):
            if command.invoke_without_command:
                yield whole, command
            yield from commands(command, whole)
        else:
            yield whole, command


def label_of_command(name: str) -> str:
    """The label of a command in the manual."""
    return f"orden-{name.replace(' ', '-')}"


def declared(option: click.Option) -> str:
    """How *option* is written: its names and what follows them."""
    names = ", ".join(option.opts)
    if option.secondary_opts:
        return f"{names} / {', '.join(option.secondary_opts)}"
    return names if option.is_flag or option.count else f"{names} {_value(option)}"


def _value(param: click.Parameter) -> str:
    if param.metavar:
        return param.metavar
    if isinstance(param.type, click.Choice):
        return "|".join(str(one) for one in param.type.choices)
    return (param.name or "").upper()


def _argument(argument: click.Argument) -> str:
    name = _value(argument)
    if argument.nargs != 1 and not name.endswith("..."):
        name += "..."
    return name if argument.required or name.startswith("[") else f"[{name}]"


def called(name: str, command: click.Command) -> str:
    """The line that calls *command*."""
    arguments = [_argument(one) for one in command.params if isinstance(one, click.Argument)]
    options = ["[OPCIONES]"] if any(isinstance(one, click.Option) for one in command.params) else []
    return " ".join(["dteplanows", name, *options, *arguments])


def _commands_page() -> str:
    parts = [
        title("Todas las órdenes", "="),
        "``dteplanows --help`` y ``dteplanows ORDEN --help`` dicen lo mismo que esta página. ``--dir CARPETA`` va "
        "antes de la orden y dice cuál es la carpeta de los datos; sin ella vale ``DTEPLANOWS_DIRECTORIO``. Toda orden "
        "termina con 0 si se hizo, con 1 si hubo problemas y con 2 si no se entendió; ``estado`` usa los mismos "
        "números para decir cómo está todo.\n\n" + CONTENTS,
    ]
    for name, command in commands():
        parts += [
            f".. _{label_of_command(name)}:\n\n",
            title(name, "-"),
            f".. code-block:: text\n\n   {called(name, command)}\n\n",
        ]
        parts.append(_paragraphs(command.help or ""))
        rows = [
            [literal(declared(one)), _sentence_of_option(one)]
            for one in command.params
            if isinstance(one, click.Option) and not one.hidden
        ]
        if rows:
            parts.append(table(["Opción", "Qué hace"], rows, "opciones"))
    return "".join(parts)


def _sentence_of_option(option: click.Option) -> str:
    text = plain(option.help or "")
    return f"{text.rstrip('.')}. Obligatoria." if option.required else text


def _paragraphs(text: str) -> str:
    """The help of a command; click breaks its lines itself, and so does the page."""
    blocks = re.split(r"\n\s*\n", text.replace("\b", ""))
    return "".join(plain(" ".join(block.split())) + "\n\n" for block in blocks)
