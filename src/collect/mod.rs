//! Asks AWS everything that a run needs to know, and decides nothing: an account in, a snapshot out.
//!
//! What was refused, throttled or malformed becomes a gap beside what was seen. Tracing events of this room go to
//! the target `dynaudit` and name calls, Regions and outcomes; no event carries an answer.

mod activity;
mod bounded;
mod budget;
pub mod calls;
pub mod clients;
mod clock;
mod copies;
mod credentials;
mod describe;
mod desk;
mod door;
mod empty;
mod entities;
pub mod export;
mod fault;
pub mod guard;
mod identity;
mod item;
mod keys;
mod lane;
mod light;
mod organization;
mod pace;
mod pages;
mod patience;
mod piece;
pub mod policy;
mod principals;
mod region;
pub mod regions;
mod run;
mod sample;
mod seat;
mod second;
mod services;
mod shared;
pub mod sign;
mod silence;
mod spread;
mod tables;
mod veil;
mod whole;

pub use aws_types::SdkConfig;
pub use clients::{Session, load};
pub use export::{ExportError, Exports};
pub use light::service::operation;
pub use patience::Effort;
pub use policy::policy;
pub use run::collect;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::detect::{DigestKey, Own};
use crate::snapshot::{Topic, pieces::Pieces};

/// What to collect.
pub struct Plan {
    /// Where to look.
    pub regions: Regions,
    /// Pattern of table names, where `*` stands for any characters and `?` for one; none for all tables.
    pub table: Option<String>,
    /// Exports that are read in place of their tables.
    pub exports: Exports,
    /// How to read items; none reads no item.
    pub sampling: Option<Sampling>,
    /// Whether to spend what tables leave of their budgets on a second look at those in doubt.
    pub second_look: bool,
    /// What the choice of segments derives from, beside the table's ARN.
    pub seed: u64,
    /// Key of the digests that stand for values.
    pub digest_key: DigestKey,
    /// What a user adds to the detector.
    pub own: Own,
    /// Calls in flight, and tables in work, at one time: 1 to 256.
    pub concurrency: usize,
    /// What to look at beside the tables themselves.
    pub topics: BTreeSet<Topic>,
    /// Of these, what a check asks of Regions without tables, too; else they are spared what tells of tables alone.
    pub everywhere: BTreeSet<Topic>,
    /// Where finished pieces are kept, so that a run that is killed can be taken up again.
    pub kept: Option<Arc<Pieces>>,
}

/// How much to read of each table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Most items.
    pub items: u64,
    /// Most read capacity units; one request may pass it.
    pub rcu_budget: f64,
    /// Most of a provisioned table's read capacity to take, 0 to 1.
    pub share: f64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { items: 200, rcu_budget: 50.0, share: 0.05 }
    }
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// In these.
    Given(Vec<String>),
    /// In every Region of the partition that the configured Region is in.
    All,
}

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Halt {
    /// It does.
    #[default]
    Go,
    /// Somebody stopped it.
    Interrupted,
    /// Its time is over.
    Deadline,
}

/// Told how the run gets on; every method may be called from many tasks at once.
pub trait Progress: Send + Sync {
    /// A Region is being looked at.
    fn region(&self, _name: &str) {}
    /// So many of a Region's tables will be looked at.
    fn tables(&self, _region: &str, _found: usize) {}
    /// A table is done.
    fn table_done(&self, _arn: &str) {}
    /// So many more items were read.
    fn items(&self, _more: u64) {}
    /// All is collected, and took this much.
    fn done(&self, _effort: &Effort) {}
}

/// Progress that nobody watches.
impl Progress for () {}

/// Why nothing could be collected at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing to ask with.
    #[error(
        "no AWS credentials were found\n  help: name a profile with --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID; \
         for SSO run `aws sso login` first"
    )]
    NoCredentials,
    /// AWS does not accept the credentials, whatever is asked.
    #[error(
        "AWS does not accept the credentials: {0}\n  help: sign in again, name another profile with --profile, or set this \
         machine's clock"
    )]
    BadCredentials(String),
    /// Nothing answered.
    #[error(
        "no AWS endpoint could be reached: {0}\n  help: check the network, --endpoint-url and AWS_ENDPOINT_URL"
    )]
    Unreachable(String),
    /// The key that is to sign evidence cannot.
    #[error(
        "{0} cannot sign evidence: {1}\n  help: `dynaudit policy --with-signing` prints what it takes, and the key's own \
         policy must not stand against it"
    )]
    Signing(String, String),
    /// What the environment names as an endpoint is none.
    #[error("{0} is no URL like https://example.com\n  help: set it anew, or unset it")]
    Endpoint(String),
    /// A shared configuration file of AWS cannot be read.
    #[error(
        "cannot read {0}: {1}\n  help: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name the shared files"
    )]
    Shared(String, String),
    /// An export that is to be read where it lies cannot be.
    #[error("{0}")]
    Export(String),
    /// Nobody said where to look.
    #[error("no Region was named\n  help: give --region or --all-regions, or set AWS_REGION")]
    NoRegion,
}
