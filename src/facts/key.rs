//! Facts of a KMS key and of its grants.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::gaps::malformed;
use super::{Collection, Fact, Node, table::KeyOwner, uses::KeyUses};
use crate::{
    finding::{Subject, SubjectKind, TableSet},
    iam::arn::Arn,
    kms,
    snapshot::{self, Account, Gap, GapId, Seen, Timestamp},
};

/// A KMS key that something of DynamoDB is encrypted with.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Key {
    /// Amazon Resource Name.
    pub arn: String,
    /// Whose key it is.
    pub owner: Fact<KeyOwner>,
    /// Whether it belongs to another account.
    pub external: Fact<bool>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`, …
    pub state: Fact<String>,
    /// Days until it is deleted; null where no deletion is scheduled.
    pub deletion_in_days: Fact<Option<i64>>,
    /// Where its material comes from: `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
    pub origin: Fact<String>,
    /// Days until imported material expires; null where it does not.
    pub material_expires_in_days: Fact<Option<i64>>,
    /// Whether automatic rotation is on; null where the key cannot rotate by itself.
    pub rotation: Fact<Option<bool>>,
    /// Number of tables and replicas that it encrypts; unknown where some table could not be described or listed.
    pub tables: Fact<i64>,
    /// Whether it encrypts tables of production and others.
    pub mixes_stages: Fact<bool>,
    /// Whether it encrypts sensitive tables and others.
    pub mixes_sensitivity: Fact<bool>,
    /// Who may decrypt by the key's policy.
    pub policy: Fact<KeyPolicy>,
    /// Grants.
    pub grants: Collection<Grant>,
}

/// A key policy, read for who may decrypt.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyPolicy {
    /// Whether anyone may decrypt, without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, may decrypt or make grants.
    pub cross_account: bool,
    /// Accounts beside the owner that may, sorted.
    pub accounts: Vec<String>,
    /// Whether somebody whom the policy names may decrypt without DynamoDB between (`kms:ViaService`) and
    /// without an encryption context; the account as a whole, to which it may hand over, aside.
    pub usable_outside_dynamodb: bool,
    /// Whether the policy hands decisions over to the account's IAM policies.
    pub delegates_to_iam: bool,
}

/// A grant on a key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Grant {
    /// Id.
    pub id: String,
    /// Who may use it; empty where KMS does not say.
    pub grantee: String,
    /// Whether it lets its grantee decrypt.
    pub decrypts: bool,
    /// Whether the grantee is of another account.
    pub external: bool,
    /// Whether the grantee is an AWS service.
    pub service: bool,
    /// Whether the grantee no longer exists (only a unique id is left).
    pub deleted: bool,
    /// Whether an encryption context bounds it.
    pub constrained: bool,
}

