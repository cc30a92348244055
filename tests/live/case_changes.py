"""A run, a change, a run against the first as its baseline: just the change is new; a third run is silent."""

import dataclasses
import json

import compare
from case_audit import readable
from people import statement
from tally import unless
from truth import expected

GAINS, LOSES = "decrypter", ("us-east-1", "empty")
DISABLED = ("us-east-1", "partner-feed")  # where a server does not take a table's key away, the key is disabled


def run(tally, title, seeded, binary):
    """Changes the account: comes last."""
    first, second = binary.home / "first.json", binary.home / "second.json"
    before = readable(tally, f"{title}: before the change", binary.audit("--output", f"json={first}"))
    if before is None:
        return
    plan = change(seeded)
    ran = binary.audit("--baseline", str(first), "--output", f"json={second}")
    after = readable(tally, f"{title}: after the change", ran)
    new = {(f["check"], compare.label(f["subject"], seeded)) for f in after["findings"]
           if f["verdict"] == compare.FLAGGED and f.get("state") in ("new", "reopened")}
    wanted = expected(plan, seeded.server) - expected(seeded.plan, seeded.server)
    problems = [f"not new: {pair}" for pair in sorted(wanted - new)] + [f"new: {pair}" for pair in sorted(new - wanted)]
    tally.check(f"{title}: just the change is new", problems + unless(ran.code == 1, f"exit code {ran.code}, not 1"))
    again = binary.audit("--baseline", str(second))
    tally.check(f"{title}: a third run is silent", unless(again.code == 0, f"exit code {again.code}, not 0"))


def change(seeded):
    """A role gains Scan, a table loses its key; returns the plan of what is there then."""
    clients, plan = seeded.clients(), seeded.plan
    scan = statement("dynamodb:Scan")
    clients("iam").put_role_policy(RoleName=GAINS, PolicyName="gained",
                                   PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [scan]}))
    principals = [dataclasses.replace(p, allows=(*p.allows, scan)) if p.name == GAINS else p for p in plan.principals]
    tables, keys = plan.tables, plan.keys
    if seeded.server == "moto":
        region, name = DISABLED
        key = next(t.key for t in tables if (t.region, t.name) == DISABLED)
        clients("kms", region).disable_key(KeyId=seeded.keys[region, key].rsplit("/", 1)[1])
        keys = [dataclasses.replace(k, state="Disabled") if (k.region, k.name) == (region, key) else k for k in keys]
    else:
        region, name = LOSES
        clients("dynamodb", region).update_table(TableName=name, SSESpecification={"Enabled": False})
        tables = [dataclasses.replace(t, key="owned") if (t.region, t.name) == LOSES else t for t in tables]
    return dataclasses.replace(plan, tables=tables, keys=keys, principals=principals)
