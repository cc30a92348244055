"""Storms, one by one and three at a time: each run ends in time with a report that holds no verdict for lack of an answer, names what
it lacks, and shows no value. Then what happens to the process itself: signals, a kill, a full disk."""

import concurrent.futures
import signal

import compare
import leaks
from case_audit import parsed, readable
from limits import STOOD_IN_FOR
from plan import REGIONS
from proxy import EVERY, Fault, between, key_until
from storms import BOUND, MENDED, STORMS, threes, together
from tally import unless

AT_A_TIME = 3
FULL = 4096  # bytes that a file may hold on the full disk


def run(tally, title, seeded, binary, proxy, every=False, only=""):
    proxy.reset()
    base = readable(tally, f"{title}: undisturbed", binary.audit())
    if base is None:
        return
    pieces = leaks.needles(seeded.hidden)
    asked = set(proxy.calls) | set(STOOD_IN_FOR.values())
    cases = [(name,) for name in STORMS] + threes(every)
    cases = [names for names in cases if only in " + ".join(names)]

    def problems(names):
        with between(seeded.url) as own:
            own.reset(together(names))
            return weathered(names, base, asked, seeded, binary.behind(own.url), pieces)

    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        for names, (found, seconds) in zip(cases, pool.map(problems, cases)):
            tally.check(f"{title}: {' + '.join(names)} ({seconds:.1f} s)", found)
    if not only:
        signals(tally, title, base, seeded, binary, proxy)
        killed(tally, title, base, seeded, binary, proxy)
        full_disk(tally, title, binary, proxy)
        meanwhile(tally, title, base, seeded, binary, proxy)
        refreshed(tally, title, base, seeded, binary, proxy)


def weathered(names, base, asked, seeded, binary, pieces):
    """What is wrong with a run in these storms, and how long it took."""
    ran = binary.audit("-vvv", seconds=BOUND)
    shown = [f"shows {leak}" for text in (ran.out, ran.err) for leak in leaks.leaks(text, pieces)]
    if b"timed out" in ran.err[-20:]:
        return [f"did not end within {BOUND} s"], ran.seconds
    # Where the very first call is refused for its credentials, there is no run: it says so, and ends.
    if ran.code == 2 and not ran.out and b"does not accept the credentials" in ran.err:
        return shown + unless("credentials expire midway" in names, "credentials were refused"), ran.seconds
    report, found = parsed(ran)
    if report is None:
        return found + shown, ran.seconds
    found += compare.never_lies(base, report, asked, seeded, cut_short(report))
    new = compare.gaps(report, seeded.account) - compare.gaps(base, seeded.account)
    if set(names) <= MENDED:
        same = compare.verdicts(base, seeded).keys() == compare.verdicts(report, seeded).keys()
        found += unless(same and not new, f"not as without it: {sorted(new)[:3]}")
    found += unless(ran.code in (1, 3), f"exit code {ran.code}")
    return found + shown, ran.seconds


def signals(tally, title, base, seeded, binary, proxy):
    """Interrupted midway: soon over, with a report that says what was not reached."""
    for number in (signal.SIGINT, signal.SIGTERM):
        proxy.reset({EVERY: Fault("slow", seconds=0.4)})
        ran = binary.stopped(number, 2.0, *binary.audit_of(), seconds=60)
        report, problems = parsed(ran)
        if report is not None:
            failed = set(proxy.calls) | named(report)
            problems += compare.never_lies(base, report, failed, seeded, cut_short(report))
            problems += unless(any(gap["why"] == "interrupted" for gap in report["gaps"]), "no gap says so")
        problems += unless(ran.seconds < 20, f"took {ran.seconds:.1f} s")
        tally.check(f"{title}: {signal.Signals(number).name} midway", problems)


def cut_short(report):
    """Tables whose samples a gap names."""
    arns = [gap["on"].split(":") for gap in report["gaps"] if gap["call"] == "dynamodb:Scan"]
    return {f"{arn[3]}/{arn[5].partition('/')[2]}" for arn in arns if len(arn) == 6}


def named(report):
    """The calls that gaps name: those that were not made count as failed, too."""
    return {gap["call"] for gap in report["gaps"]}


def killed(tally, title, base, seeded, binary, proxy):
    """Killed outright, and taken up: the same report, and fewer calls."""
    proxy.reset({EVERY: Fault("slow", seconds=0.4)})
    state = ("--state-dir", str(binary.home / "state"))
    binary.stopped(signal.SIGKILL, 4.0, *binary.audit_of(*state), seconds=60)
    first = sum(proxy.calls.values())
    proxy.reset()
    ran = binary.audit(*state, "--resume")
    report, problems = parsed(ran)
    if report is not None:
        problems += differences(base, report, seeded)
    problems += unless(first and b"taken up" in ran.err, f"nothing was taken up after {first} calls")
    tally.check(f"{title}: SIGKILL midway, and --resume", problems)


