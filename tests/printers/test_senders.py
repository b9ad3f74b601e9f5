"""How a folder and a slow port say what became of a job."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from dteplanows.document.problem import Refused
from dteplanows.ledger.batches import Overtaken
from dteplanows.printers import folder, raw
from dteplanows.printers.addresses import read
from dteplanows.printers.sending import Unprinted
from tests.print_agent.house import Watch, order


def test_a_file_that_is_there_to_be_seen_may_be_printed_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        if path == tmp_path:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "sync", full)
    with pytest.raises(Unprinted) as failed:
        folder.send(order(address=str(tmp_path)), Watch())
    assert len(list(tmp_path.iterdir())) == 1
    assert not failed.value.clean


def test_a_printer_that_takes_a_byte_now_and_then_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "_PIECE", 1)
    here, there = socket.socketpair()
    with here, there:
        watch = Watch(lives=5)
        with pytest.raises(Overtaken):
            raw.deliver(here, bytes(100), watch)
        there.settimeout(5)
        assert len(there.recv(100)) == 5


def test_a_printer_that_goes_on_speaking_can_be_given_up() -> None:
    here, there = socket.socketpair()
    ends = threading.Event()

    def speak() -> None:
        for _ in range(500):
            if ends.wait(0.001):
                return
            there.sendall(b"x")
        there.shutdown(socket.SHUT_WR)

    with here, there:
        here.settimeout(5)
        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        try:
            with pytest.raises(Overtaken):
                raw._wait_for_close(here, Watch(lives=20))
        finally:
            ends.set()
            thread.join(5)


@pytest.mark.parametrize("address", ["ipp://caja/ipp?cola=1", "ipp://caja/ipp#a", "ipp://:clave@caja/ipp", "ipp:///ipp"])
def test_an_address_that_no_queue_would_be_asked_at_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="CFG-063"):
        read("ipp", address)
