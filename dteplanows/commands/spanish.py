"""Click's commands with help and errors in Spanish.

Click writes its own words in English; the classes here replace every one of them that a person can meet, and turn a
refusal into a table of problems. Exit codes: 0 done, 1 problems, 2 the order was not understood.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from dteplanows.commands import output, shown
from dteplanows.document.catalogue import problem
from dteplanows.document.problem import Problem, Refused
from dteplanows.process.system_errors import in_words

_PATH_MARKS = {
    "is a file.": "es un archivo; se esperaba una carpeta",
    "is a directory.": "es una carpeta; se esperaba un archivo",
    "is not readable.": "no se puede leer: este usuario no tiene permiso",
    "is not writable.": "no se puede escribir: este usuario no tiene permiso",
    "does not exist.": "no existe",
}
"""How click's messages about a path end."""
_ENGLISH_MARKS = {"[required]": "[obligatoria]", "[default:": "[usual:", "; required]": "; obligatoria]"}


class Option(click.Option):
    """An option whose help has no English marks."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Names and help of the option."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        names, text = record
        for english, spanish in _ENGLISH_MARKS.items():
            text = text.replace(english, spanish)
        return names, text


class Command(click.Command):
    """A command with help in Spanish."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("options_metavar", "[OPCIONES]")
        super().__init__(*args, **options)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help``."""
        return _in_spanish(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Uso: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of options."""
        _write_options(self, ctx, formatter)


class Group(click.Group):
    """A group of commands with help and errors in Spanish; the outermost one also ends the program."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("options_metavar", "[OPCIONES]")
        options.setdefault("subcommand_metavar", "ORDEN [ARGUMENTOS]...")
        options.setdefault("no_args_is_help", False)
        super().__init__(*args, **options)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without any argument, the help."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help``."""
        return _in_spanish(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line of the help."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Uso: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of options, then that of commands."""
        _write_options(self, ctx, formatter)
        commands = [(name, one.get_short_help_str(200)) for name, one in sorted(self.every_command().items())]
        with formatter.section("Órdenes"):
            formatter.write_dl(commands)

    def every_command(self) -> Mapping[str, click.Command]:
        """All commands of the group by name, in their order."""
        return self.commands

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that *args* name."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(f"No existe la orden «{args[0]}». Las órdenes son: {', '.join(self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the order of the command line and end the program with its exit code."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        output.make_safe()
        try:
            result = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.Abort:
            click.echo("\nInterrumpido.", err=True)
            sys.exit(130)
        except Refused as refused:
            shown.show_refused(refused)
            sys.exit(1)
        except click.UsageError as error:
            _show_usage_error(error)
            sys.exit(2)
        except BrokenPipeError:
            _end_without_reader()
        except Exception as failure:
            found = _told(failure)
            if found is None:
                raise
            shown.show_refused(Refused([found]))
            sys.exit(1)
        sys.exit(result if isinstance(result, int) else 0)


class LazyGroup(Group):
    """A group that imports a command when it is called."""

    def __init__(self, *args: Any, modules: Mapping[str, Sequence[str]], **options: Any) -> None:
        """:param modules: by the name of each command the modules of :mod:`dteplanows.commands` that are imported for
            it: the first has it, under that name, and the others add commands to it.
        """
        super().__init__(*args, **options)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        return self._imported(cmd_name) if cmd_name in self._modules else None

    def every_command(self) -> Mapping[str, click.Command]:
        """As in :class:`Group`."""
        return {name: self._imported(name) for name in self._modules}

    def _imported(self, name: str) -> click.Command:
        first, *_ = [import_module(f"dteplanows.commands.{one}") for one in self._modules[name]]
        found: click.Command = getattr(first, name.replace("-", "_"))
        return found


def _told(failure: Exception) -> Problem | None:
    """What a person is told of *failure* of the database or of a file; None for what nobody can mend."""
    if isinstance(failure, OSError) and failure.filename and not _is_of_data(Path(failure.filename)):
        return problem("CFG-045", ruta=failure.filename, reason=in_words(failure))
    # Only now: what never fails need not wait for the engines.
    from dteplanows.ledger import faults  # noqa: PLC0415

    found = faults.told(failure, nothing_done=False, resultado=faults.LOOK_FIRST)
    if found is None and isinstance(failure, OSError) and failure.filename:
        return problem("CFG-045", ruta=failure.filename, reason=in_words(failure))
    return found


def _is_of_data(path: Path) -> bool:
    """Whether *path* lies in the folder of data: what the order writes elsewhere is no fault of the database."""
    from dteplanows.ledger.engines.sqlite.database import directories  # noqa: PLC0415 - as above

    folders = directories()
    return not folders or any(path.resolve().is_relative_to(one.resolve()) for one in folders)


def _end_without_reader() -> None:
    """End as programs do whose output nobody reads any more, as with ``| head``."""
    # What is left in the buffer would be written at the end, and fail once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)


def _in_spanish(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "Muestra esta ayuda y termina."
    return option


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    records = [one.get_help_record(ctx) for one in command.get_params(ctx) if isinstance(one, click.Option)]
    with formatter.section("Opciones"):
        formatter.write_dl([one for one in records if one is not None])


def _show_usage_error(error: click.UsageError) -> None:
    ctx = error.ctx
    if ctx is not None:
        click.echo(ctx.get_usage(), err=True)
        click.echo(f"Vea la ayuda con: {ctx.command_path} --help\n", err=True)
    click.echo(f"Error: {explain(error)}", err=True)


def explain(error: click.UsageError) -> str:
    """What is wrong with the order, in Spanish."""
    if isinstance(error, click.NoSuchOption):
        near = f" ¿Quiso decir {' o '.join(sorted(error.possibilities))}?" if error.possibilities else ""
        return f"No existe la opción {error.option_name}.{near}"
    if isinstance(error, click.MissingParameter):
        return _missing(error.param)
    if isinstance(error, click.BadParameter):
        return _bad(error)
    if isinstance(error, click.BadOptionUsage):
        takes = "does not take" not in error.message
        return f"La opción {error.option_name} {'necesita un valor' if takes else 'no lleva un valor'}."
    if error.message.startswith("Got unexpected extra argument"):
        return f"Sobra lo siguiente: {error.message.partition('(')[2].rstrip(')')}."
    if error.message == "Missing command.":
        return "Falta la orden."
    return error.message


def _missing(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return f"Falta la opción {param.opts[0]}."
    return f"Falta el argumento {_name(param)}."


def _bad(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return error.message
    name = _name(param)
    if isinstance(param.type, click.Choice):
        return f"{name} debe ser uno de estos: {', '.join(str(one) for one in param.type.choices)}."
    if isinstance(param.type, click.IntRange):
        return f"{name} debe ser un número entre {param.type.min} y {param.type.max}."
    return f"{name}: {_path_words(error.message) if isinstance(param.type, click.Path) else error.message}"


def _path_words(message: str) -> str:
    """What click says of a path, in Spanish; what we say of it as it is."""
    path = re.search(r"'(.*)'", message)
    for english, spanish in _PATH_MARKS.items():
        if path and message.endswith(english):
            return f"«{path[1]}» {spanish}."
    return message


def _name(param: click.Parameter | None) -> str:
    """What the person knows the parameter by."""
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name.rstrip(".")
