"""``caf``: loading, voiding and listing the folios of a company, as its operator does it."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console

from dteplanows.commands import cafs
from dteplanows.document import clock
from dteplanows.folios.authority import TestAuthority
from dteplanows.ledger.rows import FolioUse, Series, Span
from dteplanows.ledger.store import Ledger
from tests.commands.command_line import RUT, create, run, sample

SERIES = Series("pruebas", RUT, 33)


def authority_of(directory: Path) -> TestAuthority:
    return TestAuthority.from_pem((directory / "autoridad-de-prueba.pem").read_bytes())


def caf_file(authority: TestAuthority, tmp_path: Path, desde: int = 1, hasta: int = 50, rut: str = RUT) -> str:
    path = tmp_path / f"caf-{desde}-{len(list(tmp_path.iterdir()))}.xml"
    path.write_bytes(authority.make_caf(rut, "Comercial Uno SpA", 33, Span(desde, hasta), clock.today()))
    return str(path)


def rows(directory: Path) -> list[list[str]]:
    """The cells of ``caf listar`` from the type on, without its days."""
    lines = [one for one in run(directory, "caf", "listar").output.splitlines() if RUT in one]
    cells = [[cell.strip() for cell in line.split("│")[3:-1]] for line in lines]
    return [[*one[:3], *one[6:]] for one in cells]


def void(directory: Path, *arguments: str, motivo: str = "anulados en el SII") -> Result:
    return run(directory, "caf", "anular", *arguments, "--motivo", motivo)


@pytest.fixture
def loaded(directory: Path, tmp_path: Path) -> Path:
    """The data directory with the folios 1 to 50, of which the first is issued."""
    assert run(directory, "caf", "cargar", caf_file(authority_of(directory), tmp_path)).exit_code == 0
    assert run(directory, "procesar", sample(tmp_path, "factura33.txt")).exit_code == 0
    return directory


# --- cargar ---------------------------------------------------------------------------------------------------


def test_a_caf_is_loaded_once_and_accounted_for(directory: Path, tmp_path: Path) -> None:
    path = caf_file(authority_of(directory), tmp_path)
    done = run(directory, "caf", "cargar", path)
    assert done.exit_code == 0
    assert "tipo 33, folios 1 a 50" in done.output
    again = run(directory, "caf", "cargar", path)
    assert again.exit_code == 1
    assert "FOL-040" in again.output
    assert run(directory, "procesar", sample(tmp_path, "factura33.txt")).exit_code == 0
    assert rows(directory) == [["33", "1", "50", "49", "1", "0", "0", "todo"]]
    assert f"{clock.today():%d-%m-%Y}" in run(directory, "caf", "listar").output


@pytest.mark.parametrize("rut", [RUT, "76543210-3"])
def test_a_caf_of_others_is_refused(directory: Path, tmp_path: Path, rut: str) -> None:
    """Of another authority, or of another company."""
    authority = authority_of(directory) if rut != RUT else TestAuthority.generate()
    done = run(directory, "caf", "cargar", caf_file(authority, tmp_path, rut=rut), "--empresa", RUT)
    assert done.exit_code == 1
    assert "FOL-" in done.output
    assert "No hay CAF." in run(directory, "caf", "listar").output


def test_a_half_used_caf(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    done = run(directory, "caf", "cargar", caf_file(authority_of(directory), tmp_path), "--desde-folio", "31")
    assert done.exit_code == 0
    assert "30 folios, hasta el 30." in done.output
    assert rows(directory) == [["33", "1", "50", "20", "0", "30", "0", "todo"]]
    issued = run(directory, "procesar", sample(tmp_path, "factura33.txt"))
    assert "emitido con el folio 31" in issued.output
    assert ledger.folios.use(SERIES, 30).estado == "otro sistema"


@pytest.mark.parametrize("folio", ["51", "9999999999"])
def test_half_of_another_caf(directory: Path, tmp_path: Path, folio: str) -> None:
    done = run(directory, "caf", "cargar", caf_file(authority_of(directory), tmp_path), "--desde-folio", folio)
    assert done.exit_code == 1
    assert "FOL-042" in done.output and "1 a 50" in done.output
    assert rows(directory) == []


@pytest.mark.parametrize("folio", ["0", "-3", "x"])
def test_what_is_no_folio(directory: Path, tmp_path: Path, folio: str) -> None:
    done = run(directory, "caf", "cargar", caf_file(authority_of(directory), tmp_path), f"--desde-folio={folio}")
    assert done.exit_code == 2
    assert "--desde-folio" in done.output


def test_from_which_folio_is_said_of_one_file(directory: Path, tmp_path: Path) -> None:
    files = [caf_file(authority_of(directory), tmp_path, desde, desde + 9) for desde in (1, 11)]
    done = run(directory, "caf", "cargar", *files, "--desde-folio", "5")
    assert done.exit_code == 2
    assert "un solo archivo" in done.output
    assert rows(directory) == []


def test_a_caf_obtained_again(loaded: Path, tmp_path: Path) -> None:
    done = run(loaded, "caf", "cargar", caf_file(authority_of(loaded), tmp_path, 41, 50))
    assert done.exit_code == 0
    assert "CAF cargado" in done.output and "FOL-041" in done.output
    assert rows(loaded) == [
        ["33", "1", "50", "39", "1", "0", "10", "todo"],
        ["33", "41", "50", "10", "0", "0", "0", "todo"],
    ]


def modulus(data: bytes) -> bytes:
    """Of the CAF's key, in its file or in a stamp."""
    (found,) = re.findall(rb"<M>([^<]+)</M>", data)
    return bytes(found)


