//! Snapshot and engines → the tree of facts.

use std::collections::BTreeMap;

use super::{
    Facts, Node, access, account, activity, attribute, backup, cluster,
    encryption::Keys,
    endpoint, import, index, key, replica,
    sensitivity::{Marks, Rules},
    shared::Shared,
    stream,
    table::{self, Around},
    uses::KeyUses,
    vault,
};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{Account, Gap, GapId, Region, Snapshot, Table, Timestamp},
};

/// Joins everything that a check may ask about, where the user says nothing of which tables are sensitive.
pub fn build(snapshot: &Snapshot) -> Facts {
    build_with(snapshot, &Rules::default())
}

/// Joins everything that a check may ask about.
pub fn build_with(snapshot: &Snapshot, rules: &Rules) -> Facts {
    let mut gaps = BTreeMap::new();
    let shared = Shared::of(snapshot);
    let roots = snapshot.accounts.iter();
    let roots = roots.map(|account| root(account, rules, snapshot.taken, &shared, &mut gaps)).collect();
    Facts { roots, gaps }
}

fn root(
    account: &Account,
    rules: &Rules,
    taken: Timestamp,
    shared: &Shared<'_>,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Node {
    let marks = Marks::of_account(account, rules);
    let access = access::evaluate_marked(account, &marks, gaps);
    let (keys, uses) = (Keys::of(account), KeyUses::of(account, &marks));
    let around = Around { account, keys: &keys, access: &access, shared, uses: &uses, marks: &marks, taken };

    let mut root = account::node(account, &marks, &access);
    root.children.extend(key::nodes(account, &uses, taken, gaps));
    let mut principals = access.principal_nodes();
    activity::fill(&mut principals, account, taken, gaps);
    let role_reads = cluster::reads_every_table(&principals);
    root.children.extend(principals);
    root.children.extend(access.reader_nodes());
    let regions = || account.regions.iter().filter(|region| !region.disabled);
    for region in regions() {
        root.children.extend(vault::nodes(region, account, taken, gaps));
        root.children.extend(cluster::nodes(region, account, &role_reads));
        root.children.extend(endpoint::nodes(region, account, gaps));
    }
    root.children.extend(account.tables.iter().map(|table| whole_table(table, &around, gaps)));
    // A Region that is not enabled is a gap by name; a row of every check for each would say no more.
    root.children.extend(regions().flat_map(|region| unlisted(region, account)));
    root
}

fn whole_table(table: &Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Node {
    let id = &around.account.id;
    let mut node = table::node(table, around, gaps);
    node.children.extend(attribute::nodes(table, around));
    node.children.extend(index::nodes(table, id));
    node.children.extend(stream::nodes(table, around, gaps));
    node.children.extend(replica::nodes(table, around, gaps));
    node.children.extend(backup::nodes(table, around, gaps));
    node.children.extend(backup::export_nodes(table, around));
    node.children.extend(import::nodes(table, around));
    node
}

/// Stands for what a Region hid: tables that ListTables did not name to the end, with their readers, and
/// keys that only an answer which did not come would have named.
fn unlisted(region: &Region, account: &Account) -> Vec<Node> {
    let place = |service: &str, resource: &str| {
        format!("arn:{}:{service}:{}:{}:{resource}/*", account.partition, region.name, account.id)
    };
    let node = |kind, arn: String, gap: &GapId| {
        let names = [("which".to_owned(), "(not listed)".to_owned())].into();
        let (account, region) = (account.id.clone(), Some(region.name.clone()));
        Node::unlisted(Subject { kind, arn, account, region, table: None, tables: None, names }, gap)
    };
    let mut nodes = Vec::new();
    if let Some(gap) = &region.tables.gap {
        nodes.push(node(SubjectKind::Table, place("dynamodb", "table"), gap));
        nodes.push(node(SubjectKind::Reader, place("dynamodb", "table"), gap));
    }
    if let Some(gap) = hidden_keys(region, account) {
        nodes.push(node(SubjectKind::Key, place("kms", "key"), gap));
    }
    nodes
}

/// Keys are found through the tables and backups that name them.
fn hidden_keys<'a>(region: &'a Region, account: &'a Account) -> Option<&'a GapId> {
    let tables = || account.tables.iter().filter(|table| table.region == region.name);
    let described = tables().find_map(|table| table.description.gap());
    let listed = tables().find_map(|table| table.backups.gap.as_ref());
    let backups = || tables().flat_map(|table| &table.backups.items);
    let backed_up = backups().find_map(|backup| backup.encryption.gap());
    region.tables.gap.as_ref().or(described).or(listed).or(backed_up)
}
