"""What the servers under test cannot show, or show otherwise than AWS does."""

from account import AWS_MANAGED
from people import OUTSIDER

# What a server cannot show, and the verdict that must stand on these subjects there; on those alone whose table is
# such, where that is said, too.
NOT_ANSWERED = {"reads-not-logged": "unknown", "stream-reads-not-logged": "unknown"}  # neither has event data stores
BLIND = {
    "moto": {
        **NOT_ANSWERED,
        "kinesis-in-another-account": "unknown",  # it has neither these
        "contributor-insights-shows-token-keys": "unknown",
        "aws-managed-key": "clear",  # it says of aws/dynamodb that it is a customer's
        "auditor-can-write": "not-applicable",  # it names a caller that is no principal
        "fenced-reader-reads-secrets": ("unknown", lambda t: t.stream),  # it does not tell a stream's policy
    },
    "ministack": NOT_ANSWERED,
}


def own_keys(account, test=lambda region: True):
    """The AWS managed keys, which moto shows as the customer's own."""
    regions = {t.region for t in account.plan.tables if t.key == "managed"}
    return {f"{region}/key:{AWS_MANAGED}" for region in regions if test(region)}


def strangers(account):
    return {f"account/{OUTSIDER}" for t in account.plan.tables if t.admits == OUTSIDER}


# What a server makes up: to the auditor it is as if planted.
MADE_UP = {
    "moto": {"key-rotation-off": own_keys,
             "key-shared-across-sensitivity": lambda a: own_keys(a, lambda region: a.mixed(region, "managed"))},
    "ministack": {"reader-outside-organization": strangers},  # of its organization the account is the only member
}
# Calls that a server does not answer, on what holds these words: such gaps are no fault of the auditor.
GAPS = {
    "moto": {"backup:DescribeRegionSettings": "", "cloudtrail:ListEventDataStores": "",
             "dynamodb:DescribeContributorInsights": "", "dynamodb:DescribeKinesisStreamingDestination": "",
             "dynamodb:GetResourcePolicy": "/stream/", "dynamodb:ListExports": "", "dynamodb:ListGlobalTables": "",
             "dynamodb:ListImports": "",
             "glue:DescribeInboundIntegrations": "", "redshift:DescribeIntegrations": "",
             "iam:GenerateServiceLastAccessedDetails": ""},
    "ministack": {"application-autoscaling:DescribeScalableTargets": "", "cloudtrail:ListEventDataStores": "",
                  "dax:DescribeClusters": "", "dynamodb:ListGlobalTables": "", "glue:DescribeInboundIntegrations": "",
                  "redshift:DescribeIntegrations": "", "s3-control:GetPublicAccessBlock": "", "kinesis:DescribeStreamSummary": f":{OUTSIDER}:",
                  "kms:DescribeKey": f":alias/{AWS_MANAGED}"},
}
# Calls that another one stands in for, so that nothing is lost without them.
STOOD_IN_FOR = {"tag:GetResources": "dynamodb:ListTagsOfResource"}  # table by table
