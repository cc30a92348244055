//! Accounts of any size, the same for the same numbers: principals, policies and tables that look like an estate.

use std::collections::BTreeMap;

use dynaudit::snapshot::{Account, Principals, Seen, Table, principal::Principal};
use serde_json::{Value as Json, json};

use super::vocabulary::{OWNER, account, allow, arn, deny, document, managed, role, table, user};

/// What an estate is made of.
pub struct Plan {
    pub principals: usize,
    pub tables: usize,
    /// Managed policies, all distinct; each principal has three of them.
    pub policies: usize,
    /// Whether each principal has an inline policy of its own on top, so that no two are alike.
    pub alone: bool,
}

/// A draw of numbers that is the same on every machine.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// The estate. Of a hundred policies 4 have a Deny, 12 a condition, 4 a variable, 2 `NotResource`; of a hundred
/// principals 5 have a boundary; of a hundred tables 10 have a policy of their own, which lets one role and one
/// account in and holds others off.
pub fn estate(plan: &Plan) -> Account {
    let mut draw = Draw(plan.principals as u64 + 31 * plan.tables as u64);
    let names: Vec<String> = (0..plan.tables).map(|i| format!("app{}-table-{i}", i % 60)).collect();
    let mut policies = BTreeMap::new();
    for i in 0..plan.policies {
        let (arn, policy) =
            managed(&format!("policy-{i}"), Seen::Value(document(policy(i, &names, &mut draw))));
        policies.insert(arn, policy);
    }
    let (edge, boundary) =
        managed("boundary", Seen::Value(document(json!([allow("dynamodb:*", &arn("app1*"))]))));
    policies.insert(edge.clone(), boundary);
    let arns: Vec<&String> = policies.keys().filter(|arn| **arn != edge).collect();
    let principal = |i: usize, draw: &mut Draw| {
        let own = json!([allow("dynamodb:Query", &arn(&format!("app{}-table-{i}*", i % 60)))]);
        let own = if plan.alone { own } else { json!([]) };
        let mut principal: Principal = match i % 8 {
            0 => user(&format!("p{i}"), own),
            _ => role(&format!("p{i}"), own),
        };
        principal.attached = (0..3).map(|_| arns[draw.below(arns.len())].clone()).collect();
        principal.tags = [("team".to_owned(), format!("app{}", i % 60))].into();
        principal.boundary = (draw.below(100) < 5).then(|| edge.clone());
        principal
    };
    let all: Vec<Principal> = (0..plan.principals).map(|i| principal(i, &mut draw)).collect();
    let (users, roles): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| p.arn.contains(":user/"));
    let tables = names.iter().map(|name| owned(name, draw.below(100) < 10, plan, &mut draw)).collect();
    let account = account(vec![], vec![], tables);
    Account { principals: Principals { users, roles, policies, ..Principals::default() }, ..account }
}

fn owned(name: &str, policy: bool, plan: &Plan, draw: &mut Draw) -> Table {
    let mut table = table(name);
    if policy {
        let reader = format!("arn:aws:iam::{OWNER}:role/p{}", draw.below(plan.principals) | 1);
        let statements = json!([
            { "Effect": "Allow", "Principal": { "AWS": [reader, "444455556666"] },
              "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": [table.arn, format!("{}/index/*", table.arn)] },
            { "Effect": "Deny", "Principal": "*", "Action": "dynamodb:DeleteItem", "Resource": table.arn,
              "Condition": { "StringNotEquals": { "aws:PrincipalAccount": OWNER } } },
        ]);
        table.policy = Seen::Value(Some(document(statements)));
    }
    table
}

fn policy(i: usize, names: &[String], draw: &mut Draw) -> Json {
    let name = |draw: &mut Draw| arn(&names[draw.below(names.len())]);
    let actions = [
        json!(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"]),
        json!(["dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan"]),
        json!("dynamodb:*"),
        json!(["dynamodb:Get*", "dynamodb:Describe*", "dynamodb:List*"]),
        json!(["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable"]),
        json!(["dynamodb:PutItem", "dynamodb:UpdateItem"]),
    ];
    let action = actions[draw.below(actions.len())].clone();
    let one = name(draw);
    let resource = match i % 10 {
        0 => json!(arn(&format!("app{}-*", draw.below(60)))),
        1 => json!([one, format!("{one}/index/*"), format!("{one}/stream/*")]),
        2 => json!([one, name(draw), name(draw)]),
        _ => json!([one, format!("{one}/*")]),
    };
    let mut first =
        json!({ "Sid": format!("s{i}"), "Effect": "Allow", "Action": action, "Resource": resource });
    match i % 25 {
        3 => {
            first["Condition"] = json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/team}"] } })
        }
        4 => first["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
        5 => first["Condition"] = json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
        6 => first["Resource"] = json!(format!("{}-*", arn("${aws:PrincipalTag/team}"))),
        _ => {}
    }
    let mut all = vec![first];
    if i % 50 == 7 {
        all.push(json!({ "Effect": "Allow", "Action": "dynamodb:DescribeTable", "NotResource": one }));
    }
    if i % 25 == 8 {
        all.push(deny("dynamodb:Scan", &arn(&format!("app{}-*", draw.below(60)))));
    }
    Json::Array(all)
}