def differences(base, report, seeded):
    """What a run that should leave no trace says otherwise than the calm one."""
    same = {p: f["verdict"] for p, f in compare.verdicts(base, seeded).items()}
    now = {p: f["verdict"] for p, f in compare.verdicts(report, seeded).items()}
    differ = unless(same == now, f"{len(same.items() ^ now.items())} verdicts differ")
    return compare.never_lies(base, report, set(), seeded) + differ


def meanwhile(tally, title, base, seeded, binary, proxy):
    """One table is made and another removed while the run goes on: of all others nothing is said that was not
    before, but that what the lost table held cannot be told."""
    region = REGIONS[0]
    ddb = seeded.clients()("dynamodb", region)
    arn = made(ddb, "gone-meanwhile")

    def changes():
        made(ddb, "made-meanwhile")
        ddb.delete_table(TableName="gone-meanwhile")

    proxy.reset()
    proxy.meanwhile = {"dynamodb:DescribeContinuousBackups": changes}
    report, problems = parsed(binary.audit())
    ddb.delete_table(TableName="made-meanwhile")
    if report is not None:
        told = [f for f in report["findings"] if "-meanwhile" not in f["subject"].get("table", "")]
        before, after = compare.verdicts(base, seeded), compare.verdicts(report | {"findings": told}, seeded)
        problems += [f"{pair}: {compare.word(before, pair)} became {compare.word(after, pair)}"
                     for pair in sorted(before.keys() | after.keys())
                     if compare.word(before, pair) != compare.word(after, pair)
                     and not (pair in after and "gone-meanwhile" in str(after[pair].get("missing")))]
        lacking = {gap["on"] for gap in report["gaps"]}
        problems += unless(arn.replace(seeded.account, "") in {on.replace(seeded.account, "") for on in lacking},
                           "no gap names the table that is gone")
        problems += unless(not proxy.meanwhile, "nothing happened meanwhile")
    tally.check(f"{title}: tables made and removed meanwhile", problems)


def made(ddb, name):
    """The ARN of a table made now."""
    return ddb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])["TableDescription"]["TableArn"]


GOOD_FOR = 12  # seconds; clients take new credentials some ten seconds before the old ones end


def refreshed(tally, title, base, seeded, binary, proxy):
    """Credentials that end during the run and are refreshed leave no trace."""
    process, config = binary.home / "credentials", binary.home / "config"
    process.write_text(f"""#!/bin/sh
until=$(($(date +%s) + {GOOD_FOR}))
printf '{{"Version": 1, "AccessKeyId": "{key_until("%s")}", "SecretAccessKey": "test", "SessionToken": "test", "Expiration": "%s"}}' \\
    $until $(date -u -d @$until +%Y-%m-%dT%H:%M:%SZ)
""")
    process.chmod(0o700)
    config.write_text(f"[default]\ncredential_process = {process}\n")
    proxy.reset({EVERY: [Fault("expire", stale=True), Fault("slow", seconds=1)]})
    ran = binary.by(str(config)).audit(seconds=BOUND)
    report, problems = parsed(ran)
    if report is not None:
        problems += differences(base, report, seeded)
    problems += unless(ran.seconds > GOOD_FOR and len(proxy.keys) > 1, f"{len(proxy.keys)} keys in {ran.seconds:.1f} s")
    tally.check(f"{title}: credentials end midway and are refreshed ({ran.seconds:.1f} s)", problems)


def full_disk(tally, title, binary, proxy):
    """A report that cannot be written whole leaves the old one as it was, in each form, and no part of the new one; a snapshot that
    cannot be written costs no report."""
    import resource

    proxy.reset()
    # A limit on the size of files fails a write as a full disk does, and takes no disk.
    how = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL)), "restore_signals": False}
    directory = binary.home / "full"
    directory.mkdir(exist_ok=True)
    everything = ("--output-dir", str(directory), "--output", "all")
    binary.audit(*everything, form="table", seconds=BOUND)
    old = {path.name: b"an old " + path.name.encode() for path in directory.iterdir()}
    for name, text in old.items():
        (directory / name).write_bytes(text)
    ran = binary.audit(*everything, form="table", seconds=BOUND, **how)
    left = {path.name: path.read_bytes() for path in directory.iterdir()}
    problems = unless(len(old) >= 8 and "evidence.zip" in old, f"only these forms: {sorted(old)}")
    problems += [f"{name} is not as it was" for name in sorted(old.keys() | left.keys()) if old.get(name) != left.get(name)]
    unsaid = [name for name in sorted(old) if name.encode() not in ran.err]
    problems += unless(ran.code == 2 and not unsaid, f"exit code {ran.code}, nothing said of {unsaid}")
    tally.check(f"{title}: the disk is full", problems)
    ran = binary.audit("--save", str(directory / "snapshot.json"), seconds=BOUND, **how)
    report, problems = parsed(ran)
    problems += unless(ran.code == 2 and b"snapshot.json" in ran.err, f"exit code {ran.code}: {ran.err[-200:]!r}")
    problems += unless(not (directory / "snapshot.json").exists(), "a part of the snapshot is left")
    tally.check(f"{title}: the disk is full for the snapshot alone", problems)
