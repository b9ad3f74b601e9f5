"""The command line: what each command does, how problems look, exit codes, and that every word is Spanish."""

from __future__ import annotations

import ast
import codecs
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from rich.text import Text

import dteplanows
from docs import service_pages
from docs.reference import MANUAL
from dteplanows import commands
from dteplanows.cli import main
from dteplanows.commands.shown import Source, Span, marked, span_of
from dteplanows.commands.spanish import Group
from dteplanows.document.problem import Place
from dteplanows.issuing import Issuer
from dteplanows.ledger.store import Ledger
from dteplanows.parser import guess_formato
from tests.commands.command_line import RUT, SAMPLES, change, create, run, sample

ENGLISH = re.compile(r"\b(Usage|Options|Commands|Error: (Missing|No such|Invalid|Got)|Show|required|default|Try)\b")


# --- Words ------------------------------------------------------------------------------------------------------


def every_command(group: Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.every_command().items():
        yield (*path, name), command
        if isinstance(command, Group):
            yield from every_command(command, (*path, name))


COMMANDS = [((), main), *every_command(main)]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=lambda one: " ".join(one) if isinstance(one, tuple) else "")
def test_the_help_is_complete_and_spanish(path: tuple[str, ...], command: click.Command) -> None:
    done = run(None, *path, "--help")
    assert done.exit_code == 0
    assert command.help
    assert not ENGLISH.search(done.output)
    assert done.output.startswith("Uso: dteplanows" if not path else "Uso: ")
    assert [one.name for one in command.params if isinstance(one, click.Option) and not one.help] == []


def declared() -> set[str]:
    """The whole names of the commands that the modules of :mod:`dteplanows.commands` declare, read off their text."""
    groups: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    for path in Path(commands.__file__).parent.glob("*.py"):
        functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
        for function, made in ((one, made) for one in functions for made in one.decorator_list):
            if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Attribute):
                continue
            if made.func.attr in ("command", "group"):
                name = ast.literal_eval(made.args[0])
                if made.func.attr == "group":
                    groups[function.name] = f"{name} "
                else:
                    found.append((ast.unparse(made.func.value), name))
    return {f"{groups.get(above, '')}{name}" for above, name in found}


ONCE_PUBLISHED = frozenset({
    "base continuar", "base crear", "base reloj", "base verificar", "caf anular", "caf cargar", "caf listar",
    "certificado cargar", "certificado listar", "certificado quitar", "demo", "documentos", "empresa cambiar",
    "empresa crear", "empresa listar", "enlace retirar", "estado", "eventos", "exportar", "folio liberar",
    "folio retener", "folio retenidos", "llamada", "llamadas", "lotes", "oyentes", "pdf", "procesar",
    "recibidos eliminar", "recibidos listar", "reglas", "respaldo", "restaurar", "serve", "simulador", "usuario clave",
    "usuario crear", "usuario deshabilitar", "usuario eliminar", "usuario habilitar", "usuario listar",
    "usuario modificar", "validar", "worker",
})  # fmt: skip
"""Commands that scripts out there may call: none of them goes."""


