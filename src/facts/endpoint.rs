//! Facts of a VPC endpoint for DynamoDB.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::gaps::malformed;
use super::{Fact, Gaps, Node};
use crate::{
    finding::{Subject, SubjectKind},
    iam::{Condition, Effect, Kind, Policy, Statement},
    snapshot::{Account, Gap, GapId, Region, Services, services},
};

/// A VPC endpoint for DynamoDB.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Endpoint {
    /// Id.
    pub id: String,
    /// VPC that it is in.
    pub vpc: String,
    /// `Gateway` or `Interface`.
    pub kind: String,
    /// Whether its policy lets every table through, of any account, without a condition.
    pub open: Fact<bool>,
    /// Whether its policy lets items be written to tables of strangers: no condition of it binds whose the table is.
    pub strangers: Fact<bool>,
    /// Whether a gateway is in no route table, so that nothing goes through it.
    pub unused: bool,
}

/// The nodes of a Region's endpoints.
pub fn nodes(region: &Region, account: &Account, gaps: &mut BTreeMap<GapId, Gap>) -> Vec<Node> {
    let place =
        |id: &str| format!("arn:{}:ec2:{}:{}:vpc-endpoint/{id}", account.partition, region.name, account.id);
    let subject = |id: &str, names| Subject {
        kind: SubjectKind::Endpoint,
        arn: place(id),
        account: account.id.clone(),
        region: Some(region.name.clone()),
        table: None,
        tables: None,
        names,
    };
    let endpoints = &region.services.endpoints;
    let mut nodes = Vec::with_capacity(endpoints.items.len());
    for endpoint in &endpoints.items {
        let (open, strangers) = lets_out(endpoint, &place(&endpoint.id), gaps);
        let facts = Endpoint {
            id: endpoint.id.clone(),
            vpc: endpoint.vpc.clone(),
            kind: endpoint.kind.clone(),
            open,
            strangers,
            unused: endpoint.kind == "Gateway" && endpoint.route_tables.is_empty(),
        };
        nodes.push(Node::new(subject(&endpoint.id, BTreeMap::new()), &facts));
    }
    if let Some(gap) = &endpoints.gap {
        nodes.push(Node::unlisted(
            subject("*", [("which".to_owned(), "(not listed)".to_owned())].into()),
            gap,
        ));
    }
    nodes
}

/// Ids of VPCs with workloads in which no endpoint for DynamoDB is available.
pub fn bare_vpcs(services: &Services) -> Fact<Vec<String>> {
    let (vpcs, endpoints) = (&services.vpcs, &services.endpoints);
    let served = |id: &str| endpoints.items.iter().any(|one| one.vpc == id && one.state == "available");
    let bare = vpcs.items.iter().filter(|vpc| vpc.workloads > 0 && !served(&vpc.id));
    Fact::unless(Gaps::from(&vpcs.gap).and(&endpoints.gap), bare.map(|vpc| vpc.id.clone()).collect())
}

/// Whether everything goes through, and whether items can be written to strangers' tables. An endpoint that was made
/// without a policy lets everything through (AWS documentation: "Control access to VPC endpoints using endpoint policies").
fn lets_out(
    endpoint: &services::Endpoint,
    arn: &str,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> (Fact<bool>, Fact<bool>) {
    if endpoint.policy.is_empty() {
        return (Fact::Known(true), Fact::Known(true));
    }
    match Policy::parse(&endpoint.policy, Kind::Resource) {
        Ok(policy) => {
            let outward = || policy.statements.iter().filter(|statement| allows_any_table(statement));
            let stopped = policy.statements.iter().any(|statement| denies_strangers(statement));
            (
                Fact::Known(outward().any(|statement| statement.conditions.is_empty())),
                Fact::Known(
                    !stopped && outward().any(|statement| !statement.conditions.iter().any(binds_owner)),
                ),
            )
        }
        Err(error) => {
            let id = malformed(gaps, "endpoint policy", arn, &error);
            (Fact::Unknown((&id).into()), Fact::Unknown(id.into()))
        }
    }
}

/// Whether a statement lets items be written to any table whatever, its conditions aside.
fn allows_any_table(statement: &Statement) -> bool {
    let resources = &statement.resources;
    statement.effect == Effect::Allow
        && statement.names_action("dynamodb:putitem")
        && (resources.negated
            || resources.patterns.iter().any(|pattern| {
                pattern.matches_plain("arn:aws:dynamodb:eu-west-1:000000000000:table/~any~")
                    && pattern.matches_plain("arn:aws:dynamodb:us-east-1:999999999999:table/~any~")
            }))
}

/// Keys that tell whose the table is (AWS documentation: "AWS global condition context keys"). Who asks is no bar: the
/// same principal may write to a table whose own policy lets it in.
const OWNER: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

/// Whether a condition holds only for tables of certain owners.
fn binds_owner(condition: &Condition) -> bool {
    OWNER.contains(&condition.lookup.as_str()) && !negated(condition)
}

/// Whether a statement denies what is not of certain owners, whatever the action and the table.
fn denies_strangers(statement: &Statement) -> bool {
    let by_owner = |condition: &Condition| OWNER.contains(&condition.lookup.as_str()) && negated(condition);
    statement.effect == Effect::Deny
        && statement.names_action("dynamodb:putitem")
        && !statement.conditions.is_empty()
        && statement.conditions.iter().all(by_owner)
}

/// Whether a condition holds where its key has another value: `StringNotEquals` and its kin.
fn negated(condition: &Condition) -> bool {
    condition.name.to_ascii_lowercase().contains("not")
}
