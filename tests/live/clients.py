"""boto3 clients of a server under test, with credentials that are worth nothing elsewhere."""

import os

import boto3
from botocore.config import Config

# Nothing of the caller's own AWS setting may reach a test.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)

ROOT = ("test", "test")


class Clients:
    """Clients by service and Region, made once each."""

    def __init__(self, url, credentials=ROOT):
        self.url, self.credentials, self.made = url, credentials, {}

    def __call__(self, service, region="us-east-1"):
        if (service, region) not in self.made:
            key, secret = self.credentials
            self.made[service, region] = boto3.session.Session().client(
                service, region_name=region, endpoint_url=self.url, aws_access_key_id=key, aws_secret_access_key=secret,
                config=Config(retries={"max_attempts": 2}, proxies={}))
        return self.made[service, region]

    def account(self):
        return self("sts").get_caller_identity()["Account"]
