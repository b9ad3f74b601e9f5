#!/usr/bin/env python3
"""Runs the project from a clone: makes its virtual environment in ``.venv`` once and then the command asked for.

Standard library only. The file is written so that an old Python 3 can still read it and say what is missing.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":
    import fcntl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dteplanows.stamp"
NO_DEPS = ROOT / "tests" / "requirements-no-deps.txt"
DESCRIPTIONS = (ROOT / "setup.cfg", ROOT / "pyproject.toml", NO_DEPS)
MANUAL = ROOT / "dteplanows" / "manual"
MANUAL_STAMP = VENV / "manual.stamp"
MANUAL_SOURCES = (ROOT / "docs", ROOT / "dteplanows")
"""What the pages of the manual come from: texts, tables, and the settings and commands of the program itself."""
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")

OLDEST = (3, 11)
NEWEST = (3, 13)

MEASURES = (
    "validation", "schema", "bulk", "load", "producers", "consistency", "wrong_totals", "variations", "socket",
    "hostile", "hostile_hour", "faults", "documents", "envelopes",
    "delivery", "portal", "screens", "stamps", "designs",
)  # fmt: skip
OTHER_NAMES = {"socket": "socket_pairs"}
"""Modules of measures that are not named as their command: one named ``socket`` would hide Python's own."""

HELP = """\
Uso: python3 run.py ORDEN [argumentos…]

  demo        prepara una empresa de prueba y emite documentos de muestra
  dteplanows  cualquier orden del programa; por ejemplo: python3 run.py dteplanows --help
  test        ejecuta las pruebas; los argumentos son los de pytest; «test -m long», las que más tardan
  check       revisa el estilo, los tipos y las dependencias entre módulos, y ejecuta las pruebas
  benchmark   mide la velocidad del camino principal; «benchmark validation», la de leer y validar;
              «benchmark socket», lo que cuesta una llamada al servicio real, junto a otra versión (--against);
              «benchmark hostile_hour», la memoria tras una hora de llamadas hostiles (--seconds);
              «benchmark schema» compara el esquema propio con el del SII;
              «benchmark bulk», un archivo de 20 000 documentos con el trabajador interrumpido tres veces;
              «benchmark faults», la tabla de fallas: qué se duplica o se pierde en cada una;
              «benchmark load», 64 clientes a la vez, junto a un servicio Spyne que no hace nada;
              «benchmark hostile», 1000 conexiones hostiles y un cliente legítimo a la vez;
              «benchmark producers», si se conserva el total cobrado, según cómo calcula cada programa;
              «benchmark consistency», si algún documento emitido se contradice;
              «benchmark wrong_totals», si el rechazo de un total errado nombra su causa;
              «benchmark delivery», lo emitido hasta la última palabra del SII (--kills, --verify);
              «benchmark envelopes», lo que cuesta un sobre de 2000 documentos para el SII;
              «benchmark documents», buscar y sumar en un registro de un millón de documentos;
              «benchmark portal», lo que tarda cada página del portal con muchos documentos (--engine postgresql);
              «benchmark screens», imágenes de todas las páginas del portal, para mirarlas (--into CARPETA);
              «benchmark designs», lo que cuestan una carta y un ticket, junto a otros programas (--peers), y la memoria
              (--many); con --into, imágenes de todos los tipos en todos los diseños;
              «benchmark stamps», si los timbres impresos se leen, y lo que cuesta un ticket (--documents, --each);
              «benchmark variations», si se toma todo archivo bueno y cada motivo nombra su causa
  manual      construye de nuevo el manual, en dteplanows/manual (las demás órdenes lo hacen cuando hace falta)
  fuzz        lee y valida archivos dañados y hostiles: fuzz --inputs 1000000

La primera vez se crea el entorno .venv en esta carpeta y se instalan en él las bibliotecas."""


class CannotRunError(Exception):
    """The command cannot go on; the text tells the person why and what to do."""


def say(text: str) -> None:
    """One line of progress, on the error output: the standard output belongs to the command."""
    print(text, file=sys.stderr, flush=True)


# --- The interpreter ------------------------------------------------------------------------------------------


