"""Starts an independent server on a free loopback port, waits until it answers, and always stops it."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

BIN = pathlib.Path(sys.executable).parent
LOOPBACK = "127.0.0.1"
START_SECONDS = 30
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the caller has


def free_port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def command(kind, port):
    """What to run, and what it needs in its environment."""
    if kind == "moto":
        return [BIN / "moto_server", "-H", LOOPBACK, "-p", str(port)], {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    return [BIN / "ministack"], {"BIND_HOST": LOOPBACK, "GATEWAY_PORT": str(port)}


@contextlib.contextmanager
def running(kind, home, auth=False):
    """A server of `kind` (`moto` or `ministack`), as its URL. With `auth` MiniStack enforces IAM."""
    for attempt in range(3):  # the port may be taken between finding and binding it
        port = free_port()
        args, needs = command(kind, port)
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8", **needs}
        if auth:
            env["AUTH"] = "true"
        if shutil.which("setpriv"):  # Linux: the server dies with us, even if we are killed outright
            args = ["setpriv", "--pdeathsig", "KILL", *args]
        with open(home / f"{kind}-{port}.log", "wb") as log:
            process = subprocess.Popen(args, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       cwd=home, start_new_session=True)
        try:
            url = f"http://{LOOPBACK}:{port}"
            if not ready(process, url):
                continue
            if listens_beyond_loopback(port):
                raise RuntimeError(f"{kind} listens beyond {LOOPBACK}")
            yield url
            return
        finally:
            stop(process)
    raise RuntimeError(f"{kind} did not start; its log is {home}/{kind}-{port}.log")


def ready(process, url):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            DIRECT.open(url, timeout=2).close()
            return True
        except urllib.error.HTTPError:
            return True  # it answers, if only to say no
        except OSError:
            time.sleep(0.05)
    return False


def listens_beyond_loopback(port):
    """Whether a socket listens on `port` of any other address (Linux; elsewhere not looked at)."""
    for table, loopback in (("tcp", "0100007F"), ("tcp6", "00000000000000000000000001000000")):
        with contextlib.suppress(OSError), open(f"/proc/net/{table}", encoding="ascii") as lines:
            for line in list(lines)[1:]:
                address, local_port = line.split()[1].split(":")
                if int(local_port, 16) == port and line.split()[3] == "0A" and address != loopback:
                    return True
    return False


def stop(process):
    """Ends the server and what it started: it has a process group of its own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return
