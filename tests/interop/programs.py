"""The client programs of ``clients/``: what each needs, how it is made from the contract, and how it is started."""

from __future__ import annotations

import fcntl
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCES = Path(__file__).parent / "clients"
_ROOT = Path(__file__).parents[2]
_JARS = Path("/usr/share/java")
_NODE_LIBRARIES = ("soap@>=1.1 <2", "xml-js@>=1.6 <2", "xml2js@>=0.6 <1")
_MONO_WCF = ("-r:System.ServiceModel", "-r:System.Runtime.Serialization", "-r:System.Xml.Linq")


class NotHereError(Exception):
    """The program cannot be made on this machine; the text says why."""


class Place(NamedTuple):
    """Where a program is made, and from what."""

    folder: Path
    """For what is generated; empty."""
    kept: Path
    """For what is downloaded; kept from one run of the tests to the next."""
    contract: str
    """Address of the WSDL."""


class Command(NamedTuple):
    """How a program is started; contract, version of SOAP and scenario come behind."""

    words: Sequence[str]
    environment: Mapping[str, str] = {}


class Program(NamedTuple):
    """One client program."""

    name: str
    versions: tuple[str, ...]
    """The versions of SOAP that it speaks."""
    missing: Callable[[], str]
    """What is not installed; empty when nothing is missing."""
    make: Callable[[Place], Command]


def _run(*words: str, folder: Path) -> None:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, errors="replace", timeout=300)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stdout}{done.stderr}")


def _tools(*names: str) -> Callable[[], str]:
    """That programs of these names are on the path."""

    def missing() -> str:
        absent = [name for name in names if not shutil.which(name)]
        return f"not installed: {', '.join(absent)}" if absent else ""

    return missing


# --- Python, PHP, JavaScript, Perl ------------------------------------------------------------------------------------


def _module(name: str) -> Callable[[], str]:
    return lambda: "" if importlib.util.find_spec(name) else f"the library {name} is not installed"


def _python(script: str) -> Callable[[Place], Command]:
    return lambda place: Command((sys.executable, str(SOURCES / script)), {"PYTHONPATH": str(_ROOT)})


@cache
def _php_missing() -> str:
    if not shutil.which("php"):
        return "php is not installed"
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True).stdout.lower().split()
    absent = [name for name in ("soap", "simplexml") if name not in modules]
    return f"php has no extension {', '.join(absent)}" if absent else ""


@cache
def _perl_missing() -> str:
    if not shutil.which("perl"):
        return "perl is not installed"
    done = subprocess.run(["perl", "-MSOAP::Lite", "-e", "1"], capture_output=True)
    return "perl has no SOAP::Lite" if done.returncode else ""


_NO_NETWORK = re.compile(
    "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError|ConnectTimeout|ProxyError"
    "|ConnectionError|ReadTimeout|SSLError|name resolution|timed out"
)
"""What npm and pip say when no registry answers; anything else, such as a version that does not exist, is a fault."""


def is_without_network(said: str) -> bool:
    """Whether npm or pip, which *said* that, could not reach a registry."""
    return _NO_NETWORK.search(said) is not None


def node_libraries(kept: Path, *libraries: str) -> Path:
    """The folder of *libraries*, fetched by npm into *kept* once; nothing else may be fetched there.

    :raises NotHereError: no registry answers.
    :raises RuntimeError: npm fails for another reason.
    """
    modules = kept / "node_modules"
    with (kept / "en-uso").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests of one module may run in several processes
        if not all((modules / f"{one[0]}{one[1:].partition('@')[0]}").is_dir() for one in libraries):
            try:
                _run("npm", "install", "--no-audit", "--no-fund", "--no-save", *libraries, folder=kept)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                if not is_without_network(str(error)):
                    raise
                raise NotHereError(f"no network: npm cannot fetch its libraries ({str(error)[:300]})") from None
    return modules


def _node(place: Place) -> Command:
    modules = node_libraries(place.kept, *_NODE_LIBRARIES)
    return Command(("node", str(SOURCES / "cliente.js")), {"NODE_PATH": str(modules)})


# --- Java -------------------------------------------------------------------------------------------------------------


def _jaxws_missing() -> str:
    absent = _tools("java", "javac")()
    return absent or ("" if (_JARS / "jaxws-tools.jar").exists() else "libjaxws-java is not installed")


