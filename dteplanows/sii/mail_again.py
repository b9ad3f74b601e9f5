"""wsDTECorreo: asking the SII for its mail with the result of an envelope once more."""

from __future__ import annotations

from typing import NamedTuple

from dteplanows.sii import soap
from dteplanows.sii.addresses import Hosts
from dteplanows.sii.answers import read_xml
from dteplanows.sii.calls import Answer, Request
from dteplanows.sii.outcomes import OUTCOMES, Outcome
from dteplanows.sii.statuses import status_of


class Asked(NamedTuple):
    """What became of the question; ``respondido`` where the mail is on its way."""

    outcome: Outcome
    reason: str = ""
    detail: str = ""
    wait: int = 0


def mail_request(hosts: Hosts, rut_emisor: str, track_id: str, token: str) -> Request:
    """The question for the mail of an envelope."""
    number, _, digit = rut_emisor.partition("-")
    parts = {"Token": token, "RutEmpresa": number, "DvEmpresa": digit, "TrackId": track_id}
    return soap.question(f"{hosts.soap}/DTEWS/services/wsDTECorreo", "reenvioCorreo", parts, token)


def read_mail_asked(answer: Answer) -> Asked:
    """What wsDTECorreo answered."""
    heard = read_xml(answer)
    if heard.outcome.name != "respondido":
        return Asked(heard.outcome, detail=heard.detail, wait=heard.wait)
    code, gloss = heard.fields.first("ESTADO"), heard.fields.first("GLOSA")
    status = status_of("correo", code)
    if status is None:
        return Asked(OUTCOMES["respuesta_desconocida"], detail=f"ESTADO {code}: {gloss}")
    return Asked(
        status.outcome, status.reason, "" if status.outcome.name == "respondido" else f"ESTADO {code}: {gloss}"
    )
