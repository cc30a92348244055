"""Each call of the list fails in turn: the run completes, and no verdict is made up for lack of an answer."""

import concurrent.futures

import compare
import leaks
from case_audit import parsed, readable
from limits import STOOD_IN_FOR
from proxy import Fault, between
from tally import unless

AT_A_TIME = 3
WHY = {"deny": {"denied"}, "throttle": {"throttled"}, "error": {"failed"}, "truncate": {"malformed", "failed"}}


def run(tally, title, seeded, binary, proxy, listed, kinds, only=""):
    """Every operation of `listed` that this account takes, for every kind of fault; of these those named by `only`."""
    proxy.reset()
    base = readable(tally, f"{title}: undisturbed", binary.audit())
    if base is None:
        return
    pieces, taken = leaks.needles(seeded.hidden), dict(proxy.calls)
    print(f"      {title}: not called, so not failed: {', '.join(sorted(listed - taken.keys())) or 'none'}")
    faults = [(operation, kind) for operation in sorted(listed & taken.keys()) for kind in kinds
              if only in f"{kind} {operation}"]

    def problems(fault):
        """Behind a proxy of its own, so that several can run at a time."""
        with between(seeded.url) as own:
            return fails(seeded, binary.behind(own.url), own, *fault, base, pieces)

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        for (operation, kind), found in zip(faults, pool.map(problems, faults)):
            tally.check(f"{title}: {kind} {operation}: no verdict for lack of data", found)


def fails(seeded, binary, proxy, operation, kind, base, pieces):
    """What is wrong with a run in which `operation` fails so."""
    proxy.reset({operation: Fault(kind)})
    ran = binary.audit()
    report, problems = parsed(ran)
    if report is None:
        return problems
    problems += compare.never_lies(base, report, {operation}, seeded)
    before = compare.gaps(base, seeded.account)
    new = compare.gaps(report, seeded.account) - before
    already = any(call == operation for call, _, _ in before)
    if operation in STOOD_IN_FOR:
        same = compare.verdicts(base, seeded) == compare.verdicts(report, seeded)
        problems += unless(same and not new, "another call stands in for it, and the findings differ")
    elif proxy.calls[operation] and not already:
        problems += unless(new, "it failed, and no gap says so")
    problems += [f"the gap on {on} says {why}" for call, on, why in new if call == operation and why not in WHY[kind]]
    wanted = 3 if operation == "dynamodb:ListTables" or not counts(report) else 1
    problems += unless(ran.code == wanted, f"exit code {ran.code}, not {wanted}")
    return problems + [f"shows {leak}" for text in (ran.out, ran.err) for leak in leaks.leaks(text, pieces)]


def counts(report):
    """Whether a flagged finding is at or above `low`, the default of `--fail-on`."""
    return any(f["verdict"] == "flagged" and f["severity"] != "info" for f in report["findings"])


def recovers(tally, title, seeded, binary, proxy, listed, faults):
    """What passes after a retry leaves no trace in the findings."""
    proxy.reset()
    base = readable(tally, f"{title}: undisturbed", binary.audit())
    if base is None:
        return
    for name, kind, times in faults:
        proxy.reset({operation: Fault(kind, times) for operation in listed})
        report = readable(tally, f"{title}: {name}", binary.audit())
        if report is not None:
            same = compare.verdicts(base, seeded) == compare.verdicts(report, seeded)
            tally.check(f"{title}: {name}: same findings", unless(same, "they differ"))
