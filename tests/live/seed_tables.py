"""Makes the planned tables, and fills them with items."""

import json

from boto3.dynamodb.types import TypeSerializer

from plan import CONDITIONED
from people import OUTSIDER

PLAIN = TypeSerializer()


def seed(clients, account, plan, keys, maker, server):
    """Makes the tables with all that belongs to them. `maker` makes the items' values and remembers them."""
    for table in plan.tables:
        ddb = clients("dynamodb", table.region)
        arn = make(ddb, table, keys)
        settle(ddb, account, table, arn, server)
        fill(ddb, table, maker)


def make(ddb, table, keys):
    attributes = {table.recipe.key}
    request = dict(
        TableName=table.name, BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=table.protected,
        KeySchema=[{"AttributeName": table.recipe.key, "KeyType": "HASH"}],
        Tags=[{"Key": "env", "Value": "test"}] + [{"Key": "owner", "Value": "team"}] * table.owner,
    )
    if table.key != "owned":
        named = {} if table.key == "managed" else {"KMSMasterKeyId": keys[table.region, table.key]}
        request["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", **named}
    if table.stream:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": table.stream}
    if table.index:
        name, attribute, projection = table.index
        attributes.add(attribute)
        request["GlobalSecondaryIndexes"] = [{
            "IndexName": name, "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": projection}}]
    request["AttributeDefinitions"] = [{"AttributeName": a, "AttributeType": "S"} for a in sorted(attributes)]
    return ddb.create_table(**request)["TableDescription"]["TableArn"]


def settle(ddb, account, table, arn, server):
    if table.pitr:
        ddb.update_continuous_backups(TableName=table.name,
                                      PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    if table.ttl:
        ddb.update_time_to_live(TableName=table.name,
                                TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl})
    if table.backup:
        ddb.create_backup(TableName=table.name, BackupName=f"{table.name}-nightly")
    statements = policy(account, table, arn)
    if statements:
        ddb.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    if server == "moto":
        return  # it has neither Contributor Insights nor Kinesis destinations
    if table.insights:
        ddb.update_contributor_insights(TableName=table.name, ContributorInsightsAction="ENABLE")
    if table.kinesis:
        ddb.enable_kinesis_streaming_destination(
            TableName=table.name, StreamArn=f"arn:aws:kinesis:{table.region}:{table.kinesis}:stream/changes")


def policy(account, table, arn):
    """The statements of the table's own policy."""
    statements = []
    if table.admits:
        who = {"AWS": f"arn:aws:iam::{OUTSIDER}:root"} if table.admits == OUTSIDER else "*"
        statements.append({"Sid": "Planted", "Effect": "Allow", "Principal": who, "Resource": arn,
                           "Action": ["dynamodb:GetItem", "dynamodb:Scan"]})
    if table.admits == CONDITIONED:
        statements[0]["Condition"] = {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}
    if table.index_admits:
        statements.append({"Sid": "Index", "Effect": "Allow", "Action": "dynamodb:Query",
                           "Principal": {"AWS": f"arn:aws:iam::{account}:{table.index_admits}"},
                           "Resource": f"{arn}/index/{table.index[0]}"})
    return statements


def fill(ddb, table, maker):
    items = [{name: PLAIN.serialize(value) for name, value in table.recipe.make(maker, n).items()}
             for n in range(table.items)]
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        left = ddb.batch_write_item(RequestItems={table.name: puts})["UnprocessedItems"]
        if left:
            raise RuntimeError(f"{table.id}: items were left over")