def _jaxws(place: Place) -> Command:
    jars = ":".join(str(one) for one in sorted(_JARS.glob("*.jar")))
    generated = place.folder / "generated"
    generated.mkdir()
    # -extension: the port of SOAP 1.2 is one for wsimport. The package has no launcher.
    importer = ("com.sun.tools.ws.WsImport", "-extension", "-Xnocompile", "-keep", "-s", str(generated))
    _run("java", "-cp", jars, *importer, place.contract, folder=place.folder)
    sources = [*generated.rglob("*.java"), SOURCES / "Comun.java", SOURCES / "ConJaxws.java"]
    _run("javac", "-nowarn", "-cp", jars, "-d", ".", *map(str, sources), folder=place.folder)
    return Command(("java", "-cp", f"{place.folder}:{jars}", "ConJaxws"))


def _java_by_hand(place: Place) -> Command:
    _run("javac", "-d", ".", str(SOURCES / "Comun.java"), str(SOURCES / "AMano.java"), folder=place.folder)
    return Command(("java", "-cp", str(place.folder), "AMano"))


# --- .NET -------------------------------------------------------------------------------------------------------------


def _mono(name: str, *options: str, generator: tuple[str, ...] = ()) -> Callable[[Place], Command]:
    """The program in ``{name}.cs``; *generator* writes ``Proxy.cs`` from the contract, whose address goes last."""

    def make(place: Place) -> Command:
        sources = [str(SOURCES / "Comun.cs"), str(SOURCES / f"{name}.cs")]
        if generator:
            _run(*generator, place.contract, folder=place.folder)
            sources.append("Proxy.cs")
        _run("mcs", "-nologo", f"-out:{name}.exe", *options, *sources, folder=place.folder)
        return Command(("mono", str(place.folder / f"{name}.exe")))

    return make


# --- C ----------------------------------------------------------------------------------------------------------------


def _gsoap(place: Place) -> Command:
    def run(*words: str) -> None:
        _run(*words, folder=place.folder)

    run("wsdl2h", "-c", "-o", "wsplano.h", place.contract)
    run("soapcpp2", "-C", "-c", "-x", "-L", "wsplano.h")
    run("sh", "-c", 'exec gcc -w -o cliente -I. $(pkg-config --cflags gsoap) "$0" soapC.c soapClient.c'
        " $(pkg-config --libs gsoap)", str(SOURCES / "cliente.c"))  # fmt: skip
    return Command((str(place.folder / "cliente"),))


def _needs(missing: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(bool(missing), reason=missing)


needs_php = _needs(_php_missing())
needs_java = _needs(_tools("java", "javac")())
needs_node = _needs(_tools("node")())

BOTH = ("1.1", "1.2")

PROGRAMS = [
    Program("Python zeep", BOTH, _module("zeep"), _python("con_zeep.py")),
    Program("Python suds", ("1.1",), _module("suds"), _python("con_suds.py")),
    Program("PHP SoapClient", BOTH, _php_missing, lambda place: Command(("php", str(SOURCES / "cliente.php")))),
    Program("Node soap", BOTH, _tools("node", "npm"), _node),
    # Its SOAP 1.2 is broken by itself: it sends the content type of 1.1.
    Program("Perl SOAP::Lite", ("1.1",), _perl_missing, lambda place: Command(("perl", str(SOURCES / "cliente.pl")))),
    Program("Java JAX-WS", BOTH, _jaxws_missing, _jaxws),
    Program("Java by hand", ("1.1",), _tools("java", "javac"), _java_by_hand),
    Program(
        "NET wsdl",
        BOTH,
        _tools("mono", "mcs", "wsdl"),
        _mono("ConWsdl", "-r:System.Web.Services", generator=("wsdl", "/l:CS", "/n:Contrato", "/out:Proxy.cs")),
    ),
    Program(
        "NET svcutil",
        ("1.1",),
        _tools("mono", "mcs", "svcutil"),
        _mono("ConSvcutil", *_MONO_WCF, generator=("svcutil", "/out:Proxy.cs")),
    ),
    Program("NET by hand", ("1.2",), _tools("mono", "mcs"), _mono("AMano")),
    Program("C gSOAP", BOTH, _tools("wsdl2h", "soapcpp2", "gcc", "pkg-config"), _gsoap),
]
