//! EC2: the VPC endpoints for DynamoDB, the VPCs that have workloads, and what security groups let in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Asker;
use super::value::{list, text, texts};
use crate::collect::calls;
use crate::collect::fault::Fault;
use crate::collect::light::Question;
use crate::snapshot::services::{Endpoint, Vpc};
use crate::snapshot::{Listed, Seen};

/// The endpoints of the Region whose service is DynamoDB.
pub(super) async fn endpoints(asker: &Asker<'_>) -> Listed<Endpoint> {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_VPC_ENDPOINTS) {
        return Listed::missing(gap);
    }
    let call = &calls::DESCRIBE_VPC_ENDPOINTS;
    let page = |token: Option<String>| {
        let service = format!("com.amazonaws.{}.dynamodb", asker.region);
        let mut fields = vec![
            ("Filter.1.Name".to_owned(), "service-name".to_owned()),
            ("Filter.1.Value.1".to_owned(), service),
        ];
        fields.extend(token.map(|token| ("NextToken".to_owned(), token)));
        Question::Form(fields)
    };
    let found = asker.listed(call, asker.region, "vpcEndpointSet", "nextToken", page).await;
    let ours = |endpoint: &&Value| text(endpoint, "serviceName").ends_with(".dynamodb");
    let read: Result<Vec<Endpoint>, Fault> = found.items.iter().filter(ours).map(endpoint).collect();
    match read {
        Ok(mut items) => {
            items.sort_by(|a, b| a.id.cmp(&b.id));
            Listed { items, gap: found.gap }
        }
        Err(fault) => Listed::missing(asker.run.desk.gap(call, asker.region, &fault)),
    }
}

fn endpoint(endpoint: &Value) -> Result<Endpoint, Fault> {
    Ok(Endpoint {
        id: text(endpoint, "vpcEndpointId"),
        vpc: text(endpoint, "vpcId"),
        kind: text(endpoint, "vpcEndpointType"),
        state: text(endpoint, "state"),
        policy: text(endpoint, "policyDocument"),
        route_tables: texts(endpoint, "routeTableIdSet")?,
    })
}

/// The account's own VPCs. What others share with it has their endpoints, which it cannot see.
pub(super) async fn vpcs(asker: &Asker<'_>) -> Listed<Vpc> {
    if let Some(gap) = asker.unasked(&calls::DESCRIBE_VPCS) {
        return Listed::missing(gap);
    }
    let page = |token: Option<String>| {
        let mut fields = vec![("MaxResults".to_owned(), "1000".to_owned())];
        fields.extend(token.map(|token| ("NextToken".to_owned(), token)));
        Question::Form(fields)
    };
    let call = &calls::DESCRIBE_VPCS;
    let vpcs = asker.listed(call, asker.region, "vpcSet", "nextToken", page).await;
    let call = &calls::DESCRIBE_NETWORK_INTERFACES;
    let interfaces = asker.listed(call, asker.region, "networkInterfaceSet", "nextToken", page).await;
    let mut workloads: BTreeMap<String, i64> = BTreeMap::new();
    for interface in interfaces.items.iter().filter(|one| is_workload(one)) {
        *workloads.entry(text(interface, "vpcId")).or_default() += 1;
    }
    let ours = |vpc: &&Value| [asker.run.account.as_str(), ""].contains(&text(vpc, "ownerId").as_str());
    let vpc = |vpc: &Value| {
        let id = text(vpc, "vpcId");
        Vpc { workloads: workloads.get(&id).copied().unwrap_or_default(), id }
    };
    let mut items: Vec<Vpc> = vpcs.items.iter().filter(ours).map(vpc).collect();
    items.sort_by(|a, b| a.id.cmp(&b.id));
    Listed { items, gap: vpcs.gap.or(interfaces.gap) }
}

/// Interfaces of endpoints, gateways and load balancers are plumbing (AWS documentation: "NetworkInterface", Amazon EC2
/// API Reference, `interfaceType`).
fn is_workload(interface: &Value) -> bool {
    let kind = text(interface, "interfaceType");
    let plumbing = ["endpoint", "gateway", "load_balancer", "transit", "vpc_peering"];
    !plumbing.iter().any(|word| kind.contains(word))
}

/// Ports of a DAX cluster: in clear and under TLS (AWS documentation: "DAX cluster components").
const DAX_PORTS: [i64; 2] = [8111, 9111];

/// The ranges of addresses from which these security groups let a DAX cluster be reached.
pub(super) async fn reachable_from(asker: &Asker<'_>, groups: &[String], on: &str) -> Seen<Vec<String>> {
    let call = &calls::DESCRIBE_SECURITY_GROUPS;
    let fields = (1..).zip(groups).map(|(n, group)| (format!("GroupId.{n}"), group.clone())).collect();
    let answer = asker.ask(call, Question::Form(fields)).await.and_then(|out| {
        let mut ranges = Vec::new();
        for group in list(&out, "securityGroupInfo")? {
            for rule in list(&group, "ipPermissions")?.iter().filter(|rule| opens_dax(rule)) {
                ranges.extend(list(rule, "ipRanges")?.iter().map(|range| text(range, "cidrIp")));
                ranges.extend(list(rule, "ipv6Ranges")?.iter().map(|range| text(range, "cidrIpv6")));
            }
        }
        ranges.sort();
        ranges.dedup();
        Ok(ranges)
    });
    asker.seen(call, on, answer)
}

/// Whether a rule is about a port of DAX: all protocols, or TCP from one port to another.
fn opens_dax(rule: &Value) -> bool {
    let port = |name: &str| text(rule, name).parse::<i64>().ok();
    match text(rule, "ipProtocol").as_str() {
        "-1" => true,
        "tcp" | "6" => match (port("fromPort"), port("toPort")) {
            (Some(from), Some(to)) => DAX_PORTS.iter().any(|dax| (from..=to).contains(dax)),
            _ => true,
        },
        _ => false,
    }
}
