"""Asks emulators that enforce IAM about requests in the JSON of IAM's simulator.

One line in, one line out, in the same order: the decision, or why the emulator was not asked. MiniStack has
SimulateCustomPolicy; moto has none, so its user sends the requests for real and is refused or not.
"""

import contextlib
import json
import pathlib
import sys
import tempfile

import boto3
import botocore.config
import botocore.exceptions

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "live"))
import servers  # noqa: E402

LAYERS = {"SessionPolicyInputList", "ServiceControlPolicyInputList", "ResourceControlPolicyInputList"}
ALICE = "arn:aws:iam::111122223333:user/alice"
PARAMS = ("PolicyInputList", "PermissionsBoundaryPolicyInputList", "ActionNames", "ResourceArns", "ResourcePolicy",
          "ResourceOwner", "CallerArn", "ContextEntries")


def client(service, url, key="test", secret="test"):
    config = botocore.config.Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return boto3.client(service, endpoint_url=url, region_name="eu-west-1", config=config,
                        aws_access_key_id=key, aws_secret_access_key=secret)


def simulated(iam, given):
    """By SimulateCustomPolicy. MiniStack takes boundary, resource policy and context, and does not look at them."""
    if any('"Condition"' in policy or "${" in policy for policy in given["PolicyInputList"]):
        return "not asked: it has no context"
    if (LAYERS | {"PermissionsBoundaryPolicyInputList", "ResourcePolicy"}) & given.keys():
        return "not asked: it has no such layer"
    if not given["PolicyInputList"]:
        return "not asked: the API wants an identity policy"
    try:
        answer = iam.simulate_custom_policy(**{name: given[name] for name in PARAMS if name in given})
    except botocore.exceptions.ClientError as error:
        return f"refused: {error.response['Error']['Code']}"
    return answer["EvaluationResults"][0]["EvalDecision"]


def sent(url, given):
    """By a real request: moto knows identity policies of users, and no condition keys."""
    plain = given["CallerArn"] == ALICE and given["ActionNames"][0] in ("dynamodb:GetItem", "dynamodb:Query")
    table = given["ResourceArns"][0].split(":table/")[-1]
    conditions = any('"Condition"' in policy for policy in given["PolicyInputList"])
    if not plain or "/" in table or conditions or not given["PolicyInputList"]:
        return "not asked: not a plain read by a user"
    if (LAYERS | {"PermissionsBoundaryPolicyInputList", "ResourcePolicy"}) & given.keys():
        return "not asked: it has no such layer"
    iam = client("iam", url)
    with contextlib.suppress(botocore.exceptions.ClientError):
        iam.create_user(UserName="alice")
    try:
        for number, policy in enumerate(given["PolicyInputList"]):
            mended = policy.replace("111122223333", "123456789012")
            iam.put_user_policy(UserName="alice", PolicyName=f"p{number}", PolicyDocument=mended)
    except botocore.exceptions.ClientError as error:
        return f"refused: {error.response['Error']['Code']}"
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    servers.DIRECT.open(servers.urllib.request.Request(
        f"{url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}))
    region = given["ResourceArns"][0].split(":")[3]
    ddb = boto3.client("dynamodb", endpoint_url=url, region_name=region, aws_access_key_id=key["AccessKeyId"],
                       aws_secret_access_key=key["SecretAccessKey"],
                       config=botocore.config.Config(retries={"total_max_attempts": 1}))
    try:
        if given["ActionNames"][0] == "dynamodb:GetItem":
            ddb.get_item(TableName=table, Key={"id": {"S": "1"}})
        else:
            ddb.query(TableName=table, KeyConditionExpression="id = :x", ExpressionAttributeValues={":x": {"S": "1"}})
        decision = "allowed"
    except botocore.exceptions.ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        decision = "implicitDeny" if status == 403 else "allowed"  # there is no such table: but it was let in
    servers.DIRECT.open(servers.urllib.request.Request(
        f"{url}/moto-api/reset-auth", data=b"1000000", headers={"Content-Type": "text/plain"}))
    servers.DIRECT.open(servers.urllib.request.Request(f"{url}/moto-api/reset", method="POST"))
    return decision


def main():
    kind, given = sys.argv[1], [json.loads(line)["input"] for line in sys.stdin]
    with tempfile.TemporaryDirectory() as home, servers.running(kind, pathlib.Path(home)) as url:
        iam = client("iam", url)
        for one in given:
            decision = simulated(iam, one) if kind == "ministack" else sent(url, one)
            print(json.dumps({"decision": decision}))


main()
