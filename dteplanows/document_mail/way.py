"""How a company mails its documents: what it may say of it, judged."""

from __future__ import annotations

from collections.abc import Mapping

from dteplanows.document.catalogue import problem, shown
from dteplanows.document.company import Ambiente
from dteplanows.document.mail import is_mail
from dteplanows.document.problem import Problem, Refused
from dteplanows.document_mail.template import LONGEST_SUBJECT, LONGEST_TEXT, SUBJECT, TEXT, fault_of, has_link
from dteplanows.ledger.document_mail_tables import CompanyMail
from dteplanows.settings import Settings
from dteplanows.sii.notices.sending import outgoing_of

LONGEST_NAME = 100
"""Characters of the sender's name."""

LABELS: Mapping[str, str] = {
    "activo": "Enviar cada documento al emitirlo",
    "nombre": "Nombre del remitente",
    "remitente": "Dirección del remitente",
    "responder_a": "Responder a",
    "asunto": "Asunto",
    "texto": "Texto",
    "con_pdf": "Adjuntar el PDF",
    "con_xml": "Adjuntar el XML firmado",
    "con_enlace": "Poner el enlace en el texto",
    "espera_sii": "Esperar a que el SII lo acepte",
}
"""What each of its facts is called."""

FLAGS = ("activo", "con_pdf", "con_xml", "con_enlace", "espera_sii")
"""Those that are so or not."""


def says_link(way: CompanyMail) -> bool:
    """Whether the text has the address of the document's page, where the installation has one."""
    return way.con_enlace and has_link(way.texto or TEXT)


def judged(way: CompanyMail, url_publica: str) -> CompanyMail:
    """*way* as it is kept: without blanks around, and with templates that are the usual ones left out.

    :param url_publica: the setting without which there is no link. Whoever sends nothing may do without.
    :raises Refused: something of it does not serve (SRV-285), or the mail would carry nothing (SRV-282).
    """
    way = way._replace(
        nombre=way.nombre.strip(), remitente=way.remitente.strip(), responder_a=way.responder_a.strip(),
        asunto=_template(way.asunto, SUBJECT), texto=_template(way.texto, TEXT),
    )  # fmt: skip
    found = [
        problem("SRV-285", value=shown(getattr(way, name)), campo=LABELS[name], wanted=wanted)
        for name, wanted in _faults(way).items() if wanted
    ]  # fmt: skip
    if not (way.con_pdf or way.con_xml or (says_link(way) and (url_publica or not way.activo))):
        found.append(problem("SRV-282"))
    if found:
        raise Refused(found)
    return way


def _faults(way: CompanyMail) -> dict[str, str]:
    """What is expected in place of each fact that does not serve."""
    wanted = "una sola dirección de correo, como ventas@empresa.cl"
    is_name = len(way.nombre) <= LONGEST_NAME and way.nombre.isprintable()
    return {
        "nombre": "" if is_name else f"un nombre de hasta {LONGEST_NAME} letras, en una línea",
        "remitente": "" if not way.remitente or is_mail(way.remitente) else wanted,
        "responder_a": "" if not way.responder_a or is_mail(way.responder_a) else wanted,
        "asunto": fault_of(way.asunto, LONGEST_SUBJECT) or ("una sola línea" if "\n" in way.asunto else ""),
        "texto": fault_of(way.texto, LONGEST_TEXT),
    }


def _template(written: str, usual: str) -> str:
    text = written.replace("\r\n", "\n").strip()
    return "" if text == usual else text


def is_allowed(settings: Settings, ambiente: str, address: str) -> bool:
    """Whether a document of that environment may be mailed to *address*: in ``pruebas`` only to those that a setting
    names."""
    if ambiente == "produccion":
        return True
    name, domain = address.lower(), "@" + address.lower().rpartition("@")[2]
    return bool({name, domain} & set(settings.correo_permitidos_pruebas.lower().replace(",", " ").split()))


def needed_address(settings: Settings, ambiente: Ambiente, address: str) -> str:
    """*address*, to which a person has a document sent now.

    :raises Refused: there is none (SRV-283), it is none (SRV-285), nothing may go there (SRV-281), or no server sends
        (SRV-284).
    """
    found: list[Problem] = []
    if not address:
        found.append(problem("SRV-283"))
    elif not is_mail(address):
        wanted = "una sola, como compras@empresa.cl"
        found.append(problem("SRV-285", value=shown(address), campo="La dirección", wanted=wanted))
    elif not is_allowed(settings, ambiente, address):
        found.append(problem("SRV-281", value=address))
    outgoing = outgoing_of(settings)
    if outgoing is None or not outgoing.sender:
        found.append(problem("SRV-284"))
    if found:
        raise Refused(found)
    return address
