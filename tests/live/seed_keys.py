"""Makes the planned KMS keys."""

import contextlib
import json

from people import OUTSIDER
from account import AWS_MANAGED


def seed(clients, account, plan):
    """Makes the keys and returns their ARNs by Region and name."""
    return {(key.region, key.name): make(clients("kms", key.region), account, key) for key in plan.keys}


def make(kms, account, key):
    arn = kms.create_key(Description=key.name, Policy=policy(account, key))["KeyMetadata"]["Arn"]
    if key.rotates:
        kms.enable_key_rotation(KeyId=arn)
    if key.granted:
        kms.create_grant(KeyId=arn, Name="planted", Operations=["Decrypt"],
                         GranteePrincipal=f"arn:aws:iam::{key.granted}:role/stranger")
    return arn


def spoil(clients, plan, arns):
    """Disables keys and schedules their deletion; done last, since no table can be made with such a key."""
    for key in plan.keys:
        kms, key_id = clients("kms", key.region), arns[key.region, key.name].rsplit("/", 1)[1]
        if key.state == "Disabled":
            kms.disable_key(KeyId=key_id)
        elif key.state == "PendingDeletion":
            kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=10)


def aws_managed(clients, plan):
    """The AWS managed keys that the server itself made, as far as it knows them, by Region and name."""
    found = {}
    for region in {table.region for table in plan.tables if table.key == "managed"}:
        kms = clients("kms", region)
        with contextlib.suppress(kms.exceptions.NotFoundException):
            found[region, AWS_MANAGED] = kms.describe_key(KeyId=f"alias/{AWS_MANAGED}")["KeyMetadata"]["Arn"]
    return found


def policy(account, key):
    statements = [{"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                   "Action": "kms:*", "Resource": "*"}]
    if key.admits:
        who = "*" if key.admits == "public" else f"arn:aws:iam::{OUTSIDER}:root"
        statements.append({"Sid": "Planted", "Effect": "Allow", "Principal": {"AWS": who},
                           "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": "*"})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
