//! What hops are aimed at: users and roles, groups, managed policies, found by pattern without a look at each.

use std::collections::{BTreeMap, HashMap};

use super::means::On;
use crate::{
    facts::access::{bits::Bits, policies::Policies, subjects::Subject},
    iam::{
        Context, Keys, Kind, Value,
        pattern::{Pattern, Resolved, Token, matches},
    },
    snapshot::{
        Account, GapId,
        principal::{ManagedPolicy, Principal},
    },
};

/// What the graph needs beside subjects and policies.
#[derive(Debug, Default)]
pub struct Scene {
    pub(super) groups: Vec<Group>,
    pub(super) managed: Vec<Managed>,
    pub(super) subjects: Index,
    pub(super) group_arns: Index,
    pub(super) managed_arns: Index,
    /// None: keys and clusters are known by number.
    nothing: Index,
    /// ARNs of DAX clusters, each with the number of its role; those whose role is of the account.
    pub(super) clusters: Vec<(String, usize)>,
    /// Why there may be more of them.
    pub(super) clusters_unlisted: Option<GapId>,
    /// Tags and boundary of each subject.
    pub(super) traits: Vec<Traits>,
    /// Equal numbers, equal traits.
    pub(super) alike: Vec<u32>,
    /// A Region that the account uses, to name things in.
    pub(super) region: String,
    /// Number of the policy that allows everything.
    pub(super) everything: Option<usize>,
}

/// A group.
#[derive(Debug)]
pub(super) struct Group {
    /// Numbers of its policies.
    pub(super) identity: Vec<usize>,
    /// Subjects that are in it.
    pub(super) members: Vec<usize>,
}

/// A managed policy of the account.
#[derive(Debug)]
pub(super) struct Managed {
    /// Number of what is in force, and of each other version, by name and version; none where the others were not
    /// asked for. A version that does not parse cannot be put in force.
    pub(super) versions: Option<Versions>,
    /// Subjects that have it, themselves or through a group.
    pub(super) holders: Vec<usize>,
}

