//! Snapshot and engines → the tree of facts.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Facts, Node,
    access::{self, Access},
    account, activity, attribute, backup, cluster,
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
    snapshot::{Account, Gap, GapId, Region, Snapshot, Table},
};

/// Joins everything that a check may ask about, where the user says nothing of which tables are sensitive.
pub fn build(snapshot: &Snapshot) -> Facts {
    build_with(snapshot, &Rules::default())
}

/// Joins everything that a check may ask about.
pub fn build_with(snapshot: &Snapshot, rules: &Rules) -> Facts {
    joined(snapshot, rules, &[])
}

/// Joins anew what may have changed with the principals of a snapshot, `before` being who could reach what of each
/// account: all but tables that are reached as they were. Accounts beyond `before` are joined whole.
pub fn rebuild(snapshot: &Snapshot, rules: &Rules, before: &[Arc<Access>]) -> Facts {
    joined(snapshot, rules, before)
}

fn joined(snapshot: &Snapshot, rules: &Rules, before: &[Arc<Access>]) -> Facts {
    let mut facts = Facts::default();
    let shared = Shared::of(snapshot);
    for (at, account) in snapshot.accounts.iter().enumerate() {
        let marks = Marks::of_account(account, rules);
        let access = Arc::new(access::evaluate_marked(account, &marks, &mut facts.gaps));
        let (keys, uses) = (Keys::of(account), KeyUses::of(account, &marks));
        let (shared, taken) = (&shared, snapshot.taken);
        let around =
            Around { account, keys: &keys, access: &access, shared, uses: &uses, marks: &marks, taken };
        let before = before.get(at).map(|before| Around { access: before, ..around });
        facts.roots.push(root(&around, before.as_ref(), &mut facts.gaps));
        facts.access.push(access);
    }
    facts
}

fn root(around: &Around<'_>, before: Option<&Around<'_>>, gaps: &mut BTreeMap<GapId, Gap>) -> Node {
    let Around { account, access, uses, marks, taken, .. } = *around;
    let mut root = account::node(account, marks, access);
    // What stands above a table is part of what is asked about it.
    let before = before.filter(|before| account::node(account, marks, before.access).facts == root.facts);
    root.children.extend(key::nodes(account, uses, taken, gaps));
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
    let changed = |table: &&Table| before.is_none_or(|before| !is_reached_alike(table, before, around));
    let tables = account.tables.iter().filter(changed);
    root.children.extend(tables.map(|table| whole_table(table, around, gaps)));
    // A Region that is not enabled is a gap by name; a row of every check for each would say no more.
    root.children.extend(regions().flat_map(|region| unlisted(region, account)));
    root
}

/// Whether all that facts of a table and of what stands below it tell of access is the same.
fn is_reached_alike(table: &Table, before: &Around<'_>, after: &Around<'_>) -> bool {
    before.access.of_table(&table.arn) == after.access.of_table(&table.arn)
        && attribute::readers(table, before).eq(attribute::readers(table, after))
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
