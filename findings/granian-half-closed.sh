#!/usr/bin/env bash
# granian: a client that shuts the writing side of its connection behind a whole request gets no answer when the
# application is not done by then. The application runs to its end all the same: what it recorded stays recorded. The
# client sees its connection closed without one byte. When the application is faster than the end of writing, the answer
# arrives, so the fault comes and goes. hyper, on which granian stands, knows the case (half_close, off unless set);
# granian has no option for it.
#
# Why it matters: TCP is two directions, and ending one says only "no more from me". Old programs on bare sockets, and
# "nc -N", tell by it that the request is complete. They take the silence for a failure and send the invoice again,
# which the service has already taken: the folio is refused as used, or two documents stand where one was meant.
#
# Seen: granian 2.8.9, waitress 3.0.2 and http.server of Python 3.11.7, an application that takes half a second, and a
# client that ends its writing 0.1 s behind the last byte of a POST of 5 bytes:
#   granian, rsgi    application ran, answer of   0 bytes
#   granian, asgi    application ran, answer of   0 bytes
#   granian, wsgi    application ran, answer of   0 bytes
#   waitress         application ran, answer "200 OK"
#   http.server      application ran, answer "200 OK"
# Expected: "200 OK" in all five; a client that does not end its writing gets it in all five, which is checked as well.
# Ends with an error when any of these is otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install -q granian==2.8.9 waitress==3.0.2

cat > programs.py <<'PYTHON'
import asyncio, http.server, pathlib, sys, time


def ran():
    pathlib.Path("ran").write_text("yes")


async def rsgi(scope, request):
    await request()
    await asyncio.sleep(0.5)
    ran()
    request.response_str(200, [("content-type", "text/plain")], "taken")


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(0.5)
    ran()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"taken"})


def wsgi(environ, start_response):
    environ["wsgi.input"].read(5)
    time.sleep(0.5)
    ran()
    start_response("200 OK", [("Content-Length", "5")])
    return [b"taken"]


class Plain(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(5)
        time.sleep(0.5)
        ran()
        self.send_response(200, "OK")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"taken")

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Plain).serve_forever()
PYTHON

cat > client.py <<'PYTHON'
import contextlib, pathlib, socket, subprocess, sys, time

GRANIAN = ["env/bin/granian", "--http", "1", "--log-level", "error", "--port"]
SERVERS = {
    "granian, rsgi": lambda port: [*GRANIAN, port, "--interface", "rsgi", "programs:rsgi"],
    "granian, asgi": lambda port: [*GRANIAN, port, "--interface", "asgi", "programs:asgi"],
    "granian, wsgi": lambda port: [*GRANIAN, port, "--interface", "wsgi", "programs:wsgi"],
    "waitress": lambda port: ["env/bin/waitress-serve", "--host", "127.0.0.1", "--port", port, "programs:wsgi"],
    "http.server": lambda port: ["env/bin/python", "programs.py", port],
}
REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\nabcde"


def ask(port, half):
    pathlib.Path("ran").unlink(missing_ok=True)
    with socket.create_connection(("127.0.0.1", port), 20) as one:
        one.sendall(REQUEST)
        time.sleep(0.1)
        if half:
            one.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: one.recv(4096), b""))
    time.sleep(1)
    return pathlib.Path("ran").exists(), answer[9:15].decode()


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
        return ask(port, False), ask(port, True)
    finally:
        server.terminate()
        server.wait()


wrong = False
for name, command in SERVERS.items():
    whole, half = tried(command)
    print(f"{name:16} whole: {whole}  half closed: {half}")
    wrong |= whole != (True, "200 OK") or half != (True, "" if name.startswith("granian") else "200 OK")
sys.exit(wrong)
PYTHON
env/bin/python client.py
