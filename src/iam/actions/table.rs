//! Every way to the data of a table, action by action.

use super::{
    Action, Fill,
    Form::{self, Account, Backup, Index, NewBackup, NewTable, Stream, Table, VectorIndex},
    Level::{self, Permissions, Read, Tagging, Write},
    Road, Way,
    key::{
        ATTRIBUTES, CAPACITY, ENCLOSING, FIRST, FOURTH, FULL_SCAN, LEADING, RETURN, SECOND, SELECT, THIRD,
    },
};

/// One sort of request, that fills nothing.
const ANY: &[&[Fill]] = &[&[]];
const PLAIN: &[&str] = &[];

const GET: &[&str] = &[ATTRIBUTES, ENCLOSING, LEADING, FIRST, SECOND, THIRD, FOURTH, CAPACITY, SELECT];
const BATCH_GET: &[&str] = &[ATTRIBUTES, LEADING, FIRST, SECOND, THIRD, FOURTH, CAPACITY, SELECT];
const CHECK: &[&str] = &[ATTRIBUTES, LEADING, FIRST, SECOND, THIRD, FOURTH, CAPACITY, RETURN];
/// The reference lists `ReturnValues` for `Query` and `Scan`, too, whose requests have no such parameter.
const QUERY: &[&str] = &[ATTRIBUTES, LEADING, FIRST, SECOND, THIRD, FOURTH, CAPACITY, SELECT];
/// `Scan` names no partition: no policy can fence it by one.
const SCAN: &[&str] = &[ATTRIBUTES, CAPACITY, SELECT];
const SELECTS: &[&str] = &[ATTRIBUTES, ENCLOSING, LEADING, FIRST, SECOND, THIRD, FOURTH, FULL_SCAN, SELECT];
const WRITE: &[&str] = &[ATTRIBUTES, ENCLOSING, LEADING, FIRST, SECOND, THIRD, FOURTH, CAPACITY, RETURN];
const PARTIQL_WRITE: &[&str] = &[ATTRIBUTES, ENCLOSING, LEADING, FIRST, SECOND, THIRD, FOURTH, RETURN];

/// A get stands alone or in a transaction ("TransactGetItems").
const GET_SHAPES: &[&[Fill]] = &[&[(ENCLOSING, None)], &[(ENCLOSING, Some("TransactGetItems"))]];
/// A `SELECT` names partition keys, or reads the whole table ("IAM security policies with PartiQL for DynamoDB").
const SELECT_SHAPES: &[&[Fill]] = &[
    &[(FULL_SCAN, Some("false")), (ENCLOSING, None)],
    &[(FULL_SCAN, Some("false")), (ENCLOSING, Some("ExecuteTransaction"))],
    &[
        (FULL_SCAN, Some("true")),
        (ENCLOSING, None),
        (LEADING, None),
        (FIRST, None),
        (SECOND, None),
        (THIRD, None),
        (FOURTH, None),
    ],
];
/// "ReturnValues": what `PutItem` and `DeleteItem` can return, outside of a transaction alone.
const OLD: &[&[Fill]] = &[&[(RETURN, Some("ALL_OLD")), (ENCLOSING, None)]];
/// What `UpdateItem` can return.
const OLD_AND_NEW: &[&[Fill]] = &[
    &[(RETURN, Some("ALL_OLD")), (ENCLOSING, None)],
    &[(RETURN, Some("ALL_NEW")), (ENCLOSING, None)],
    &[(RETURN, Some("UPDATED_OLD")), (ENCLOSING, None)],
    &[(RETURN, Some("UPDATED_NEW")), (ENCLOSING, None)],
];

const fn item(
    name: &'static str,
    title: &'static str,
    level: Level,
    form: Form,
    keys: &'static [&'static str],
) -> Action {
    Action { name, title, level, form, keys, shapes: ANY, decrypts: true }
}

const fn partiql(name: &'static str, title: &'static str, level: Level, form: Form) -> Action {
    let read = matches!(level, Read);
    let (keys, shapes) = if read { (SELECTS, SELECT_SHAPES) } else { (PARTIQL_WRITE, OLD_AND_NEW) };
    Action { name, title, level, form, keys, shapes, decrypts: true }
}

const fn admin(name: &'static str, title: &'static str, level: Level, form: Form) -> Action {
    Action { name, title, level, form, keys: PLAIN, shapes: ANY, decrypts: false }
}

const fn way(road: Road, actions: &'static [Action]) -> Way {
    Way { road, actions }
}