/// A policy's versions.
#[derive(Debug)]
pub(super) struct Versions {
    pub(super) now: usize,
    pub(super) others: Vec<(String, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Traits {
    pub(super) tags: BTreeMap<String, String>,
    pub(super) boundary: Option<String>,
}

/// What nobody has written but anyone with `iam:PutUserPolicy` and its like could.
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
/// Its name in what is printed.
pub(super) const GIVEN: &str = "(a policy given on the way)";

impl Scene {
    /// Joins groups and managed policies with the subjects that have them.
    pub(in crate::facts::access) fn read(
        account: &Account,
        subjects: &[Subject],
        policies: &mut Policies,
    ) -> Self {
        let all = &account.principals;
        let number: HashMap<&str, usize> =
            subjects.iter().enumerate().map(|(at, subject)| (subject.who.arn.as_str(), at)).collect();
        let mut members: HashMap<&str, Vec<usize>> = HashMap::new();
        for user in &all.users {
            for group in &user.groups {
                members.entry(group).or_default().extend(number.get(user.arn.as_str()));
            }
        }
        let mut groups: Vec<&Principal> = all.groups.iter().collect();
        groups.sort_by(|a, b| a.arn.cmp(&b.arn));
        let own = format!(":iam::{}:policy/", account.id);
        let mut holders: BTreeMap<&str, Vec<usize>> =
            all.policies.keys().filter(|arn| arn.contains(&own)).map(|arn| (arn.as_str(), vec![])).collect();
        let mut hold = |holder: &Principal, who: &[usize]| {
            for arn in &holder.attached {
                if let Some(list) = holders.get_mut(arn.as_str()) {
                    list.extend(who);
                }
            }
        };
        for principal in all.users.iter().chain(&all.roles) {
            if let Some(at) = number.get(principal.arn.as_str()) {
                hold(principal, &[*at]);
            }
        }
        for group in &groups {
            hold(group, members.get(group.name.as_str()).map_or(&[], Vec::as_slice));
        }
        let of: HashMap<&str, &Principal> =
            all.users.iter().chain(&all.roles).map(|principal| (principal.arn.as_str(), principal)).collect();
        let traits: Vec<Traits> = subjects
            .iter()
            .map(|subject| {
                let principal = of.get(subject.who.arn.as_str());
                Traits {
                    tags: principal.map(|p| p.tags.clone()).unwrap_or_default(),
                    boundary: principal.and_then(|p| p.boundary.clone()),
                }
            })
            .collect();
        let mut known: HashMap<&Traits, u32> = HashMap::new();
        let alike = traits.iter().map(|traits| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(traits).or_insert(next)
        });
        let alike = alike.collect();
        // Its text is ours, and parses.
        let everything = policies.load(GIVEN, EVERYTHING, Kind::Identity).ok();
        Self {
            subjects: Index::new(subjects.iter().map(|subject| subject.who.arn.clone()).collect()),
            group_arns: Index::new(groups.iter().map(|group| group.arn.clone()).collect()),
            managed_arns: Index::new(holders.keys().map(|arn| (*arn).to_owned()).collect()),
            groups: groups
                .iter()
                .map(|group| Group {
                    identity: identity(group, account, policies),
                    members: members.get(group.name.as_str()).cloned().unwrap_or_default(),
                })
                .collect(),
            nothing: Index::default(),
            clusters: clusters(account, &number),
            clusters_unlisted: account.regions.iter().find_map(|r| r.services.clusters.gap.clone()),
            managed: holders
                .into_iter()
                .map(|(arn, holders)| Managed {
                    versions: all.policies.get(arn).and_then(|managed| versions(managed, policies)),
                    holders,
                })
                .collect(),
            region: account
                .regions
                .iter()
                .map(|region| region.name.clone())
                .min()
                .unwrap_or_else(|| "us-east-1".to_owned()),
            traits,
            alike,
            everything,
        }
    }

    /// What `on` is chosen from.
    pub(super) fn index(&self, on: On) -> &Index {
        match on {
            On::Role | On::User => &self.subjects,
            On::Group => &self.group_arns,
            On::Managed => &self.managed_arns,
            On::Key | On::Cluster => &self.nothing,
        }
    }

    /// Subjects that gain by what is done to the things of `found`.
    pub(super) fn whom(&self, on: On, found: &Bits) -> Bits {
        let size = self.subjects.len();
        let gather = |lists: Vec<&Vec<usize>>| Bits::of(size, lists.into_iter().flatten().copied());
        match on {
            On::Role | On::User | On::Key | On::Cluster => found.clone(),
            On::Group => gather(
                found.iter().filter_map(|at| self.groups.get(at)).map(|group| &group.members).collect(),
            ),
            On::Managed => gather(
                found.iter().filter_map(|at| self.managed.get(at)).map(|managed| &managed.holders).collect(),
            ),
        }
    }

    /// What a request that is aimed at a thing always has.
    pub(super) fn keys(&self, account: &str, on: On, at: usize) -> Keys {
        let mut keys =
            Keys::new().with_one("aws:ResourceAccount", account).with_one("aws:SecureTransport", "true");
        let Some(traits) = self.traits.get(at).filter(|_| matches!(on, On::Role | On::User)) else {
            return keys;
        };
        for family in ["aws:ResourceTag/", "iam:ResourceTag/"] {
            for (name, value) in &traits.tags {
                keys = keys.with_one(&format!("{family}{name}"), value);
            }
            keys = keys.with_family(family, Value::Absent);
        }
        match &traits.boundary {
            Some(boundary) => keys.with_one("iam:PermissionsBoundary", boundary),
            None => keys.with("iam:PermissionsBoundary", Value::Absent),
        }
    }
}

/// The DAX clusters of an account whose role is among its subjects.
fn clusters(account: &Account, number: &HashMap<&str, usize>) -> Vec<(String, usize)> {
    let all = account.regions.iter().flat_map(|region| &region.services.clusters.items);
    let mut clusters: Vec<_> = all
        .filter_map(|cluster| Some((cluster.arn.clone(), *number.get(cluster.role_arn.as_str())?)))
        .collect();
    clusters.sort_unstable();
    clusters
}

/// The versions of a managed policy.
fn versions(managed: &ManagedPolicy, policies: &mut Policies) -> Option<Versions> {
    let others = managed.others.as_ref()?;
    let now = policies.load(&managed.name, managed.document.value()?, Kind::Identity).ok()?;
    let load = |(version, text): (&String, &String)| {
        let name = format!("{}:{version}", managed.name);
        let id = policies.load(&name, text, Kind::Identity).ok()?;
        Some((name, id))
    };
    Some(Versions { now, others: others.iter().filter_map(load).collect() })
}

/// The policies of a group, as they were loaded with its members; one that could not be read is a gap there.
fn identity(group: &Principal, account: &Account, policies: &mut Policies) -> Vec<usize> {
    let inline = group.inline.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let attached = group.attached.iter().filter_map(|arn| {
        let managed = account.principals.policies.get(arn)?;
        Some((managed.name.as_str(), managed.document.value()?.as_str()))
    });
    inline.chain(attached).filter_map(|(name, text)| policies.load(name, text, Kind::Identity).ok()).collect()
}

/// ARNs in order, found by the end or the beginning of a pattern.
#[derive(Debug, Default)]
pub struct Index {
    arns: Vec<String>,
    /// By what follows the last slash.
    by_name: HashMap<String, Vec<usize>>,
}

impl Index {
    fn new(arns: Vec<String>) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, arn) in arns.iter().enumerate() {
            by_name.entry(name(arn).to_owned()).or_default().push(at);
        }
        Self { arns, by_name }
    }

    pub(super) fn len(&self) -> usize {
        self.arns.len()
    }

    pub(super) fn arn(&self, at: usize) -> &str {
        self.arns.get(at).map_or("", String::as_str)
    }

    /// Those that a pattern covers, or may cover where a variable of it is not known.
    pub(super) fn matching(&self, pattern: &Pattern, context: &Context<'_>) -> Bits {
        match pattern.resolve(context) {
            Resolved::Tokens(tokens) => self.covered(&tokens),
            Resolved::Unknown { widest, .. } => self.covered(&widest),
            Resolved::Nothing => Bits::none(self.len()),
        }
    }

    fn covered(&self, tokens: &[Token]) -> Bits {
        if tokens == [Token::Many] {
            return Bits::all(self.len());
        }
        let plain = |token: &Token| match token {
            Token::Char(char) => Some(*char),
            _ => None,
        };
        let hit = |at: &usize| matches(tokens, self.arn(*at));
        let mut end: Vec<char> = tokens.iter().rev().map_while(plain).collect();
        end.reverse();
        if let Some(slash) = end.iter().rposition(|char| *char == '/') {
            let name: String = end.iter().skip(slash + 1).collect();
            let same = self.by_name.get(&name).map_or(&[][..], Vec::as_slice);
            return Bits::of(self.len(), same.iter().copied().filter(hit));
        }
        let head: String = tokens.iter().map_while(plain).collect();
        let from = self.arns.partition_point(|arn| arn.as_str() < head.as_str());
        let run = self.arns.get(from..).unwrap_or_default();
        let until = from + run.partition_point(|arn| arn.starts_with(&head));
        Bits::of(self.len(), (from..until).filter(hit))
    }
}

fn name(arn: &str) -> &str {
    arn.rsplit_once('/').map_or(arn, |(_, name)| name)
}
