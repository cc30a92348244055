"""The printed IAM policy is enough where IAM is enforced, and each of its actions is needed."""

import json

import compare
from binary import Binary
from case_audit import readable
from limits import STOOD_IN_FOR
from state import changes, state
from tally import unless

USER, POLICY = "auditor", "dynaudit"
# MiniStack does not see which resource these are about, and judges them as if about all.
UNPLACED = {"dynamodb:ListTagsOfResource", "dynamodb:GetResourcePolicy", "dynamodb:DescribeBackup",
            "dynamodb:DescribeExport", "events:ListRules"}


def actions(document):
    """The actions that a policy document allows the caller itself; not what DynamoDB does in its name."""
    return {action for statement in document["Statement"] for action in named(statement)
            if "kms:ViaService" not in json.dumps(statement.get("Condition", {}))}


def named(statement):
    return statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]


def granted(iam, document):
    """Gives the auditor the policy; what MiniStack cannot place it gets on all resources."""
    unplaced = sorted(actions(document) & UNPLACED)
    everywhere = [{"Effect": "Allow", "Action": unplaced, "Resource": "*"}] if unplaced else []
    full = {**document, "Statement": document["Statement"] + everywhere}
    iam.put_user_policy(UserName=USER, PolicyName=POLICY, PolicyDocument=json.dumps(full))


def run(tally, title, seeded, root, proxy, printed, every):
    """Audits as a user that holds the `printed` policy; then lacks one action: three in turn, or `every` one."""
    iam, there = seeded.clients()("iam"), seeded.account
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    auditor = Binary(root.path, root.home, root.url, (key["AccessKeyId"], key["SecretAccessKey"]))
    granted(iam, printed)
    before = state(seeded.clients(), seeded.plan.regions())
    proxy.reset()
    report = readable(tally, f"{title}: as the auditor", auditor.audit())
    if report is None:
        return
    tally.check(f"{title}: the printed policy is enough", denied(report))
    writes = [f["verdict"] for f in report["findings"] if f["check"] == "auditor-can-write"]
    tally.check(f"{title}: the printed policy cannot write", unless(writes == ["clear"], f"{writes}, not clear"))
    free = {"sts:GetCallerIdentity"}  # takes no permission
    lost = {call for call, _, _ in compare.gaps(report, there)}  # what the server does not answer anyway
    used = sorted(actions(printed) & set(proxy.calls) - free - lost - STOOD_IN_FOR.keys())
    tally.check(f"{title}: nothing changed", changes(before, state(seeded.clients(), seeded.plan.regions())))
    for action in used if every else used[:: max(1, len(used) // 3)]:
        granted(iam, without(printed, action))
        less = readable(tally, f"{title}: without {action}", auditor.audit())
        if less is not None:
            calls = {call for call, _, _ in compare.gaps(less, there) - compare.gaps(report, there)}
            problems = unless(calls == {action}, f"gaps name {sorted(calls)}")
            problems += unless(denied(less), "no gap says denied")
            tally.check(f"{title}: without {action}: just that gap", problems)


def denied(report):
    """Refusals; MiniStack names the AWS managed key by its alias, which no IAM policy on keys can mean."""
    return [f"{g['call']} on {g['on']}: {g['message']}" for g in report["gaps"]
            if g["why"] == "denied" and ":alias/aws/" not in g["on"]]


def without(document, action):
    """The same policy without one action; a statement left without any is dropped."""
    kept = []
    for statement in document["Statement"]:
        rest = [name for name in named(statement) if name != action]
        if rest:
            kept.append({**statement, "Action": rest})
    return {**document, "Statement": kept}
