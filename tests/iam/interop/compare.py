"""Compares decisions, and files each difference under the page of the AWS documentation that decides it.

    compare.py REQUESTS OURS NAME=THEIRS ...

Prints the table of docs/interop-iam.md. Ends with 1 where we differ from the literal reference, or from another
engine in a way that no kind below explains: then one of us has a fault that nobody has looked at.
"""

import collections
import json
import re
import sys

SESSION = "SessionPolicyInputList"


def policies(given):
    """Every document of the input, as text."""
    found = []

    def walk(value):
        if isinstance(value, str) and '"Statement"' in value:
            found.append(value)
        elif isinstance(value, list):
            for member in value:
                walk(member)

    for value in given.values():
        walk(value)
    return " ".join(found)


def old(given):
    return any('"Version":"2012-10-17"' not in text.replace(" ", "") for text in given["PolicyInputList"]) \
        or '"2008-10-17"' in policies(given)


def asks(pattern):
    return lambda given: re.search(pattern, policies(given)) is not None


INCOMPLETE = r'Resource":[^{}]*"arn:aws:[a-z0-9]+(:[a-z0-9-]+){0,2}"'


def across(given):
    return given["CallerArn"].split(":")[4:5] != [given["ResourceOwner"]]


# What decides a difference: the engine, its kind, the page, and whether a request is of that kind.
KINDS = [
    ("iam-simulate", "refuses the document", "the policy grammar is checked more strictly than AWS's evaluation needs",
     None),
    ("iam-simulate", "asks root for an identity policy",
     "How AWS enforcement code logic evaluates requests to allow or deny access",
     lambda given: given["CallerArn"].endswith(":root")),
    ("iam-simulate", "lets a table's policy grant any operation across accounts",
     "DynamoDB API operations supported by resource-based policies",
     lambda given: across(given) and given["ActionNames"][0].lower().startswith("dynamodb:")),
    ("iam-simulate", "binds service-linked roles by SCPs and RCPs", "Service control policies (SCPs)",
     lambda given: "/aws-service-role/" in given["CallerArn"]),
    ("iam-simulate", "epoch seconds and ISO 8601 do not compare", "IAM JSON policy elements: Condition operators",
     asks('"Date')),
    ("iam-simulate", "0.0.0.0/0 holds no address", "IAM JSON policy elements: Condition operators",
     asks(r"0\.0\.0\.0/0")),
    ("iam-simulate", "an incomplete ARN in NotResource is not completed", "IAM JSON policy elements: Resource",
     asks(r'"NotResource":(\["|")arn:aws:[a-z0-9]+"')),
    ("iam-simulate", "a federated user without session policy has its user's rights",
     "How AWS enforcement code logic evaluates requests to allow or deny access",
     lambda given: ":federated-user/" in given["CallerArn"] and SESSION not in given),
    ("iam-simulate", "a session policy's silence limits what names the session or everybody",
     "Policy evaluation for requests within a single account", lambda given: SESSION in given),
    ("iam-simulate", "NotPrincipal: an account in the list spares all of its principals",
     "AWS JSON policy elements: NotPrincipal", asks('"NotPrincipal"')),
    ("iam-simulate", "2008-10-17: variables are filled in", "IAM JSON policy elements: Version",
     lambda given: old(given) and "${" in policies(given)),
    ("iam-simulate", "a variable without a value makes negated operators false, NotResource empty",
     "IAM policy elements: Variables and tags", asks(r"\$\{")),
    ("iam-simulate", "ForAnyValue with IfExists is false where the key is missing",
     "IAM JSON policy elements: Condition operators", asks("ForAnyValue:[A-Za-z]+IfExists")),
    ("iam-simulate", "the empty text is a value of a set", "Set operators for multivalued context keys",
     lambda given: any(entry["ContextKeyValues"] == [""] for entry in given.get("ContextEntries", []))),
    ("iam-simulate", "drops context keys that it does not expect of the action",
     "IAM JSON policy elements: Condition operators", asks('"kms:Encryption|githubusercontent')),
    ("iam-simulate", "ListTables is granted by a table's ARN", "IAM JSON policy elements: Resource",
     lambda given: given["ResourceArns"] == ["*"]),
    ("ministack", "knows one account", "Cross-account policy evaluation logic", across),
    ("ministack", "asks root for an identity policy",
     "How AWS enforcement code logic evaluates requests to allow or deny access",
     lambda given: given["CallerArn"].endswith(":root")),
    ("ministack", "a federated user without session policy has its user's rights",
     "How AWS enforcement code logic evaluates requests to allow or deny access",
     lambda given: ":federated-user/" in given["CallerArn"]),
    ("ministack", "refuses a byte order mark", "Grammar of the IAM JSON policy language", asks("\ufeff")),
    ("moto", "refuses documents without Statement, of 2008-10-17 or with a byte order mark",
     "Grammar of the IAM JSON policy language", lambda given: old(given) or asks('"Statement":\\[]|\ufeff')(given)),
    ("moto", "does not decode escapes of JSON", "Grammar of the IAM JSON policy language", asks("u0041")),
    ("moto", "knows * alone of wildcards in actions, and minds their letter case", "IAM JSON policy elements: Action",
     asks('Action":[^{}]*"([^"]*[?]|DynamoDB|DYNAMODB|dynamodb:g)')),
    ("moto", "looks for Resource * and at no other resource", "IAM JSON policy elements: Resource", asks("Resource")),
    ("ministack", "an incomplete ARN is not completed", "IAM JSON policy elements: Resource", asks(INCOMPLETE)),
]


def kind(engine, row, theirs):
    for name, title, page, holds in KINDS:
        if name != engine:
            continue
        if holds is None:
            if theirs.startswith("refused"):
                return title, page
        elif holds(row["input"]):
            return title, page
    return None


def same(engine, ours, theirs):
    # A real request tells only whether it was let in.
    return ours == theirs or (engine == "moto" and theirs == "implicitDeny" and ours == "explicitDeny")


def main():
    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    ours = [decision(line) for line in open(sys.argv[2], encoding="utf-8")]
    assert len(rows) == len(ours), (len(rows), len(ours))
    wrong = [row["name"] for row, our in zip(rows, ours) if row["reference"] != our]
    print(f"dynaudit: {len(rows)} requests, {len(wrong)} other than the reference", *wrong[:10], sep="\n  ")
    failed = bool(wrong)
    for argument in sys.argv[3:]:
        engine, path = argument.split("=", 1)
        theirs = [json.loads(line)["decision"] for line in open(path, encoding="utf-8")]
        counts, open_ones = collections.Counter(), []
        for row, our, their in zip(rows, ours, theirs):
            if their.startswith("not asked"):
                counts["not asked", ""] += 1
            elif same(engine, our, their):
                counts["the same", ""] += 1
            elif found := kind(engine, row, their):
                counts[found] += 1
            else:
                counts["unexplained", ""] += 1
                open_ones.append((row["name"], our, their, row["input"]))
        print(f"\n{engine}")
        for (title, page), count in sorted(counts.items(), key=lambda item: -item[1]):
            print(f"| {count} | {title} | {page} |")
        for name, our, their, given in open_ones[:5]:
            print(f"  {name}: {our}, {engine} says {their}\n    {json.dumps(given)}")
        failed |= bool(open_ones)
    sys.exit(failed)


def decision(line):
    answer = json.loads(line)
    return answer["EvaluationResults"][0]["EvalDecision"] if "EvaluationResults" in answer else f"refused: {answer}"


main()