def test_the_commands_are_those_of_the_manual() -> None:
    """Each one that a module declares can be given, and has its place in the manual."""
    reached = {" ".join(path) for path, command in COMMANDS if not isinstance(command, click.Group)}
    assert reached == declared()
    assert reached >= ONCE_PUBLISHED
    shown = set(re.findall(r"^\.\. _orden-(.+):$", service_pages.pages()["servicio/ordenes"], re.MULTILINE))
    listing = {" ".join(path) for path, one in COMMANDS if isinstance(one, click.Group) and one.invoke_without_command}
    assert "envios" in listing
    assert shown == {name.replace(" ", "-") for name in declared() | listing}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Órdenes"),
        (["emitir"], "No existe la orden «emitir»"),
        (["--nada"], "No existe la opción --nada"),
        (["--dir"], "--dir necesita un valor"),
        (["demo", "--once=1"], "--once no lleva un valor"),
        (["procesar"], "Falta el argumento ARCHIVO."),
        (["procesar", "no-esta.txt"], "no existe el archivo «no-esta.txt»"),
        (["procesar", "."], "es una carpeta"),
        (["empresa", "crear"], "Faltan las opciones --rut, --razon-social, --giro, --acteco, --direccion, --comuna."),
        (["empresa", "cambiar"], "Indique qué dato cambia"),
        (["usuario", "listar", "sobra"], "Sobra lo siguiente: sobra."),
        (["serve", "--port", "70000"], "--port debe ser un número entre 1 y 65535"),
        (["serve", "--servidor", "apache"], "--servidor debe ser uno de estos: granian, waitress"),
        (["validar", __file__, "--empresa", "76123456-1"], "sería 0"),
        (["validar", __file__, "--empresa", "hola"], "«hola» no es un RUT"),
        (["--dir", __file__, "documentos"], "es un archivo; se esperaba una carpeta"),
        (["pdf", "33", "1", "--salida", "/"], "es una carpeta; se esperaba un archivo"),
    ],
)
def test_an_order_that_is_not_understood(arguments: list[str], words: str) -> None:
    done = run(None, *arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert not ENGLISH.search(done.output)


def test_the_version() -> None:
    assert run(None, "--version").output == f"dteplanows {dteplanows.__version__}\n"


# --- Companies, users, certificates, CAFs -----------------------------------------------------------------------


def test_a_company_is_created_once(tmp_path: Path) -> None:
    assert "Empresa creada: 76123456-0" in create(tmp_path, rut="76.123.456-0").output
    again = create(tmp_path)
    assert again.exit_code == 2
    assert "ya existe en pruebas" in again.output
    assert "empresa cambiar" in again.output
    resolution = ("--numero-resolucion", "80", "--fecha-resolucion", "2014-08-22", "--unidad-sii", "TALCA")
    assert change(tmp_path, "--giro", "Otro giro", *resolution).exit_code == 0
    listed = run(tmp_path, "empresa", "listar").output
    assert "Otro giro" in listed
    assert "80 de 2014" in listed
    assert listed.count(RUT) == 1


def test_a_company_says_what_its_documents_say_of_the_transport(directory: Path, tmp_path: Path) -> None:
    written = ("DOC-124", "Patente desconocida", "courier: Envíos Ñandú.")
    path = sample(tmp_path, "guia52.txt")
    assert not any(one in run(directory, "validar", path).output for one in written)
    options = ("--patente-desconocida", "escribir", "--transporte-courier", " Envíos  Ñandú ")
    assert change(directory, *options).exit_code == 0
    done = run(directory, "validar", path).output
    assert all(one in re.sub(r"[\s│]+", " ", done) for one in written), done


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--rut", "76123456-1", "sería 0"),
        ("--patente-desconocida", "callar", "avisar, escribir"),
        ("--transporte-courier", "送货", "no admite: 送货"),
        ("--traslado-prolongado", "x" * 201, "se admiten 200"),
        ("--precios-con-impuestos", "callar", "rechazar, convertir"),
        ("--acteco", "4773", "seis dígitos"),
        ("--razon-social", " ", "está vacío"),
        ("--giro", "x" * 81, "se admiten 80"),
        ("--fecha-resolucion", "22-08-2014", "se escribe como"),
        ("--numero-resolucion", "ochenta", "número"),
    ],
)
def test_a_company_with_a_wrong_fact(tmp_path: Path, option: str, value: str, words: str) -> None:
    done = create(tmp_path / "datos", "pruebas", RUT, option, value)
    assert done.exit_code == 2
    assert words in done.output
    assert not (tmp_path / "datos").exists()


def test_prices_with_taxes_are_written_net_where_the_company_asks_for_it(directory: Path, tmp_path: Path) -> None:
    path = Path(sample(tmp_path, "factura33.txt"))
    head = path.read_text("latin-1").partition("->Totales<-")[0]
    line = "->Detalle<-\n1;A;Bebida;1;1290;0;0;0;0;0;1290;INT1;UN;;\n->ImpuestoRetencion<-\n1;27;10;;\n"
    path.write_text(f"{head}->Totales<-\n0;0;0;0;0;0;19;0;1290;1;0;\n{line}", "latin-1")
    assert "TOT-025" in run(directory, "validar", str(path)).output
    assert change(directory, "--precios-con-impuestos", "convertir", "--minutos-repetido", "15").exit_code == 0
    done = run(directory, "validar", str(path))
    assert done.exit_code == 0
    assert "TOT-086" in done.output


