"""A loopback reverse proxy that records which AWS operations pass, and fails those that a test names."""

import calendar
import contextlib
import email.utils
import http.client
import json
import random
import re
import socket
import struct
import threading
import time
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from operations import identify, paging, refusal

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"}


EVERY = "*"  # in place of an operation: each of them


def key_until(moment):
    """The name of an access key that is good until a moment, in seconds since 1970."""
    return f"GOODUNTIL{moment}"


class Fault:
    """What to do to an operation: refuse it (`deny`, `throttle`, `error`, `expire`), spoil the answer (`truncate`, `empty`,
    `garbage`, `repeat` a page and its token, `phantom`: a table that is gone), or the connection (`hang`, `slow`, `reset`); or to
    say that the client's clock is wrong (`skew`), if it is `seconds` or more beside the proxy's.

    To each request; or to the first `times` alone, to those after the first `after`, to a `share` of them by chance, to those
    whose body holds `about` or whose signature is for `region`, to those with an access key of [`key_until`] whose time is over
    (`stale`), or to what goes beyond `per_second`.
    """

    def __init__(self, kind, times=None, seconds=60.0, about="", per_second=None, share=None, after=0, region="", seed=1,
                 stale=False):
        self.kind, self.times, self.seconds = kind, times, seconds
        self.about, self.per_second, self.region = about.encode(), per_second, region
        self.left, self.filled = per_second, time.monotonic()
        self.stale = stale
        self.share, self.after, self.chance = share, after, random.Random(seed)
        self.lock = threading.Lock()

    def due(self, body, signed=""):
        if self.about not in body:
            return False
        if self.region and f"/{self.region}/" not in signed:
            return False
        if self.stale:
            until = re.search(f"Credential={key_until('([0-9]+)')}/", signed)
            return not until or int(until[1]) <= time.time()
        with self.lock:
            if self.after > 0:
                self.after -= 1
                return False
            if self.share is not None:
                return self.chance.random() < self.share
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
    """Between the binary and a server. `calls` counts operations, `keys` holds the access keys seen; `faults` maps
    `service:Operation`, or `EVERY`, to a [`Fault`] or a list of them, of which the first that is due happens. `meanwhile` maps an
    operation to what is done once, before its first call is passed on."""

    def __init__(self, upstream):
        self.upstream = urllib.parse.urlsplit(upstream).netloc
        self.calls, self.keys, self.faults, self.meanwhile = Counter(), set(), {}, {}
        self.lock, self.ended = threading.Lock(), threading.Event()

    def reset(self, faults=None):
        with self.lock:
            self.calls, self.keys, self.faults = Counter(), set(), faults or {}

    def note(self, operation, signed):
        with self.lock:
            self.calls[operation] += 1
            self.keys.update(re.findall("Credential=([^/]+)/", signed))
            self.meanwhile.pop(operation, lambda: None)()
            found = [self.faults.get(name) for name in (operation, EVERY)]
        return [one for some in found if some for one in (some if isinstance(some, list) else [some])]


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


AGAIN = "again-and-again"


def repeated(answer, operation):
    """A page that says that another one follows, and always the same."""
    paged = paging(operation)
    if not paged:
        return answer
    _, leads, more = paged
    try:
        token = {"again": {"S": AGAIN}} if operation == "dynamodb:Scan" else AGAIN
        return json.dumps(json.loads(answer) | {leads: token} | ({more: True} if more else {})).encode()
    except ValueError:
        last = f"<{more}>false</{more}>".encode()
        return answer.replace(last, f"<{more}>true</{more}><{leads}>{AGAIN}</{leads}>".encode())


def first_page(body, operation):
    """The request for a page without what tells which, for the server knows nothing of it."""
    asks = (paging(operation) or ("",))[0]
    try:
        asked = json.loads(body)
        return json.dumps({name: value for name, value in asked.items() if name != asks}).encode() if asks in asked else body
    except ValueError:
        return b"&".join(field for field in body.split(b"&") if not field.startswith(f"{asks}={AGAIN}".encode()))


def haunted(answer, _):
    """A list with a table in it that nobody will find."""
    try:
        page = json.loads(answer)
        return json.dumps(page | {"TableNames": [*page["TableNames"], PHANTOM]}).encode()
    except (ValueError, KeyError):
        return answer


PHANTOM = "deleted-meanwhile"
TELLS = {"x-amzn-errortype", "x-amz-crc32"}  # headers that tell an error whole, or that the body is not the one that was sent
SPOILT = {
    "truncate": lambda answer, _: answer[: len(answer) // 2],
    "empty": lambda answer, _: b"",
    "garbage": lambda answer, _: b"\x00\xff<html>{]" + answer[:40:2],
    "repeat": repeated,
    "phantom": haunted,
}


class Handler(BaseHTTPRequestHandler):
    """One client's connection, with a connection upstream of its own."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # a response leaves in one piece
    upstream = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = identify(self.headers, body, self.command, self.path)
        signed = self.headers.get("Authorization", "")
        fault = next((fault for fault in self.proxy.note(operation, signed) if fault.due(body, signed)), None)
        if fault is None:
            return self.answer(*self.pass_on(body))
        if fault.kind in SPOILT:
            status, headers, answer = self.pass_on(first_page(body, operation) if fault.kind == "repeat" else body)
            headers = [(n, v) for n, v in headers if n.lower() not in TELLS]
            return self.answer(status, headers, SPOILT[fault.kind](answer, operation))
        if fault.kind == "hang":
            self.proxy.ended.wait(fault.seconds)
            self.close_connection = True
        elif fault.kind == "slow":
            self.proxy.ended.wait(fault.seconds)
            self.answer(*self.pass_on(body))
        elif fault.kind == "reset":  # with what is still to be sent thrown away, so that the client sees a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif fault.kind == "skew":  # whatever it answers, it says what its clock says
            right = abs(self.clock_of_client() - self.clock(fault)) < 300
            status, headers, said = self.pass_on(body) if right else refusal(operation, fault.kind)
            now = email.utils.formatdate(self.clock(fault), usegmt=True)
            self.answer(status, [*headers, ("Date", now)], said, date=False)
        else:
            self.answer(*refusal(operation, fault.kind))

    @staticmethod
    def clock(fault):
        return time.time() + fault.seconds

    def clock_of_client(self):
        """When the request says that it was signed."""
        signed = time.strptime(self.headers.get("X-Amz-Date", "19700101T000000Z"), "%Y%m%dT%H%M%SZ")
        return calendar.timegm(signed)

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

    def answer(self, status, headers, body, date=True):
        with contextlib.suppress(OSError):
            if date:
                self.send_response(status)
            else:
                self.send_response_only(status)
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
