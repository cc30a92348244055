//! Clusters that were not listed: whoever may ask one might read what the role of one reads.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::access::{Access, evaluate},
    snapshot::{Account, GapId, Listed, Region, Seen, Services, principal::Principal, services::Cluster},
};
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, document, gap, role, table, user};

fn trusted(name: &str, who: Json, may: Json) -> Principal {
    let trust = json!([{ "Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole" }]);
    Principal { trust: Some(document(trust)), ..role(name, may) }
}

/// An account where the list of clusters was refused; DAX may run as `cache` where `dax` says so.
fn unlisted(dax: bool) -> (Account, GapId) {
    let tokens = arn("Tokens");
    let users = vec![
        user("ana", json!([allow("dax:GetItem", "*")])),
        user("eve", json!([allow("dax:PutItem", "*")])),
        user("hop", json!([allow("sts:AssumeRole", &format!("arn:aws:iam::{OWNER}:role/middle"))])),
        user("reader", json!([allow("dynamodb:*", &tokens), allow("dax:*", "*")])),
    ];
    let service = if dax { "dax.amazonaws.com" } else { "ec2.amazonaws.com" };
    let roles = vec![
        trusted("cache", json!({ "Service": service }), json!([allow("dynamodb:GetItem", &tokens)])),
        trusted("middle", json!({ "AWS": OWNER }), json!([allow("dax:Query", "*")])),
    ];
    let mut account = account(users, roles, vec![table("Plain"), table("Tokens")]);
    let (gap, _) = gap("dax:DescribeClusters");
    account.regions.push(Region {
        name: "eu-west-1".into(),
        disabled: false,
        tables: Listed::default(),
        orphan_backups: Listed::default(),
        services: Services { clusters: Listed::missing(gap.clone()), ..Services::default() },
    });
    (account, gap)
}

fn judge(account: &Account) -> Access {
    evaluate(account, &BTreeSet::from([arn("Tokens")]), &mut BTreeMap::new())
}

fn indirect(account: &Account) -> BTreeMap<String, Json> {
    let nodes = judge(account).principal_nodes().into_iter();
    nodes.map(|node| (node.subject.names["principal"].clone(), node.facts["indirect"].clone())).collect()
}

#[test]
fn who_may_ask_one_is_not_said_to_read_nothing() {
    let (account, gap) = unlisted(true);
    let found = indirect(&account);
    for name in ["ana", "middle", "hop"] {
        assert_eq!(found[name], json!({ "$unknown": gap }), "{name}");
    }
    for name in ["eve", "reader", "cache"] {
        assert_eq!(found[name], json!(null), "{name}");
    }
    assert_eq!(judge(&account).paths().gaps(), [gap]);
}

#[test]
fn where_dax_may_run_as_nobody_there_is_nothing_behind_a_cluster() {
    let (account, _) = unlisted(false);
    assert!(indirect(&account).values().all(|found| *found == json!(null)));
    assert!(judge(&account).paths().gaps().is_empty());
}

#[test]
fn tables_that_were_not_listed_may_lie_behind_a_cluster_too() {
    let (mut account, _) = unlisted(true);
    let region = account.regions.last_mut().unwrap();
    region.services.clusters = Listed::default();
    let (gap, _) = gap("dynamodb:ListTables");
    region.tables.gap = Some(gap.clone());
    let none = indirect(&account);
    assert_eq!(none["ana"], json!(null), "there is no cluster");
    account.regions.last_mut().unwrap().services.clusters.items.push(Cluster {
        arn: format!("arn:aws:dax:eu-west-1:{OWNER}:cache/c"),
        name: "c".into(),
        status: "available".into(),
        encryption: "ENABLED".into(),
        endpoint_encryption: "TLS".into(),
        // It reads none of the tables that were listed.
        role_arn: format!("arn:aws:iam::{OWNER}:role/middle"),
        zones: vec![],
        reachable_from: None,
        ttl: Seen::Gap(GapId("0".into())),
    });
    let found = indirect(&account);
    assert_eq!((&found["ana"], &found["eve"]), (&json!({ "$unknown": gap }), &json!(null)));
}

#[test]
fn where_neither_clusters_nor_a_table_was_seen_both_are_told() {
    let (mut account, clusters) = unlisted(true);
    let (hidden, _) = gap("dynamodb:ListTables");
    account.regions.last_mut().unwrap().tables.gap = Some(hidden.clone());
    let found = indirect(&account);
    assert_eq!(found["ana"], json!({ "$unknown": [clusters, hidden] }));
}
