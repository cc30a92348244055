"""Names and values that attack a terminal, a page or a spreadsheet are shown inert, whichever way they come in; what is as large
and as deep as AWS takes is read whole."""

import json

import leaks
from case_audit import readable
from clients import Clients
from tally import unless
from tokens import Maker

ATTACK = "\x1b]0;owned\x07\x1b[31m\x9b2J\nINJECTED\r\t\x00=cmd()|'x'!A1<script>alert(1)</script>\u202e\u2028"
DEEP = [*("m" for _ in range(30)), "refresh_token"]  # with the value itself 32 levels, the most that DynamoDB takes
ITEM = 404_000  # bytes of the largest item, names and values: moto stops at 405,000, DynamoDB at 409,600
# Characters without white space. Source: IAM User Guide, "IAM and AWS STS quotas".
MANAGED, INLINE = 6_144, 10_240
TABLE_POLICY = 20 * 1024  # bytes. Source: DynamoDB Developer Guide, "Resource-based policy considerations".
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
    deep = ".".join(DEEP)
    tally.check(f"{title}: the deepest attribute of the largest item was found", unless(deep in paths, f"{paths}"))
    readers = {f["subject"]["arn"].rpartition("/")[2] for f in report["findings"]
               if f["check"] in ("reads-every-table", "external-reader") and f["verdict"] == "flagged"}
    largest = {"inline-of-the-largest-size", "policy-of-the-largest-size", "999988887777"}
    tally.check(f"{title}: the last statements of the largest policies were read", unless(largest <= readers, f"{readers}"))
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
    largest_item(ddb, maker)
    largest_policies(iam, ddb, account)
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


def largest_item(ddb, maker):
    """One item of all but the largest size that holds a token as deep as can be."""
    ddb.create_table(TableName="largest", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                     AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
    value = {"S": maker.jwt()}
    for name in reversed(DEEP):
        value = {"M": {name: value}}
    filler = {"S": "all work and no play " * ((ITEM - 4_000) // 21)}
    ddb.put_item(TableName="largest", Item={"id": {"S": "1"}, **value["M"], "note": filler})


def largest_policies(iam, ddb, account):
    """Policies of the largest size whose last statement alone lets in."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    for kind, size in (("inline", INLINE), ("policy", MANAGED)):
        name = f"{kind}-of-the-largest-size"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        document = filled(size, {"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*"})
        if kind == "inline":
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        else:
            arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    arn = ddb.describe_table(TableName="largest")["Table"]["TableArn"]
    last = {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "dynamodb:GetItem", "Resource": arn}
    ddb.put_resource_policy(ResourceArn=arn, Policy=filled(TABLE_POLICY, last, Principal={"AWS": "999988887777"}))


def filled(size, last, **more):
    """A document of `size` characters at most and nearly so, that ends with the statement `last`."""
    wild = lambda n: {"Effect": "Deny", **more, "Action": "dynamodb:*", "Resource": f"arn:aws:dynamodb:*:*:table/*a*b*c*{n}*"}
    text = lambda count: json.dumps({"Version": "2012-10-17", "Statement": [*map(wild, range(count)), last]}, separators=(",", ":"))
    count = 0
    while len(text(count + 1)) <= size:
        count += 1
    return text(count)
