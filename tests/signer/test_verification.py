"""Verification agrees with what was signed, and with nothing that was changed since."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from dteplanows.document import clock
from dteplanows.folios.caf import Caf
from dteplanows.folios.keys import stamping_key
from dteplanows.signer.verification import digest_holds, parts_of, signature_holds, stamp_holds
from tests.installation import FIRST_FOLIO, TIPOS, make_installation
from tests.valid_documents import as_file, make


@cache
def signed() -> tuple[tuple[bytes, Caf], ...]:
    """A document of every type, and the CAF that stamps it."""
    with TemporaryDirectory() as folder:
        made = make_installation(Path(folder))
        for tipo in TIPOS:
            for number in range(3):
                file = as_file(make(tipo, Random(number), clock.today()))
                made.issue(file.replace(b"<Folio>9999999999<", b"<Folio>%d<" % (FIRST_FOLIO + number)), "2")
        rows = made.ledger.connection.execute("SELECT xml, caf_id FROM documento").fetchall()
        found = tuple((bytes(xml), stamping_key(made.ledger, caf_id)) for xml, caf_id in rows)
        made.close()
    return found


def holds(xml: bytes, caf: Caf) -> tuple[bool, bool, bool]:
    parts = parts_of(xml)
    assert parts
    return digest_holds(parts), signature_holds(parts), stamp_holds(parts, caf.xml, caf.key.public_key())


def test_what_was_signed_holds() -> None:
    assert len(signed()) > 2 * len(TIPOS)
    for xml, caf in signed():
        assert holds(xml, caf) == (True, True, True)


def test_the_parts_are_those_of_the_document() -> None:
    for xml, caf in signed():
        parts = parts_of(xml)
        assert parts
        assert parts.first("TipoDTE") == str(caf.tipo)
        assert parts.first("RUTEmisor") == caf.rut
        assert parts.first("NoHay") == ""


@settings(deadline=None)
@given(st.data())
def test_no_byte_can_be_changed_unseen(data: st.DataObject) -> None:
    """Neither of the document nor of what its signature covers or holds; the certificate's own signature is not."""
    xml, _ = data.draw(st.sampled_from(signed()))
    end = xml.index(b"<KeyInfo>")
    place = data.draw(st.integers(0, end - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(xml)
    changed[place] ^= other
    parts = parts_of(bytes(changed))
    assert parts is None or not (digest_holds(parts) and signature_holds(parts))


def test_the_parts_of_another_document_do_not_fit() -> None:
    (first, caf), (second, _) = [one for one in signed() if one[1].tipo == 33][:2]
    mine, others = parts_of(first), parts_of(second)
    assert mine
    assert others
    assert not digest_holds(mine._replace(documento=others.documento))
    assert not digest_holds(mine._replace(documento=others.documento, digest=others.digest))
    assert not signature_holds(mine._replace(value=others.value))
    assert stamp_holds(mine, caf.xml, caf.key.public_key())
    foreign = next(one for _, one in signed() if one.tipo == 39)
    assert not stamp_holds(mine, foreign.xml, foreign.key.public_key())
    assert not stamp_holds(mine, caf.xml, foreign.key.public_key())
    assert not stamp_holds(mine._replace(documento="<Documento></Documento>"), caf.xml, caf.key.public_key())


def test_what_has_another_form_has_no_parts() -> None:
    xml, _ = signed()[0]
    for one in (b"", b"<DTE/>", xml[:-1], xml.replace(b"<Signature ", b"<Firma "), b" " + xml, xml + b" "):
        assert parts_of(one) is None


def test_a_certificate_that_is_none_verifies_nothing() -> None:
    parts = parts_of(signed()[0][0])
    assert parts
    for text in ("AAAA", "?", ""):
        assert not signature_holds(parts._replace(certificate=text))