def test_each_folio_is_stamped_with_the_newest_caf_that_has_it(directory: Path, tmp_path: Path) -> None:
    authority = authority_of(directory)
    paths = [caf_file(authority, tmp_path, *span) for span in ((1, 50), (2, 3), (3, 3))]
    assert run(directory, "caf", "cargar", *paths).exit_code == 0
    keys = [modulus(Path(path).read_bytes()) for path in paths]
    for _ in range(4):
        done = run(directory, "procesar", sample(tmp_path, "factura33.txt"), "--xml", str(tmp_path / "xml"))
        assert done.exit_code == 0, done.output
    issued = {int(one.name.split("F")[1].split("T")[0]): modulus(one.read_bytes()) for one in tmp_path.glob("xml/*")}
    # Those of the first CAF first; then come those of which the SII gave another.
    assert issued == {1: keys[0], 4: keys[0], 5: keys[0], 6: keys[0]}
    path = Path(sample(tmp_path, "factura33.txt"))
    text = path.read_bytes()
    for folio, key in ((2, keys[1]), (3, keys[2]), (50, keys[0])):
        path.write_bytes(text.replace(b"33;0;", b"33;%d;" % folio, 1))
        assert run(directory, "procesar", str(path), "--xml", str(tmp_path / "xml")).exit_code == 0
        assert modulus((tmp_path / "xml" / f"{RUT}F{folio}T33.xml").read_bytes()) == key


def test_a_range_made_for_a_folio_asked_for_is_shown_as_such(directory: Path, tmp_path: Path) -> None:
    path = Path(sample(tmp_path, "factura33.txt"))
    text = path.read_text("latin-1")
    path.write_text(text.replace("33;0;", "33;999999;", 1), "latin-1")
    assert "emitido con el folio 999999" in run(directory, "procesar", str(path)).output
    assert rows(directory) == [["33", "999001", "1000000", "999", "1", "0", "0", "lo pedido"]]
    path.write_text(text, "latin-1")
    assert "emitido con el folio 1." in run(directory, "procesar", str(path)).output
    assert rows(directory)[1] == ["33", "1", "1000", "999", "1", "0", "0", "todo"]


# --- anular ---------------------------------------------------------------------------------------------------


def test_a_folio_a_range_and_what_remains(loaded: Path, tmp_path: Path) -> None:
    done = void(loaded, "33", "2")
    assert done.exit_code == 0
    assert "Anulados: 1 folio (2, tipo 33, Comercial Uno SpA, ambiente pruebas)." in done.output
    assert "quedan libres: 48 folios, desde el 3." in done.output
    done = void(loaded, "33", "2-10")
    assert "Anulados: 8 folios (2 a 10," in done.output
    assert "Estaban anulados desde antes: 1 folio." in done.output
    assert "quedan libres: 40 folios, desde el 11." in done.output
    done = void(loaded, "33", "2-10")
    assert done.exit_code == 0
    assert "Anulados: 0 folios" in done.output
    assert rows(loaded) == [["33", "1", "50", "40", "1", "9", "0", "todo"]]
    assert "emitido con el folio 11" in run(loaded, "procesar", sample(tmp_path, "factura33.txt")).output
    assert "quedan libres: 0 folios.\n" in void(loaded, "33", "12-50").output


def test_a_void_folio_is_refused_with_its_reason(loaded: Path, tmp_path: Path) -> None:
    void(loaded, "33", "7", motivo="se dañó el respaldo")
    path = Path(sample(tmp_path, "factura33.txt"))
    path.write_bytes(path.read_bytes().replace(b"33;0;", b"33;7;", 1))
    done = run(loaded, "procesar", str(path))
    assert done.exit_code == 1
    assert "FOL-033" in done.output and "se dañó el respaldo" in done.output


