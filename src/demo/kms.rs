//! KMS on winterbaume-kms, with what it leaves out: managed keys, paging, rotation periods, our clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use winterbaume_core::{MockService, StatefulService};
use winterbaume_kms::KmsService;
use winterbaume_kms::views::{AliasView, KeyView, KmsStateView};

use super::answer::{Answer, Fault};
use super::clock::{Clock, iso};
use super::connector::Request;
use super::{ACCOUNT, locked};

/// Days between rotations where a key does not say otherwise.
const YEAR: i64 = 365;

/// KMS in every Region of the account.
pub(super) struct Kms {
    clock: Arc<Clock>,
    emulator: KmsService,
    opened: Mutex<BTreeSet<String>>,
    periods: Mutex<BTreeMap<String, i64>>,
}

impl Kms {
    pub(super) fn new(clock: Arc<Clock>) -> Self {
        Self { clock, emulator: KmsService::new(), opened: Mutex::default(), periods: Mutex::default() }
    }

    /// Adds keys, aliases, policies and grants as they are.
    pub(super) async fn add(&self, region: &str, view: KmsStateView) {
        // The emulator's own merge cannot fail; its signature is that of services with blobs.
        let _ = self.emulator.merge(ACCOUNT, region, view).await;
    }

    /// The ARN of a key that is named by id, alias or ARN.
    pub(super) async fn arn(&self, region: &str, name: &str) -> Option<String> {
        self.open(region).await;
        let state = self.emulator.snapshot(ACCOUNT, region).await;
        let name = name.rsplit_once(':').map_or(name, |(_, name)| name);
        let id = match state.aliases.get(name) {
            Some(alias) => alias.target_key_id.as_str(),
            None => name.strip_prefix("key/").unwrap_or(name),
        };
        state.keys.get(id).map(|key| key.arn.clone())
    }

    /// The ARN of the Region's AWS managed key for DynamoDB, `alias/aws/dynamodb`.
    pub(super) async fn managed(&self, region: &str) -> String {
        self.open(region).await;
        managed_arn(region)
    }

    /// The emulator has no AWS managed keys, so each Region gets the one of DynamoDB when it is first used.
    async fn open(&self, region: &str) {
        if locked(&self.opened).contains(region) {
            return;
        }
        let mut key = blank_key(region, &managed_id(region), "Default key that protects DynamoDB data", 0);
        key.key_manager = "AWS".to_owned();
        key.key_rotation_enabled = true;
        let policy = json!({ "Version": "2012-10-17", "Id": "auto-dynamodb-1", "Statement": [{
            "Sid": "Allow access through Amazon DynamoDB for all principals in the account",
            "Effect": "Allow", "Principal": { "AWS": "*" },
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                       "kms:CreateGrant", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": { "StringEquals": { "kms:CallerAccount": ACCOUNT },
                           "StringLike": { "kms:ViaService": "dynamodb.*.amazonaws.com" } },
        }] });
        let mut view = KmsStateView::default();
        view.key_policies.insert(key.key_id.clone(), policy.to_string());
        let alias = alias(region, "alias/aws/dynamodb", &key.key_id);
        view.aliases.insert(alias.alias_name.clone(), alias);
        view.keys.insert(key.key_id.clone(), key);
        self.add(region, view).await;
        // Noted last, so that no call in parallel misses the key; adding it twice changes nothing.
        locked(&self.opened).insert(region.to_owned());
    }

    pub(super) async fn answer(&self, request: Request) -> Answer {
        self.open(&request.region).await;
        let (operation, asked) = (request.operation.clone(), request.json());
        let (region, raw) = (request.region, request.raw);
        let response = self.emulator.handle(raw.clone()).await;
        let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else { return response.into() };
        if response.status != 200 {
            return response.into();
        }
        match operation.as_str() {
            // The emulator drops the policy that a key is made with, and stamps the real time.
            "CreateKey" => {
                let id = body["KeyMetadata"]["KeyId"].as_str().unwrap_or_default().to_owned();
                if let Some(policy) = asked["Policy"].as_str() {
                    let policies = [(id.clone(), policy.to_owned())].into();
                    self.add(&region, KmsStateView { key_policies: policies, ..Default::default() }).await;
                }
                self.redate(&region, &id, |key, now| key.creation_date = iso(now)).await;
                body["KeyMetadata"]["CreationDate"] = self.clock.seconds().into();
            }
            // It reckons the date of deletion from the real time.
            "ScheduleKeyDeletion" => {
                let days = asked["PendingWindowInDays"].as_i64().unwrap_or(30);
                let id = asked["KeyId"].as_str().unwrap_or_default();
                self.redate(&region, id, |key, now| key.deletion_date = Some(iso(now + days * 86_400))).await;
                body["DeletionDate"] = (self.clock.seconds() + days * 86_400).into();
            }
            // It drops the rotation period, and says nothing of it.
            "EnableKeyRotation" => {
                let days = asked["RotationPeriodInDays"].as_i64().unwrap_or(YEAR);
                if let Some(arn) = self.arn(&region, asked["KeyId"].as_str().unwrap_or_default()).await {
                    locked(&self.periods).insert(arn, days);
                }
            }
            "GetKeyRotationStatus" => self.rotation(&region, &asked, &mut body).await,
            // It gives lists whole and in random order.
            "ListGrants" => {
                let arn = self.arn(&region, asked["KeyId"].as_str().unwrap_or_default()).await;
                for grant in body["Grants"].as_array_mut().into_iter().flatten() {
                    grant["KeyId"] = arn.clone().into();
                }
                page(&mut body, "Grants", "GrantId", &asked);
            }
            "ListResourceTags" => page(&mut body, "Tags", "TagKey", &asked),
            "ListKeys" => page(&mut body, "Keys", "KeyId", &asked),
            _ => {}
        }
        Ok::<_, Fault>(body).into()
    }

    async fn rotation(&self, region: &str, asked: &Value, body: &mut Value) {
        let Some(arn) = self.arn(region, asked["KeyId"].as_str().unwrap_or_default()).await else { return };
        body["KeyId"] = arn.clone().into();
        if body["KeyRotationEnabled"] == true {
            let days = locked(&self.periods).get(&arn).copied().unwrap_or(YEAR);
            body["RotationPeriodInDays"] = days.into();
            body["NextRotationDate"] = (self.clock.seconds() + days * 86_400 / 2).into();
        }
    }

    async fn redate(&self, region: &str, id: &str, change: impl FnOnce(&mut KeyView, i64)) {
        let Some(arn) = self.arn(region, id).await else { return };
        let id = arn.rsplit('/').next().unwrap_or_default();
        let Some(mut key) = self.emulator.snapshot(ACCOUNT, region).await.keys.remove(id) else { return };
        change(&mut key, self.clock.seconds());
        self.add(region, KmsStateView { keys: [(id.to_owned(), key)].into(), ..Default::default() }).await;
    }
}

