//! Facts of a table.

use std::{collections::BTreeMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Collection, Fact, Node, access,
    encryption::{Keys, account_of},
    index::{self, Index},
    key::{self, Key},
    kinesis::{self, Kinesis},
    known::{self, KnownAs},
    logged::{self, DataEvents},
    protection::{self, Protection},
    restored::{self, Restored},
    sampled::{self, Sample},
    scaling,
    sensitivity::Marks,
    shared::Shared,
    stage::{self, Stage},
    uses::KeyUses,
};
use crate::{
    finding::{Subject, SubjectKind},
    snapshot::{self, Gap, GapId, Seen, Services, Timestamp},
};

/// A DynamoDB table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Table {
    /// Name, unique in its Region.
    pub name: String,
    /// Amazon Resource Name.
    pub arn: String,
    /// For example `eu-west-1`.
    pub region: String,
    /// `ACTIVE`, `CREATING`, `ARCHIVED`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, …
    pub status: Fact<String>,
    /// Days since the table was made; null where DynamoDB does not say.
    pub age_days: Fact<Option<i64>>,
    /// Items at DynamoDB's last count (about every six hours); null where it does not say.
    pub items: Fact<Option<i64>>,
    /// Bytes at DynamoDB's last count; null where it does not say.
    pub bytes: Fact<Option<i64>>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    pub class: Fact<String>,
    /// How capacity is billed.
    pub billing: Fact<Billing>,
    /// Whether a maximum throughput bounds what on-demand requests can cost.
    pub throughput_capped: Fact<bool>,
    /// Whether DeleteTable is refused.
    pub deletion_protection: Fact<bool>,
    /// Tags.
    pub tags: Fact<BTreeMap<String, String>>,
    /// Production or not, by a tag (`env`, `environment`, `stage`, …), else by the first or last word of the name.
    pub stage: Fact<Stage>,
    /// The well-known software that makes tables of such keys and attributes; null for any other.
    pub known_as: Fact<Option<KnownAs>>,
    /// Encryption at rest.
    pub encryption: Encryption,
    /// Time to live.
    pub ttl: Fact<Ttl>,
    /// Point-in-time recovery.
    pub pitr: Fact<Pitr>,
    /// Whether the stream is on.
    pub stream_on: Fact<bool>,
    /// Secondary indexes.
    pub indexes: Collection<Index>,
    /// Resource-based policy of the table; null where it has none.
    pub policy: Fact<Option<ResourcePolicy>>,
    /// CloudWatch Contributor Insights, which shows keys in plaintext.
    pub insights_on: Fact<bool>,
    /// Kinesis streams that receive every change.
    pub kinesis: Collection<Kinesis>,
    /// What CloudTrail records of its items.
    pub data_events: DataEvents,
    /// Whether its provisioned capacity grows with its load, reads and writes.
    pub autoscaled: Fact<bool>,
    /// Whether a global table: it has replicas.
    pub global: Fact<bool>,
    /// Whether this replica is protected against leaving its global table; null where DynamoDB does not say.
    pub disassociation_protection: Fact<Option<bool>>,
    /// Whether a global table of version 2017.11.29, the legacy one.
    pub legacy_global: Fact<bool>,
    /// Where it was restored from; null where it was not.
    pub restored: Fact<Option<Restored>>,
    /// Whether the list of Regions in the configuration leaves its Region out.
    pub outside_allowed_regions: bool,
    /// Zero-ETL integrations that copy it into a warehouse or a lake.
    pub integrations: Collection<Integration>,
    /// What it could be restored from, beside point-in-time recovery.
    pub protection: Protection,
    /// Whether a backup of any kind exists that can be restored.
    pub has_backup: Fact<bool>,
    /// What sampling saw.
    pub sample: Fact<Sample>,
    /// Whether a secret was seen in its sample, a tag says so, or the configuration lists it. Unknown where none of these
    /// says so and one could not be read.
    pub sensitive: Fact<bool>,
    /// Why it is sensitive, to show; empty where it is not.
    pub sensitive_because: Vec<String>,
    /// Whether it is in scope of PCI DSS: card numbers were seen, a tag says so, or the configuration lists it.
    pub pci_scope: Fact<bool>,
    /// Who can read it, counted; the readers themselves are subjects of their own.
    pub access: Access,
}

/// How capacity is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Billing {
    /// Read and write capacity units are provisioned.
    Provisioned,
    /// Each request is billed.
    OnDemand,
}

/// Encryption at rest. Every table is encrypted; the question is with whose key.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Encryption {
    /// Whose key it is.
    pub owner: Fact<KeyOwner>,
    /// Whether DynamoDB has lost the use of the key.
    pub inaccessible: Fact<bool>,
    /// Days until DynamoDB archives the table for that; null while the key can be used.
    pub archive_in_days: Fact<Option<i64>>,
    /// The KMS key; null for the AWS owned key.
    pub key: Fact<Option<Key>>,
}

