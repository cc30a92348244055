//! The options of `who-can`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::config::Lines;

pub(super) const EXAMPLES: &str = "\
Examples:
  dynaudit demo --save demo.json --quiet > /dev/null; dynaudit who-can demo.json --table oauth_tokens
  dynaudit who-can prod.json --table sessions --attribute refresh_token
  dynaudit who-can prod.json --table orders --index by_customer --action Query --direct
  dynaudit who-can prod.json --table orders --principal 'ci-*' --indirect --format json";

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  answered
  2  the question cannot be asked: no snapshot, no such table, index, stream or action
  3  answered, but a policy or a list that could change the answer was not seen";

/// `who-can`
///
/// Readers by their own rights come first: outright, under a condition, or let in by DynamoDB and stopped by KMS.
/// Then those who read through others: by the roles that they can become, and by the rights that they can give
/// themselves, each hop with the statements that let it. A way of more than eight hops is told by its first ones, how
/// many are left out before the last (`hops_left_out`), and the last; whom the hops before those lead to has an entry of
/// its own, which goes on from there.
#[derive(Debug, Args)]
pub struct WhoCan {
    /// What `collect`, `audit --save` or `demo --save` wrote, or an evidence bundle; - is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Name or ARN of the table; a name means the table in every Region that has it
    #[arg(long, value_name = "TABLE")]
    pub table: String,
    /// Only those who can read this index
    #[arg(long, value_name = "INDEX", conflicts_with = "stream")]
    pub index: Option<String>,
    /// Only those who can read the stream
    #[arg(long)]
    pub stream: bool,
    /// Only those who can be given this attribute, of the top level of an item
    #[arg(long, value_name = "NAME")]
    pub attribute: Option<String>,
    /// Only those who may take this action, such as Scan
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// Only principals whose name or ARN is like this; * and ? stand for other characters
    #[arg(long, value_name = "GLOB")]
    pub principal: Option<String>,
    /// Only those who read by rights of their own
    #[arg(long, conflicts_with = "indirect")]
    pub direct: bool,
    /// Only those who read through others
    #[arg(long)]
    pub indirect: bool,
    /// Form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Lines,
}
