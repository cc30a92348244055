"""Part of the answers is lost: what they would have told is not assessed, with the reason, and all else stands."""

import compare
from case_audit import readable
from proxy import Fault
from tally import unless

NAMED = "dynamodb:DescribeTable"


def run(tally, title, seeded, binary, proxy):
    """One table of many, two calls of all tables, the list itself, and a call that is slowed down."""
    proxy.reset()
    base = readable(tally, f"{title}: undisturbed", binary.audit())
    if base is None:
        return
    one = seeded.plan.tables[len(seeded.plan.tables) // 2]
    audited = lambda name, faults: disturbed(tally, f"{title}: {name}", seeded, binary, proxy, base, faults)

    report = audited("one table denied", {NAMED: Fault("deny", about=f'"{one.name}"')})
    tally.check(f"{title}: one table denied: all others stand", compare.untouched(base, report, seeded, [one.id]))
    tally.check(f"{title}: one table denied: it is not assessed", not_assessed(report, seeded, one, NAMED))

    both = ("dynamodb:DescribeContinuousBackups", "dynamodb:GetResourcePolicy")
    report = audited("two calls denied", {call: Fault("deny") for call in both})
    problems = [f"{check}: not assessed on {len(unknown(report, check))} of {len(seeded.plan.tables)} tables"
                for check in ("point-in-time-recovery-off", "public-table-policy")
                if len(unknown(report, check)) != len(seeded.plan.tables)]
    tally.check(f"{title}: two calls denied: not assessed", problems)

    report = audited("no list of tables", {"dynamodb:ListTables": Fault("deny")})
    # Its backups are in a list of their own, with their keys.
    tables = [f"{f['check']}: {f['verdict']} {f['subject']}" for f in report["findings"]
              if f["subject"].get("table") and f["subject"].get("place") != "backups"
              and f["verdict"] != compare.UNKNOWN]
    tally.check(f"{title}: no list of tables: nothing is said of a table", tables)

    report = audited("two tables a second", {NAMED: Fault("throttle", per_second=2)})
    tally.check(f"{title}: two tables a second: those that came through stand",
                compare.untouched(base, report, seeded, missed(report, seeded)))


def disturbed(tally, title, seeded, binary, proxy, base, faults):
    """The report of a run under `faults`, judged by what holds for each such run."""
    proxy.reset(faults)
    ran = binary.audit()
    report = readable(tally, title, ran)
    problems = compare.never_lies(base, report, set(faults), seeded)
    blind = "dynamodb:ListTables" in faults
    problems += unless(ran.code == (3 if blind else 1), f"exit code {ran.code}")
    problems += unless(not blind or b"nothing about tables was assessed" in ran.err, "standard error does not say so")
    tally.check(f"{title}: no verdict for lack of data", problems)
    return report


def missed(report, seeded):
    """Tables that a gap names."""
    on = [gap["on"] for gap in report["gaps"] if gap["call"] == NAMED]
    return [t.id for t in seeded.plan.tables if any(f":{t.region}:" in arn and arn.endswith(f"/{t.name}") for arn in on)]


def unknown(report, check):
    return [f for f in report["findings"] if f["check"] == check and f["verdict"] == compare.UNKNOWN]


def not_assessed(report, seeded, table, call):
    """What is wrong unless checks of what `call` tells say of this table that they were not assessed, and why."""
    stands, problems = compare.verdicts(report, seeded), []
    for check in ("aws-owned-key", "deletion-protection-off", "key-disabled"):
        finding = stands.get((check, table.id), {"verdict": "no row"})
        why = [(m["call"], m.get("why")) for m in finding.get("missing", ())]
        problems += unless(finding["verdict"] == compare.UNKNOWN and (call, "denied") in why,
                           f"{check}: {finding['verdict']}, {why}")
    return problems
