"""What the servers under test cannot show, or show otherwise than AWS does."""

from account import AWS_MANAGED
from people import OUTSIDER

# What a server cannot show, and the verdict that must stand on these subjects there.
NOT_ANSWERED = {"reads-not-logged": "unknown", "stream-reads-not-logged": "unknown"}  # neither has event data stores
BLIND = {
    "moto": {
        **NOT_ANSWERED,
        "kinesis-in-another-account": "unknown",  # it has neither these
        "contributor-insights-shows-token-keys": "unknown",
        "aws-managed-key": "clear",  # it says of aws/dynamodb that it is a customer's
        "auditor-can-write": "not-applicable",  # it names a caller that is no principal
    },
    "ministack": NOT_ANSWERED,
}
# What a server makes up: to the auditor it is as if planted.
MADE_UP = {
    "moto": {"key-rotation-off": lambda a: {f"{t.region}/key:{AWS_MANAGED}" for t in a.plan.tables
                                            if t.key == "managed"}},
    "ministack": {  # an organization, of which the account is the only one
        "reader-outside-organization": lambda a: {f"account/{OUTSIDER}" for t in a.plan.tables if t.admits == OUTSIDER}},
}
# Calls that a server does not answer, on what holds these words: such gaps are no fault of the auditor.
GAPS = {
    "moto": {"backup:DescribeRegionSettings": "", "cloudtrail:ListEventDataStores": "",
             "dynamodb:DescribeContributorInsights": "", "dynamodb:DescribeKinesisStreamingDestination": "",
             "dynamodb:GetResourcePolicy": "/stream/", "dynamodb:ListExports": ""},
    "ministack": {"application-autoscaling:DescribeScalableTargets": "", "cloudtrail:ListEventDataStores": "",
                  "dax:DescribeClusters": "", "kinesis:DescribeStreamSummary": f":{OUTSIDER}:",
                  "kms:DescribeKey": f":alias/{AWS_MANAGED}"},
}
