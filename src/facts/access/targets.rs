//! The tables of an account as targets of requests: their resources, policies and keys.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::policies::{ANY_TABLE, Policies, malformed};
use crate::{
    iam::{Keys, Kind, Value, actions::Form, pattern::Pattern, resource_policy},
    snapshot::{Account, Gap, GapId, Seen, Table},
};

/// One resource of a table: itself, an index, its stream, a backup.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) arn: String,
    pub(super) form: Form,
    /// Number of the policy that speaks for it.
    pub(super) policy: Option<usize>,
}

/// One table.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) arn: String,
    /// Whether a secret was seen in it.
    pub(super) sensitive: bool,
    pub(super) region: String,
    pub(super) resources: Vec<Resource>,
    /// The gaps behind which a policy of the table or of its stream may lie.
    pub(super) unread: Vec<GapId>,
    /// Whether the policy lets in anyone; read off the policy's text.
    pub(super) public: bool,
    pub(super) keys: Keys,
    pub(super) tags: Option<BTreeMap<String, String>>,
}

/// Every table, by ARN.
pub(super) fn read(
    account: &Account,
    sensitive: &BTreeSet<String>,
    policies: &mut Policies,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Vec<Target> {
    let read = |table| target(account, table, sensitive, policies, gaps);
    let mut targets: Vec<Target> = account.tables.iter().map(read).collect();
    targets.sort_by(|a, b| a.arn.cmp(&b.arn));
    targets
}

fn target(
    account: &Account,
    table: &Table,
    sensitive: &BTreeSet<String>,
    policies: &mut Policies,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Target {
    let mut unread = Vec::new();
    let mut public = false;
    let description = table.description.value();
    let stream = description.and_then(|d| d.latest_stream_arn.clone());
    let mut load = |seen: &Seen<Option<String>>, name: &str, arn: &str| match seen {
        Seen::Value(None) => None,
        Seen::Gap(gap) => {
            unread.push(gap.clone());
            None
        }
        Seen::Value(Some(text)) => match policies.load(name, text, Kind::Resource) {
            Ok(id) => {
                public |= resource_policy::read(text, &account.id, arn).is_ok_and(|reading| reading.public);
                Some(id)
            }
            Err(error) => {
                unread.push(malformed(gaps, "resource-based policy", arn, &error));
                None
            }
        },
    };
    let own = load(&table.policy, "table policy", &table.arn);
    // Of a table that was not described the stream is not known, and its policy is a gap.
    let streams = load(&table.stream_policy, "stream policy", stream.as_deref().unwrap_or(&table.arn));

    let resource = |arn: &str, form, policy| Resource { arn: arn.to_owned(), form, policy };
    let mut resources = vec![
        resource(&table.arn, Form::Table, own),
        resource(&format!("{}/backup/{ANY_TABLE}", table.arn), Form::NewBackup, None),
    ];
    resources.extend(stream.iter().map(|arn| resource(arn, Form::Stream, streams)));
    let indexes = description.iter().flat_map(|d| &d.indexes);
    resources.extend(indexes.map(|index| resource(&index.arn, Form::TableOrIndex, own)));
    resources.extend(table.backups.items.iter().map(|backup| resource(&backup.arn, Form::Backup, None)));

    let keys = Keys::new()
        .with_one("aws:ResourceAccount", &account.id)
        .with_one("aws:RequestedRegion", &table.region)
        .with_one("aws:SecureTransport", "true");
    let tags = table.tags.value().cloned();
    Target {
        arn: table.arn.clone(),
        sensitive: sensitive.contains(&table.arn),
        region: table.region.clone(),
        resources,
        unread,
        public,
        keys: match &tags {
            Some(tags) => with_tags(keys, tags),
            None => keys,
        },
        tags,
    }
}

/// Tags come into requests only where attribute-based access control is on ("Using attribute-based access
/// control with DynamoDB"), so each may be there or not.
fn with_tags(keys: Keys, tags: &BTreeMap<String, String>) -> Keys {
    let tag = |keys: Keys, (name, value): (&String, &String)| {
        keys.with(&format!("aws:ResourceTag/{name}"), Value::Maybe(vec![value.clone()]))
    };
    tags.iter().fold(keys, tag).with_family("aws:ResourceTag/", Value::Absent)
}

/// Which tables each pattern without variables tells apart, found once for all principals.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// For each pattern, a number for each table: equal numbers, equal matches on all resources.
    by_pattern: HashMap<String, Vec<u32>>,
    numbers: HashMap<Vec<bool>, u32>,
    /// Numbers that stand for no match at all.
    none: BTreeSet<u32>,
}

impl Matches {
    /// The numbers of `pattern`, in the order of `targets`.
    pub(super) fn of(&mut self, pattern: &Pattern, targets: &[Target]) -> &[u32] {
        if !self.by_pattern.contains_key(pattern.text()) {
            let Self { numbers, none, .. } = self;
            let number = |target: &Target| {
                let bits: Vec<bool> =
                    target.resources.iter().map(|r| pattern.matches_plain(&r.arn)).collect();
                let hit = bits.contains(&true);
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                let number = *numbers.entry(bits).or_insert(next);
                if !hit {
                    none.insert(number);
                }
                number
            };
            let column = targets.iter().map(number).collect();
            self.by_pattern.insert(pattern.text().to_owned(), column);
        }
        self.by_pattern.get(pattern.text()).map_or(&[], Vec::as_slice)
    }

    /// Whether `number` says that some resource matches.
    pub(super) fn is_hit(&self, number: u32) -> bool {
        !self.none.contains(&number)
    }
}
