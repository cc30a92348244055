//! The tables of an account as targets of requests: their resources, policies, keys and tags.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    guard::Guard,
    known::ANY_TABLE,
    locks::{Lock, Locks},
    policies::Policies,
};
use crate::{
    facts::gaps::{Gaps, malformed},
    iam::{Effect, Keys, Kind, Value, actions::Form, resource_policy},
    snapshot::{Account, Gap, GapId, Seen, Table, table::KeyElement},
};

/// One resource of a table: itself, an index, its stream, a backup.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) arn: String,
    pub(super) form: Form,
    /// Number of the policy that speaks for it.
    pub(super) policy: Option<usize>,
    /// Whether it is there. What is not stands for one that may come, so that two tables of which one has a
    /// stream are no difference in rights.
    pub(super) real: bool,
    /// The attributes that it holds; none where it holds all.
    holds: Option<Vec<String>>,
}

impl Resource {
    /// A resource that stands for itself alone.
    pub(super) fn lone(arn: String, form: Form, real: bool) -> Self {
        Self { arn, form, policy: None, real, holds: None }
    }

    /// Whether a read of it can return `attribute`.
    pub(super) fn holds(&self, attribute: &str) -> bool {
        self.holds.as_ref().is_none_or(|names| names.iter().any(|name| name == attribute))
    }
}

/// One table.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) arn: String,
    pub(super) name: String,
    /// Whether it is known to be sensitive.
    pub(super) sensitive: bool,
    /// The gaps that keep it from being known whether it is.
    pub(super) unsampled: Option<Gaps>,
    pub(super) region: String,
    pub(super) resources: Vec<Resource>,
    /// Numbers of its own policy and its stream's as templates: equal ones say the same, each of its own table.
    pub(super) templates: [Option<usize>; 2],
    /// The gaps behind which a policy of the table or of its stream may lie.
    pub(super) unread: Vec<GapId>,
    /// The first of them, where it is about the table itself.
    pub(super) own_unread: Option<GapId>,
    /// The gap behind which its indexes and its stream lie, and the stream's policy: grants on them alone
    /// are not seen.
    pub(super) undescribed: Option<GapId>,
    /// Whether the policy lets in anyone; read off the policy's text.
    pub(super) public: bool,
    /// Whether its own policy, if deleted, would let somebody in.
    pub(super) denies: bool,
    pub(super) keys: Arc<Keys>,
    /// The same, without its tags.
    plain: Arc<Keys>,
    pub(super) tags: Option<BTreeMap<String, String>>,
    /// What decrypts it.
    pub(super) lock: Lock,
    /// Names of the attributes that make up its primary key.
    pub(super) key_attributes: Vec<String>,
}

impl Target {
    /// The gaps behind which a way in may lie.
    pub(super) fn hidden(&self) -> Gaps {
        Gaps::from(&self.unread).and(&self.undescribed)
    }

    /// The gaps behind which lies what its key says.
    pub(super) fn unseen_key(&self) -> Option<&Gaps> {
        match &self.lock {
            Lock::Unseen(gaps) => Some(gaps),
            Lock::Open | Lock::Key(_) => None,
        }
    }

    /// Its resources of one form.
    pub(super) fn of(&self, form: Form) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.form == form)
    }

    /// A table of the same Region that no policy names: only wildcards reach it.
    pub(super) fn nameless(&self) -> Target {
        let head = self.arn.split_once(":table/").map_or("", |(head, _)| head);
        let arn = format!("{head}:table/{ANY_TABLE}");
        Target {
            resources: imagined(&arn, |_| true),
            name: ANY_TABLE.to_owned(),
            sensitive: false,
            unsampled: None,
            region: self.region.clone(),
            templates: [None, None],
            unread: Vec::new(),
            own_unread: None,
            undescribed: None,
            public: false,
            denies: true,
            // It may bear any tag.
            keys: Arc::clone(&self.plain),
            plain: Arc::clone(&self.plain),
            tags: None,
            lock: Lock::Open,
            key_attributes: Vec::new(),
            arn,
        }
    }
}

/// Every table, by ARN.
pub(super) fn read(
    account: &Account,
    (sensitive, unsure): (&BTreeSet<String>, &BTreeMap<String, Gaps>),
    policies: &mut Policies,
    (locks, guard): (&Locks, &Guard),
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Vec<Target> {
    let mut reader =
        Reader { account, sensitive, unsure, policies, locks, guard, gaps, templates: HashMap::new() };
    let mut targets: Vec<Target> = account.tables.iter().map(|table| reader.target(table)).collect();
    targets.sort_by(|a, b| a.arn.cmp(&b.arn));
    targets
}

struct Reader<'a> {
    account: &'a Account,
    sensitive: &'a BTreeSet<String>,
    unsure: &'a BTreeMap<String, Gaps>,
    policies: &'a mut Policies,
    locks: &'a Locks,
    guard: &'a Guard,
    gaps: &'a mut BTreeMap<GapId, Gap>,
    templates: HashMap<String, usize>,
}

/// A resource's own policy.
#[derive(Default)]
struct Own {
    policy: Option<usize>,
    template: Option<usize>,
    unread: Option<GapId>,
    public: bool,
}

