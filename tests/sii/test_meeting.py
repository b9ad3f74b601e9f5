"""Our client and our simulator, which know nothing of each other, over the wire."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives import serialization

from dteplanows.document import clock
from dteplanows.ledger.rows import StoredDocument
from dteplanows.settings import load
from dteplanows.sii.document_state import asked
from dteplanows.sii.envelope_state import Counts, EnvelopeState
from dteplanows.sii.envelopes import make
from dteplanows.sii.result_mail import Result, read_mail
from dteplanows.sii.service import Sent, Sii, open_sii
from tests import forked
from tests.installation import Installation

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulador")


@pytest.fixture(scope="module")
def sii(installed: Installation, folder: Path) -> Iterator[Sii]:
    """The services at a simulator in a process of its own, which knows the key of the test authority."""
    key = folder / "autoridad.pem"
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    key.write_bytes(installed.authority.public_key.public_bytes(serialization.Encoding.PEM, form))
    said = folder / "dicho.txt"
    with said.open("w") as out:
        process = forked.Popen(
            [sys.executable, "-m", "dteplanows", "simulador", "--port", "0", "--dir", str(folder / "datos"),
             "--clave-caf", f"900={key}", "--demora", "0.2"],
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            found = until(lambda: re.search(r"http://127\.0\.0\.1:\d+", said.read_text()), bool)
            assert found, said.read_text()
            yield open_sii(load(directorio=folder, sii_simulador=found[0]))
        finally:
            process.terminate()
            process.wait(20)


def until(ask: Callable[[], Found], good: Callable[[Found], bool]) -> Found:
    """What *ask* gives as soon as it is *good*, or at the end of half a minute."""
    end = time.monotonic() + 30
    while not good(found := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def followed(sii: Sii, installed: Installation, document: StoredDocument) -> tuple[Sent, EnvelopeState]:
    """*document* sent alone, and its last state."""
    envelope = make([document], installed.company, installed.certificate, clock.now())
    receipt = sii.upload(envelope, installed.certificate)
    assert receipt.outcome.name == "recibido", receipt
    sent = Sent(envelope.ambiente, envelope.kind, envelope.rut_emisor, receipt.track_id, True)
    if envelope.kind == "facturas":
        again = sii.upload(envelope, installed.certificate)
        assert (again.outcome.name, again.track_id) == ("repetido", receipt.track_id)
    return sent, until(lambda: sii.envelope_state(sent, installed.certificate), lambda one: one.phase != "pasa")


@pytest.mark.parametrize("tipo", [33, 39])
def test_a_document_is_sent_and_followed(
    sii: Sii, installed: Installation, issued: dict[int, StoredDocument], tipo: int
) -> None:
    _, state = followed(sii, installed, issued[tipo])
    assert (state.state, state.counts) == ("EPR", (Counts(tipo, 1, 1, 0, 0),))
    assert (state.accepted, state.refused) == (1, 0)
    found = sii.document_state(asked(issued[tipo]), installed.certificate)
    assert (found.state, found.received) == ("DOK", True)


def test_the_way_back_and_the_mail(
    sii: Sii, installed: Installation, issued: dict[int, StoredDocument], folder: Path
) -> None:
    unsent = sii.document_with_track(asked(issued[34]), installed.certificate)
    assert (unsent.received, unsent.track_id) == (False, "")
    sent, _ = followed(sii, installed, issued[34])
    found = sii.document_with_track(asked(issued[34]), installed.certificate)
    assert (found.received, found.track_id) == (True, sent.track_id)
    assert sii.mail_again(sent, installed.certificate).outcome.name == "respondido"

    def mine() -> list[Result]:
        mails = [one for path in (folder / "datos").rglob("*.eml") for one in read_mail(path.read_bytes())]
        return [one for one in mails if one.track_id == sent.track_id]

    found_mails = until(mine, lambda some: len(some) == 2)
    assert len(found_mails) == 2, "the first one, and once more"
    assert {(one.state, one.counts) for one in found_mails} == {("EPR", (Counts(34, 1, 1, 0, 0),))}
