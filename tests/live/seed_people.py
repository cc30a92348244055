"""Makes the planned roles, users, groups and policies."""

import json

from people import key_arn


def seed(clients, account, plan, keys):
    """Makes them all; `keys` are the real ARNs of the keys that statements name."""
    iam = clients("iam")
    document = lambda statements: document_of(account, keys, statements)
    used = {policy for principal in plan.principals for policy in principal.managed}
    arns = {name: f"arn:aws:iam::aws:policy/{name}" for name in used - set(plan.policies)}
    for name, statements in plan.policies.items():
        made = iam.create_policy(PolicyName=name, PolicyDocument=document(statements))
        arns[name] = made["Policy"]["Arn"]
    for name, managed in plan.groups.items():
        iam.create_group(GroupName=name)
        for policy in managed:
            iam.attach_group_policy(GroupName=name, PolicyArn=arns[policy])
    for principal in plan.principals:
        (make_role if principal.kind == "role" else make_user)(iam, document, principal, arns)


def make_role(iam, document, role, arns):
    who = trusted(role.trusts)
    trust = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    if role.external_id:
        trust["Condition"] = {"StringEquals": {"sts:ExternalId": "agreed"}}
    iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=document([trust]))
    if role.allows:
        iam.put_role_policy(RoleName=role.name, PolicyName="inline", PolicyDocument=document(role.allows))
    for policy in role.managed:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arns[policy])


def make_user(iam, document, user, arns):
    iam.create_user(UserName=user.name)
    if user.allows:
        iam.put_user_policy(UserName=user.name, PolicyName="inline", PolicyDocument=document(user.allows))
    for policy in user.managed:
        iam.attach_user_policy(UserName=user.name, PolicyArn=arns[policy])
    if user.group:
        iam.add_user_to_group(UserName=user.name, GroupName=user.group)


def trusted(who):
    if who is None:
        return {"Service": "lambda.amazonaws.com"}
    return {"AWS": f"arn:aws:iam::ACCOUNT:{who}" if "/" in who else f"arn:aws:iam::{who}:root"}


def document_of(account, keys, statements):
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    for (region, name), arn in keys.items():
        text = text.replace(f'"{key_arn(region, name)}"', json.dumps(arn))
    return text.replace("ACCOUNT", account)