def test_a_reparo_stops_the_document_only_where_the_company_says_so(directory: Path, tmp_path: Path) -> None:
    path = Path(sample(tmp_path, "factura33.txt"))
    head = path.read_text("latin-1").partition("->Totales<-")[0]
    rest = "->Totales<-\n0;0;0;0;0;0;0;0;0;\n->Detalle<-\n1;A;Muestra;1;0;0;0;0;0;0;0;INT1;UN;;\n"
    path.write_text(head + rest, "latin-1")
    done = run(directory, "validar", str(path))
    assert done.exit_code == 0
    remark = ("TOT-056", "reparo", "El SII lo acepta con reparo (HED-1-232, HED-2-223, validación 56).")
    assert all(words in done.output for words in (*remark, "se puede emitir"))
    assert change(directory, "--reparos", "detener").exit_code == 0
    done = run(directory, "validar", str(path))
    assert done.exit_code == 1
    assert all(words in done.output for words in (*remark, "rechazado por 1 problema", "--reparos avisar"))
    assert change(directory, "--reparos", "nada").exit_code == 2


def test_nothing_is_made_where_there_is_no_data(tmp_path: Path) -> None:
    done = run(tmp_path / "otra", "empresa", "listar")
    assert done.exit_code == 2
    assert "No existe la carpeta de datos" in done.output
    assert not (tmp_path / "otra").exists()


def test_a_wrong_password_is_a_table_and_never_shown(directory: Path, tmp_path: Path) -> None:
    done = run(directory, "certificado", "cargar", str(tmp_path / "firma.p12"), DTEPLANOWS_CLAVE="no-es-esta")
    assert done.exit_code == 1
    assert "CRT-002" in done.output
    assert "no-es-esta" not in done.output
    assert "Traceback" not in done.output


def test_without_a_terminal_nobody_is_asked(directory: Path, tmp_path: Path) -> None:
    done = run(directory, "certificado", "cargar", str(tmp_path / "firma.p12"))
    assert done.exit_code == 2
    assert "--clave-archivo" in done.output


def test_a_user_opens_the_company(directory: Path, ledger: Ledger) -> None:
    done = run(directory, "usuario", "crear", "ERP", DTEPLANOWS_CLAVE="clave-uno")
    assert done.exit_code == 0
    assert "clave-uno" not in done.output
    assert [one.company.rut for one in ledger.logins.open(["ERP"], ["clave-uno"])] == [RUT]
    assert "ERP" in run(directory, "usuario", "listar").output


def test_the_avisos_of_a_user_are_set_without_its_password(directory: Path, ledger: Ledger) -> None:
    assert run(directory, "usuario", "crear", "ERP", "--avisos", "no", DTEPLANOWS_CLAVE="clave-uno").exit_code == 0
    assert [one.con_avisos for one in ledger.users.all()] == [False]
    assert run(directory, "usuario", "modificar", "erp", "--avisos", "si").exit_code == 0
    assert [one.con_avisos for one in ledger.logins.open(["ERP"], ["clave-uno"])] == [True]
    assert run(directory, "usuario", "modificar", "ERP", "--avisos", "usual").exit_code == 0
    assert [one.avisos for one in ledger.users.all()] == [None]
    assert "sí, lo usual" in run(directory, "usuario", "listar").output
    other = run(directory, "usuario", "modificar", "OTRO", "--avisos", "si")
    assert (other.exit_code, "AUT-030" in other.output) == (1, True)
    assert run(directory, "usuario", "modificar", "ERP").exit_code == 2


def test_a_new_password_is_asked_for_twice(directory: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["primera-1", "segunda-2", "tercera-3", "tercera-3"])
    monkeypatch.setattr("dteplanows.commands.opening.sys.stdin", Terminal())
    monkeypatch.setattr("dteplanows.commands.opening.click.prompt", lambda *_, **__: next(answers))
    with pytest.raises(SystemExit) as ended:
        main(["--dir", str(directory), "usuario", "crear", "ERP"])
    assert ended.value.code == 0
    assert ledger.logins.open(["ERP"], ["tercera-3"])
    assert not ledger.logins.open(["ERP"], ["primera-1"])


class Terminal:
    """An input with a person before it."""

    def isatty(self) -> bool:
        return True


# --- Files ------------------------------------------------------------------------------------------------------


