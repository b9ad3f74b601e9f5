"""HTML in texts is read as the text that it means; what is no HTML stays as it is."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document.problem import Severity
from dteplanows.parser.values.markup import plain
from tests.parser.parser_support import LINE, codes, factura, one, xml

READ = {
    "<b>Mesa</b> plegable": "Mesa plegable",
    "Mesa<br>plegable": "Mesa plegable",
    "Mesa<BR/>plegable": "Mesa plegable",
    "<p>Mesa</p><p>Silla</p>": "Mesa Silla",
    "Mesa&nbsp;plegable": "Mesa plegable",
    "Caf&eacute; &amp; t&eacute;": "Café & té",
    "&#241;and&uacute; &#xF1;": "ñandú ñ",
    "&amp;ntilde;and&amp;amp;uacute;": "ñandú",
    "&lt;strong&gt;Oferta&lt;/strong&gt;": "Oferta",
    '<span style="color: red">Rojo</span>': "Rojo",
    '<a href="https://example.com/x">Ver</a>': "Ver",
    'Silla <span style="color:r': "Silla",
    "Tubo <!-- interno --> 1/2": "Tubo 1/2",
    "<style>p{color:red}</style>Tubo": "Tubo",
    "<h4>Tubo</h4>": "Tubo",
    "<B>Tubo</B>": "Tubo",
    "<td>Uno</td><td>Dos</td>": "Uno Dos",
    "1&frac12;&quot; de di&aacute;metro": '1½" de diámetro',
    "5 &lt; 6": "5 < 6",
}

STAYS = [
    "Caja <5 kg", "a < b > c", "Perno <M12>", "R&D", "A&B; C", "Ampolleta <H4>", "Polera <S>", "Talla <L>", "Clase <A>",
    "Tubo <1/2>", "x<y", "AT&T", "Pan&para niños", "&copy sin punto y coma", "<>", "</>", "< b>", "&;", "&#;",
    "&desconocida;", "Pintura <base>", "Cable <-> enchufe",
]  # fmt: skip


@pytest.mark.parametrize(("written", "means"), READ.items())
def test_html_is_read_as_the_text_that_it_means(written: str, means: str) -> None:
    assert plain(written, several_lines=False) == means


@pytest.mark.parametrize("text", STAYS)
def test_what_is_no_html_stays(text: str) -> None:
    assert plain(text, several_lines=False) == text
    assert plain(text, several_lines=True) == text


def test_line_breaks_stay_where_a_text_has_several_lines() -> None:
    assert plain("<p>Uno</p> <p>Dos<br />tres</p>", several_lines=True) == "Uno\nDos\ntres"
    inside = "<Detalle><NmbItem>A&lt;br>B</NmbItem><DscItem>Uno&lt;br>Dos</DscItem></Detalle>"
    line = one(xml(inside), "2").detalles[0]
    assert (line.text("NmbItem"), line.text("DscItem")) == ("A B", "Uno\nDos")


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_categories=["Cc", "Cf", "Zs"]), max_size=40))
@settings(max_examples=200, deadline=None)
def test_whatever_was_escaped_comes_out_as_it_was(text: str) -> None:
    once = html.escape(text)
    read = plain(once, several_lines=False)
    assert read == plain(text, several_lines=False)
    assert plain(html.escape(once), several_lines=False) == read


def test_the_aviso_shows_the_text_as_it_was() -> None:
    document = one(factura(Detalle=LINE.replace("Vidrio templado", "<b>Vidrio</b> templado")))
    (aviso,) = document.problems
    assert (aviso.code, aviso.severity, aviso.value) == ("TXT-089", Severity.AVISO, "<b>Vidrio</b> templado")
    assert "«<b>Vidrio</b> templado»" in aviso.message and "«Vidrio templado»" in aviso.message
    assert document.detalles[0].value("NmbItem") == "Vidrio templado"
    assert document.detalles[0].fields["NmbItem"][0].text == "<b>Vidrio</b> templado"


def test_every_text_of_a_document_is_read_so() -> None:
    document = one(xml(
        "<Detalle><NmbItem>V</NmbItem></Detalle><DscRcgGlobal><TpoMov>D</TpoMov><GlosaDR>Fiel&amp;nbsp;cliente</GlosaDR>"
        "<TpoValor>$</TpoValor><ValorDR>5</ValorDR></DscRcgGlobal><Observaciones>Uno&lt;br>dos</Observaciones>"
        "<Adicional><A1>&lt;i>Ruta&lt;/i> 5</A1></Adicional>",
        receptor="<GiroRecep>Panader&amp;iacute;a</GiroRecep><DirRecep>&lt;p>Calle 1&lt;/p></DirRecep>",
    ), "2")  # fmt: skip
    assert document.receptor.text("GiroRecep") == "Panadería"
    assert document.receptor.text("DirRecep") == "Calle 1"
    assert document.root.all("DscRcgGlobal")[0].text("GlosaDR") == "Fiel cliente"
    assert document.beside.observaciones == ["Uno", "dos"]
    assert document.beside.adicionales == {"A1": "Ruta 5"}
    assert codes(document).count("TXT-089") == 5


def test_a_text_of_html_alone_is_nothing() -> None:
    document = one(xml("<Detalle><NmbItem>V</NmbItem><UnmdItem>&lt;br></UnmdItem></Detalle>",
                       receptor="<DirRecep>&amp;nbsp;</DirRecep>"), "2")  # fmt: skip
    assert "DirRecep" not in document.receptor.fields and "UnmdItem" not in document.detalles[0].fields
    assert codes(document).count("TXT-085") == 2


def test_the_lines_of_text_of_a_txt_are_not_cut_by_a_reference() -> None:
    document = one(factura(Observacion="Atenci&oacute;n <b>cliente</b>;Retira Juan\nJuan &Co;Ana"))
    assert document.beside.observaciones == ["Atención cliente", "Retira Juan", "Juan &Co", "Ana"]
    assert codes(document) == ["TXT-089"]