/// Every way to the data of a table.
///
/// Not here: `TransactGetItems`, which is no action (each get in it is a `GetItem`); `BatchWriteItem`, which
/// returns no item; `GetShardIterator`, whose iterator is of no use without `GetRecords` and can be handed on to
/// whoever has that; `StartAwsBackupJob` and `RestoreTableFromAwsBackup`, which AWS Backup uses on behalf of
/// whoever has rights on the vault.
pub static WAYS: &[Way] = &[
    way(Road::Get, &[Action { shapes: GET_SHAPES, ..item("dynamodb:getitem", "GetItem", Read, Table, GET) }]),
    way(Road::Get, &[item("dynamodb:batchgetitem", "BatchGetItem", Read, Table, BATCH_GET)]),
    way(Road::Get, &[item("dynamodb:query", "Query", Read, Table, QUERY)]),
    way(Road::Get, &[item("dynamodb:query", "Query", Read, Index, QUERY)]),
    // It returns the item where the check fails (`ReturnValuesOnConditionCheckFailure`).
    way(Road::Get, &[item("dynamodb:conditioncheckitem", "ConditionCheckItem", Read, Table, CHECK)]),
    way(Road::Scan, &[item("dynamodb:scan", "Scan", Read, Table, SCAN)]),
    way(Road::Scan, &[item("dynamodb:scan", "Scan", Read, Index, SCAN)]),
    way(Road::PartiQl, &[partiql("dynamodb:partiqlselect", "PartiQLSelect", Read, Table)]),
    way(Road::PartiQl, &[partiql("dynamodb:partiqlselect", "PartiQLSelect", Read, Index)]),
    // "FGAC condition keys not supported for SearchVectors".
    way(Road::Search, &[item("dynamodb:searchvectors", "SearchVectors", Read, VectorIndex, PLAIN)]),
    way(Road::Stream, &[item("dynamodb:getrecords", "GetRecords", Read, Stream, PLAIN)]),
    way(
        Road::Export,
        &[admin("dynamodb:exporttabletopointintime", "ExportTableToPointInTime", Write, Table)],
    ),
    way(
        Road::Restore,
        &[
            admin("dynamodb:restoretabletopointintime", "RestoreTableToPointInTime", Write, Table),
            FILL[0],
            FILL[1],
            FILL[2],
            FILL[3],
            FILL[4],
            FILL[5],
            FILL[6],
        ],
    ),
    way(
        Road::Restore,
        &[
            admin("dynamodb:restoretablefrombackup", "RestoreTableFromBackup", Write, Backup),
            FILL[0],
            FILL[1],
            FILL[2],
            FILL[3],
            FILL[4],
            FILL[5],
            FILL[6],
        ],
    ),
    way(
        Road::Restore,
        &[
            admin("dynamodb:createbackup", "CreateBackup", Write, Table),
            admin("dynamodb:restoretablefrombackup", "RestoreTableFromBackup", Write, NewBackup),
            FILL[0],
            FILL[1],
            FILL[2],
            FILL[3],
            FILL[4],
            FILL[5],
            FILL[6],
        ],
    ),
    way(
        Road::Kinesis,
        &[admin(
            "dynamodb:enablekinesisstreamingdestination",
            "EnableKinesisStreamingDestination",
            Write,
            Table,
        )],
    ),
    way(
        Road::Replicate,
        &[
            admin("dynamodb:updatetable", "UpdateTable", Write, Table),
            admin("dynamodb:createtablereplica", "CreateTableReplica", Write, Table),
        ],
    ),
    // What the replication service and a replica's account are granted by the table's own policy.
    way(Road::Replicate, &[admin("dynamodb:readdataforreplication", "ReadDataForReplication", Read, Table)]),
    way(Road::Replicate, &[admin("dynamodb:associatetablereplica", "AssociateTableReplica", Write, Table)]),
    way(
        Road::WriteReturn,
        &[Action { shapes: OLD, ..item("dynamodb:putitem", "PutItem", Write, Table, WRITE) }],
    ),
    way(
        Road::WriteReturn,
        &[Action { shapes: OLD_AND_NEW, ..item("dynamodb:updateitem", "UpdateItem", Write, Table, WRITE) }],
    ),
    way(
        Road::WriteReturn,
        &[Action { shapes: OLD, ..item("dynamodb:deleteitem", "DeleteItem", Write, Table, WRITE) }],
    ),
    way(Road::WriteReturn, &[partiql("dynamodb:partiqlupdate", "PartiQLUpdate", Write, Table)]),
    way(
        Road::WriteReturn,
        &[Action { shapes: OLD, ..partiql("dynamodb:partiqldelete", "PartiQLDelete", Write, Table) }],
    ),
    way(Road::Policy, &[admin("dynamodb:putresourcepolicy", "PutResourcePolicy", Permissions, Table)]),
    way(Road::Policy, &[admin("dynamodb:putresourcepolicy", "PutResourcePolicy", Permissions, Stream)]),
    // Where the table's policy denies, to delete it opens the table to whoever else allows it.
    way(Road::Unlock, &[admin("dynamodb:deleteresourcepolicy", "DeleteResourcePolicy", Permissions, Table)]),
    // Where policies ask for tags of the table, a tag is a permission
    // ("Using attribute-based access control with DynamoDB").
    way(Road::Unlock, &[admin("dynamodb:tagresource", "TagResource", Tagging, Table)]),
    way(Road::Unlock, &[admin("dynamodb:untagresource", "UntagResource", Tagging, Table)]),
    way(Road::Unlock, &[admin("dynamodb:updateabacstatus", "UpdateAbacStatus", Permissions, Account)]),
];

/// What a restore needs on the table that it makes
/// ("Using IAM with DynamoDB backup and restore"): it is filled on the caller's behalf.
const FILL: [Action; 7] = [
    admin("dynamodb:batchwriteitem", "BatchWriteItem", Write, NewTable),
    admin("dynamodb:deleteitem", "DeleteItem", Write, NewTable),
    admin("dynamodb:getitem", "GetItem", Read, NewTable),
    admin("dynamodb:putitem", "PutItem", Write, NewTable),
    admin("dynamodb:query", "Query", Read, NewTable),
    admin("dynamodb:scan", "Scan", Read, NewTable),
    admin("dynamodb:updateitem", "UpdateItem", Write, NewTable),
];

/// Actions that read items through a DAX cluster, which asks DynamoDB with a role of its own whoever its caller is
/// ("DAX access control").
pub const DAX: &[&str] =
    &["dax:getitem", "dax:batchgetitem", "dax:query", "dax:scan", "dax:conditioncheckitem"];
