"""The totals for the Formulario 29, as a contador sees them."""

from __future__ import annotations

from lxml import html

from tests.portal.pages import Site
from tests.sii.documents import issue


def test_a_month_has_its_lines_with_codes_and_sources(site: Site) -> None:
    stored = issue(site.installation, 33)
    answer = site.inside("contador").get(f"{site.home}/f29?mes={stored.fecha_emision[:7]}")
    page = html.fromstring(answer.text)
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]
    by_line = {row[0]: row for row in rows}
    iva = f"${stored.iva:,}".replace(",", ".")
    assert by_line["7"][2:4] == ["1código 503", f"{iva}código 502"]
    assert "001.130.1680" in by_line["7"][4]
    assert by_line["13"][2:4] == ["0código 509", "$0código 510"]
    assert rows[-1][3] == iva
