//! KMS keys that tables, replicas and backups name: each asked about once, in its own Region.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{GrantListEntry, KeyMetadata};

use super::calls::{self, Call};
use super::describe::{count, moment};
use super::desk::Desk;
use super::fault::Fault;
use super::pages::{Page, pages};
use super::run::Run;
use super::tables::document;
use crate::snapshot::key::{Description, Grant, Key, Rotation};
use crate::snapshot::table::{Backup, Encryption, Table};
use crate::snapshot::{Listed, Seen, Topic, Why};

/// ARNs of the keys to ask about, sorted.
pub(super) fn named<'a>(tables: &'a [Table], orphans: impl Iterator<Item = &'a Backup>) -> BTreeSet<String> {
    let of_backup = |backup: &'a Backup| backup.encryption.value().and_then(Option::as_ref).and_then(key_of);
    let of_tables = tables.iter().flat_map(|table| {
        let described = table.description.value();
        let own = described.and_then(|d| d.encryption.as_ref()).and_then(key_of);
        let replicas = described.into_iter().flat_map(|d| &d.replicas).filter_map(|r| r.key_arn.clone());
        let backups = table.backups.items.iter().filter_map(of_backup);
        own.into_iter().chain(replicas).chain(backups)
    });
    of_tables.chain(orphans.filter_map(of_backup)).collect()
}

fn key_of(encryption: &Encryption) -> Option<String> {
    encryption.key_arn.clone()
}

/// Region of a key: the fourth part of its ARN.
pub(super) fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// Asks about one key what the run needs.
pub(super) async fn key(run: &Run, arn: &str) -> Key {
    let (desk, region) = (&*run.desk, region_of(arn));
    let client = &run.clients.kms(region);
    let description = match run.unasked(Topic::Keys) {
        Some(gap) => Seen::Gap(gap),
        None => {
            let send = || client.describe_key().key_id(arn).send();
            let answer = desk.ask(&calls::DESCRIBE_KEY, region, send).await.and_then(|out| {
                out.key_metadata.ok_or_else(|| Fault::own(Why::Malformed, "the answer holds no key"))
            });
            desk.seen(&calls::DESCRIBE_KEY, arn, answer.map(|metadata| describe(&metadata)))
        }
    };
    let row = |rotation, policy, grants, tags| Key {
        arn: arn.to_owned(),
        region: region.to_owned(),
        description: description.clone(),
        rotation,
        policy,
        grants,
        tags,
    };
    // Only DescribeKey takes an alias; where it was refused, nobody knows which key to ask about. A key that is
    // gone, or was never reached, has one gap and not five.
    let needless = run.unasked(Topic::KeySettings);
    let hidden = description
        .gap()
        .filter(|gap| arn.contains(":alias/") || desk.because(gap, Why::Gone) || desk.unreached(gap));
    if let Some(gap) = needless.as_ref().or(hidden) {
        let (rotation, policy) = (Seen::Gap(gap.clone()), Seen::Gap(gap.clone()));
        return row(rotation, policy, Listed::missing(gap.clone()), Seen::Gap(gap.clone()));
    }
    let resolved = description.value().map_or(arn, |d| d.arn.as_str());
    let asker = Asker { desk, client, region, arn, resolved };
    let (rotation, policy, grants, tags) =
        tokio::join!(asker.rotation(), asker.policy(), asker.grants(), asker.tags());
    row(rotation, policy, grants, tags)
}

fn describe(metadata: &KeyMetadata) -> Description {
    Description {
        arn: metadata.arn().unwrap_or(metadata.key_id()).to_owned(),
        account: metadata.aws_account_id().map(str::to_owned),
        manager: metadata.key_manager().map(|m| m.as_str().to_owned()),
        state: metadata.key_state().map(|s| s.as_str().to_owned()),
        spec: metadata.key_spec().map(|s| s.as_str().to_owned()),
        origin: metadata.origin().map(|o| o.as_str().to_owned()),
        created: metadata.creation_date().map(moment),
        deletion_date: metadata.deletion_date().map(moment),
        valid_to: metadata.valid_to().map(moment),
        multi_region: metadata.multi_region().unwrap_or_default(),
        custom_key_store_id: metadata.custom_key_store_id().map(str::to_owned),
    }
}