/// Whose key encrypts a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOwner {
    /// Customer managed key: policy, rotation and disabling are yours.
    Customer,
    /// AWS managed key `aws/dynamodb` of the account.
    AwsManaged,
    /// AWS owned key: DynamoDB's default, which nobody outside of AWS sees.
    AwsOwned,
}

/// Time to live.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Ttl {
    /// Whether expired items are removed.
    pub enabled: bool,
    /// Attribute that holds the expiry; null where none is set.
    pub attribute: Option<String>,
}

/// Point-in-time recovery.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Pitr {
    /// Whether it is on.
    pub enabled: bool,
    /// Days that can be gone back, 1 to 35; null where off or not given.
    pub days: Option<i64>,
    /// Days that can be gone back at present: the history may have begun later; null where off or not given.
    pub history_days: Option<i64>,
}

/// A zero-ETL integration.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Integration {
    /// Amazon Resource Name.
    pub arn: String,
    /// ARN of what receives the copy.
    pub target: String,
    /// Whether that is of another account.
    pub external: bool,
}

/// A resource-based policy, read for whom it lets in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResourcePolicy {
    /// Whether it lets anyone in without a condition that binds the caller.
    pub public: bool,
    /// Whether another account, or a principal of one, is let in.
    pub cross_account: bool,
    /// Accounts that are let in, sorted.
    pub accounts: Vec<String>,
    /// Whether others than the account itself may change the policy, or do everything.
    pub administers: bool,
    /// Whether it holds a statement that denies.
    pub denies: bool,
    /// Services that it lets in whatever resource, of whatever account, they act for; sorted.
    pub unbound_services: Vec<String>,
    /// Whether it names a principal that was deleted.
    pub deleted: bool,
    /// Whether it denies reads to everyone outside of an organization, an account or a network.
    pub perimeter: bool,
}

/// Who can read a table, counted.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Access {
    /// Principals of the account that can read it.
    pub readers: Fact<i64>,
    /// Principals of other accounts, or whole accounts, that can read it.
    pub external: Fact<i64>,
    /// Whether anyone can.
    pub anyone: Fact<bool>,
}

/// What is needed beside the table itself.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The account.
    pub account: &'a snapshot::Account,
    /// Its keys.
    pub keys: &'a Keys<'a>,
    /// Who can read what.
    pub access: &'a access::Access,
    /// Where else each secret lies.
    pub shared: &'a Shared<'a>,
    /// What each key encrypts.
    pub uses: &'a KeyUses,
    /// Which tables are sensitive.
    pub marks: &'a Marks,
    /// When the snapshot was taken.
    pub taken: Timestamp,
}

impl Around<'_> {
    /// What other services of a Region tell; nothing was seen of one that is not in the snapshot.
    pub fn services(&self, region: &str) -> &Services {
        static UNSEEN: LazyLock<Services> = LazyLock::new(Services::default);
        let found = self.account.regions.iter().find(|r| r.name == region);
        found.map_or(&*UNSEEN, |region| &region.services)
    }
}

