//! The actions that lead to a table's data: what each is asked on, and which condition keys its requests carry
//! ("Actions, resources, and condition keys for Amazon DynamoDB").

mod table;

pub use table::{DAX, WAYS};

/// What an action is asked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `table/Name`.
    Table,
    /// `table/Name/index/Index`.
    Index,
    /// The same, of an index over vectors.
    VectorIndex,
    /// `table/Name/stream/Label`.
    Stream,
    /// `table/Name/backup/Id` of a backup that is there.
    Backup,
    /// The same, of a backup still to be made.
    NewBackup,
    /// `table/Name` of a table that a restore makes.
    NewTable,
    /// No resource: the account itself, which only `*` matches.
    Account,
}

impl Form {
    /// The word that reports print.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table | Self::NewTable => "table",
            Self::Index => "index",
            Self::VectorIndex => "vector index",
            Self::Stream => "stream",
            Self::Backup | Self::NewBackup => "backup",
            Self::Account => "account",
        }
    }
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
    /// Items near a vector.
    Search,
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
    /// Items, returned by writes.
    WriteReturn,
    /// The table's own policy.
    Policy,
    /// What holds others off: a policy that denies, a tag that policies ask for.
    Unlock,
}

impl Road {
    /// Whether it leads to the data itself, not to who may have it.
    pub fn leads(self) -> bool {
        !matches!(self, Self::Policy | Self::Unlock)
    }
}

/// How the Service Authorization Reference classes an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Read.
    Read,
    /// Write.
    Write,
    /// Tagging.
    Tagging,
    /// Permissions management.
    Permissions,
}

/// A condition key that requests of some actions carry, in lower case.
pub mod key {
    /// The attributes that a request names.
    pub const ATTRIBUTES: &str = "dynamodb:attributes";
    /// The transaction around a request; missing outside of one.
    pub const ENCLOSING: &str = "dynamodb:enclosingoperation";
    /// The partition keys that a request names.
    pub const LEADING: &str = "dynamodb:leadingkeys";
    /// Another name of the same.
    pub const FIRST: &str = "dynamodb:firstpartitionkeyvalues";
    /// Further attributes of a composite partition key.
    pub const SECOND: &str = "dynamodb:secondpartitionkeyvalues";
    /// Further attributes of a composite partition key.
    pub const THIRD: &str = "dynamodb:thirdpartitionkeyvalues";
    /// Further attributes of a composite partition key.
    pub const FOURTH: &str = "dynamodb:fourthpartitionkeyvalues";
    /// `TOTAL`, `INDEXES` or `NONE`.
    pub const CAPACITY: &str = "dynamodb:returnconsumedcapacity";
    /// What a write returns.
    pub const RETURN: &str = "dynamodb:returnvalues";
    /// What a read returns.
    pub const SELECT: &str = "dynamodb:select";
    /// Whether a PartiQL `SELECT` reads the whole table.
    pub const FULL_SCAN: &str = "dynamodb:fulltablescan";
}

/// Keys that name partition keys.
pub const LEADING_KEYS: &[&str] = &[key::LEADING, key::FIRST, key::SECOND, key::THIRD, key::FOURTH];

/// What one sort of request has under a key: its value, or none where the request does not carry the key.
pub type Fill = (&'static str, Option<&'static str>);

/// One action.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Name in lower case.
    pub name: &'static str,
    /// The name as AWS writes it.
    pub title: &'static str,
    /// How AWS classes it. It does not tell what leads to data: export, restore and the Kinesis destination are
    /// Write.
    pub level: Level,
    /// The resource that it takes.
    pub form: Form,
    /// The `dynamodb:` keys that its requests carry; every other one is missing from them.
    pub keys: &'static [&'static str],
    /// The sorts of request that lead to data; each fills some of its keys, and leaves the rest to the caller.
    pub shapes: &'static [&'static [Fill]],
    /// Whether DynamoDB decrypts on the caller's behalf, so that the caller needs `kms:Decrypt` on the table's key
    /// ("Authorizing use of your KMS key"). What DynamoDB does in the background (export, backup, restore,
    /// Kinesis, replication) it does by its own grants.
    pub decrypts: bool,
}

/// One way along a road: actions that are all needed.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Where it leads.
    pub road: Road,
    /// What it takes.
    pub actions: &'static [Action],
}

/// Names of every action of [`WAYS`] and [`DAX`], in lower case, sorted.
pub fn names() -> Vec<&'static str> {
    let ways = WAYS.iter().flat_map(|way| way.actions).map(|action| action.name);
    let mut names: Vec<&str> = ways.chain(DAX.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The numbers in [`WAYS`] of the ways of an action given by name, whatever its letter case, with or without `dynamodb:`.
pub fn ways_of(name: &str) -> Vec<usize> {
    let lower = name.to_lowercase();
    let full = if lower.contains(':') { lower } else { format!("dynamodb:{lower}") };
    // The transaction has no action of its own: "TransactGetItems" is authorized as GetItem.
    let full = if full == "dynamodb:transactgetitems" { "dynamodb:getitem" } else { &full };
    // A restore scans the table that it makes: that is no way to scan this one.
    let own = |action: &Action| action.form != Form::NewTable && action.name == full;
    let takes = |way: &Way| way.actions.iter().any(own);
    WAYS.iter().enumerate().filter(|(_, way)| takes(way)).map(|(number, _)| number).collect()
}
