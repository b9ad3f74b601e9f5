#!/usr/bin/env bash
# granian: an address of 65 535 bytes, path and query together, is answered "414 URI Too Long" with an empty body. It is
# granian itself that answers: the application does not run, and a larger --http1-buffer-size changes nothing. 65 534
# bytes are taken.
#
# Why it matters: REST siblings of a SOAP operation take the file of an invoice as a parameter of the address, as the
# HTTP GET form of .asmx did. Each ";" and each line end takes three bytes there, so a document with many lines of
# detail reaches the bound while its neighbours pass. Its sender gets no word about the reason, and whoever serves the
# application finds no line in the application's log.
#
# Seen: granian 2.8.9 and waitress 3.0.2 on Python 3.11.7, the same WSGI application:
#   granian   65534 bytes: 200, application ran       65535 bytes: 414, body of 0 bytes, application did not run
#   waitress  65534 bytes: 200, application ran       65535 bytes: 200, application ran
# Expected: the same for both lengths (RFC 9110, 4.1, asks for 8000 bytes or more, and names no upper bound), or a
# bound that can be set.
# Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q granian==2.8.9 waitress==3.0.2

cat > program.py <<'PYTHON'
import pathlib


def application(environ, start_response):
    pathlib.Path("ran").write_text("yes")
    start_response("200 OK", [("Content-Length", "5")])
    return [b"taken"]
PYTHON

cat > client.py <<'PYTHON'
import contextlib, http.client, pathlib, socket, subprocess, sys, time

SERVERS = {
    "granian": lambda port: ["env/bin/granian", "--http", "1", "--log-level", "error", "--port", port,
                             "--http1-buffer-size", "4000000", "--interface", "wsgi", "program:application"],
    "waitress": lambda port: ["env/bin/waitress-serve", "--host", "127.0.0.1", "--port", port, "program:application"],
}
EXPECTED = {("granian", 65534): (200, 5, True), ("granian", 65535): (414, 0, False),
            ("waitress", 65534): (200, 5, True), ("waitress", 65535): (200, 5, True)}


def asked(port, length):
    pathlib.Path("ran").unlink(missing_ok=True)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/invoice?file=".ljust(length, "a"))
    answer = connection.getresponse()
    return answer.status, len(answer.read()), pathlib.Path("ran").exists()


found = {}
for name, command in SERVERS.items():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(command(str(port)), stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            time.sleep(0.2)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
        for length in (65534, 65535):
            found[name, length] = asked(port, length)
            print(name, length, "status %d, body of %d bytes, application ran: %s" % found[name, length])
    finally:
        server.terminate()
        server.wait()
sys.exit(found != EXPECTED)
PYTHON
env/bin/python client.py
