//! The actions that lead to a table's data, and the resource that each takes
//! ("Actions, resources, and condition keys for Amazon DynamoDB").

/// What an action is asked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `table/Name`.
    Table,
    /// `table/Name`, and `table/Name/index/Index` where an index is read.
    TableOrIndex,
    /// `table/Name/stream/Label`.
    Stream,
    /// `table/Name/backup/Id` of a backup that is there.
    Backup,
    /// The same, of a backup still to be made.
    NewBackup,
}

/// A road to the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Road {
    /// Items by key.
    Get,
    /// The whole table.
    Scan,
    /// A PartiQL `SELECT`.
    PartiQl,
    /// Changes, from the stream.
    Stream,
    /// The whole table to a bucket.
    Export,
    /// A copy of the table.
    Restore,
    /// Changes, to a Kinesis stream.
    Kinesis,
    /// A copy in another Region or account.
    Replicate,
    /// Old items, returned by writes.
    WriteReturn,
    /// The table's own policy.
    Policy,
}

/// One action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// Name in lower case.
    pub name: &'static str,
    /// The resource that it takes.
    pub form: Form,
    /// Whether a resource-based policy can grant it to another account
    /// ("DynamoDB API operations supported by resource-based policies").
    pub cross_account: bool,
}

/// One way along a road: actions that are all needed.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Where it leads.
    pub road: Road,
    /// What it takes.
    pub actions: &'static [Action],
}

const fn action(name: &'static str, form: Form, cross_account: bool) -> Action {
    Action { name, form, cross_account }
}

const fn way(road: Road, actions: &'static [Action]) -> Way {
    Way { road, actions }
}

/// Every way to the data of a table. Access levels do not tell: AWS classes export, restore and the
/// Kinesis destination as Write.
pub const WAYS: &[Way] = {
    use Form::{Backup, NewBackup, Stream, Table, TableOrIndex};
    &[
        way(Road::Get, &[action("dynamodb:getitem", Table, true)]),
        way(Road::Get, &[action("dynamodb:batchgetitem", Table, true)]),
        way(Road::Get, &[action("dynamodb:query", TableOrIndex, true)]),
        // It returns the item where the check fails (`ReturnValuesOnConditionCheckFailure`).
        way(Road::Get, &[action("dynamodb:conditioncheckitem", Table, true)]),
        way(Road::Scan, &[action("dynamodb:scan", TableOrIndex, true)]),
        way(Road::PartiQl, &[action("dynamodb:partiqlselect", TableOrIndex, false)]),
        way(Road::Stream, &[action("dynamodb:getrecords", Stream, true)]),
        way(Road::Export, &[action("dynamodb:exporttabletopointintime", Table, false)]),
        way(Road::Restore, &[action("dynamodb:restoretabletopointintime", Table, false)]),
        way(Road::Restore, &[action("dynamodb:restoretablefrombackup", Backup, false)]),
        way(
            Road::Restore,
            &[
                action("dynamodb:createbackup", Table, false),
                action("dynamodb:restoretablefrombackup", NewBackup, false),
            ],
        ),
        way(Road::Kinesis, &[action("dynamodb:enablekinesisstreamingdestination", Table, false)]),
        way(
            Road::Replicate,
            &[
                action("dynamodb:updatetable", Table, true),
                action("dynamodb:createtablereplica", Table, true),
            ],
        ),
        // What the replication service and a replica's account are granted by the table's own policy.
        way(Road::Replicate, &[action("dynamodb:readdataforreplication", Table, true)]),
        way(Road::Replicate, &[action("dynamodb:associatetablereplica", Table, true)]),
        way(Road::WriteReturn, &[action("dynamodb:putitem", Table, true)]),
        way(Road::WriteReturn, &[action("dynamodb:updateitem", Table, true)]),
        way(Road::WriteReturn, &[action("dynamodb:deleteitem", Table, true)]),
        way(Road::WriteReturn, &[action("dynamodb:partiqlupdate", Table, false)]),
        way(Road::WriteReturn, &[action("dynamodb:partiqldelete", Table, false)]),
        way(Road::Policy, &[action("dynamodb:putresourcepolicy", Table, false)]),
        way(Road::Policy, &[action("dynamodb:putresourcepolicy", Stream, false)]),
    ]
};

/// Names of every action of [`WAYS`], sorted.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = WAYS.iter().flat_map(|way| way.actions).map(|action| action.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}
