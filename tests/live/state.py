"""Everything that a server holds, in a form that two moments can be compared in."""

import hashlib
import json


def state(clients, regions):
    """Tables with their items and settings, keys, and IAM; without what only tells the time."""
    held = {"iam": plain(clients("iam").get_account_authorization_details(
        Filter=["User", "Role", "Group", "LocalManagedPolicy"]))}
    for region in regions:
        ddb, kms = clients("dynamodb", region), clients("kms", region)
        for page in ddb.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                held[f"{region}/{name}"] = table(ddb, name)
        for key in kms.list_keys()["Keys"]:
            held[f"{region}/{key['KeyId']}"] = [
                plain(kms.describe_key(KeyId=key["KeyId"])), plain(kms.list_grants(KeyId=key["KeyId"])),
                plain(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default"))]
        held[f"{region} backups"] = plain(ddb.list_backups())
    return held


def table(ddb, name):
    described = ddb.describe_table(TableName=name)["Table"]
    pitr = ddb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    try:
        policy = ddb.get_resource_policy(ResourceArn=described["TableArn"])["Policy"]
    except ddb.exceptions.PolicyNotFoundException:
        policy = None
    items = [json.dumps(i, sort_keys=True, default=str) for p in ddb.get_paginator("scan").paginate(TableName=name)
             for i in p["Items"]]
    return [
        plain(described), pitr["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"], policy,
        plain(ddb.describe_time_to_live(TableName=name)),
        plain(ddb.list_tags_of_resource(ResourceArn=described["TableArn"])),
        hashlib.sha256("\n".join(sorted(items)).encode()).hexdigest(),
    ]


def plain(answer):
    answer.pop("ResponseMetadata", None)
    return json.dumps(answer, sort_keys=True, default=str)


def changes(before, after):
    return [f"{name} changed" for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
