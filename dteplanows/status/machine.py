"""What the installation needs of its machine: room on the disk, a clock that is right, and processes that live."""

from __future__ import annotations

import shutil
from datetime import timedelta

from dteplanows.ledger import presence
from dteplanows.status.look import INSTALLATION, Look
from dteplanows.status.rows import Row, State
from dteplanows.validator.report import money

_MIB = 2**20
_LITTLE, _TOO_LITTLE = 2048 * _MIB, 512 * _MIB
"""Bytes free on the disk; below the second a large file of bulk mode may already not fit with its documents."""

_AHEAD = timedelta(minutes=2)
"""How far the newest document may be ahead of the clock: clocks are set back by seconds."""

_LONG_WAIT = timedelta(hours=1)


def disk(look: Look) -> Row:
    """How much room is left where the ledger is."""
    directory = look.settings.directorio
    free = shutil.disk_usage(directory).free
    facts = {"libres": free, "base": _size_of_database(look)}
    text = f"Quedan {_size(free)} libres en el disco de los datos; la base ocupa {_size(facts['base'])}."
    if free >= _LITTLE:
        return Row(INSTALLATION, "Disco", State.OK, text, facts=facts)
    state = State.GRAVE if free < _TOO_LITTLE else State.AVISO
    remedy = f"Libere espacio en el disco de {directory}, o traslade la carpeta a uno mayor: sin espacio no se emite."
    return Row(INSTALLATION, "Disco", state, text, remedy, facts)


def clock(look: Look) -> Row:
    """Whether the clock of the machine agrees with what was issued."""
    newest = look.ledger.usage.newest_document()
    facts = {"ahora": look.now.isoformat(), "ultimo_documento": newest.isoformat() if newest else None}
    text = f"Son las {look.now:%H:%M:%S del %d-%m-%Y} en Chile."
    if newest is None:
        return Row(INSTALLATION, "Reloj", State.OK, f"{text} Todavía no hay documentos.", facts=facts)
    text += f" El último documento es del {newest:%d-%m-%Y a las %H:%M:%S}."
    if newest <= look.now + _AHEAD:
        return Row(INSTALLATION, "Reloj", State.OK, text, facts=facts)
    remedy = (
        "Ponga en hora el reloj del equipo y deje que se ajuste por red. Si el reloj está bien, esos documentos se "
        "emitieron con una fecha adelantada: consulte a su contador, y siga emitiendo con «dteplanows base reloj "
        "--aceptar»."
    )
    return Row(
        INSTALLATION, "Reloj", State.GRAVE, f"{text} El reloj está atrasado, o lo estuvo adelantado.", remedy, facts
    )


def batches(look: Look) -> Row:
    """Whether the files of bulk mode are issued."""
    name = "Lotes"
    waiting = look.ledger.usage.waiting_batches()
    lives = presence.alive(look.settings.directorio, "trabajador")
    facts = {
        "en_espera": waiting.files,
        "mas_antiguo": waiting.oldest.isoformat() if waiting.oldest else None,
        "trabajador": lives,
    }
    text = _waiting(waiting.files)
    if waiting.oldest:
        text += f" El más antiguo llegó el {waiting.oldest:%d-%m-%Y a las %H:%M}."
    worker = {True: "Hay un trabajador en marcha.", False: "No hay ningún trabajador en marcha.", None: ""}[lives]
    text = f"{text} {worker}".strip()
    if lives is False:
        remedy = "Inicie el servicio con el ajuste procesar_lotes en true, o la orden «worker»."
        return Row(INSTALLATION, name, State.GRAVE if waiting.files else State.AVISO, text, remedy, facts)
    if waiting.oldest and look.now - waiting.oldest > _LONG_WAIT:
        remedy = "Vea con la orden «lotes» si avanza. Si está detenido, revise el registro del servicio."
        return Row(INSTALLATION, name, State.AVISO, text, remedy, facts)
    return Row(INSTALLATION, name, State.OK, text, facts=facts)


def _waiting(count: int) -> str:
    if not count:
        return "Ningún lote espera."
    return "Espera 1 lote." if count == 1 else f"Esperan {money(count)} lotes."


def _size_of_database(look: Look) -> int:
    return look.ledger.db.size()


def _size(size: int) -> str:
    """A number of bytes in words, with three figures that count."""
    for unit, name in ((2**40, "TiB"), (2**30, "GiB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}".replace(".", ",")
    return f"{money(size // _MIB)} MiB" if size >= _MIB else "menos de 1 MiB"