/// One node for each key of the account, by ARN, with its grants below.
pub fn nodes(
    account: &Account,
    uses: &KeyUses,
    taken: Timestamp,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Vec<Node> {
    let node = |key: &snapshot::Key| {
        let facts = facts(account, key, uses, taken, gaps);
        let subject = |kind, names| Subject {
            kind,
            arn: facts.arn.clone(),
            account: account.id.clone(),
            region: Some(key.region.clone()),
            table: None,
            tables: None,
            names,
        };
        let uses = uses.by(key).each;
        let tables = TableSet::of(uses.keys().map(|(arn, _)| arn.as_str()));
        let own = Subject { tables: Some(tables), ..subject(SubjectKind::Key, BTreeMap::new()) };
        let mut node = Node::new(own, &facts);
        // A finding about a key is one, and names all that the key encrypts.
        let named = uses.values().map(|used| (used.region.as_str(), used.table.as_str()));
        let named: BTreeSet<String> = named.map(|(region, table)| format!("{region}/{table}")).collect();
        node.evidence = [("tables".to_owned(), named.into_iter().collect())].into();
        node.children = facts
            .grants
            .items
            .iter()
            .map(|grant| {
                let names = [("grant".to_owned(), grant.id.clone())].into();
                Node::new(subject(SubjectKind::Grant, names), grant)
            })
            .collect();
        node.children.extend(uses.iter().map(|((arn, place), used)| {
            let names = [("key", facts.arn.as_str()), ("place", place.as_str())];
            let names = names.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            let (region, table) = (Some(used.region.clone()), Some(used.table.clone()));
            let of_key = subject(SubjectKind::Use, names);
            Node::new(Subject { arn: arn.clone(), region, table, ..of_key }, used)
        }));
        if !facts.grants.gaps.is_empty() {
            let grants = subject(SubjectKind::Grant, BTreeMap::new());
            node.children.push(Node::unlisted(grants, &facts.grants.gaps));
        }
        node
    };
    let mut nodes: Vec<Node> = account.keys.iter().map(node).collect();
    nodes.sort_by(|a, b| a.subject.arn.cmp(&b.subject.arn));
    nodes
}

/// The facts of one key. `taken`: when the snapshot was; days are counted from there. A policy that does
/// not parse becomes a gap on the key.
pub fn facts(
    account: &Account,
    key: &snapshot::Key,
    uses: &KeyUses,
    taken: Timestamp,
    gaps: &mut BTreeMap<GapId, Gap>,
) -> Key {
    let uses = uses.by(key);
    let description = &key.description;
    let named = Arn::parse(&key.arn).map(|arn| arn.account).filter(|id| !id.is_empty());
    let told = description.value().and_then(|d| d.account.as_deref());
    let owner = told.or(named).unwrap_or(&account.id);
    let days = |at: Option<Timestamp>| at.map(|at| taken.days_until(at));
    Key {
        arn: key.arn.clone(),
        owner: Fact::of(description, |d| match d.manager.as_deref() {
            Some("AWS") => KeyOwner::AwsManaged,
            _ => KeyOwner::Customer,
        }),
        external: match (told.or(named), description.gap()) {
            (None, Some(gap)) => Fact::Unknown(gap.into()),
            _ => Fact::Known(owner != account.id),
        },
        state: Fact::of(description, |d| d.state.clone().unwrap_or_default()),
        deletion_in_days: Fact::of(description, |d| days(d.deletion_date)),
        origin: Fact::of(description, |d| d.origin.clone().unwrap_or_default()),
        material_expires_in_days: Fact::of(description, |d| days(d.valid_to)),
        rotation: Fact::of(&key.rotation, |rotation| rotation.as_ref().map(|r| r.enabled)),
        tables: uses.tables,
        mixes_stages: uses.mixes_stages,
        mixes_sensitivity: uses.mixes_sensitivity,
        policy: policy(key, owner, gaps),
        grants: Collection {
            items: key.grants.items.iter().map(|grant| self::grant(grant, owner)).collect(),
            gaps: (&key.grants.gap).into(),
        },
    }
}

fn policy(key: &snapshot::Key, owner: &str, gaps: &mut BTreeMap<GapId, Gap>) -> Fact<KeyPolicy> {
    let text = match &key.policy {
        Seen::Value(text) => text,
        Seen::Gap(gap) => return Fact::Unknown(gap.into()),
    };
    let arn = key.description.value().map_or(key.arn.as_str(), |d| d.arn.as_str());
    match kms::read_key_policy(text, arn, owner) {
        Ok(reading) => Fact::Known(KeyPolicy {
            public: reading.public,
            cross_account: reading.cross_account,
            accounts: reading.accounts.into_iter().collect(),
            usable_outside_dynamodb: reading.usable_outside_dynamodb,
            delegates_to_iam: reading.delegates_to_iam,
        }),
        Err(error) => Fact::Unknown(malformed(gaps, "key policy", &key.arn, &error).into()),
    }
}

fn grant(grant: &snapshot::key::Grant, owner: &str) -> Grant {
    let reading = kms::read_grant(grant, owner);
    Grant {
        id: grant.id.clone(),
        grantee: grant.grantee.clone().unwrap_or_default(),
        decrypts: reading.decrypts,
        external: reading.external,
        service: reading.service,
        deleted: reading.deleted,
        constrained: reading.constrained,
    }
}
