//! Messages: what stands after a count agrees with it.

use std::collections::BTreeMap;

use serde_json::json;

use super::{super::judge, fixed, judge::node};
use crate::{
    facts::Facts,
    finding::{SubjectKind, Verdict},
};

#[test]
fn a_noun_after_a_count_agrees_and_after_a_name_stays() {
    let dir = tempfile::tempdir().unwrap();
    let check = "title = 'T'\nseverity = 'low'\nover = 'table'\nflag = 'table.items != null && table.items > 0'\n\
        message = '{table.items} items, {table.name} days, {table.items} of 3 days'\nwhy = 'w'\nfix = 'f'\n\
        [[example]]\nis = 'flagged'\ngiven = { table = { items = 1 } }\n\
        [[example]]\nis = 'clear'\ngiven = { table = { items = 0 } }\n";
    std::fs::write(dir.path().join("counted.toml"), check).unwrap();
    let library = fixed(&[dir.path().to_owned()]);
    for (count, said) in [(1, "1 item, 1 days, 1 of 3 days"), (2, "2 items, 1 days, 2 of 3 days")] {
        let table = node(SubjectKind::Table, "t", &json!({"name": "1", "items": count}));
        let mut root = node(SubjectKind::Account, "account", &json!({"id": "111122223333"}));
        root.children = vec![table];
        let facts = Facts { roots: vec![root], ..Facts::default() };
        let findings = judge::judge(&library, &facts, &BTreeMap::new());
        let told = findings.iter().find(|f| f.check == "counted" && f.verdict == Verdict::Flagged);
        assert_eq!(told.unwrap().message, said);
    }
}
