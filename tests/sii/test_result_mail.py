"""The SII's mail with the result, as XML, as text, and inside a mail."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.sii.envelope_state import Counts
from dteplanows.sii.result_mail import read_mail, read_result

XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<RESULTADO_ENVIO>
<IDENTIFICACION><RUTEMISOR>76354771-K</RUTEMISOR><RUTENVIA>13482906-9</RUTENVIA><TRACKID>0000258</TRACKID>
<TMSTRECEPCION>29/11/2026 10:20:30</TMSTRECEPCION><ESTADO>EPR - Envio Procesado</ESTADO></IDENTIFICACION>
<ESTADISTICA>
<SUBTOTAL><TIPODOC>33</TIPODOC><INFORMADO>5</INFORMADO><RECHAZO>1</RECHAZO><REPARO>2</REPARO><ACEPTA>2</ACEPTA></SUBTOTAL>
<SUBTOTAL><TIPODOC>61</TIPODOC><INFORMADO>1</INFORMADO><ACEPTA>1</ACEPTA></SUBTOTAL>
</ESTADISTICA>
<REVISIONENVIO>
<REVISIONDTE><FOLIO>101</FOLIO><TIPODTE>33</TIPODTE><ESTADO>RCH - DTE Rechazado</ESTADO>
<DETALLE>(DTE-3-505) RECHAZO- Firma DTE Incorrecta</DETALLE>
<DETALLE>(REF L[5] -3-758) RECHAZO- Sin código de referencia</DETALLE></REVISIONDTE>
<REVISIONDTE><FOLIO>102</FOLIO><TIPODTE>33</TIPODTE><ESTADO>RPR - DTE Aceptado con Reparos</ESTADO>
<DETALLE>(DET L[1] -2-200) REPARO- Valor : [25883.0000] &lt;&gt; [27246.0000]</DETALLE></REVISIONDTE>
</REVISIONENVIO>
</RESULTADO_ENVIO>
"""
TEXT = """Servicio de Impuestos Internos

Rut de Empresa Emisora : 76354771-K
Identificador de Envío : 0000258
Estado del Envío : EPR - Envio Procesado

Tipo DTE  Informados  Rechazos  Reparos  Aceptados
33        5           1         2        2
61        1           0         0        1

Detalle de Rechazos y Reparos
Tipo DTE 33 Folio 101 RCH
   (DTE-3-505) RECHAZO- Firma DTE Incorrecta
   (REF L[5] -3-758) RECHAZO- Sin código de referencia
Tipo DTE 33 Folio 102 RPR
   (DET L[1] -2-200) REPARO- Valor : [25883.0000] <> [27246.0000]
"""
COUNTS = (Counts(33, 5, 2, 1, 2), Counts(61, 1, 1, 0, 0))
"""Of five, two were accepted, one refused and two remarked: the text's table has the rejections before the others."""


@pytest.mark.parametrize("text", [XML, TEXT], ids=["xml", "text"])
@pytest.mark.parametrize("charset", ["latin-1", "utf-8"])
def test_a_result(text: str, charset: str) -> None:
    found = read_result(text.encode(charset))
    assert found
    assert (found.track_id, found.state, found.gloss) == ("258", "EPR", "Envio Procesado")
    assert found.rut_emisor == "76354771-K"
    assert found.counts == COUNTS
    assert [(one.tipo, one.folio, one.state) for one in found.judged] == [(33, 101, "RCH"), (33, 102, "RPR")]
    first, second = found.judged
    assert [(one.code, one.line, one.effect) for one in first.reasons] == [
        ("DTE-3-505", 0, "rechazo"), ("REF-3-758", 5, "rechazo"),
    ]  # fmt: skip
    assert first.reasons[1].text == "Sin código de referencia"
    (reason,) = second.reasons
    assert (reason.code, reason.line, reason.ours, reason.theirs) == ("DET-2-200", 1, "25883.0000", "27246.0000")


def test_a_whole_envelope_that_was_refused() -> None:
    body = """<RESULTADO_ENVIO><IDENTIFICACION><TRACKID>7</TRACKID><ESTADO>RSC - Rechazado por Schema</ESTADO>
    </IDENTIFICACION><ERRORENVIO><DETERRENVIO>LSX-00213: only 0 occurrences</DETERRENVIO>
    <DETERRENVIO>raro</DETERRENVIO></ERRORENVIO></RESULTADO_ENVIO>"""
    found = read_result(body.encode())
    assert found
    assert (found.state, found.counts, found.judged) == ("RSC", (), ())
    assert [one.code for one in found.errors] == ["LSX-00213", ""]


def mail(*parts: tuple[bytes, str, str], text: str = "Se adjunta el resultado.") -> bytes:
    one = EmailMessage()
    one["From"], one["To"] = "siidte@sii.cl", "dte@empresa.example"
    one["Subject"] = "Certificacion - Resultado de Revision Envio 258 - 76354771-K"
    one.set_content(text)
    for content, kind, name in parts:
        one.add_attachment(content, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name)
    return one.as_bytes()


@pytest.mark.parametrize("kind", ["text/xml", "application/xml", "application/octet-stream"])
def test_a_mail_with_the_result_attached(kind: str) -> None:
    attachment = (XML.encode("latin-1"), kind, "resultado.xml")
    (found,) = read_mail(mail(attachment))
    assert (found.track_id, found.counts) == ("258", COUNTS)
    assert found.judged[0].reasons[1].text == "Sin código de referencia"
    assert len(read_mail(mail(attachment, attachment))) == 2


def test_a_mail_whose_text_is_the_result() -> None:
    (found,) = read_mail(mail(text=TEXT))
    assert (found.track_id, found.counts) == ("258", COUNTS)


def test_a_file_that_somebody_saved() -> None:
    assert [one.track_id for one in read_mail(XML.encode("latin-1"))] == ["258"]
    assert [one.track_id for one in read_mail(TEXT.encode("latin-1"))] == ["258"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Hola",
        b"<otra/>",
        b"<RESULTADO_ENVIO>",
        b'<ResultadoEnvioLibro xmlns="x"><Identificacion><TrackId>5</TrackId></Identificacion></ResultadoEnvioLibro>',
        b"Identificador del Set : 12\nEstado del Set : SOK\n",
        mail((b"<?xml version='1.0'?><EnvioDTE/>", "text/xml", "f.xml")),
        mail(text="Buenos dias: le escribo por la factura 12"),
    ],
)
def test_what_is_no_result(data: bytes) -> None:
    assert read_mail(data) == ()


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_nothing_breaks_the_reader(data: bytes) -> None:
    assert isinstance(read_mail(data), tuple)
    assert isinstance(read_mail(XML.encode("latin-1")[: len(data) * 5] + data), tuple)
