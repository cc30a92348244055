"""A loopback reverse proxy that records which AWS operations pass, and fails those that a test names."""

import contextlib
import http.client
import threading
import time
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from operations import identify, refusal

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"}


class Fault:
    """What to do to an operation: `deny`, `throttle`, `error`, `truncate` or `hang`.

    To each request; or to the first `times` alone, to those whose body holds `about`, or to what goes beyond
    `per_second`.
    """

    def __init__(self, kind, times=None, seconds=60.0, about="", per_second=None):
        self.kind, self.times, self.seconds = kind, times, seconds
        self.about, self.per_second = about.encode(), per_second
        self.left, self.filled = per_second, time.monotonic()
        self.lock = threading.Lock()

    def due(self, body):
        if self.about not in body:
            return False
        with self.lock:
            if self.per_second:
                return self.beyond_the_rate()
            if self.times is None:
                return True
            self.times -= 1
            return self.times >= 0

    def beyond_the_rate(self):
        now = time.monotonic()
        self.left = min(self.per_second, self.left + (now - self.filled) * self.per_second)
        self.filled = now
        if self.left < 1:
            return True
        self.left -= 1
        return False


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
        operation = identify(self.headers, body, self.command, self.path)
        fault = self.proxy.note(operation)
        if fault and fault.due(body):
            if fault.kind == "hang":
                self.proxy.ended.wait(fault.seconds)
                self.close_connection = True
                return
            if fault.kind != "truncate":
                return self.answer(*refusal(operation, fault.kind))
            status, headers, answer = self.pass_on(body)
            headers = [(n, v) for n, v in headers if n.lower() != "x-amzn-errortype"]  # else an error is told whole
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
