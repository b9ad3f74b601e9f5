#!/usr/bin/env bash
# granian (RSGI): a chunked body that breaks off ends like a whole one when an application reads it piece by piece. The
# only difference is a second empty piece before the end, which the trailers of a whole body cause too. "await request()"
# raises RSGIProtocolClosed, but takes a body of any size into memory first.
#
# Why it matters: an application that bounds bodies reads by pieces, and takes the first half of a form for all of it.
#
# Seen: granian 2.8.9 on Python 3.11:
#   whole        [b'abc', b'']
#   trailers     [b'abc', b'', b'']
#   broken off   [b'abc', b'', b'']
# Expected: an error in the third.
#
# Needs: Python with granian (python3 -m pip install granian). Usage: granian-body-broken-off.sh [PYTHON]
set -euo pipefail
python=${1:-python3}
folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cat > "$folder/pieces.py" <<'PYTHON'
async def application(scope, request):
    request.response_str(200, [("content-type", "text/plain")], f"{[piece async for piece in request]}\n")
PYTHON
(cd "$folder" && exec "$python" -m granian --interface rsgi --http 1 --port 8941 --log-level error pieces:application) &
server=$!
"$python" - <<'PYTHON'
import socket, time

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
ENDS = {"whole": b"0\r\n\r\n", "trailers": b"0\r\nX-Sum: 1\r\n\r\n", "broken off": b"zz\r\n"}
time.sleep(3)
for name, end in ENDS.items():
    with socket.create_connection(("127.0.0.1", 8941)) as one:
        one.sendall(HEAD + end)
        print(f"{name:12} {b''.join(iter(lambda: one.recv(4096), b'')).decode().splitlines()[-1]}")
PYTHON
