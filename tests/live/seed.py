"""Seeds a planned account on a server, and looks whether it is really there."""

import collections
from dataclasses import dataclass

import seed_keys
import seed_people
import seed_tables
from clients import Clients
from tokens import Maker


@dataclass
class Seeded:
    """An account as it stands on a server."""

    plan: object
    server: str
    url: str
    account: str
    keys: dict  # ARNs by Region and name
    hidden: set  # values that may never be shown

    def clients(self):
        return Clients(self.url)


def seed(plan, server, url):
    clients, maker = Clients(url), Maker(plan.seed)
    account = clients.account()
    keys = seed_keys.seed(clients, account, plan)
    seed_tables.seed(clients, account, plan, keys, maker, server)
    seed_people.seed(clients, account, plan, keys)
    seed_keys.spoil(clients, plan, keys)
    keys |= seed_keys.aws_managed(clients, plan)
    return Seeded(plan, server, url, account, keys, maker.hidden)


def verify(seeded):
    """What differs between the plan and what the server itself says; empty if nothing does."""
    clients, plan, wrong = seeded.clients(), seeded.plan, []
    there = collections.Counter()
    for region in plan.regions():
        ddb = clients("dynamodb", region)
        for page in ddb.get_paginator("list_tables").paginate():
            there.update(f"{region}/{name}" for name in page["TableNames"])
    if set(there) != {t.id for t in plan.tables}:
        wrong.append(f"tables: {len(there)} there, {len(plan.tables)} planned")
    for table in plan.tables:
        wrong += differences(clients("dynamodb", table.region), table, seeded)
    people = clients("iam").get_account_authorization_details(Filter=["User", "Role", "Group", "LocalManagedPolicy"])
    for kind, part, name in (("role", "RoleDetailList", "RoleName"), ("user", "UserDetailList", "UserName")):
        missing = {p.name for p in plan.principals if p.kind == kind} - {p[name] for p in people[part]}
        wrong += [f"{kind}/{name} is missing" for name in sorted(missing)]
    return wrong


def differences(ddb, table, seeded):
    described = ddb.describe_table(TableName=table.name)["Table"]
    key = described.get("SSEDescription", {}).get("KMSMasterKeyArn")
    planned = seeded.keys.get((table.region, table.key))
    seen = {
        "key": (table.key == "owned") == (key is None) and (planned is None or key == planned),
        "protection": described.get("DeletionProtectionEnabled", False) == table.protected,
        "stream": bool(described.get("LatestStreamArn")) == bool(table.stream),
        "index": bool(described.get("GlobalSecondaryIndexes")) == bool(table.index),
        "items": ddb.scan(TableName=table.name, Select="COUNT")["Count"] == table.items,
    }
    pitr = ddb.describe_continuous_backups(TableName=table.name)["ContinuousBackupsDescription"]
    seen["pitr"] = (pitr["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED") == table.pitr
    ttl = ddb.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    seen["ttl"] = ttl.get("AttributeName") == table.ttl
    tags = {t["Key"] for t in ddb.list_tags_of_resource(ResourceArn=described["TableArn"]).get("Tags", [])}
    seen["owner"] = ("owner" in tags) == table.owner
    seen["backup"] = bool(ddb.list_backups(TableName=table.name)["BackupSummaries"]) == table.backup
    try:
        ddb.get_resource_policy(ResourceArn=described["TableArn"])
        seen["policy"] = bool(table.admits or table.index_admits)
    except ddb.exceptions.PolicyNotFoundException:
        seen["policy"] = not (table.admits or table.index_admits)
    return [f"{table.id}: {what} is not as planned" for what, as_planned in seen.items() if not as_planned]