impl Reader<'_> {
    fn target(&mut self, table: &Table) -> Target {
        let description = table.description.value();
        let stream = description.and_then(|d| d.latest_stream_arn.as_deref());
        let own = self.own(&table.policy, "table policy", &table.arn);
        let streams = stream.map(|arn| self.own(&table.stream_policy, "stream policy", arn));
        let streams = streams.unwrap_or_default();

        let resource =
            |arn: &str, form, policy| Resource { policy, ..Resource::lone(arn.to_owned(), form, true) };
        let mut resources = vec![
            resource(&table.arn, Form::Table, own.policy),
            resource(&format!("{}/backup/{ANY_TABLE}", table.arn), Form::NewBackup, None),
            resource("*", Form::Account, None),
        ];
        let key_attributes = key_names(description.map_or(&[], |d| &d.keys));
        if let (Some(arn), Some(d)) = (stream, description) {
            let view = d.stream.as_ref().and_then(|stream| stream.view.as_deref());
            let holds = (view == Some("KEYS_ONLY")).then(|| key_attributes.clone());
            resources.push(Resource { holds, ..resource(arn, Form::Stream, streams.policy) });
        }
        for index in description.iter().flat_map(|d| &d.indexes) {
            let form = if index.kind == "vector" { Form::VectorIndex } else { Form::Index };
            // "Local secondary indexes: fetching from the table" gives what an index does not hold itself.
            let all = index.projection == "ALL" || index.kind == "local";
            let own_keys = index.keys.iter().map(|key| key.name.clone());
            let holds = (!all)
                .then(|| key_attributes.iter().chain(&index.included).cloned().chain(own_keys).collect());
            resources.push(Resource { holds, ..resource(&index.arn, form, own.policy) });
        }
        let backups = table.backups.items.iter();
        resources.extend(backups.map(|backup| resource(&backup.arn, Form::Backup, None)));
        let there: BTreeSet<Form> = resources.iter().map(|resource| resource.form).collect();
        resources.extend(imagined(&table.arn, |form| !there.contains(&form)));
        resources.sort_by_key(|resource| resource.form);

        let keys = self
            .guard
            .resource_keys()
            .with_one("aws:ResourceAccount", &self.account.id)
            .with_one("aws:RequestedRegion", &table.region)
            .with_one("aws:SecureTransport", "true");
        let tags = table.tags.value().cloned();
        let sample = table.sample.as_result();
        let sensitive = self.sensitive.contains(&table.arn);
        let denies = |id: usize| {
            self.policies.get(id).policy.statements.iter().any(|statement| statement.effect == Effect::Deny)
        };
        Target {
            arn: table.arn.clone(),
            name: table.name.clone(),
            sensitive,
            unsampled: match (sensitive, self.unsure.get(&table.arn)) {
                (true, _) => None,
                (false, Some(gap)) => Some(gap.clone()),
                (false, None) => {
                    sample.map_or_else(|gap| Some(gap.into()), |sample| sample.gap.as_ref().map(Gaps::from))
                }
            },
            region: table.region.clone(),
            resources,
            templates: [own.template, streams.template],
            denies: own.policy.is_some_and(denies),
            own_unread: own.unread.clone(),
            unread: own.unread.into_iter().chain(streams.unread).collect(),
            undescribed: table.description.gap().cloned(),
            public: own.public || streams.public,
            keys: Arc::new(match &tags {
                Some(tags) => with_tags(keys.clone(), tags),
                None => keys.clone(),
            }),
            plain: Arc::new(keys),
            tags,
            lock: self.locks.of(table),
            key_attributes,
        }
    }

    fn own(&mut self, seen: &Seen<Option<String>>, name: &str, arn: &str) -> Own {
        let text = match seen {
            Seen::Value(None) => return Own::default(),
            Seen::Gap(gap) => return Own { unread: Some(gap.clone()), ..Own::default() },
            Seen::Value(Some(text)) => text,
        };
        match self.policies.load(name, text, Kind::Resource) {
            Ok(id) => {
                let next = self.templates.len();
                // What the policy says with its own table's name left out.
                let same = text.replace(arn, "\u{0}");
                let reading = resource_policy::read(text, &self.account.id, arn);
                Own {
                    policy: Some(id),
                    template: Some(*self.templates.entry(format!("{name} {same}")).or_insert(next)),
                    unread: None,
                    public: reading.is_ok_and(|reading| reading.public),
                }
            }
            Err(error) => {
                let gap = malformed(self.gaps, "resource-based policy", arn, &error);
                Own { unread: Some(gap), ..Own::default() }
            }
        }
    }
}

fn key_names(keys: &[KeyElement]) -> Vec<String> {
    keys.iter().map(|key| key.name.clone()).collect()
}

/// Resources that the table `arn` does not have, of the forms that are `wanted`.
fn imagined(arn: &str, wanted: impl Fn(Form) -> bool) -> Vec<Resource> {
    let any = ANY_TABLE;
    let all = [
        (Form::Table, arn.to_owned()),
        (Form::Index, format!("{arn}/index/{any}")),
        (Form::VectorIndex, format!("{arn}/index/{any}")),
        (Form::Stream, format!("{arn}/stream/{any}")),
        (Form::Backup, format!("{arn}/backup/{any}")),
        (Form::NewBackup, format!("{arn}/backup/{any}")),
        (Form::Account, "*".to_owned()),
    ];
    let resource = |(form, arn)| Resource::lone(arn, form, false);
    all.into_iter().filter(|(form, _)| wanted(*form)).map(resource).collect()
}

/// Tags come into requests only where attribute-based access control is on ("Using attribute-based access
/// control with DynamoDB"), so each may be there or not.
fn with_tags(keys: Keys, tags: &BTreeMap<String, String>) -> Keys {
    let tag = |keys: Keys, (name, value): (&String, &String)| {
        keys.with(&format!("aws:ResourceTag/{name}"), Value::Maybe(vec![value.clone()]))
    };
    tags.iter().fold(keys, tag).with_family("aws:ResourceTag/", Value::Absent)
}