def version_of(python: str) -> "tuple[int, ...]":
    """(major, minor) of an interpreter; empty when it does not run (a launcher of a version not installed)."""
    try:
        answer = subprocess.run(
            [python, "-c", "import sys; print(sys.version_info[0], sys.version_info[1])"],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        return tuple(int(part) for part in answer.stdout.split()) if answer.returncode == 0 else ()
    except (OSError, ValueError):
        return ()


def fits(version: "tuple[int, ...]") -> bool:
    """Whether the project runs on that version."""
    return OLDEST <= version <= NEWEST


def base_python() -> str:
    """The interpreter to make the environment with: this one, or the newest fitting one on the path."""
    running = tuple(sys.version_info[:2])
    if fits(running) and sys.executable:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and version_of(found) == (3, minor):
            return found
    raise CannotRunError(
        "Se necesita Python 3.11, 3.12 o 3.13, y este es Python {}.{}. ".format(*running)
        + "Instale uno de ellos (https://www.python.org/downloads) y repita la orden con él, "
        + "por ejemplo: python3.12 run.py demo"
    )


# --- The environment ------------------------------------------------------------------------------------------


def wanted_stamp(tests: bool) -> str:
    """What the stamp must say for the environment to be as setup.cfg describes it, in this folder."""
    digest = hashlib.sha256(os.fsencode(str(ROOT)))
    for path in DESCRIPTIONS:
        digest.update(path.read_bytes())
    return digest.hexdigest() + (" test" if tests else " demo")


def is_ready(tests: bool) -> bool:
    """Whether the environment needs nothing. One with the test tools serves the demo too."""
    stamp = STAMP.read_text("ascii") if STAMP.is_file() else ""
    good = {wanted_stamp(True)} if tests else {wanted_stamp(True), wanted_stamp(False)}
    return stamp in good and PYTHON.exists()


def make_environment() -> None:
    """Make ``.venv``; with pip inside where this machine can do that, else without.

    :raises CannotRunError: when Python cannot make it at all.
    """
    base = base_python()
    say("Creando el entorno .venv con Python {}.{}…".format(*version_of(base)))
    failure = ""
    for option in ([], ["--without-pip"]):
        made = subprocess.run(
            [base, "-m", "venv", "--clear", *option, str(VENV)],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if made.returncode == 0 and PYTHON.exists():
            return
        failure = made.stdout.decode(errors="replace").strip()
    raise CannotRunError(
        failure + "\nNo se pudo crear el entorno .venv. En Debian o Ubuntu: sudo apt install python3-venv"
    )


def pip_command() -> "list[str]":
    """How to call pip for the environment: its own, or the outer one told to work in it.

    :raises CannotRunError: when there is neither.
    """
    own = [str(PYTHON), "-m", "pip"]
    outer = [base_python(), "-m", "pip", "--python", str(PYTHON)]
    for command in (own, outer):
        if subprocess.call([*command, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return command
    raise CannotRunError(
        "Falta pip. En Debian o Ubuntu: sudo apt install python3-venv python3-pip; después repita la orden."
    )


def install(*requirements: str) -> None:
    """Install into the environment, with the person's own pip configuration.

    :raises CannotRunError: when pip fails; pip has then written why.
    """
    command = [*pip_command(), "install", "-qq", "--disable-pip-version-check", *requirements]
    if subprocess.call(command, cwd=str(ROOT), stdout=sys.stderr):
        raise CannotRunError(
            "pip no pudo instalar lo necesario; arriba está su explicación. Revise la conexión a internet "
            "o la configuración de pip, y repita la orden: continuará donde quedó."
        )


@contextlib.contextmanager
def one_at_a_time() -> "Iterator[None]":
    """Two commands started together must not both fill the environment; the second one waits (not on Windows)."""
    if sys.platform == "win32":
        yield
    else:
        folder = os.open(str(ROOT), os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def prepare(tests: bool) -> None:
    """Make or refresh the environment, when it needs it."""
    if is_ready(tests):
        return
    with one_at_a_time():
        if not is_ready(tests):
            fill(tests)


def fill(tests: bool) -> None:
    """Install what setup.cfg says, into the environment that is there or a new one.

    :raises CannotRunError: when a part of it fails; the next call begins where this one ended.
    """
    if not fits(version_of(str(PYTHON))):
        make_environment()
    with contextlib.suppress(FileNotFoundError):
        STAMP.unlink()
    if tests:
        say("Instalando dteplanows, sus bibliotecas y las herramientas de prueba en .venv; tarda un par de minutos…")
        install("--editable", ".[demo,manual,test]")
        install("--no-deps", "--requirement", str(NO_DEPS))
    else:
        say("Instalando dteplanows y sus bibliotecas en .venv; tarda cerca de un minuto…")
        install("--editable", ".[demo,manual]")
    STAMP.write_text(wanted_stamp(tests), "ascii")


# --- The manual -----------------------------------------------------------------------------------------------


def state_of_sources() -> str:
    """What tells a changed source of the manual from one that is as it was: names, sizes and moments of change."""
    digest = hashlib.sha256()
    for folder in MANUAL_SOURCES:
        for place, folders, names in os.walk(str(folder)):
            folders[:] = sorted(one for one in folders if one != "__pycache__" and Path(place, one) != MANUAL)
            for name in sorted(names):
                about = os.stat(os.path.join(place, name))  # noqa: PTH116, PTH118 - twice as fast, before every command
                digest.update(f"{place}/{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def prepare_manual(tests: bool) -> None:
    """Build the pages that the service shows at ``/manual/`` where there are none, or other sources than before.

    Tests look after that themselves where they need it. A manual that cannot be built keeps nobody from the rest.
    """
    if MANUAL.is_dir() and tests:
        return
    state = state_of_sources()
    if MANUAL.is_dir() and MANUAL_STAMP.is_file() and MANUAL_STAMP.read_text("ascii") == state:
        return
    if not MANUAL.is_dir():
        say("Construyendo el manual; tarda cerca de un cuarto de minuto…")
    command = [str(PYTHON), "-m", "docs.build", "--if-changed"]
    if subprocess.call(command, cwd=str(ROOT), stdout=sys.stderr):
        say("El manual no se pudo construir; lo demás funciona. «python3 run.py manual» lo intenta de nuevo.")
    else:
        MANUAL_STAMP.write_text(state, "ascii")


# --- The commands ---------------------------------------------------------------------------------------------


def become(command: "list[str]") -> int:
    """Run *command* in place of this process and so pass on its signals and exit code; Windows can only wait."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execv(command[0], command)
    return subprocess.call(command)


def keep_bytecode() -> None:
    """Let Python keep what it compiled, in the environment's folder, where this machine tells it not to.

    The tests start the program some thousand times, and each time would compile all of it: the run takes twice as long.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def keep_files_in_memory() -> None:
    """Let the tests make their files in memory where there is room, unless a person says where.

    Ledgers write through to the disk at each document: on a disk the tests wait for it a third of their time.
    """
    memory, room = Path("/dev/shm"), 4 << 30
    if WINDOWS or os.environ.get("TMPDIR") or not os.access(str(memory), os.W_OK):
        return
    found = os.statvfs(str(memory))
    # Some tests compile a program and run it.
    if found.f_bavail * found.f_frsize >= room and not found.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(memory)


def pytest(arguments: "list[str]") -> "list[str]":
    """The test run, on all processors unless *arguments* say otherwise; tests of one group stay in one process.

    One process more than there are processors: many a test waits for the service that it started.
    """
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    processes = str(mine + 1)
    return [str(PYTHON), "-m", "pytest", "-n", processes, "--dist", "loadgroup", *arguments]


def check(arguments: "list[str]") -> int:
    """All checks, also after one fails, so that one run shows everything. 0 when all are good.

    Those that only read run beside the manual's making and the tests, which often wait for what they started.
    """
    readers = (
        ("Estilo (ruff)", [str(PYTHON), "-m", "ruff", "check", "."]),
        ("Tipos (mypy)", [str(PYTHON), "-m", "mypy"]),
        ("Dependencias entre módulos (import-linter)", [str(BIN / "lint-imports")]),
    )
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        beside = []
        for number, (title, command) in enumerate(readers):
            said = Path(folder, str(number))
            with said.open("wb") as output:
                beside.append((title, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT), said))
        # Each process of the tests compiles them else, at the same time.
        compiled = subprocess.Popen(
            [str(PYTHON), "-m", "pytest", "--collect-only", "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            prepare_manual(tests=True)
            compiled.wait()
            say("Pruebas (pytest)…")
            if subprocess.call(pytest(arguments)):
                failed.append("Pruebas (pytest)")
            for title, process, said in beside:
                if process.wait():
                    failed.append(title)
                say(title + "…")
                say(said.read_text("utf-8", "replace").rstrip())
        finally:
            for process in (compiled, *(one for _, one, _ in beside)):
                process.kill()
    say("Falló: {}.".format("; ".join(failed)) if failed else "Todo está bien.")
    return 1 if failed else 0


def run(command: str, arguments: "list[str]") -> int:
    """Prepare the environment and run one of the commands of HELP."""
    measure = arguments[0] if command == "benchmark" and arguments and arguments[0] in MEASURES else ""
    tests = bool(measure) or command in ("test", "check", "fuzz", "manual")
    prepare(tests)
    if command in ("demo", "dteplanows", "test"):
        prepare_manual(tests)
    if command == "dteplanows":
        return become([str(PYTHON), "-m", "dteplanows", *arguments])
    if command == "demo":
        return become([str(PYTHON), "-m", "dteplanows", "demo", *arguments])
    os.chdir(str(ROOT))
    keep_bytecode()
    if command == "fuzz":
        return become([str(PYTHON), "-m", "benchmarks.fuzz", *arguments])
    if measure:
        return become([str(PYTHON), "-m", f"benchmarks.{OTHER_NAMES.get(measure, measure)}", *arguments[1:]])
    if command == "benchmark":
        return become([str(PYTHON), "-m", "benchmarks.road", *arguments])
    if command == "manual":
        return become([str(PYTHON), "-m", "docs.build", *arguments])
    keep_files_in_memory()
    return check(arguments) if command == "check" else become(pytest(arguments))


def main(arguments: "list[str]") -> int:
    """The exit code for *arguments*: the command's own, 1 when it cannot be run, 2 when it is not one of ours."""
    if not arguments or arguments[0] in ("-h", "--help", "help", "ayuda"):
        print(HELP)
        return 0
    if arguments[0] not in ("demo", "dteplanows", "test", "check", "benchmark", "fuzz", "manual"):
        say(f"No existe la orden «{arguments[0]}».\n\n{HELP}")
        return 2
    try:
        return run(arguments[0], arguments[1:])
    except CannotRunError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Interrumpido.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
