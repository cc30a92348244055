"""An export that is read where it lies says what its copy says, and what a scan of every item would."""

import base64
import gzip
import hashlib
import json

from case_audit import readable
from clients import Clients
from leaks import leaks, needles
from tally import unless
from tokens import Maker

BUCKET, PREFIX, ID = "exports.of.tables", "a b+ü/", "AWSDynamoDB/01720440800000-abcdef01"
REGION = "us-west-2"  # another than that of the table, and none that the audit names first
ITEMS = 400
READS = "s3:GetObject", "export file"


def run(tally, title, url, binary):
    """Seeds a table and its export on the server at `url`, and audits it through `binary`."""
    clients = Clients(url)
    files, hidden = seed(clients)
    copy = binary.home / "copy"
    for name, body in files.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(body)
    runs = {
        "copy": binary.audit("-vv", "--from-export", str(copy)),
        "prefix": binary.audit("-vv", "--from-export", f"s3://{BUCKET}/{PREFIX}"),
        "export": binary.audit("-vv", "--from-export", f"s3://{BUCKET}/{PREFIX}{ID}"),
    }
    reports = {name: readable(tally, f"{title}: {name}", ran) for name, ran in runs.items()}
    if None in reports.values():
        return
    pieces = needles(hidden)
    for name, ran in runs.items():
        tally.check(f"{title}: {name} shows no value", [f"shows {leak}" for text in (ran.out, ran.err) for leak in leaks(text, pieces)])
        same = ran.findings_as_written() == runs["copy"].findings_as_written()
        tally.check(f"{title}: {name} says what the copy says", unless(same, "other findings"))
        lost = [gap["message"] for gap in reports[name]["gaps"] if gap["call"] in READS]
        tally.check(f"{title}: {name} is whole", lost)
    paths = {f["subject"].get("path") for f in reports["prefix"]["findings"] if f["verdict"] == "flagged"}
    tally.check(f"{title}: the token was found", unless("session_token" in paths, f"{paths}"))

    clients("s3").delete_object(Bucket=BUCKET, Key=f"{PREFIX}{ID}/data/large.json.gz")
    report = readable(tally, f"{title}: a file is gone", binary.audit("--from-export", f"s3://{BUCKET}/{PREFIX}"))
    if report is not None:
        told = [gap["message"] for gap in report["gaps"] if gap["call"] in READS]
        wanted = ["data file 2 of 2: NoSuchKey"]
        tally.check(f"{title}: a file that is gone is named", unless([t.split(";")[0] for t in told] == wanted, f"{told}"))


def seed(clients):
    """Makes the table and the bucket; gives the files of the export by name, and the values that nothing may show."""
    ddb, s3, maker = clients("dynamodb", "eu-west-1"), clients("s3", REGION), Maker(4711)
    arn = ddb.create_table(
        TableName="exported", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])["TableDescription"]["TableArn"]
    tokens = [maker.opaque() for _ in range(ITEMS)]
    small = [{"id": {"S": str(n)}, "session_token": {"S": token}} for n, token in enumerate(tokens)]
    large = [{"id": {"S": f"large-{n}"}, "text": {"S": "a word " * 9000}} for n in range(80)]
    files, listed = {}, []
    for name, items, level in (("small", small, 6), ("large", large, 0)):
        lines = "".join(json.dumps({"Item": item}) + "\n" for item in items)
        body = gzip.compress(lines.encode(), level, mtime=0)
        key = f"{ID}/data/{name}.json.gz"
        files[key] = body
        listed.append({"itemCount": len(items), "md5Checksum": base64.b64encode(hashlib.md5(body).digest()).decode(),
                       "etag": "x", "dataFileS3Key": PREFIX + key})
    summary = {"version": "2020-06-30", "tableArn": arn, "exportTime": "2026-01-01T00:00:00.034Z",
               "itemCount": len(small) + len(large), "outputFormat": "DYNAMODB_JSON", "exportType": "FULL_EXPORT"}
    files[f"{ID}/manifest-summary.json"] = json.dumps(summary).encode()
    files[f"{ID}/manifest-files.json"] = "".join(json.dumps(one) + "\n" for one in listed).encode()
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, body in files.items():
        s3.put_object(Bucket=BUCKET, Key=PREFIX + name, Body=body)
    return files, maker.hidden
