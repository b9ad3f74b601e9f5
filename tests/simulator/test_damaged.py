"""Damaged envelopes, and the official schema."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dteplanows.simulator.options import Options
from dteplanows.simulator.review.envelope import GLOSSES
from dteplanows.simulator.server import Simulator
from dteplanows.simulator.store import Envelope
from tests.simulator import maker
from tests.simulator.client import Client, fields
from tests.simulator.maker import Dte, envelope
from tests.validator.sii_judge import official_path

PIECES = (b"", b"-1", b"NaN", b"1E9", b"99999999999999999999", b"<x/>", b"&amp;", b"\xf1", b"2026-13-45", b"0")


@pytest.mark.parametrize("verified", [True, False])
def test_whatever_is_damaged_is_judged(options: Options, verified: bool) -> None:
    """A judgement comes of it, and no exception; with a signature that is right, so that all of it is read."""
    chance = random.Random(7)
    options.behaviour.verificar = verified
    sii = Simulator(options).sii
    kept = Envelope(1, "dte", "", maker.COMPANY, maker.PERSON, "", sii.clock.now(), 1, None, None, None)
    states = set()
    for turn in range(150):
        tipo = chance.choice((33, 34, 39, 43, 46, 52, 61, 110))
        references = maker.reference("33", 1, "1") if tipo == 61 else ""
        before = maker.body(tipo, turn + 1) if turn % 2 else Dte(tipo, turn + 1, references=references).text()
        found = chance.choice(list(re.finditer(r">([^<>\n]+)</\w+>", before)))
        new = found[0].replace(found[1], chance.choice(PIECES).decode("latin-1"), 1)
        if turn % 2:
            # Before it was stamped and signed, so that the figures are looked at too.
            damaged = Dte(tipo, turn + 1, ((found[0], new),), references=references).text()
        else:
            damaged = before[: found.start()] + new + before[found.end() :]
        data = envelope([damaged]) if re.search("<TipoDTE>[0-9]+<", damaged) else damaged.encode("latin-1")
        states.add(sii.judge.judge(data, kept, 0.0).state)
    sii.store.close()
    assert states <= set(GLOSSES) - {"VOF"}
    assert "EPR" in states


def test_an_envelope_that_the_sii_lost(client: Client, simulator: Simulator) -> None:
    """Its file is not there any more when it is judged: VOF, and the next one is judged all the same."""
    sii = simulator.sii
    lost = Envelope(0, "dte", "no-such", maker.COMPANY, maker.PERSON, "x", sii.clock.now(), 1, None, None, None)
    track = sii.store.add_envelope(lost)
    assert fields(client.follow(str(track)).encode())["ESTADO"] == "VOF"
    assert fields(client.deliver(envelope([Dte()]))[1].encode())["ACEPTADOS"] == "1"


def test_the_official_schema_where_there_is_one(options: Options) -> None:
    """It finds what the small one lets pass."""
    folder = Path(official_path("EnvioDTE_v10.xsd")).parent
    bad = (("<GiroRecep>Comercio</GiroRecep>\n", "<Giro>Comercio</Giro>\n"),)
    with Simulator(replace(options, xsd=folder)) as simulator:
        client = Client(simulator.address).log_in()
        for tipo in (33, 34, 52):
            assert fields(client.deliver(envelope([Dte(tipo)]))[1].encode())["ACEPTADOS"] == "1"
        assert client.deliver_boletas(envelope([Dte(39)]))["estadistica"][0]["aceptados"] == 1
        assert client.upload(envelope([Dte(folio=2, changes=bad)])).xml()["ERROR"].startswith("LSX-00204: ")
    with Simulator(replace(options, folder=options.folder / "other")) as simulator:
        client = Client(simulator.address).log_in()
        assert client.upload(envelope([Dte(folio=2, changes=bad)])).xml()["STATUS"] == "0"
