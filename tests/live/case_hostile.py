"""Names and values that attack a terminal, a page or a spreadsheet are shown inert, whichever way they come in."""

import json

import leaks
from case_audit import readable
from clients import Clients
from tally import unless
from tokens import Maker

ATTACK = "\x1b]0;owned\x07\x1b[31m\x9b2J\nINJECTED\r\t\x00=cmd()|'x'!A1<script>alert(1)</script>\u202e\u2028"
TAG = "\x1b[31m\nINJECTED =cmd()<b>"


def run(tally, title, url, binary):
    """Seeds a hostile account on the server at `url`, and audits it through `binary`."""
    hidden = seed(Clients(url))
    snapshot = binary.home / "hostile.json"
    audit = binary.audit("-vv")
    report = readable(tally, title, audit)
    if report is None:
        return
    paths = [f["subject"].get("path", "") for f in report["findings"] if f["verdict"] == "flagged"]
    tally.check(f"{title}: the hostile attribute was found", unless(any("script" in p for p in paths), f"{paths}"))
    runs = {
        "audit": audit,
        "table": binary.audit("-vv", form="table"),
        "collect": binary.run("collect", *binary.scope(), "-o", str(snapshot)),
        "assess": binary.run("assess", str(snapshot)),
    }
    pieces = leaks.needles(hidden)
    for name, ran in runs.items():
        problems = unless(ran.code in (0, 1, 3), f"exit code {ran.code}")
        problems += [f"{raw}" for text in (ran.out, ran.err) for raw in leaks.controls(text)]
        problems += [f"shows {leak}" for text in (ran.out, ran.err) for leak in leaks.leaks(text, pieces)]
        tally.check(f"{title}: {name} is inert", problems)


def seed(clients):
    ddb, kms, iam, maker = clients("dynamodb", "eu-west-1"), clients("kms", "eu-west-1"), clients("iam"), Maker(666)
    account = clients.account()
    key = kms.create_key(Policy=policy({"AWS": "*"}, "kms:*", "*"))["KeyMetadata"]["Arn"]
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "owner", "TagValue": TAG}])
    arn = ddb.create_table(
        TableName="hostile", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": ATTACK, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": ATTACK, "AttributeType": "S"}],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        Tags=[{"Key": "owner", "Value": TAG}])["TableDescription"]["TableArn"]
    ddb.put_resource_policy(ResourceArn=arn, Policy=policy("*", "dynamodb:GetItem", arn))
    for _ in range(5):
        token = maker.opaque()
        ddb.put_item(TableName="hostile", Item={
            ATTACK: {"S": maker.jwt() + ATTACK}, "access_token" + ATTACK: {"S": maker.jwt()},
            "session" + ATTACK: {"M": {"refresh_token" + ATTACK: {"S": token}, "note": {"S": ATTACK + maker.word()}}},
            "formula": {"S": "=cmd()" + maker.word()}})
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="hostile",
                    AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    read = {"Sid": ATTACK, "Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/" + ATTACK: ATTACK}}}
    iam.put_role_policy(RoleName="hostile", PolicyName="inline",
                        PolicyDocument=json.dumps({"Version": "2012-10-17", "Id": ATTACK, "Statement": [read]}))
    kms.create_grant(KeyId=key, Name="hostile", Operations=["Decrypt"],
                     GranteePrincipal=f"arn:aws:iam::{account}:role/hostile")
    return maker.hidden


def policy(who, action, resource):
    statement = {"Sid": ATTACK, "Effect": "Allow", "Principal": who, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Id": ATTACK, "Statement": [statement]})