def test_a_file_is_issued_and_saved(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    done = run(directory, "procesar", sample(tmp_path, "boleta39.txt"), "--xml", str(tmp_path / "xml"))
    assert done.exit_code == 0, done.output
    (saved,) = (tmp_path / "xml").iterdir()
    folio = re.search(r"folio (\d+)", done.output)
    assert folio
    assert saved.name == f"{RUT}F{folio[1]}T39.xml"
    stored = ledger.documents.find("pruebas", RUT, 39, int(folio[1]))
    assert stored is not None
    assert saved.read_bytes() == stored.xml


def test_a_book_is_judged_and_kept(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    good, bad = tmp_path / "libro.xml", tmp_path / "malo.xml"
    book = (MANUAL / "ejemplos" / "libro-ventas.xml").read_bytes().replace(b"1-9", RUT.encode())
    good.write_bytes(book)
    bad.write_bytes(book.replace(b"<TotDoc>2", b"<TotDoc>3"))
    assert "Libro de ventas: se puede guardar." in run(directory, "validar", str(good)).output
    done = run(directory, "procesar", str(good), "--xml", str(tmp_path / "xml"))
    assert (done.exit_code, "Libro de ventas: guardado." in done.output) == (0, True)
    refused = run(directory, "procesar", str(bad))
    assert (refused.exit_code, "Libro de ventas: rechazado por 1 problema." in refused.output) == (1, True)
    assert "LIB-041" in refused.output
    assert len(ledger.books.of("pruebas", RUT)) == 1


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_sample(directory: Path, tmp_path: Path, path: Path) -> None:
    """All can be issued but the one that shows errors."""
    done = run(directory, "validar", sample(tmp_path, path.name))
    assert done.exit_code == (1 if "errores" in path.name else 0), done.output
    if "errores" not in path.name:
        assert "se puede emitir" in done.output
        # The sample of a guía does without the section of its transport, which the SII likes to see.
        codes = set(re.findall(r"[A-Z]{3}-\d{3} │", done.output))
        assert codes <= ({"DOC-055 │"} if path.name == "guia52.txt" else set())


def test_validar_takes_no_folio(directory: Path, tmp_path: Path) -> None:
    path = sample(tmp_path, "boleta39.txt")
    run(directory, "validar", path)
    assert "No hay CAF." in run(directory, "caf", "listar").output


def test_a_bad_file_among_good_ones(directory: Path, tmp_path: Path) -> None:
    names = ["boleta39.txt", "factura33-con-errores.txt", "boleta41.txt"]
    done = run(directory, "procesar", *(sample(tmp_path, name) for name in names))
    assert done.exit_code == 1
    assert done.output.count("emitido con el folio") == 2
    assert "rechazado por" in done.output


def test_nothing_is_issued_when_a_file_is_missing(directory: Path, tmp_path: Path) -> None:
    done = run(directory, "procesar", sample(tmp_path, "boleta39.txt"), str(tmp_path / "no-esta.txt"))
    assert done.exit_code == 2
    assert "No hay CAF." in run(directory, "caf", "listar").output


def test_the_line_is_shown_with_its_field_marked(directory: Path, tmp_path: Path) -> None:
    done = run(directory, "validar", sample(tmp_path, "factura33-con-errores.txt"))
    lines = [row[12:] for row in done.output.splitlines()]
    number = next(index for index, row in enumerate(lines) if ";doce;" in row)
    begin = lines[number].index("doce")
    assert lines[number + 1].rstrip(" │") == " " * begin + "^^^^"
    whole = "\n".join(lines)
    assert "Línea 6, sección Detalle, campo 4 (Cantidad)" in whole
    assert all(label in whole for label in ("Problema:", "Esperado:", "Remedio:"))


def test_the_element_of_an_xml_is_marked(directory: Path, tmp_path: Path) -> None:
    path = Path(sample(tmp_path, "factura33.xml"))
    path.write_bytes(path.read_bytes().replace(b"<QtyItem>6<", b"<QtyItem>seis<"))
    rows = run(directory, "validar", str(path)).output.splitlines()
    number = next(index for index, row in enumerate(rows) if "<QtyItem>seis" in row)
    assert rows[number + 1].index("^^^^") == rows[number].index("seis")


def test_with_two_companies_one_must_be_named(directory: Path, tmp_path: Path) -> None:
    create(directory, "produccion")
    path = sample(tmp_path, "boleta39.txt")
    done = run(directory, "validar", path)
    assert done.exit_code == 2
    assert "--ambiente" in done.output
    assert run(directory, "validar", path, "--ambiente", "pruebas", "--empresa", RUT).exit_code == 0
    assert "CRT-020" in run(directory, "validar", path, "--ambiente", "produccion").output


def test_an_unexpected_failure_is_not_hidden(directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Issuer, "process", broken)
    done = run(directory, "procesar", sample(tmp_path, "boleta39.txt"))
    assert isinstance(done.exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("data", "formato"),
    [
        (b"->Boleta<-\n", "1"),
        (b"<DTE/>", "2"),
        (b"\xef\xbb\xbf\r\n <DTE/>", "2"),
        (codecs.BOM_UTF16_LE + "<DTE/>".encode("utf-16-le"), "2"),
        (b"", "1"),
        (b"\xef\xbb\xbf->B<-", "1"),
    ],
)
def test_the_format_is_guessed(data: bytes, formato: str) -> None:
    assert guess_formato(data) == formato


# --- Marks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "position", "part"),
    [
        ("a;bb;ccc;", 1, "a"),
        ("a;bb;ccc;", 3, "ccc"),
        ("a; bb ;ccc", 2, "bb"),
        ("   a;bb", 1, "a"),
        ("a;;ccc", 2, ""),
        ("a;bb", 9, ""),
        ("->Detalle<- 1;dos;", 1, "1"),
        ("->Detalle<- 1;dos;", 2, "dos"),
    ],
)
def test_a_field_between_semicolons(line: str, position: int, part: str) -> None:
    span = span_of(line, Place(line=1, position=position), "")
    assert line[span.begin : span.end] == part


def test_a_field_that_is_missing_is_marked_at_the_end() -> None:
    assert span_of("a;bb", Place(line=1, position=9), "") == Span(4, 4)


@pytest.mark.parametrize(
    ("place", "value", "part"),
    [
        (Place(line=1, field="QtyItem"), "seis", "seis"),
        (Place(line=1, field="QtyItem"), "", "<QtyItem>"),
        (Place(line=1, field="Otro"), "", "<QtyItem>seis</QtyItem>"),
    ],
)
def test_a_part_of_an_xml_line(place: Place, value: str, part: str) -> None:
    line = "  <QtyItem>seis</QtyItem> "
    span = span_of(line, place, value)
    assert line[span.begin : span.end] == part


@pytest.mark.parametrize("begin", [0, 30, 500, 990])
def test_a_long_line_is_cut_around_its_mark(begin: int) -> None:
    line = "x" * begin + "ERROR" + "x" * (1000 - begin)
    shown, carets = marked(line, Span(begin, begin + 5), 60)
    assert len(shown.plain) <= 60
    at = carets.plain.index("^")
    assert shown.plain[at : at + 5] == "ERROR"
    assert carets.plain.strip() == "^^^^^"


def test_a_wide_character_keeps_the_mark_in_place() -> None:
    _, carets = marked("日本;x", Span(3, 4), 60)
    assert carets.plain == " " * 5 + "^"


def test_the_mark_has_a_colour() -> None:
    shown, _ = marked("a;b", Span(2, 3), 60)
    assert [(one.start, one.end) for one in shown.spans] == [(2, 3)]
    assert isinstance(shown, Text)


def test_a_line_cannot_command_the_terminal() -> None:
    assert Source(b"a\x1b[31mb\tc\r\r\nsecond").line(1) == "a [31mb c"
    assert Source(b"a\r\r\nsecond\rthird").line(3) == "third"
    assert Source(b"one").line(2) == ""


def test_every_module_of_commands_is_imported_for_its_commands() -> None:
    """Importing all of them adds no command that calling each by its name would not find."""
    before = {" ".join(path) for path, _ in every_command(main)}
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}")
    assert {" ".join(path) for path, _ in every_command(main)} == before == {" ".join(path) for path, _ in COMMANDS[1:]}


def test_a_command_imports_only_what_it_needs() -> None:
    """A monitor calls some of them every minute."""
    code = "import sys; from dteplanows.cli import main; main(['--version'], standalone_mode=False); "
    order = [sys.executable, "-c", f"{code}print(*sys.modules)"]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {one for one in loaded if one.startswith(("dteplanows.ledger", "dteplanows.soap", "spyne", "peewee"))}
