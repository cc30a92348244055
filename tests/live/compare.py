"""Compares what the binary found with the ground truth, and a run that lacked an answer with one that did not."""

from collections import Counter

from account import ACCOUNT
from truth import TRUTH, expected, hidden

FLAGGED, UNKNOWN, CLEAR, NOT_APPLICABLE = "flagged", "unknown", "clear", "not-applicable"


def label(subject, seeded, by_class=False):
    """A subject in the words of the plan, without the account: `eu-west-1/users#password:password`.

    A reader may have several rows, one for each class of tables that it reads in one way: told apart `by_class`.
    """
    kind, arn, table = subject["kind"], subject["arn"], subject.get("table")
    keys = {made: f"{region}/key:{name}" for (region, name), made in seeded.keys.items()}
    place = f"{subject.get('region')}/{table}"
    if kind in ("key", "grant"):
        return next((name for made, name in keys.items() if made in arn), arn) + "!grant" * (kind == "grant")
    if kind in ("attribute", "copy") and "path" in subject:
        copy = f"@{subject['copy']}" if "copy" in subject else ""
        return f"{place}#{subject['path']}:{subject.get('secret')}{copy}"
    if kind == "account":
        return ACCOUNT
    if kind in ("principal", "reader"):
        return who(arn, seeded.account) + (f"~{subject.get('class')}" if by_class and kind == "reader" else "")
    if kind == "use":
        return place + (f"@{subject['place']}" if subject.get("place", "table") != "table" else "")
    if kind == "table":
        return place
    return f"{place}/{subject.get('name') or subject.get('index') or kind}" if table else f"{kind}:{arn}"


def who(arn, account):
    """A principal: `role/x` or `user/x` of the account, `account/1234…` for another one, else as it is."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[4] == account and parts[5] != "root":
        return parts[5]
    if len(parts) == 6 and parts[5] == "root":
        return f"account/{parts[4]}"
    return f"account/{arn}" if arn.isdigit() else arn


def flagged(report, seeded):
    return {(f["check"], label(f["subject"], seeded)) for f in report["findings"] if f["verdict"] == FLAGGED}


def against_truth(report, seeded):
    """What is missing and what was not planted, a few of each check."""
    found, wanted = flagged(report, seeded), expected(seeded.plan, seeded.server)
    problems = []
    for word, pairs in (("not found", wanted - found), ("found, but not planted", found - wanted)):
        for check, count in sorted(Counter(check for check, _ in pairs).items()):
            some = sorted(subject for name, subject in pairs if name == check)[:4]
            problems.append(f"{check}: {count} {word}: {', '.join(some)}")
    stands = verdicts(report, seeded)
    for pair, verdict in sorted(hidden(seeded.plan, seeded.server).items()):
        stood = stands.get(pair, {}).get("verdict")
        if stood != verdict:
            problems.append(f"{pair}: {stood}, where the server can only show {verdict}")
    return problems


def unknown_checks(report):
    """Checks that the truth and the binary do not both have."""
    names = {check["id"] if isinstance(check, dict) else check for check in report["checks"]}
    names = {name.rsplit("/", 1)[-1] for name in names}
    return ([f"the truth lacks {name}" for name in sorted(names - set(TRUTH))]
            + [f"the binary lacks {name}" for name in sorted(set(TRUTH) - names)])


def gaps(report, account):
    """What was not seen, but for what was not asked for; without the account, which may be unknown itself."""
    return {(gap["call"], gap["on"].replace(account, "ACCOUNT").replace("unknown", "ACCOUNT"), gap["why"])
            for gap in report["gaps"] if gap["why"] != "not-asked"}


def never_lies(base, other, failed, seeded, smaller=()):
    """What is wrong in `other`, the same run as `base` but for the answers of the operations `failed`.

    The tables `smaller` had their samples cut short, and say so: fewer items may tell something else.
    """
    new = gaps(other, seeded.account) - gaps(base, seeded.account)
    problems = [f"a new gap names {call} on {on}" for call, on, _ in sorted(new) if call not in failed]
    before, after = verdicts(base, seeded, True), verdicts(other, seeded, True)
    none_of_it = {(f["check"], label(f["subject"], seeded, True)) for f in base["findings"]
                  if f["verdict"] == NOT_APPLICABLE}
    stands_in = {f["check"] for f in other["findings"] if f["verdict"] == UNKNOWN and names(f, failed)}
    for pair, finding in after.items():
        was, now = before.get(pair), finding["verdict"]
        if was is None:
            if now == FLAGGED and place(pair[1]) not in smaller:
                problems.append(f"{pair}: flagged, and not there with all answers")
        elif now != was["verdict"]:
            # A subject may have several rows; of those one that was clear may go with what it was about.
            if now == NOT_APPLICABLE and was["verdict"] == CLEAR and pair in none_of_it:
                continue
            if place(pair[1]) in smaller or "~" in pair[1] and pair[0] in stands_in:
                continue  # the class of a reader's tables has lost one, for which an unknown row stands
            if now != UNKNOWN:
                problems.append(f"{pair}: {was['verdict']} became {now}")
            elif not names(finding, failed):
                problems.append(f"{pair}: unknown, but names none of {sorted(failed)}")
    still = flagged(other, seeded)
    for pair in sorted(before.keys() - after.keys()):
        stands = pair[0] in stands_in or place(pair[1]) in smaller or (pair[0], pair[1].partition("~")[0]) in still
        if before[pair]["verdict"] == FLAGGED and not stands:
            problems.append(f"{pair}: was flagged, and no unknown row of the check stands in its place")
    return problems


def place(label):
    """The table that a subject is of, if any."""
    return label.split("#")[0].split("@")[0]


def verdicts(report, seeded, by_class=False):
    """Findings by check and subject; where several share a subject, the worst."""
    order = (FLAGGED, UNKNOWN, CLEAR, NOT_APPLICABLE)
    found = {}
    for finding in sorted(report["findings"], key=lambda f: -order.index(f["verdict"])):
        found[finding["check"], label(finding["subject"], seeded, by_class)] = finding
    return found


def names(finding, failed):
    return any(missing["call"] in failed for missing in finding.get("missing", ()))


def untouched(base, other, seeded, touched):
    """What differs about the tables that are not `touched`, and all that lies in them."""
    before, after = verdicts(base, seeded), verdicts(other, seeded)
    own = lambda label: "/" in label and place(label) in elsewhere
    elsewhere = {table.id for table in seeded.plan.tables} - set(touched)
    return [f"{pair}: {word(before, pair)} became {word(after, pair)}" for pair in sorted(before.keys() | after.keys())
            if own(pair[1]) and word(before, pair) != word(after, pair)]


def word(verdicts, pair):
    return verdicts[pair]["verdict"] if pair in verdicts else "no row"
