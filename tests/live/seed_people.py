"""Makes the planned roles, users, groups and policies."""

import json


def seed(clients, account, plan):
    iam = clients("iam")
    used = {policy for principal in plan.principals for policy in principal.managed}
    arns = {name: f"arn:aws:iam::aws:policy/{name}" for name in used - set(plan.policies)}
    for name, statements in plan.policies.items():
        made = iam.create_policy(PolicyName=name, PolicyDocument=document(account, statements))
        arns[name] = made["Policy"]["Arn"]
    for name, managed in plan.groups.items():
        iam.create_group(GroupName=name)
        for policy in managed:
            iam.attach_group_policy(GroupName=name, PolicyArn=arns[policy])
    for principal in plan.principals:
        (make_role if principal.kind == "role" else make_user)(iam, account, principal, arns)


def make_role(iam, account, role, arns):
    who = {"AWS": f"arn:aws:iam::{role.trusts}:root"} if role.trusts else {"Service": "lambda.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    if role.external_id:
        trust["Condition"] = {"StringEquals": {"sts:ExternalId": "agreed"}}
    iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=document(account, [trust]))
    if role.allows:
        iam.put_role_policy(RoleName=role.name, PolicyName="inline", PolicyDocument=document(account, role.allows))
    for policy in role.managed:
        iam.attach_role_policy(RoleName=role.name, PolicyArn=arns[policy])


def make_user(iam, account, user, arns):
    iam.create_user(UserName=user.name)
    if user.allows:
        iam.put_user_policy(UserName=user.name, PolicyName="inline", PolicyDocument=document(account, user.allows))
    for policy in user.managed:
        iam.attach_user_policy(UserName=user.name, PolicyArn=arns[policy])
    if user.group:
        iam.add_user_to_group(UserName=user.name, GroupName=user.group)


def document(account, statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}).replace("ACCOUNT", account)