/// The node of `table`, without what stands below it.
pub fn node(table: &snapshot::Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Node {
    let d = &table.description;
    let services = around.services(&table.region);
    let mark = around.marks.of(&table.arn);
    let facts = Table {
        name: table.name.clone(),
        arn: table.arn.clone(),
        region: table.region.clone(),
        status: Fact::of(d, |d| d.status.clone()),
        age_days: Fact::of(d, |d| d.created.map(|at| at.days_until(around.taken))),
        items: Fact::of(d, |d| d.items),
        bytes: Fact::of(d, |d| d.bytes),
        class: Fact::of(d, |d| d.class.clone()),
        billing: Fact::of(d, |d| match d.billing.as_str() {
            "PAY_PER_REQUEST" => Billing::OnDemand,
            _ => Billing::Provisioned,
        }),
        throughput_capped: Fact::of(d, |d| d.max_read_units.is_some() || d.max_write_units.is_some()),
        deletion_protection: Fact::of(d, |d| d.deletion_protection),
        tags: Fact::of(&table.tags, Clone::clone),
        stage: stage::stage(&table.name, &table.tags),
        known_as: known::known_as(table),
        encryption: encryption(table, around, gaps),
        ttl: Fact::of(&table.time_to_live, |ttl| Ttl {
            enabled: ttl.is_on(),
            attribute: ttl.attribute.clone(),
        }),
        pitr: Fact::of(&table.continuous_backups, |b| Pitr {
            enabled: b.enabled,
            days: b.days,
            history_days: b.earliest.filter(|_| b.enabled).map(|at| at.days_until(around.taken).max(0)),
        }),
        stream_on: Fact::of(d, |d| d.stream.as_ref().is_some_and(|stream| stream.enabled)),
        indexes: match d {
            Seen::Value(d) => Collection::whole(d.indexes.iter().map(index::facts).collect()),
            Seen::Gap(gap) => Collection::unseen(gap),
        },
        policy: access::resource_policy(&table.policy, &table.arn, &around.account.id, gaps),
        insights_on: Fact::of(&table.insights, |i| i.status.starts_with("ENABL")),
        kinesis: kinesis::of(table, &around.account.id, services),
        data_events: logged::of(services, &table.region, &table.arn, &logged::TABLE),
        autoscaled: scaling::autoscaled(table, services),
        global: Fact::of(d, |d| !d.replicas.is_empty()),
        disassociation_protection: Fact::of(d, |d| d.disassociation_protection),
        legacy_global: legacy_global(table, services),
        restored: restored::of(table, around),
        outside_allowed_regions: around.marks.outside(&table.region),
        integrations: integrations(table, &around.account.id, services),
        protection: protection::of(table, around),
        has_backup: protection::has_backup(table),
        sample: match table.sample.value().and_then(snapshot::Sample::unread) {
            Some(gap) => Fact::Unknown(gap.into()),
            None => Fact::of(&table.sample, |sample| sampled::facts(table, sample)),
        },
        sensitive: mark.sensitive.clone(),
        sensitive_because: mark.because.clone(),
        pci_scope: mark.pci_scope.clone(),
        access: around.access.of_table(&table.arn),
    };
    Node::new(subject(SubjectKind::Table, table, &table.arn, &around.account.id, []), &facts)
}

fn legacy_global(table: &snapshot::Table, services: &Services) -> Fact<bool> {
    let listed = &services.legacy_global_tables;
    let says = table.description.value().and_then(|d| d.global_table_version.as_deref());
    match (&listed.gap, listed.items.contains(&table.name) || says == Some("2017.11.29")) {
        (Some(gap), false) => Fact::Unknown(gap.into()),
        (_, legacy) => Fact::Known(legacy),
    }
}

fn integrations(table: &snapshot::Table, account: &str, services: &Services) -> Collection<Integration> {
    let listed = &services.integrations;
    let ours = listed.items.iter().filter(|i| i.source_arn == table.arn && i.status != "deleting");
    let items = ours.map(|integration| Integration {
        arn: integration.arn.clone(),
        target: integration.target_arn.clone(),
        external: account_of(&integration.target_arn).is_some_and(|owner| owner != account),
    });
    Collection { items: items.collect(), gaps: (&listed.gap).into() }
}

/// The subject of `kind` that belongs to `table`.
pub fn subject<const N: usize>(
    kind: SubjectKind,
    table: &snapshot::Table,
    arn: &str,
    account: &str,
    names: [(&str, &str); N],
) -> Subject {
    Subject {
        kind,
        arn: arn.into(),
        account: account.into(),
        region: Some(table.region.clone()),
        table: Some(table.name.clone()),
        tables: None,
        names: names.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
    }
}

fn encryption(table: &snapshot::Table, around: &Around<'_>, gaps: &mut BTreeMap<GapId, Gap>) -> Encryption {
    let described = match &table.description {
        Seen::Value(d) => d,
        Seen::Gap(gap) => {
            return Encryption {
                owner: Fact::Unknown(gap.into()),
                inaccessible: Fact::Unknown(gap.into()),
                archive_in_days: Fact::Unknown(gap.into()),
                key: Fact::Unknown(gap.into()),
            };
        }
    };
    let since = described.encryption.as_ref().and_then(|e| e.inaccessible_since);
    let lost = since.is_some() || described.status == "INACCESSIBLE_ENCRYPTION_CREDENTIALS";
    let owner = around.keys.owner(described.encryption.as_ref(), &table.arn, gaps);
    let arn = described.encryption.as_ref().and_then(|e| e.key_arn.as_deref());
    let key = owner.and_then(|owner| match (owner, arn.and_then(|arn| around.keys.get(arn))) {
        (KeyOwner::AwsOwned, _) | (_, None) => Fact::Known(None),
        (_, Some(key)) => Fact::Known(Some(key::facts(around.account, key, around.uses, around.taken, gaps))),
    });
    Encryption {
        owner,
        inaccessible: Fact::Known(lost),
        // UpdateTable and SSEDescription references: archived after more than seven days.
        archive_in_days: Fact::Known(since.map(|at| 7 - at.days_until(around.taken))),
        key,
    }
}
