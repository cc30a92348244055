"""The audit of a seeded account finds just what was planted, shows no value, changes nothing, and replays."""

import compare
import leaks
from state import changes, state
from tally import unless
from limits import GAPS


def run(tally, title, seeded, binary, proxy, listed):
    before = state(seeded.clients(), seeded.plan.regions())
    proxy.reset()
    audit = binary.audit("-vv")
    report = readable(tally, title, audit)
    if report is None:
        return None
    tally.check(f"{title}: exit code", unless(audit.code == 1, f"{audit.code}, not 1"))
    tally.check(f"{title}: the truth has the checks of the binary", compare.unknown_checks(report))
    tally.check(f"{title}: findings", compare.against_truth(report, seeded))
    tally.check(f"{title}: every table is there", absent_tables(report, seeded))
    tally.check(f"{title}: gaps", strange_gaps(report, seeded))
    tally.check(f"{title}: calls", [f"{call} is not listed" for call in sorted(set(proxy.calls) - listed)])
    files = binary.home / "reports"
    table = binary.audit("-vvv", "--output-dir", str(files), "--output", "all", form="table")
    tally.check(f"{title}: table", unless(table.code == 1, f"exit code {table.code}, not 1"))
    snapshot = replay(tally, title, binary, audit)
    written = {"JSON": audit.out, "log": audit.err, "table": table.out, "messages": table.err, "snapshot": snapshot}
    reports = {path.name: path.read_bytes() for path in sorted(files.iterdir())}
    tally.check(f"{title}: a report of each form", unless(len(reports) >= 8, f"{sorted(reports)}"))
    pieces = leaks.needles(seeded.hidden)
    tally.check(f"{title}: no value shown", [f"{where}: {leak}" for where, text in (written | reports).items()
                                             for leak in leaks.leaks(text, pieces)])
    tally.check(f"{title}: no control bytes", [f"{where}: {raw}" for where, text in written.items()
                                               for raw in leaks.controls(text)])
    tally.check(f"{title}: nothing changed", changes(before, state(seeded.clients(), seeded.plan.regions())))
    return report


def readable(tally, title, ran):
    """The report of a run; none, and a failure counted, if there is none."""
    report, problems = parsed(ran)
    tally.check(f"{title}: runs ({ran.seconds:.1f} s)", problems)
    return report


def parsed(ran):
    """The report of a run, if there is one, and what is wrong with how it ended."""
    report, problems = None, unless(b"panicked" not in ran.err, "it panicked")
    try:
        report = ran.json()
    except ValueError as error:
        problems += [f"exit code {ran.code}, no JSON: {error}", *ran.err.decode("utf-8", "replace").splitlines()[-5:]]
    return report, problems


def absent_tables(report, seeded):
    seen = {f"{f['subject'].get('region')}/{f['subject'].get('table')}" for f in report["findings"]}
    return [f"{table.id} is in no finding" for table in seeded.plan.tables if table.id not in seen]


def strange_gaps(report, seeded):
    """Gaps that neither the server's limits nor the run's own choices explain."""
    known = GAPS[seeded.server]
    return [f"{g['call']} on {g['on']}: {g['why']}: {g['message']}" for g in report["gaps"]
            if g["why"] != "not-asked" and known.get(g["call"], g["on"] + "!") not in g["on"]]


def replay(tally, title, binary, audit):
    """Collects and judges apart; returns the snapshot."""
    path = binary.home / "snapshot.json"
    path.unlink(missing_ok=True)
    collected = binary.run("collect", *binary.scope(), "-o", str(path))
    assessed = binary.run("assess", str(path), "--format", "json", "--verdicts", "all")
    problems = unless(path.is_file(), f"collect wrote nothing; exit code {collected.code}")
    problems += unless(collected.code in (0, 3), f"collect: exit code {collected.code}")
    problems += unless(assessed.code == audit.code, f"assess: exit code {assessed.code}, audit {audit.code}")
    if not problems:
        same = assessed.findings_as_written() == audit.findings_as_written()
        problems += unless(same, "the findings differ from those of audit")
    tally.check(f"{title}: collect and assess say the same, byte for byte", problems)
    return path.read_bytes() if path.is_file() else b""
