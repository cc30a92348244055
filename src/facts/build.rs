//! Snapshot and engines → the tree of facts.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Facts, Node, access, account, attribute, backup,
    encryption::Keys,
    index, key, replica, stream,
    table::{self, Around},
};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{Account, Gap, GapId, Region, Snapshot, Table, Timestamp},
};

/// Joins everything that a check may ask about.
pub fn build(snapshot: &Snapshot) -> Facts {
    let mut gaps = BTreeMap::new();
    let roots = snapshot.accounts.iter().map(|account| root(account, snapshot.taken, &mut gaps)).collect();
    Facts { roots, gaps }
}

fn root(account: &Account, taken: Timestamp, gaps: &mut BTreeMap<GapId, Gap>) -> Node {
    let is_sensitive = |t: &&Table| table::sensitive(&t.sample).known() == Some(&true);
    let sensitive: BTreeSet<String> =
        account.tables.iter().filter(is_sensitive).map(|table| table.arn.clone()).collect();
    let access = access::evaluate(account, &sensitive, gaps);
    let keys = Keys::of(account);
    let around = Around { account, keys: &keys, access: &access, taken };

    let mut root = account::node(account, sensitive.len(), &access);
    root.children.extend(key::nodes(account, taken, gaps));
    root.children.extend(access.principal_nodes());
    root.children.extend(access.reader_nodes());
    root.children.extend(account.tables.iter().map(|table| whole_table(table, &around, gaps)));
    root.children.extend(account.regions.iter().filter_map(|region| unlisted_tables(region, account)));
    root
}

fn whole_table(table: &Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Node {
    let id = &around.account.id;
    let mut node = table::node(table, around, gaps);
    node.children.extend(attribute::nodes(table, id, around.taken));
    node.children.extend(index::nodes(table, id));
    node.children.extend(stream::nodes(table, id, gaps));
    node.children.extend(replica::nodes(table, around, gaps));
    node.children.extend(backup::nodes(table, around, gaps));
    node.children.extend(backup::export_nodes(table, around));
    node
}

/// Stands for the tables of a Region that ListTables did not name to the end.
fn unlisted_tables(region: &Region, account: &Account) -> Option<Node> {
    let gap = region.tables.gap.as_ref()?;
    let subject = Subject {
        kind: SubjectKind::Table,
        arn: format!("arn:{}:dynamodb:{}:{}:table/*", account.partition, region.name, account.id),
        account: account.id.clone(),
        region: Some(region.name.clone()),
        table: None,
        tables: None,
        names: BTreeMap::new(),
    };
    Some(Node::unlisted(subject, gap))
}
