//! STUB
#![allow(missing_docs)]
use super::{Fact, Node, table};
use crate::snapshot::{Account, Gap, GapId};
use std::collections::{BTreeMap, BTreeSet};
pub struct Access;
pub fn evaluate(_a: &Account, _s: &BTreeSet<String>, _g: &mut BTreeMap<GapId, Gap>) -> Access {
    Access
}
impl Access {
    pub fn of_table(&self, _a: &str) -> table::Access {
        table::Access { readers: Fact::Known(0), external: Fact::Known(0), anyone: Fact::Known(false) }
    }
    pub fn reader_nodes(&self) -> Vec<Node> {
        vec![]
    }
    pub fn principal_nodes(&self) -> Vec<Node> {
        vec![]
    }
}