def test_an_issued_folio_is_named(loaded: Path) -> None:
    done = void(loaded, "33", "1-20")
    assert done.exit_code == 1
    assert "FOL-050" in done.output and "tipo 33 lo tiene: 1." in done.output
    assert rows(loaded) == [["33", "1", "50", "49", "1", "0", "0", "todo"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["33", "10-5"], ["FOL-054", "5-10"]),
        (["33", "40-51"], ["FOL-052", "folios 51 de", "1 a 50"]),
        (["39", "5"], ["FOL-034"]),
        (["33", "0"], ["FOL-055"]),
    ],
)
def test_what_cannot_be_voided(loaded: Path, arguments: list[str], words: list[str]) -> None:
    done = void(loaded, *arguments)
    assert done.exit_code == 1
    assert [one for one in words if one not in done.output] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["33", "5"],
        ["33", "cinco", "--motivo", "x"],
        ["33", "5-", "--motivo", "x"],
        ["33", "1.000", "--motivo", "x"],
        ["33", "--motivo", "x"],
        ["abc", "5", "--motivo", "x"],
    ],
)
def test_what_is_no_order(loaded: Path, arguments: list[str]) -> None:
    done = run(loaded, "caf", "anular", *arguments)
    assert done.exit_code == 2
    assert "Error: " in done.output
    assert rows(loaded) == [["33", "1", "50", "49", "1", "0", "0", "todo"]]


def test_a_reason_of_blanks(loaded: Path) -> None:
    done = void(loaded, "33", "5", motivo="  ")
    assert (done.exit_code, "FOL-051" in done.output) == (1, True)


def test_the_environment_is_asked_for_and_the_other_one_is_left_alone(loaded: Path) -> None:
    assert create(loaded, "produccion").exit_code == 0
    done = void(loaded, "33", "5")
    assert done.exit_code == 2
    assert "--ambiente" in done.output
    done = void(loaded, "33", "5", "--ambiente", "produccion")
    assert done.exit_code == 1
    assert "FOL-034" in done.output and "produccion" in done.output
    assert rows(loaded) == [["33", "1", "50", "49", "1", "0", "0", "todo"]]
    assert void(loaded, "33", "5", "--ambiente", "pruebas").exit_code == 0


def test_folios_of_another_system(loaded: Path, ledger: Ledger) -> None:
    void(loaded, "33", "2-9", motivo="del sistema anterior")
    assert ledger.folios.use(SERIES, 4) == FolioUse("anulado", "del sistema anterior")
    done = void(loaded, "33", "2-9", "--otro-sistema", motivo="emitidos en el sistema anterior")
    assert (done.exit_code, "desde antes: 8 folios" in done.output) == (0, True)
    assert "quedaron como usados en otro sistema: 8 folios" in done.output
    both = "del sistema anterior; emitidos en el sistema anterior"
    assert ledger.folios.use(SERIES, 4) == FolioUse("otro sistema", both)
    again = void(loaded, "33", "2-9", "--otro-sistema", motivo="otra vez")
    assert "quedaron" not in again.output
    assert ledger.folios.use(SERIES, 4) == FolioUse("otro sistema", both)


@pytest.mark.parametrize("width", [80, 120, 150])
def test_no_folio_is_cut_in_a_terminal(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    shown = io.StringIO()
    terminal = Console(file=shown, width=width, force_terminal=True, color_system=None)
    monkeypatch.setattr(cafs, "console", lambda: terminal)
    path = Path(sample(tmp_path, "factura33.txt"))
    path.write_text(path.read_text("latin-1").replace("33;0;", "33;9870001234;", 1), "latin-1")
    assert run(loaded, "procesar", str(path)).exit_code == 0
    assert run(loaded, "caf", "listar").exit_code == 0
    last = clock.today() + timedelta(days=180)
    words = (RUT, "pruebas", "Desde", "50", "lo pedido", f"{last:%d-%m-%Y}", "181", "Vence", "todo")
    assert [word for word in words if word not in shown.getvalue()] == []
    assert len(re.findall(r"\b98700\d{5}\b", shown.getvalue())) == 2
    assert max(map(len, shown.getvalue().splitlines())) <= width


def test_the_last_day_and_the_days_left_are_listed(directory: Path, tmp_path: Path, ledger: Ledger) -> None:
    today = clock.today()
    for number, (tipo, age) in enumerate(((33, 0), (33, 179), (33, 180), (33, 181), (39, 4000))):
        desde = 100 * number + 1
        span, day = Span(desde, desde + 9), today - timedelta(days=age)
        ledger.cafs.save(Series("pruebas", RUT, tipo), span, day, b"secreto de prueba")
    lines = [one for one in run(directory, "caf", "listar").output.splitlines() if RUT in one]
    cells = [[cell.strip() for cell in line.split("│")[6:9]] for line in lines]

    def row(age: int, left: str) -> list[str]:
        day = today - timedelta(days=age)
        return [f"{day:%d-%m-%Y}", f"{day + timedelta(days=180):%d-%m-%Y}", left]

    assert sorted(cells) == sorted([row(0, "181"), row(179, "2"), row(180, "1"), row(181, "vencido"),
                                    [f"{today - timedelta(days=4000):%d-%m-%Y}", "no vence", ""]])  # fmt: skip
