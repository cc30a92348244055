//! Services that the account has no emulator for: what each answers to which question, laid out by the seed.
//!
//! A list that nothing was laid out for is empty; a single thing that is not there is refused in the service's words.

pub(super) mod route;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Fault};
use super::connector::Request;

/// Service, Region, operation, and what the question is about.
type Place = (String, String, String, String);

/// The answers of the account's other services.
#[derive(Default)]
pub(super) struct Shelf {
    answers: BTreeMap<Place, Value>,
}

/// The field of a request that says what it is about.
const ABOUT: &[&str] = &[
    "TrailName",
    "Name",
    "EventDataStore",
    "ParameterGroupName",
    "StreamARN",
    "ChildId",
    "TargetId",
    "PolicyId",
    "IdentityPoolId",
    "Rule",
];

/// The member of a list that AWS sends even where it is empty: operation, member.
const LISTS: &[(&str, &str)] = &[
    ("DescribeClusters", "Clusters"),
    ("DescribeConfigurationRecorderStatus", "ConfigurationRecordersStatus"),
    ("DescribeConfigurationRecorders", "ConfigurationRecorders"),
    ("DescribeScalableTargets", "ScalableTargets"),
    ("DescribeTrails", "trailList"),
    ("GetResources", "ResourceTagMappingList"),
    ("ListAccounts", "Accounts"),
    ("ListBackupPlans", "BackupPlansList"),
    ("ListBackupSelections", "BackupSelectionsList"),
    ("ListBackupVaults", "BackupVaultList"),
    ("ListEventDataStores", "EventDataStores"),
    ("ListEventSourceMappings", "EventSourceMappings"),
    ("ListIdentityPools", "IdentityPools"),
    ("ListParents", "Parents"),
    ("ListPoliciesForTarget", "Policies"),
    ("ListRecoveryPointsByBackupVault", "RecoveryPoints"),
    ("ListRules", "Rules"),
    ("ListTargetsByRule", "Targets"),
];

/// What single things are answered with where there is none: operation, code.
const NONE_SUCH: &[(&str, &str)] = &[
    ("GetBackupVaultAccessPolicy", "ResourceNotFoundException"),
    ("GetBackupSelection", "ResourceNotFoundException"),
    ("DescribeOrganization", "AWSOrganizationsNotInUseException"),
    ("GetBucketPolicyStatus", "NoSuchBucketPolicy"),
    ("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    ("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
];

impl Shelf {
    /// Lays out an answer; `about` is empty for a question about the whole Region.
    pub(super) fn lay(&mut self, region: &str, call: &str, about: &str, answer: Value) {
        let (service, operation) = call.split_once(':').unwrap_or((call, ""));
        let place = [service, region, operation, about].map(str::to_owned);
        self.answers.insert(place.into(), answer);
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let Request { service, region, operation, .. } = request;
        if operation.is_empty() {
            return Err(Fault::unknown_service(service)).into();
        }
        let place = [service, region, operation, &about(request)].map(String::clone);
        match self.answers.get(&place.into()) {
            // XML is laid out as it is written.
            Some(Value::String(xml)) => Answer::xml(xml.clone()),
            Some(answer) => Answer::json(answer),
            None => match NONE_SUCH.iter().find(|(name, _)| name == operation) {
                Some((_, code)) if service.starts_with("s3") => Answer::xml_error(404, code, "There is none"),
                Some((_, code)) => Err(Fault::new(code, "There is none")).into(),
                None => {
                    let list = LISTS.iter().find(|(name, _)| name == operation);
                    Answer::json(&list.map(|(_, member)| json!({ *member: [] })).unwrap_or_else(|| json!({})))
                }
            },
        }
    }
}

fn about(request: &Request) -> String {
    if !request.about.is_empty() {
        return request.about.join("/");
    }
    let body = request.json();
    let named = ABOUT.iter().find_map(|field| body[*field].as_str()).unwrap_or_default();
    match body["Filter"].as_str() {
        Some(filter) => format!("{named}/{filter}"),
        None => named.to_owned(),
    }
}
