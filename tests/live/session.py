"""The order of the tests on one server: accounts by size, faults, permissions, hostile names."""

import contextlib
import json
import pathlib
import tempfile
import traceback

import case_audit
import case_changes
import case_export
import case_faults
import case_hostile
import case_partial
import case_policy
import case_storms
import case_who
import operations
import proxy as proxies
import seed
import servers
from binary import Binary
from plan import sized, small
from tally import unless

SMALL = 12
FAULTY = "ministack"  # where calls fail in the quick run: it answers more of them, and sooner
FAULTS = ("deny",), ("deny", "throttle", "error", "truncate")  # quick, full
RETRIED = (("throttled once", "throttle", 1), ("failed once", "error", 1), ("hung once", "hang", 1))


class Session:
    """One run of the tests with one binary."""

    def __init__(self, tally, path, home, full, sizes, only="", storms=False):
        self.tally, self.path, self.home, self.full, self.only = tally, path, home, full, only
        self.storms = storms
        self.sizes = sizes or ((SMALL, 50, 500, 2000) if full else (SMALL, 50))

    def on(self, server):
        listed = self.listed()
        if listed is None:
            return
        printed, calls = listed
        if self.storms:
            return self.stormy(server, calls)
        for size in self.sizes:
            with self.case(f"{server} {size}") as title:
                self.audited(title, server, size, calls)
        if server == "ministack":
            with self.case("ministack with IAM") as title, self.seeded(server, SMALL, auth=True) as account:
                case_policy.run(self.tally, title, *account, printed, every=self.full)
        self.hostile(server)
        with self.case(f"{server} export") as title, self.server(server) as (url, home):
            case_export.run(self.tally, title, url, Binary(self.path, home, url))

    def stormy(self, server, calls):
        """Every fault, one by one and three at a time; every call denied; what is as hostile and as large as can be."""
        with self.case(f"{server} storms") as title, self.seeded(server, SMALL) as (there, binary, proxy):
            case_storms.run(self.tally, title, there, binary, proxy, self.full, self.only)
            case_faults.run(self.tally, title, there, binary, proxy, calls, FAULTS[False], self.only)
        if not self.only:
            self.hostile(server)

    def hostile(self, server):
        with self.case(f"{server} hostile") as title, self.server(server) as (url, home):
            case_hostile.run(self.tally, title, url, Binary(self.path, home, url))

    def audited(self, title, server, size, calls):
        with self.seeded(server, size) as (there, binary, proxy):
            self.tally.check(f"{title}: seeded as planned", seed.verify(there))
            case_audit.run(self.tally, title, there, binary, proxy, calls)
            if size == SMALL:
                case_who.run(self.tally, title, there, binary, binary.home / "snapshot.json")
            if size == SMALL and (self.full or server == FAULTY):
                case_faults.run(self.tally, title, there, binary, proxy, calls, FAULTS[self.full], self.only)
                if self.full:
                    case_faults.recovers(self.tally, title, there, binary, proxy, calls, RETRIED)
            if size == 50 and (self.full or server == FAULTY):
                case_partial.run(self.tally, title, there, binary, proxy)
            if size == SMALL:
                proxy.reset()
                case_changes.run(self.tally, title, there, binary)

    def listed(self):
        """The printed policy and the calls that it allows; none if it cannot be read."""
        ran = Binary(self.path, self.home).run("policy")
        try:
            printed = json.loads(ran.out)
            allowed = case_policy.actions(printed) | {"sts:GetCallerIdentity"}
            calls = {operations.CALLS.get(action, action) for action in allowed}
        except (ValueError, KeyError, TypeError) as error:
            self.tally.check("policy", [f"exit code {ran.code}: {error}"])
            return None
        self.tally.check("policy", unless(ran.code == 0 and not any("*" in c for c in calls), f"{ran.code}: {calls}"))
        return printed, calls

    @contextlib.contextmanager
    def case(self, title):
        """A part of the tests, whose breaking down is a failure and not the end."""
        try:
            yield title
        except Exception:
            self.tally.check(f"{title}: the test itself", traceback.format_exc().splitlines()[-10:])

    @contextlib.contextmanager
    def server(self, kind, auth=False):
        with tempfile.TemporaryDirectory(dir=self.home) as home:
            home = pathlib.Path(home)
            with servers.running(kind, home, auth) as url:
                yield url, home

    @contextlib.contextmanager
    def seeded(self, kind, size, auth=False):
        """A seeded server, with a proxy before it and the binary pointed at the proxy."""
        with self.server(kind, auth) as (url, home), proxies.between(url) as proxy:
            plan = small() if size == SMALL else sized(size)
            yield seed.seed(plan, kind, url), Binary(self.path, home, proxy.url), proxy
