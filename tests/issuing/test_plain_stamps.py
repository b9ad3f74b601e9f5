"""The names in the stamp without accents: while a company is certified, or as it says itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.document import clock
from dteplanows.issuing import open_issuer
from dteplanows.printing.stored import read
from dteplanows.settings import load
from tests.installation import Installation, make_installation

BOLETA = f"""<DTE version="1.0"><Documento><Encabezado>
<IdDoc><TipoDTE>39</TipoDTE><Folio>0</Folio><FchEmis>{clock.today()}</FchEmis><IndServicio>3</IndServicio></IdDoc>
<Emisor><RUTEmisor>1-9</RUTEmisor></Emisor>
<Receptor><RUTRecep>66666666-6</RUTRecep><RznSocRecep>Panadería Ñuñoa &amp; Cía.</RznSocRecep></Receptor>
<Totales><MntNeto>1000</MntNeto><IVA>190</IVA><MntTotal>1190</MntTotal></Totales></Encabezado>
<Detalle><NroLinDet>1</NroLinDet><NmbItem>Caña ½ pulgada</NmbItem><QtyItem>1</QtyItem><PrcItem>1190</PrcItem>
<MontoItem>1190</MontoItem></Detalle></Documento></DTE>"""
PLAIN = "<RSR>Panaderia Nunoa &amp; Cia.</RSR><MNT>1190</MNT><IT1>Cana 1/2 pulgada</IT1>"
ACCENTED = "<RSR>Panadería Ñuñoa &amp; Cía.</RSR><MNT>1190</MNT><IT1>Caña ½ pulgada</IT1>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with closing(make_installation(tmp_path_factory.mktemp("timbres"))) as one:
        yield one


@pytest.mark.parametrize(
    ("own", "certifying", "stamped"),
    [("", False, ACCENTED), ("", True, PLAIN), ("no", True, ACCENTED), ("si", False, PLAIN)],
)
def test_the_stamp_is_folded_and_the_document_is_not(
    made: Installation, own: str, certifying: bool, stamped: str
) -> None:
    account = made.account._replace(company=replace(made.company, timbre_sin_acentos=own))  # type: ignore[arg-type]
    made.issuer.certifying = certifying
    (issued,) = made.issuer.process(account, BOLETA.encode(), "2").documents
    xml = made.xml(39, issued.folio)
    assert stamped in read(xml).ted.decode("latin-1")
    assert "<RznSocRecep>Panadería Ñuñoa &amp; Cía.</RznSocRecep>".encode("latin-1") in xml
    assert "<NmbItem>Caña ½ pulgada</NmbItem>".encode("latin-1") in xml


def test_production_is_never_certified(made: Installation) -> None:
    real = replace(made.company, ambiente="produccion")
    assert not real.stamps_in_ascii(certifying=True)
    assert replace(real, timbre_sin_acentos="si").stamps_in_ascii(certifying=False)


@pytest.mark.parametrize(("goes_to", "certifying"), [("simulador", False), ("maullin", True)])
def test_what_goes_to_the_sii_is_certified(tmp_path: Path, goes_to: str, certifying: bool) -> None:
    make_installation(tmp_path).close()
    issuer = open_issuer(load(directorio=tmp_path, sii_pruebas=goes_to))
    try:
        assert issuer.certifying is certifying
    finally:
        issuer.ledger.close()
