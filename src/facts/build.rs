//! Stub.
use super::{Facts, Node};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{Seen, Snapshot},
};
/// Joins everything that a check may ask about.
pub fn build(snapshot: &Snapshot) -> Facts {
    let mut facts = Facts::default();
    for account in &snapshot.accounts {
        let subject = |kind, arn: &str, table: Option<&String>, region: Option<&String>| Subject {
            kind,
            arn: arn.into(),
            account: account.id.clone(),
            region: region.cloned(),
            table: table.cloned(),
            tables: None,
            names: Default::default(),
        };
        let mut root = Node::new(subject(SubjectKind::Account, &account.id, None, None), &());
        for t in &account.tables {
            let protection = match &t.description {
                Seen::Value(d) => serde_json::json!(d.deletion_protection),
                Seen::Gap(g) => serde_json::json!({"$unknown": g}),
            };
            root.children.push(Node::new(
                subject(SubjectKind::Table, &t.arn, Some(&t.name), Some(&t.region)),
                &serde_json::json!({"deletion_protection": protection}),
            ));
        }
        facts.roots.push(root);
    }
    facts
}
