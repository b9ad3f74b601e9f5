"""How what was issued gets to the SII: what waits, for how long, and what a person has to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from dteplanows.accounts import certificates
from dteplanows.document.company import Company
from dteplanows.ledger import presence
from dteplanows.ledger.delivery_states import STATES
from dteplanows.ledger.reconciled import Reconciled, last_reconciled
from dteplanows.ledger.undelivered import DELAY, Owner, Standing, Waiting
from dteplanows.status.look import INSTALLATION, Look, group_of
from dteplanows.status.rows import Row, State
from dteplanows.validator.report import money

_NAME = "Entrega al SII"
_STILL = timedelta(hours=12)
"""How long a document may be in one state until it is remarkable: on bad days the SII takes hours."""
_REMARKABLE = timedelta(days=3)
"""How long until that is grave."""
_MOVING = ("en sobre", "enviado", "recibido")
"""States that the SII ends."""
_NAMES = {"boletas": ("boleta", "boletas"), "facturas": ("documento", "documentos")}


class OnItsWay(NamedTuple):
    """What the ledger says of all companies, read once."""

    counts: Mapping[Owner, Mapping[str, int]]
    near: tuple[Waiting, ...]
    still: tuple[Standing, ...]
    unsent: Mapping[Owner, int]
    last: Reconciled | None


def on_its_way(look: Look) -> OnItsWay:
    """What is on its way in the installation."""
    undelivered = look.ledger.undelivered
    return OnItsWay(
        undelivered.counts(), tuple(undelivered.near(look.now)), tuple(undelivered.standing(look.now - _STILL)),
        undelivered.unsent(), last_reconciled(look.ledger.settings),
    )  # fmt: skip


def worker(look: Look, found: OnItsWay) -> Row:
    """Whether something delivers, and where to."""
    lives = presence.alive(look.settings.directorio, "entrega")
    counted: dict[str, int] = {one: sum(counts.get(one, 0) for counts in found.counts.values()) for one in STATES}
    trial = "al simulador" if look.settings.sii_pruebas == "simulador" else "a maullin, la certificación del SII"
    facts = {
        "trabajador": lives,
        "pruebas": look.settings.sii_pruebas,
        "estados": {k: v for k, v in counted.items() if v},
    }
    where = f"Lo de pruebas va {trial}; lo de producción, a palena."
    waiting = _in_words({one: counted[one] for one in ("pendiente", *_MOVING, "detenido")})
    text = f"{where} {waiting}"
    if not look.settings.sii_enviar:
        text = f"El ajuste sii_enviar dice que nada se envía. {text}"
        if not counted["pendiente"]:
            return Row(INSTALLATION, _NAME, State.OK, text, facts=facts)
        remedy = (
            "Ponga el ajuste sii_enviar en true, o suba los envíos a mano: los forma «envios crear --solo-archivo»."
        )
        return Row(INSTALLATION, _NAME, State.AVISO, text, remedy, facts)
    if lives is False:
        remedy = "Inicie el servicio, o la orden «worker»; hasta entonces nada llega al SII."
        is_real = any(
            owner.ambiente == "produccion" and counts.get("pendiente") for owner, counts in found.counts.items()
        )
        state = State.GRAVE if is_real else State.AVISO
        return Row(INSTALLATION, _NAME, state, f"{text} No hay ningún trabajador en marcha.", remedy, facts)
    return Row(
        INSTALLATION, _NAME, State.OK, f"{text} {'Hay un trabajador en marcha.' if lives else ''}".strip(), facts=facts
    )


def company(look: Look, one: Company, found: OnItsWay) -> Iterator[Row]:
    """What of a company is on its way; nothing where it never had anything."""
    owner = Owner(one.ambiente, one.rut)
    counts = found.counts.get(owner, {})
    near = [waiting for waiting in found.near if waiting.owner == owner]
    still = [standing for standing in found.still if standing.owner == owner and standing.estado in _MOVING]
    unsent = found.unsent.get(owner, 0)
    problems = [*_near(look, near), *_stopped(counts), *_without_certificate(look, one, counts), *_still(look, still),
                *_unsent(unsent), *_differences(found.last, owner)]  # fmt: skip
    if not counts and not problems:
        return
    state = max((one.state for one in problems), key=lambda state: state.rank, default=State.OK)
    texts, remedies = [_in_words(counts)], [one.remedy for one in problems]
    texts += [one.text for one in problems]
    oldest = near[0].since.isoformat() if near else None
    facts = {"estados": dict(counts), "sin_enviar": unsent, "cerca_del_plazo": oldest}
    yield Row(group_of(one), _NAME, look.at_most(one, state), " ".join(texts), " ".join(dict.fromkeys(remedies)), facts)


class _Problem(NamedTuple):
    state: State
    text: str
    remedy: str


def _near(look: Look, near: list[Waiting]) -> Iterator[_Problem]:
    for one in near:
        late = look.now - one.since > DELAY[one.clase]
        names = _NAMES[one.clase][one.documents > 1]
        has = "no ha" if one.documents == 1 else "no han"
        hours = int(DELAY[one.clase].total_seconds()) // 3600
        limit = "1 hora" if hours == 1 else f"{hours} horas"
        text = (
            f"{money(one.documents)} {names} {has} llegado al SII y {'pasó' if late else 'está por pasar'} el plazo de "
            f"{limit}; el primero es el tipo {one.tipo} folio {one.folio}, de hace {_age(look.now, one.since)}."
        )
        remedy = "Vea por qué espera con «envios» y «documentos --estado pendiente»; la conexión, con «sii probar»."
        yield _Problem(State.GRAVE if late else State.AVISO, text, remedy)


def _stopped(counts: Mapping[str, int]) -> Iterator[_Problem]:
    if counts.get("detenido"):
        remedy = (
            "Vea la causa con «envios --estado detenido» y «documentos --estado detenido», y remédiela. Un envío sigue "
            "con «envios reintentar» o «envios rehacer»; una nota que no está en ninguno, con «envios adoptar»; lo que "
            "ya nadie quiere enviar se deja con «envios descartar»."
        )
        yield _Problem(State.AVISO, "Lo detenido espera a una persona.", remedy)


def _without_certificate(look: Look, one: Company, counts: Mapping[str, int]) -> Iterator[_Problem]:
    end = certificates.lasts_until(look.ledger.certificates.of(one.ambiente, one.rut), look.moment)
    if end is None and counts.get("pendiente"):
        remedy = "Cargue el certificado con «certificado cargar»: los envíos siguen solos."
        yield _Problem(State.GRAVE, "Lo pendiente no sale: no hay un certificado vigente que firme el envío.", remedy)


def _still(look: Look, still: list[Standing]) -> Iterator[_Problem]:
    for one in still:
        text = (
            f"{money(one.documents)} {'lleva' if one.documents == 1 else 'llevan'} en «{one.estado}» hasta "
            f"{_age(look.now, one.since)}."
        )
        remedy = "Pregúntele al SII por cada documento con «conciliar»; de un envío que no avanza, vea «envios ver»."
        state = State.GRAVE if look.now - one.since > _REMARKABLE else State.AVISO
        yield _Problem(state, text, remedy)


def _unsent(count: int) -> Iterator[_Problem]:
    if count:
        text = f"{money(count)} sin enviar, de antes de que este programa enviara."
        yield _Problem(State.AVISO, text, "Decida si se envían o si ya los envió otro sistema con «envios adoptar».")


def _differences(last: Reconciled | None, owner: Owner) -> Iterator[_Problem]:
    count = last.diferencias.get((owner.ambiente, owner.rut), 0) if last else 0
    if last and count:
        text = f"La conciliación del {last.momento:%d-%m-%Y a las %H:%M} halló {money(count)} diferencias con el SII."
        yield _Problem(State.AVISO, text, "Véalas con «conciliar».")


def _in_words(counts: Mapping[str, int]) -> str:
    named = [f"{money(counts[one])} {_several(one, counts[one])}" for one in STATES if counts.get(one)]
    return f"Documentos: {', '.join(named)}." if named else "Ningún documento espera."


def _several(estado: str, count: int) -> str:
    first, *rest = estado.split()
    if count == 1 or first == "en":
        return estado
    return " ".join([f"{first}s", *rest])


def _age(now: datetime, since: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds()) // 60)
    if minutes < 120:
        return f"{minutes} minutos"
    return f"{minutes // 60} horas" if minutes < 2880 else f"{minutes // 1440} días"
