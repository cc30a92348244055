"""Runs the binary under test, with nothing of the caller's environment."""

import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

from plan import REGIONS

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS = 600


@dataclass
class Ran:
    """What a run left behind."""

    code: int
    out: bytes
    err: bytes
    seconds: float

    def json(self):
        """The report. A name that an object holds twice is an error: readers differ in which they take."""
        return json.loads(self.out, object_pairs_hook=once)

    def findings_as_written(self):
        """The bytes of `findings` in the report, just as they were written."""
        return members(self.out.decode())["findings"]


def once(pairs):
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(f"a name stands twice among {[name for name, _ in pairs]}")
    return members


def members(text):
    """The members of the object that `text` holds, each as it was written."""
    decode, at, found = json.JSONDecoder().raw_decode, text.index("{") + 1, {}
    while True:
        at = skip(text, at)
        if text[at] == "}":
            return found
        name, at = decode(text, at)
        start = skip(text, at)
        _, at = decode(text, start)
        found[name] = text[start:at]


def skip(text, at):
    while text[at] in " \t\r\n:,":
        at += 1
    return at


def find(given):
    """The binary: the one given, else the newest build of this tree."""
    if given:
        return pathlib.Path(given).resolve(strict=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    built = [p for p in (target / "debug/dynaudit", target / "release/dynaudit") if p.is_file()]
    if not built:
        raise FileNotFoundError("no binary: run `cargo build` first, or name one with --binary")
    return max(built, key=lambda p: p.stat().st_mtime)


class Binary:
    """The binary, pointed at a server. Times out after `SECONDS`."""

    def __init__(self, path, home, url="http://127.0.0.1:1", credentials=("test", "test"), config=None):
        self.path, self.home, self.url, self.credentials, self.config = path, home, url, credentials, config

    def behind(self, url):
        """The same, pointed elsewhere."""
        return Binary(self.path, self.home, url, self.credentials)

    def by(self, config):
        """The same, with its credentials from this AWS configuration file."""
        return Binary(self.path, self.home, self.url, config=config)

    def run(self, *args, seconds=SECONDS, **how):
        """Runs to its end, or for so many `seconds`; `how` goes to `subprocess.run`."""
        start = time.monotonic()
        try:
            ran = subprocess.run([self.path, *args], env=self.env(), cwd=self.home, stdin=subprocess.DEVNULL,
                                 capture_output=True, timeout=seconds, check=False, **how)
        except subprocess.TimeoutExpired as late:
            return Ran(-1, late.stdout or b"", (late.stderr or b"") + b"\ntimed out", seconds)
        return Ran(ran.returncode, ran.stdout, ran.stderr, time.monotonic() - start)

    def stopped(self, number, after, *args, seconds=SECONDS):
        """Runs, and gets the signal `number` after so many seconds."""
        start = time.monotonic()
        process = subprocess.Popen([self.path, *args], env=self.env(), cwd=self.home, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        timer = threading.Timer(after, process.send_signal, [number])
        timer.start()
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"\ntimed out"
        timer.cancel()
        return Ran(process.returncode, out, err, time.monotonic() - start)

    def env(self):
        """What the binary sees of the world."""
        key, secret = self.credentials
        who = {"AWS_CONFIG_FILE": self.config} if self.config else {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
        return {
            **who, "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": REGIONS[0], "HOME": self.home_of_its_own(),
            "LANG": "C.UTF-8", "NO_PROXY": "*", "PATH": "/usr/bin:/bin", "RUST_BACKTRACE": "1",
        }

    def audit(self, *args, form="json", **how):
        return self.run(*self.audit_of(*args, form=form), **how)

    def audit_of(self, *args, form="json"):
        """The words of an audit."""
        more = ("--verdicts", "all") if form == "json" else ()
        return ("audit", *self.scope(), "--format", form, *more, *args)

    def scope(self):
        regions = [word for region in REGIONS for word in ("--region", region)]
        return (*regions, "--digest-key-file", self.digest_key())

    def digest_key(self):
        path = self.home / "digest.key"
        if not path.exists():
            path.write_bytes(b"a digest key for tests alone....")
            path.chmod(0o600)
        return str(path)

    def home_of_its_own(self):
        return tempfile.mkdtemp(dir=self.home)
