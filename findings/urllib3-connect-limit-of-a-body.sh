#!/usr/bin/env bash
# urllib3: the time-out for connecting also limits the sending of a whole body of bytes, when the connection stands long
# since. Timeout(connect=2, read=60) breaks a POST of 16 MB off after two seconds of a line that takes 4 MB a second, with
# a write time-out, though every second bytes went out. The same body as an iterable of pieces goes through: then each
# piece has the two seconds for itself. What is sent meanwhile may have arrived; the caller cannot know.
#
# Why it matters: a short limit for connecting and a long one for the answer is what every guide advises, and what one
# wants of an authority's server that is down at times. An upload of an envelope of invoices over the line of a shop then
# fails every time, and the same file again is "repeated" or taken twice.
#
# Seen: urllib3 2.8.0 and requests 2.32.5, Python 3.11.7, a server that reads 1 MiB in a quarter of a second:
#   urllib3, bytes      ProtocolError, TimeoutError('timed out') after about 2 s
#   requests, bytes     ConnectionError, TimeoutError('timed out') after about 2 s
#   urllib3, pieces     200 after about 4 s
# Expected: 200 in all three: the connection was made at once, and the read limit is a minute.
# Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q urllib3==2.8.0 requests==2.32.5

cat > program.py <<'PYTHON'
import socket, sys, threading, time

import requests, urllib3

SIZE, PIECE = 16 * 2**20, 2**16


def slow(listening):
    """Reads each request slowly, and answers it."""
    while True:
        one, _ = listening.accept()
        threading.Thread(target=answer, args=(one,), daemon=True).start()


def answer(one):
    with one:
        begin, got = b"", 0
        while b"\r\n\r\n" not in begin:
            begin += one.recv(1024)
        got = len(begin.partition(b"\r\n\r\n")[2])
        while got < SIZE:
            piece = one.recv(PIECE)
            if not piece:
                return
            got += len(piece)
            time.sleep(0.25 * len(piece) / 2**20)
        one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


listening = socket.create_server(("127.0.0.1", 0))
listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
threading.Thread(target=slow, args=(listening,), daemon=True).start()
url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
body = bytes(SIZE)
pieces = (body[at : at + PIECE] for at in range(0, SIZE, PIECE))
limits = urllib3.Timeout(connect=2, read=60)
pool = urllib3.PoolManager(retries=False)
ways = {
    "urllib3, bytes": lambda: pool.request("POST", url, body=body, timeout=limits).status,
    "requests, bytes": lambda: requests.post(url, data=body, timeout=(2, 60)).status_code,
    "urllib3, pieces": lambda: pool.request(
        "POST", url, body=pieces, headers={"Content-Length": str(SIZE)}, timeout=limits
    ).status,
}
wrong = False
for name, way in ways.items():
    begin = time.monotonic()
    try:
        seen = way()
    except (urllib3.exceptions.HTTPError, requests.RequestException) as failure:
        seen = f"{type(failure).__name__}: {failure}"
    print(f"{name:16} {seen} after {time.monotonic() - begin:.1f} s")
    wrong |= (seen == 200) != name.endswith("pieces") or (seen != 200 and "timed out" not in seen)
sys.exit(wrong)
PYTHON
env/bin/python program.py
