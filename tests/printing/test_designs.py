"""Designs: what their files may say, and that the SII's rules hold in every one of them, for every type."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from io import BytesIO
from random import Random

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from dteplanows import printing
from dteplanows.document.elements import BOLETAS, BRANCHES, DOCUMENT_NAMES, EXPORTS
from dteplanows.document.problem import Refused
from dteplanows.printing import letter
from dteplanows.printing.closing import RECEIPT
from dteplanows.printing.design import Design, logo, read, ready, ready_design, trial
from dteplanows.printing.design.model import NAMES, colour_of, contrast
from dteplanows.printing.design.reading import keys
from dteplanows.printing.design.writing import written
from dteplanows.printing.page import BLACK, RED, WHITE, Box, Page, Picture, Stamp, Text
from tests.installation import COMPANY
from tests.printing.papers import FACTS, PRODUCTION, full, opened, squeezed, text
from tests.printing.test_letter import around, assert_tidy

MILLIMETRE = 72 / 25.4
DEEP = '"a\\""'
"""A part of a key that has a quotation mark inside."""
SHEETS = ("carta", "a4", "media-carta")
ISSUER = replace(
    COMPANY, razon_social="Maestranza y Montajes Industriales Ñuble & Hijos Limitada", telefono="42 220 0000",
    giro="Fabricación y montaje de estructuras metálicas para la construcción y la minería", correo="a@empresa.example",
)  # fmt: skip


def picture(size: tuple[int, int] = (300, 200), form: str = "PNG") -> bytes:
    """A picture file of one colour with a bar."""
    image = Image.new("RGB", size, (20, 90, 160))
    image.paste((250, 200, 0), (0, size[1] // 3, size[0], size[1] // 2))
    made = BytesIO()
    image.save(made, form)
    return made.getvalue()


LOGO = logo.kept(picture())


def pages_of(design: Design, tipo: int, lines: int = 3, *, long_texts: bool = False) -> list[Page]:
    """The pages of a trial of *design*."""
    facts = replace(PRODUCTION, diseno=design, logo=LOGO, observaciones=trial.OBSERVATIONS, adicionales=trial.DATA)
    stored = trial.document(ISSUER, tipo, lines, long_texts)
    return letter.layout(stored, facts, stored.has_cedible)


def words_of(page: Page) -> str:
    return squeezed("".join(mark.text for mark in page.marks if isinstance(mark, Text)))


def assert_rules(pages: list[Page], tipo: int, cedible: bool) -> None:
    """What the Manual de Muestras Impresas v4.0 says and can be measured."""
    for page in pages:
        box = next(mark for mark in page.marks if isinstance(mark, Box) and mark.line > 1)
        assert box.colour in (RED, BLACK)
        assert 55 - 0.01 <= box.width / MILLIMETRE <= 80.01
        assert 15 <= box.height / MILLIMETRE <= 40.01
        assert 0.49 <= box.line / MILLIMETRE <= 1.01
        assert box.x > page.width / 2 - 40
        assert box.y < page.height / 3
        inside = [mark for mark in page.marks if isinstance(mark, Text) and mark.bold and mark.colour == box.colour
                  and box.x <= mark.x <= box.x + box.width and box.y <= mark.y <= box.y + box.height]  # fmt: skip
        assert squeezed("".join(mark.text for mark in inside)) == squeezed(
            f"R.U.T.: 76.354.771-K{DOCUMENT_NAMES[tipo].upper()}Nº {trial.FOLIO}"
        )
        for mark in inside:
            left, _, right, _ = around(mark, page.stretch)
            assert mark.size >= 10
            assert box.x < left < right < box.x + box.width
        unit = next(mark for mark in page.marks if isinstance(mark, Text) and mark.text.startswith("S.I.I. - "))
        assert box.y + box.height < unit.y < box.y + box.height + 20
        sizes = [mark.size for mark in page.marks if isinstance(mark, Text)]
        assert min(sizes) >= 5.5
    last = pages[-1]
    (stamp,) = [mark for mark in last.marks if isinstance(mark, Stamp)]
    assert stamp.x / MILLIMETRE >= 20
    assert stamp.y > last.height / 2 - 40
    assert 50 <= stamp.width / MILLIMETRE <= 90
    assert 20 <= stamp.height / MILLIMETRE <= 40
    legends = [mark for mark in last.marks if isinstance(mark, Text) and stamp.y + stamp.height <= mark.y <= stamp.y
               + stamp.height + 30 and mark.x < stamp.x + stamp.width]  # fmt: skip
    for words in ("Timbre Electrónico SII", "Res. 80 de 2014", "Verifique documento: www.sii.cl"):
        assert next(mark for mark in legends if mark.text == words).size >= 6
    found = words_of(last)
    assert (squeezed(RECEIPT) in found) is cedible
    if cedible:
        mark = next(mark for mark in last.marks if isinstance(mark, Text) and mark.text.startswith("CEDIBLE"))
        assert mark.x > last.width / 2
        assert mark.y > 0.9 * last.height


@pytest.mark.parametrize("tipo", BRANCHES)
@pytest.mark.parametrize("name", ready())
def test_every_ready_design_keeps_the_rules(name: str, tipo: int) -> None:
    cedible = tipo in (33, 34, 43, 46, 52)
    for sheet, lines, long_texts in zip(SHEETS, (40, 5, 1), (False, True, False), strict=True):
        design = replace(ready_design(name), papel_tamano=sheet)  # type: ignore[arg-type]
        pages = pages_of(design, tipo, lines, long_texts=long_texts)
        assert_tidy(pages)
        assert_rules(pages, tipo, cedible)


TITLES = ("P", "Precio unitario neto", "Valor", "Unidadesentregadas!!", "Cant. / Cajas", "ÑÑÑÑÑÑÑÑÑÑÑÑÑÑÑÑÑÑÑÑ")


def of_columns(chance: Random, value: Callable[[str], str]) -> str:
    """A table of a file that says something of some columns."""
    said = {name: value(name) for name in chance.sample(list(NAMES), chance.randrange(1, 5))}
    return f"{{ {', '.join(f'{name} = {one}' for name, one in said.items() if one)} }}"


def taken_design(chance: Random) -> Design:
    """A design of such a file that asks for nothing which has no room, and for no code that says nothing."""
    while True:
        try:
            return read(any_design(chance))
        except Refused as refused:
            assert {one.code for one in refused.problems} <= {"DIS-014", "DIS-015"}, refused.problems


def any_design(chance: Random) -> str:
    """A file of a design with values at the edges of what may be."""
    lines, section = [f'base = "{chance.choice(list(ready()))}"'], ""
    for key in keys().values():
        if key.seccion != section:
            section = key.seccion
            lines.append(f"[{section}]")
        edge = chance.choice([key.minimo, key.maximo])
        is_text = key.clase in ("texto", "lista")
        word = ("Ñandú y más " * 20)[: int(key.maximo)] if is_text else ""
        order = chance.sample(list(NAMES), len(NAMES))
        value = {
            "numero": edge, "texto": f'"{word.strip()}"', "si": chance.choice(["true", "false"]),
            "lista": str([word.strip()] * int(key.minimo)).replace("'", '"') if key.clase == "lista" else "",
            "color": chance.choice(['"#123456"', '"#000000"', '"#7a1020"']),
            "columnas": str(order).replace("'", '"'), "nombres": '{ A1 = "Orden" }',
            "anchos": of_columns(chance, lambda name: f"{chance.uniform(8, 45):.1f}" if name != "descripcion" else ""),
            "titulos": of_columns(chance, lambda name: f'"{chance.choice(TITLES)}"'),
        }.get(key.clase, f'"{chance.choice(key.clase.split("|"))}"')  # fmt: skip
        if chance.random() < 0.7:
            lines.append(f"{key.clave} = {value}")
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(25))
def test_no_design_breaks_a_rule(seed: int) -> None:
    """Whatever a file says that is taken, the box, the stamp and its legends are as the SII wants them, and no text
    stands over another."""
    chance = Random(seed)
    design = taken_design(chance)
    for tipo in chance.sample(list(BRANCHES), 3):
        pages = pages_of(design, tipo, chance.choice([1, 30]))
        stamped = [any(isinstance(mark, Stamp) for mark in page.marks) for page in pages]
        if design.timbre_en == "todas" and design.papel_tamano != "media-carta":
            assert all(stamped)
        assert_tidy(pages)
        assert_rules(pages, tipo, tipo in (33, 34, 43, 46, 52))


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_table_has_every_key() -> None:
    assert {one.name for one in fields(Design)} == {"nombre", *(key.name for key in keys().values())}


@pytest.mark.parametrize("name", ready())
def test_a_design_is_read_back_from_what_is_written(name: str) -> None:
    made = ready_design(name)
    assert replace(read(written(made)), nombre=name) == made
    assert contrast(colour_of(made.colores_principal), WHITE) >= 4.5


@pytest.mark.parametrize(
    ("file", "code", "line"),
    [
        ("[letra", "DIS-001", 1),
        ("[letra]\ntamano = 8\n[letras]\ntamano = 8", "DIS-002", 3),
        ("letra = 8", "DIS-002", 0),
        ("[timbre]\nancho = 3", "DIS-002", 2),
        ("[letra]\ntamano = 3", "DIS-003", 2),
        ("[letra]\ntamano = true", "DIS-003", 2),
        ("[letra]\ntamano = nan", "DIS-003", 2),
        ("[papel]\ntamano = \"oficio\"", "DIS-003", 2),
        ("[pie]\ntextos = [\"a\", \"b\", \"c\", \"d\"]", "DIS-003", 2),
        ("[pie]\ntextos = [\"日本\"]", "DIS-003", 2),
        ("[detalle]\nanchos_mm = { descripcion = 30 }", "DIS-003", 2),
        ("base = \"otro\"", "DIS-004", 1),
        ("base = [\"clasico\"]", "DIS-004", 1),
        ("[letra]\ntamano = 8\n[base]\ntamano = 8", "DIS-004", 3),
        (f"[letra]\n{'.'.join(25 * 'a')} = 1", "DIS-001", 2),
        (f"[letra]\n[{' . '.join(25 * ['x-y'])}]", "DIS-001", 2),
        (f"[letra]\n{'.'.join(25 * [DEEP])} = 1", "DIS-001", 2),
        (f"[letra]\ntamano = {5_000 * '1'}", "DIS-001", 2),
        (f"[letra]\ntamano = 0x{5_000 * 'f'}", "DIS-003", 2),
        (f"[pie]\ntextos = [0x{5_000 * 'f'}]", "DIS-003", 2),
        ("# " + 20_000 * "x", "DIS-005", 0),
        ("[colores]\nrecuadro = \"verde\"", "DIS-010", 2),
        ("[colores]\nrecuadro = \"#00ff00\"", "DIS-010", 2),
        ("[recuadro]\nletra = 9", "DIS-011", 2),
        ("[recuadro]\nancho_mm = 90", "DIS-011", 2),
        ("[recuadro]\nlinea_mm = 0.2", "DIS-011", 2),
        ("[detalle]\ncolumnas = [\"descripcion\", \"monto\"]", "DIS-012", 2),
        ("[detalle]\ncolumnas = 3", "DIS-012", 2),
        ("[colores]\nprincipal = \"#aaaaaa\"", "DIS-013", 2),
        ("[detalle]\nanchos_mm = { precio = 80, codigo = 80 }", "DIS-014", 2),
        ("[detalle]\ntitulos = { precio = \"WWWWWWWWWWWWWWWWWWWW\", unidad = \"WWWWWWWWWWWWWWWWWWWW\" }", "DIS-014", 2),
        ("[letra]\ntamano = 10\nancho = \"normal\"\n[detalle]\nanchos_mm = { codigo = 50 }", "DIS-014", 5),
        ("[pago]\nqr = true", "DIS-015", 2),
    ],
)  # fmt: skip
def test_what_a_file_may_not_say_is_told_with_its_line(file: str, code: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        read(file)
    (one,) = refused.value.problems
    assert (one.code, one.place.line) == (code, line)
    assert one.expected
    assert one.remedy


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        read("[recuadro]\nletra = 9\n[colores]\nrecuadro = 'verde'\n[otra]\n")
    assert [one.code for one in refused.value.problems] == ["DIS-011", "DIS-010", "DIS-002"]


def test_what_only_looks_like_a_key_of_many_parts_is_read() -> None:
    dots = ".".join(25 * "a")
    assert read(f'# {dots} = 1\n[pie]\ntextos = ["{dots}", \'{dots}\']\n').pie_textos == (dots, dots)


def test_the_size_of_a_file_is_that_of_its_characters() -> None:
    assert read(f"# {'ñ' * 19_000}") == replace(Design(), nombre="propio")


def test_marks_and_line_ends_of_editors_are_no_part_of_a_file() -> None:
    assert read("\ufeff[letra]\r\ntamano = 7.5\r\n").letra_tamano == 7.5


def test_what_is_expected_is_written_as_a_file_has_it() -> None:
    expected = {key.name: key.expected for key in keys().values()}
    assert expected["recuadro_linea_mm"] == "un número entre 0.5 y 1"
    assert "40 datos a lo más" in expected["adicionales_nombres"]
    assert "4 textos a lo más" in expected["emisor_textos"]
    assert "menos descripcion" in expected["detalle_anchos_mm"]


# --- what is printed ------------------------------------------------------------------------------------------------


def test_sums_are_carried_over() -> None:
    stored = trial.document(ISSUER, 33, 60)
    pages = letter.layout(stored, replace(PRODUCTION, diseno=ready_design("clasico")), False)
    amounts = [int(one.text("MontoItem")) for one in stored.root.all("Detalle")]
    done, carried = 0, ""
    for page in pages:
        found = [mark.text for mark in page.marks if isinstance(mark, Text)]
        rows = len([one for one in found if re.fullmatch(r"AB-\d{4}", one)])
        if carried:
            assert found[found.index("Suma anterior") - 1] == carried
        done += rows
        if "Suma y sigue" in found:
            carried = found[found.index("Suma y sigue") - 1]
            assert carried.replace(".", "") == str(sum(amounts[:done]))
    assert done == 60
    assert carried
    without = replace(ready_design("clasico"), detalle_suma_y_sigue=False)
    assert not any("Sumaysigue" in words_of(page) for page in pages_of(without, 33, 60))


def test_totals_and_stamp_stand_on_every_page_where_the_design_says_so() -> None:
    design = replace(ready_design("moderno"), totales_en="todas", timbre_en="todas")
    pages = pages_of(design, 33, 60)
    assert len(pages) > 2
    assert_tidy(pages)
    for page in pages:
        assert len([mark for mark in page.marks if isinstance(mark, Stamp)]) == 1
        assert "TOTAL$" in words_of(page)
    usual = pages_of(ready_design("moderno"), 33, 60)
    assert ["TOTAL$" in words_of(page) for page in usual] == [False] * (len(usual) - 1) + [True]


@pytest.mark.parametrize("tipo", sorted(EXPORTS))
def test_exports_are_in_two_languages_with_two_decimals(tipo: int) -> None:
    stored = trial.document(ISSUER, tipo, 2)
    found = squeezed(text(printing.design_trial(ISSUER, replace(PRODUCTION, diseno=ready_design("clasico")), tipo, 2)))
    for words in ("Señor(es) / Buyer", "Fecha de emisión /", "Date of issue", "Moneda / Currency", "DOLAR USA",
                  "TOTAL / TOTAL AMOUNT", "Descripción", "Description", "Page 1 of 1"):  # fmt: skip
        assert squeezed(words) in found, words
    whole = f"{int(stored.root.text('Encabezado/Totales/MntTotal')):,}".replace(",", ".")
    assert f"{whole},00" in found
    assert "4.500,00" in found
    stored.root.parts["Encabezado"][0].parts["Totales"][0].values["TpoMoneda"] = ["PESO CL"]
    assert stored.decimals == 0


def test_other_documents_are_in_spanish_alone() -> None:
    assert not any("Buyer" in words_of(page) for tipo in (33, 52, 39) for page in pages_of(Design(), tipo))


def test_payment_data_and_their_code() -> None:
    design = read(
        '[pago]\nbanco = "Banco de Prueba"\nnumero_de_cuenta = "00-123-4567"\ntitular = "Maestranza Ñuble"\nqr = true\n'
        '[adicionales]\nnombres = { A1 = "Orden interna" }\n[emisor]\nsegunda_direccion = "Bodega: Ruta 5 km 400"\n'
        'sucursales = ["Temuco: Calle Uno 10"]\ntextos = ["Desde 1974"]\n[pie]\ntextos = ["Gracias por su compra"]'
    )
    file = printing.design_trial(ISSUER, replace(PRODUCTION, diseno=design), 33, 3)
    found = text(file)
    for words in ("Datos para el pago", "00-123-4567", "Orden interna", "Bodega: Ruta 5 km 400", "Desde 1974",
                  "Temuco: Calle Uno 10", "Gracias por su compra"):  # fmt: skip
        assert squeezed(words) in found, words
    seen = [one for page in opened(file) for one in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    codes = [one.text for one in seen if one.format == zxingcpp.BarcodeFormat.QRCode]
    assert codes == ["Banco de Prueba\n00-123-4567\nMaestranza Ñuble"]
    linked = replace(design, pago_enlace="https://pagos.example/33")
    file = printing.design_trial(ISSUER, replace(PRODUCTION, diseno=linked), 33, 3)
    seen = [one for page in opened(file) for one in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert "https://pagos.example/33" in [one.text for one in seen]


def test_a_trial_says_on_each_page_that_it_is_no_document() -> None:
    file = printing.design_trial(ISSUER, PRODUCTION, 33, 60)
    assert all("PRUEBADEDISEÑO" in squeezed(page.get_textpage().get_text_bounded()) for page in opened(file))
    assert opened(file).count_attachments() == 0


# --- the logo -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(4000, 300), (300, 4000), (40, 40)])
def test_a_logo_is_printed_within_its_room(size: tuple[int, int], form: str) -> None:
    kept = logo.kept(picture(size, form))
    for name in ready():
        design = ready_design(name)
        stored = trial.document(ISSUER, 33, 2)
        pages = letter.layout(stored, replace(PRODUCTION, diseno=design, logo=kept), False)
        assert_tidy(pages)
        (mark,) = [one for one in pages[0].marks if isinstance(one, Picture)]
        assert mark.width / MILLIMETRE <= design.emisor_logo_ancho_mm + 0.01
        assert mark.height / MILLIMETRE <= design.emisor_logo_alto_mm + 0.01
        assert mark.width / mark.height == pytest.approx(size[0] / size[1], rel=0.1)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_logo_has_its_colours_on_letters_and_rolls(form: str) -> None:
    facts = replace(PRODUCTION, logo=logo.kept(picture(form=form)))
    letter_page = pypdfium2.PdfDocument(printing.letter_pdf(full(33), facts))[0].render(scale=1).to_pil()
    assert max(abs(one - other) for one, other in zip(letter_page.getpixel((60, 35)), (20, 90, 160), strict=True)) < 12
    ticket = pypdfium2.PdfDocument(printing.ticket_pdf(full(39), facts))[0].render(scale=1).to_pil()
    assert ticket.getpixel((ticket.width // 2, 20))[2] > 120
    assert ticket.getpixel((ticket.width // 2, 20))[0] < 60


@pytest.mark.parametrize("file", [b"", b"no es", b"\x89PNG\r\n\x1a\n" + b"x" * 50, picture((4, 4)), picture()[:200]])
def test_what_is_no_picture_is_refused(file: bytes) -> None:
    with pytest.raises(Refused) as refused:
        logo.kept(file)
    assert [one.code for one in refused.value.problems] == ["DIS-030"]


def test_a_photograph_stands_as_its_camera_says() -> None:
    turned = Image.Exif()
    turned[274] = 6
    made = BytesIO()
    Image.new("RGB", (300, 200)).save(made, "JPEG", exif=turned)
    with Image.open(BytesIO(logo.kept(made.getvalue()))) as image:
        assert image.size == (200, 300)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_a_camera_writes_wrongly_keeps_no_photograph_out() -> None:
    said = Image.Exif()
    said[274], said[271] = 6, "Cámara"
    said[0x8769] = {0x9003: "2026:01:01 00:00:00", 0xA002: 300}
    said[282] = 72.0
    made, chance = BytesIO(), Random(1)
    Image.new("RGB", (24, 16)).save(made, "JPEG", exif=said)
    start = made.getvalue().index(b"Exif") + 14
    end = start + len(said.tobytes()) - 14
    for _ in range(150):
        odd = bytearray(made.getvalue())
        for _ in range(chance.randint(1, 3)):
            odd[chance.randrange(start, end)] = chance.choice((0, 1, 2, 3, 5, 7, 10, 12, 255))
        assert logo.kept(bytes(odd))


def test_a_transparent_logo_stands_on_white() -> None:
    made = BytesIO()
    Image.new("RGBA", (100, 50), (0, 0, 0, 0)).save(made, "PNG")
    with Image.open(BytesIO(logo.kept(made.getvalue()))) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_boletas_have_no_cedible_copy_in_any_design() -> None:
    for tipo in BOLETAS:
        assert not trial.document(ISSUER, tipo, 1).has_cedible
    assert FACTS.diseno == Design()
