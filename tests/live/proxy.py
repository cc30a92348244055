"""A loopback reverse proxy that records which AWS operations pass, and fails those that a test names."""

import contextlib
import http.client
import re
import threading
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVICES = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms"}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"}


class Fault:
    """What to do to an operation: `deny`, `throttle`, `error`, `truncate` or `hang`; the first `times` times."""

    def __init__(self, kind, times=None, seconds=60.0):
        self.kind, self.times, self.seconds = kind, times, seconds
        self.lock = threading.Lock()

    def due(self):
        with self.lock:
            if self.times is None:
                return True
            self.times -= 1
            return self.times >= 0


class Proxy:
    """Between the binary and a server. `calls` counts operations; `faults` maps `service:Operation` to a [`Fault`]."""

    def __init__(self, upstream):
        self.upstream = urllib.parse.urlsplit(upstream).netloc
        self.calls, self.faults = Counter(), {}
        self.lock, self.ended = threading.Lock(), threading.Event()

    def reset(self, faults=None):
        with self.lock:
            self.calls, self.faults = Counter(), faults or {}

    def note(self, operation):
        with self.lock:
            self.calls[operation] += 1
            return self.faults.get(operation)


@contextlib.contextmanager
def between(upstream):
    """A proxy in front of `upstream`, with its own address in `url`."""
    proxy = Proxy(upstream)
    handler = type("Handler", (Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.ended.set()
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One client's connection, with a connection upstream of its own."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # a response leaves in one piece
    upstream = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = identify(self.headers, body)
        fault = self.proxy.note(operation)
        if fault and fault.due():
            if fault.kind == "hang":
                self.proxy.ended.wait(fault.seconds)
                self.close_connection = True
                return
            if fault.kind != "truncate":
                return self.answer(*refusal(operation, fault.kind))
            status, headers, answer = self.pass_on(body)
            return self.answer(status, headers, answer[: len(answer) // 2])
        self.answer(*self.pass_on(body))

    do_GET = do_PUT = do_DELETE = do_POST

    def pass_on(self, body):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        for last in (False, True):  # a kept connection may have been closed meanwhile
            self.upstream = self.upstream or http.client.HTTPConnection(self.proxy.upstream, timeout=120)
            try:
                self.upstream.request(self.command, self.path, body, headers)
                response = self.upstream.getresponse()
                kept = [(n, v) for n, v in response.getheaders() if n.lower() not in HOP_BY_HOP | {"date", "server"}]
                return response.status, kept, response.read()
            except (http.client.HTTPException, OSError):
                self.upstream.close()
                self.upstream = None
                if last:
                    return 502, [], b""

    def answer(self, status, headers, body):
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

    def finish(self):
        if self.upstream:
            self.upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *_):
        pass


def identify(headers, body):
    """`service:Operation` of a request: by its target for JSON services, by its form for the others."""
    target = headers.get("X-Amz-Target")
    if target:
        service, _, operation = target.partition(".")
        return f"{SERVICES.get(service, service)}:{operation}"
    scope = re.search(r"Credential=[^/,]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    action = urllib.parse.parse_qs(body.decode("latin-1")).get("Action", ["?"])[0]
    return f"{scope[1] if scope else '?'}:{action}"


CODES = {  # kind of fault: (status, code) of JSON services, then of IAM and STS
    "deny": ((400, "AccessDeniedException"), (403, "AccessDenied")),
    "throttle": ((400, "ThrottlingException"), (400, "Throttling")),
    "error": ((500, "InternalServerError"), (500, "ServiceFailure")),
}


def refusal(operation, kind):
    """The answer of a service that refuses: as (status, headers, body)."""
    service, _, name = operation.partition(":")
    words = f"refused by the test: {name}"
    json_shape, xml_shape = CODES[kind]
    if service in ("iam", "sts"):
        status, code = xml_shape
        body = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>"
                "<RequestId>0</RequestId></ErrorResponse>")
        return status, [("Content-Type", "text/xml")], body.encode()
    status, code = json_shape
    if service == "dynamodb" and kind == "throttle" and name == "Scan":
        code = "ProvisionedThroughputExceededException"
    shape = "com.amazonaws.dynamodb.v20120810" if service == "dynamodb" else "com.amazonaws.kms"
    body = f'{{"__type":"{shape}#{code}","message":"{words}"}}'
    return status, [("Content-Type", "application/x-amz-json-1.0")], body.encode()