/// Sorts a list and leaves the page that was asked for.
fn page(body: &mut Value, list: &str, by: &str, asked: &Value) {
    let limit = asked["Limit"].as_u64().map_or(50, |limit| limit.clamp(1, 1000) as usize);
    let start = asked["Marker"].as_str().and_then(|m| m.parse().ok()).unwrap_or(0_usize);
    let Some(items) = body[list].as_array_mut() else { return };
    items.sort_by_key(|item| item[by].as_str().map(str::to_owned));
    let rest = items.split_off(start.min(items.len()));
    let more = rest.len() > limit;
    *items = rest.into_iter().take(limit).collect();
    body["Truncated"] = more.into();
    if more {
        body["NextMarker"] = (start + limit).to_string().into();
    }
}

/// The ARN of a Region's AWS managed key for DynamoDB.
pub(super) fn managed_arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/{}", managed_id(region))
}

fn managed_id(region: &str) -> String {
    key_id(&format!("aws/dynamodb {region}"))
}

/// A key's id that depends on its name alone, so that two runs give the same ARNs.
pub(super) fn key_id(name: &str) -> String {
    let hex: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]].join("-")
}

/// An enabled symmetric customer key.
pub(super) fn blank_key(region: &str, id: &str, description: &str, created: i64) -> KeyView {
    KeyView {
        key_id: id.to_owned(),
        arn: format!("arn:aws:kms:{region}:{ACCOUNT}:key/{id}"),
        account_id: ACCOUNT.to_owned(),
        region: region.to_owned(),
        description: description.to_owned(),
        key_spec: "SYMMETRIC_DEFAULT".to_owned(),
        key_usage: "ENCRYPT_DECRYPT".to_owned(),
        key_state: "Enabled".to_owned(),
        creation_date: iso(created.max(1_600_000_000)),
        enabled: true,
        origin: "AWS_KMS".to_owned(),
        key_manager: "CUSTOMER".to_owned(),
        deletion_date: None,
        key_rotation_enabled: false,
        // Nothing is ever encrypted with it.
        key_material: vec![0; 32],
        public_key_der: None,
        tags: Default::default(),
        multi_region: false,
    }
}

/// An alias of a key.
pub(super) fn alias(region: &str, name: &str, key_id: &str) -> AliasView {
    AliasView {
        alias_name: name.to_owned(),
        alias_arn: format!("arn:aws:kms:{region}:{ACCOUNT}:{name}"),
        target_key_id: key_id.to_owned(),
    }
}