struct Asker<'a> {
    desk: &'a Desk,
    client: &'a Client,
    region: &'a str,
    /// The key as it is named; gaps are about this.
    arn: &'a str,
    /// The key itself, where the name is an alias.
    resolved: &'a str,
}

impl Asker<'_> {
    fn seen<T>(&self, call: &'static Call, answer: Result<T, Fault>) -> Seen<T> {
        self.desk.seen(call, self.arn, answer)
    }

    /// Keys that cannot rotate (asymmetric, HMAC, custom key store) answer UnsupportedOperationException
    /// (AWS documentation: "GetKeyRotationStatus").
    async fn rotation(&self) -> Seen<Option<Rotation>> {
        let call = &calls::GET_KEY_ROTATION_STATUS;
        let send = || self.client.get_key_rotation_status().key_id(self.resolved).send();
        let answer = match self.desk.ask(call, self.region, send).await {
            Ok(out) => Ok(Some(Rotation {
                enabled: out.key_rotation_enabled(),
                period_days: count(out.rotation_period_in_days().map(i64::from)),
                next: out.next_rotation_date().map(moment),
            })),
            Err(fault) if fault.is_an_answer(call) => Ok(None),
            Err(fault) => Err(fault),
        };
        self.seen(call, answer)
    }

    async fn policy(&self) -> Seen<String> {
        let call = &calls::GET_KEY_POLICY;
        let send = || self.client.get_key_policy().key_id(self.resolved).policy_name("default").send();
        let answer = self.desk.ask(call, self.region, send).await.and_then(|out| {
            out.policy
                .ok_or_else(|| Fault::own(Why::Malformed, "the answer holds no policy"))
                .and_then(document)
        });
        self.seen(call, answer)
    }

    async fn grants(&self) -> Listed<Grant> {
        let call = &calls::LIST_GRANTS;
        let (grants, fault) = pages(|token| async move {
            let send = || {
                self.client.list_grants().key_id(self.resolved).limit(100).set_marker(token.clone()).send()
            };
            let out = self.desk.ask(call, self.region, send).await?;
            Ok(Page { items: out.grants.unwrap_or_default(), next: out.next_marker })
        })
        .await;
        let mut items: Vec<Grant> = grants.iter().map(grant).collect();
        items.sort_by(|a, b| a.id.cmp(&b.id));
        Listed { items, gap: fault.map(|fault| self.desk.gap(call, self.arn, &fault)) }
    }

    async fn tags(&self) -> Seen<BTreeMap<String, String>> {
        let call = &calls::LIST_RESOURCE_TAGS;
        let (tags, fault) = pages(|token| async move {
            let send =
                || self.client.list_resource_tags().key_id(self.resolved).set_marker(token.clone()).send();
            let out = self.desk.ask(call, self.region, send).await?;
            Ok(Page { items: out.tags.unwrap_or_default(), next: out.next_marker })
        })
        .await;
        let tags = tags.into_iter().map(|tag| (tag.tag_key, tag.tag_value)).collect();
        self.seen(call, fault.map_or(Ok(tags), Err))
    }
}

fn grant(entry: &GrantListEntry) -> Grant {
    let mut operations: Vec<String> = entry.operations().iter().map(|o| o.as_str().to_owned()).collect();
    operations.sort();
    let context = |map: Option<&std::collections::HashMap<String, String>>| {
        map.into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect()
    };
    let constraints = entry.constraints();
    Grant {
        id: entry.grant_id().unwrap_or_default().to_owned(),
        name: entry.name().filter(|name| !name.is_empty()).map(str::to_owned),
        grantee: entry.grantee_principal().or(entry.grantee_service_principal()).map(str::to_owned),
        retiring: entry.retiring_principal().or(entry.retiring_service_principal()).map(str::to_owned),
        issuer: entry.issuing_account().map(str::to_owned),
        operations,
        context_subset: context(constraints.and_then(|c| c.encryption_context_subset())),
        context_equals: context(constraints.and_then(|c| c.encryption_context_equals())),
        created: entry.creation_date().map(moment),
    }
}
