#!/usr/bin/env bash
# granian: an application that sends a long answer piece by piece by RSGI, granian's own interface, is never held up by a
# client that does not read. "await stream.send_bytes(...)" returns at once for every piece, where the same server by
# ASGI waits after some, and the whole answer waits in the memory of the server, once for each such client. Nor can the
# application learn afterwards whether anybody took it: client_disconnect() ends in the same way for a client that has
# read everything and for one that has closed without reading.
#
# Why it matters: an export, a book of a year or a PDF of thousands of pages is streamed so that memory stays flat.
# Here it does not: 50 tills on a slow line that ask for 20 MB hold 1 GB. And whoever notes "delivered" when the last piece
# was taken notes it before the client has one byte; a service that gives numbers has to know.
#
# Seen: granian 2.8.9 and uvicorn 0.38.0, Python 3.11.7, 20 pieces of 1 MiB to a client that reads nothing for 2 s:
#   uvicorn, asgi    4 pieces taken
#   granian, asgi    8 pieces taken
#   granian, rsgi   20 pieces taken; client_disconnect ended after reading: True, after closing unread: True
# Expected: by RSGI as by ASGI the application is held up, or the two ends are told apart.
# Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q granian==2.8.9 uvicorn==0.38.0

cat > programs.py <<'PYTHON'
import asyncio, pathlib

PIECE, PIECES = bytes(2**20), 20


def note(name, what):
    pathlib.Path(name).write_text(str(what))


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % (PIECES * 2**20))]})
    for number in range(PIECES):
        await send({"type": "http.response.body", "body": PIECE, "more_body": number + 1 < PIECES})
        note("taken", number + 1)


async def rsgi(scope, request):
    gone = request.client_disconnect()
    stream = request.response_stream(200, [("content-length", str(PIECES * 2**20))])
    for number in range(PIECES):
        await stream.send_bytes(PIECE)
        note("taken", number + 1)
    note("ended", False)
    await asyncio.wait_for(gone, 20)
    note("ended", True)
PYTHON

cat > client.py <<'PYTHON'
import contextlib, pathlib, socket, subprocess, sys, time

GRANIAN = ["env/bin/granian", "--http", "1", "--log-level", "error", "--port"]
SERVERS = {
    "uvicorn, asgi": lambda port: ["env/bin/uvicorn", "--log-level", "error", "--port", port, "programs:asgi"],
    "granian, asgi": lambda port: [*GRANIAN, port, "--interface", "asgi", "programs:asgi"],
    "granian, rsgi": lambda port: [*GRANIAN, port, "--interface", "rsgi", "programs:rsgi"],
}


def told(name):
    with contextlib.suppress(FileNotFoundError):
        return pathlib.Path(name).read_text()


def ask(port, reads):
    for name in ("taken", "ended"):
        pathlib.Path(name).unlink(missing_ok=True)
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        one.connect(("127.0.0.1", port))
        one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        time.sleep(2)
        taken = int(told("taken") or 0)
        if reads:
            while one.recv(2**20):
                pass
    time.sleep(1)
    return taken, told("ended")


def tried(command):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(command(str(port)), stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            time.sleep(0.2)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
        return ask(port, True), ask(port, False)
    finally:
        server.terminate()
        server.wait()


wrong = False
for name, command in SERVERS.items():
    (taken, read), (_, unread) = tried(command)
    print(f"{name:14} {taken:2} pieces taken; client_disconnect ended after reading: {read}, unread: {unread}")
    wrong |= (taken == 20) != name.endswith("rsgi")
    wrong |= name.endswith("rsgi") and (read, unread) != ("True", "True")
sys.exit(wrong)
PYTHON
env/bin/python client.py
