"""Each code of a document comes out wherever people look: in ``documentos``, in ``EstadoDte`` and in the mail, with its
meaning and its remedy."""

from __future__ import annotations

import html
import re

import pytest
from click.testing import CliRunner

from dteplanows.cli import main
from dteplanows.ledger.delivery_states import FINAL
from dteplanows.ledger.notices import new_channel
from dteplanows.settings import load
from dteplanows.sii.client import Client
from dteplanows.sii.delivery import post
from dteplanows.sii.notices import words
from dteplanows.sii.reasons import REASONS
from dteplanows.sii.standing import standing_of
from dteplanows.soap import answer
from tests.engines import only_sqlite
from tests.sii.delivery.conftest import House
from tests.sii.test_codes import given

CODES = sorted(one for one in given() if re.fullmatch(r"[A-Z]{3}-\d-\d+", one) and one[:3] not in ("CRT", "ENV"))


@only_sqlite
@pytest.mark.parametrize("tipo", [33, 39])
def test_every_code_is_told_everywhere(house: House, tipo: int) -> None:
    """Of facturas the reasons come by the SII's mail; of boletas with the state of the envelope."""
    assert len(CODES) > 25
    company = house.installed.company
    channel = new_channel(company.ambiente, company.rut, "correo", "tecnico@empresa.example")
    house.ledger.notices.open(channel)
    documents = {code: house.issue(tipo, f"SIMULADOR={code}") for code in CODES}
    house.work(lambda: all(house.state(one) in (*FINAL, "detenido") for one in documents.values()))
    settings = load(directorio=house.folder, sii_simulador=house.simulator.address)

    def told() -> bool:
        post.read_simulator(settings, house.ledger, Client())
        return all(standing_of(house.ledger, one).reasons for one in documents.values())

    house.work(told)
    # A mail names fifty documents at most.
    notices = house.ledger.notices.pending(channel, 1000)
    mail = "".join(words.letter(company, channel.destino, [one]).get_content() for one in notices)
    run, directory = CliRunner(env={"COLUMNS": "200"}), house.ledger.directory
    for code, document in documents.items():
        known = REASONS[code]
        standing = standing_of(house.ledger, document)
        assert [one.code for one in standing.reasons] == [code]
        by_soap = html.unescape(answer.of_standing(standing))
        by_command = run.invoke(main, ["--dir", str(directory), "documentos", str(tipo), str(document.folio)]).output
        for text in (by_soap, by_command, mail):
            for wanted in (code, known.meaning, known.remedy):
                assert plain(wanted) in plain(text), (code, wanted)


def plain(text: str) -> str:
    """*text* without what a table or a mail puts between its words."""
    return re.sub(r"[\s│]+", "", text)
