//! Every call to AWS that a run may make, with the permission it takes and why it is made.
//!
//! The guard refuses what is not here, `dynaudit policy` prints what is here, and a gap names its action.

use std::collections::BTreeSet;

use crate::snapshot::Topic;
use crate::source::place::S3Uri;

/// One operation of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// As permissions name it: `dynamodb`, `iam`, `backup`, …
    pub service: &'static str,
    /// Name of the operation, for example `DescribeTable`.
    pub operation: &'static str,
    /// IAM action that it takes, for example `dynamodb:DescribeTable`.
    pub action: &'static str,
    /// What the call can see.
    pub class: Class,
    /// Resources that the permission is for, without `arn:<partition>:`; `*` where the action knows none.
    pub resources: &'static [&'static str],
    /// Why it is made; calls made for the same reason share a statement of the policy.
    pub why: &'static str,
    /// What it tells of beside the tables themselves, first what it is asked for most; none for what every run asks.
    pub topics: &'static [Topic],
}

impl Call {
    /// Whether a run about these topics makes it.
    pub(super) fn serves(&self, topics: &BTreeSet<Topic>) -> bool {
        self.topics.is_empty() || self.topics.iter().any(|topic| topics.contains(topic))
    }
}

/// What a call can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Settings and policies.
    Metadata,
    /// Items of tables: only where sampling was asked for.
    Contents,
    /// Files of exports in S3: only where one is to be read there.
    Exports,
    /// A signature by a KMS key, over a digest: only where an evidence bundle is to be signed by that key.
    Signing,
}

impl Call {
    /// The call as gaps and counts name it: `dynamodb:DescribeTable`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

const ALL: &[&str] = &["*"];
const TABLE: &[&str] = &["dynamodb:*:*:table/*"];
const BACKUP: &[&str] = &["dynamodb:*:*:table/*/backup/*"];
const EXPORT: &[&str] = &["dynamodb:*:*:table/*/export/*"];
const TABLE_AND_STREAM: &[&str] = &["dynamodb:*:*:table/*", "dynamodb:*:*:table/*/stream/*"];
const KEY: &[&str] = &["kms:*:*:key/*"];
const PLAN: &[&str] = &["backup:*:*:backup-plan:*"];
const BUCKET: &[&str] = &["s3:::*"];
const OBJECT: &[&str] = &["s3:::*/*"];
const STREAM: &[&str] = &["kinesis:*:*:stream/*"];
const TRAIL: &[&str] = &["cloudtrail:*:*:trail/*"];
const STORE: &[&str] = &["cloudtrail:*:*:eventdatastore/*"];
const VAULT: &[&str] = &["backup:*:*:backup-vault:*"];
const POLICY: &[&str] = &["iam::*:policy/*"];
const PRINCIPAL: &[&str] = &["iam::*:role/*", "iam::*:user/*"];
const POOL: &[&str] = &["cognito-identity:*:*:identitypool/*"];
const INTEGRATION: &[&str] = &["redshift:*:*:integration:*"];
const RULE: &[&str] = &["events:*:*:rule/*"];

/// Why calls are made, and the topics that they are for.
#[derive(Clone, Copy)]
struct Reason(&'static str, &'static [Topic]);

const FIND: Reason = Reason("Find the tables and their copies", &[]);
const FIND_TAGS: Reason = Reason(FIND.0, &[Topic::Tags]);
const FIND_COPIES: Reason = Reason(FIND.0, &[Topic::Copies]);
const DESCRIBE: Reason = Reason("Describe tables and how they are kept", &[]);
const COPIES: Reason = Reason("Describe backups and exports", &[Topic::Copies]);
const RECOVERY: Reason = Reason(DESCRIBE.0, &[Topic::ContinuousBackups]);
const EXPIRY: Reason = Reason(DESCRIBE.0, &[Topic::TimeToLive]);
const STREAMING: Reason = Reason(DESCRIBE.0, &[Topic::Streaming]);
const INSIGHTS: Reason = Reason(DESCRIBE.0, &[Topic::Insights]);
const TAGS: Reason = Reason(DESCRIBE.0, &[Topic::Tags]);
const SHARED: Reason = Reason("Read who may reach a table by its own policy", &[Topic::TablePolicies]);
const KEYS: Reason = Reason("Describe the keys and who may decrypt", &[Topic::Keys]);
const KEY_SETTINGS: Reason = Reason(KEYS.0, &[Topic::KeySettings]);
const WHO: Reason = Reason("Read who exists and what they may do", &[Topic::Principals]);
const SELF: Reason = Reason("Name the account and the caller", &[]);
const ITEMS: Reason = Reason("Sample items", &[Topic::Items]);
const BUNDLE: Reason = Reason("Sign evidence bundles", &[]);
const BUCKETS: Reason = Reason("Read what protects the buckets of exports and imports", &[Topic::Buckets]);
// Files are listed in the Region that their bucket names.
const PLACES: Reason = Reason(BUCKETS.0, &[Topic::Buckets, Topic::Files]);
const FILES: Reason = Reason("See whether exports and imports still lie in S3", &[Topic::Files]);
const IN_PLACE: Reason = Reason("Read exports of tables where they lie", &[]);
const IMPORTS: Reason = Reason("Find what tables were imported from", &[Topic::Imports]);
const LEGACY: Reason = Reason("Find global tables of the legacy version", &[Topic::GlobalTables]);
const INTEGRATIONS: Reason =
    Reason("Find the zero-ETL integrations that copy tables", &[Topic::Integrations]);
const CACHES: Reason = Reason("Describe DAX clusters", &[Topic::Caches]);
const CONSUMERS: Reason = Reason("Find the functions that read streams", &[Topic::Consumers]);
const CREDENTIALS: Reason = Reason("Read which users have passwords and access keys", &[Topic::Credentials]);
const USAGE: Reason = Reason("Read when principals last used DynamoDB", &[Topic::Usage]);
const POOLS: Reason = Reason("Read which roles identity pools give to guests", &[Topic::IdentityPools]);
const NETWORKS: Reason = Reason("Find VPCs with workloads", &[Topic::Networks]);
const RULES: Reason = Reason("Find rules that react to changes of tables", &[Topic::Rules]);
const ENDPOINTS: Reason = Reason("Describe VPC endpoints for DynamoDB", &[Topic::Endpoints]);
const CHANGES: Reason = Reason("Describe the Kinesis streams that receive changes", &[Topic::KinesisStreams]);
const ORGANIZATION: Reason =
    Reason("Read what binds the account in its organization", &[Topic::Organization]);
const RECORDERS: Reason = Reason("Read what AWS Config records", &[Topic::Recorders]);
const SCALING: Reason = Reason("Read what scales with its load", &[Topic::Scaling]);
const TRAILS: Reason = Reason("Read what CloudTrail records", &[Topic::Trails]);
const PLANS: Reason = Reason("Read what AWS Backup protects and keeps", &[Topic::BackupPlans]);

const fn call(
    service: &'static str,
    operation: &'static str,
    action: &'static str,
    resources: &'static [&'static str],
    reason: Reason,
) -> Call {
    Call { service, operation, action, class: Class::Metadata, resources, why: reason.0, topics: reason.1 }
}

/// The action is named as the operation is, but where IAM names it otherwise.
macro_rules! action {
    ($service:literal $operation:literal) => {
        concat!($service, ":", $operation)
    };
    ($service:literal $operation:literal $action:literal) => {
        $action
    };
}

macro_rules! calls {
    ($($name:ident = $service:literal $operation:literal $(as $action:literal)?, $resources:expr, $why:expr;)*) => {
        $(
            #[doc = concat!("`", $service, ":", $operation, "`.")]
            pub const $name: Call = call(
                $service, $operation, action!($service $operation $($action)?), $resources, $why,
            );
        )*
        /// Every call that collecting may make.
        pub const CALLS: &[Call] = &[$($name,)* SCAN];
    };
}

calls! {
    GET_CALLER_IDENTITY = "sts" "GetCallerIdentity", ALL, SELF;
    GET_ACCOUNT_AUTHORIZATION_DETAILS = "iam" "GetAccountAuthorizationDetails", ALL, WHO;
    GET_POLICY = "iam" "GetPolicy", POLICY, WHO;
    GET_POLICY_VERSION = "iam" "GetPolicyVersion", POLICY, WHO;
    LIST_TABLES = "dynamodb" "ListTables", ALL, FIND;
    GET_RESOURCES = "tag" "GetResources", ALL, FIND_TAGS;
    LIST_BACKUPS = "dynamodb" "ListBackups", ALL, FIND_COPIES;
    LIST_EXPORTS = "dynamodb" "ListExports", ALL, FIND_COPIES;
    DESCRIBE_TABLE = "dynamodb" "DescribeTable", TABLE, DESCRIBE;
    DESCRIBE_CONTINUOUS_BACKUPS = "dynamodb" "DescribeContinuousBackups", TABLE, RECOVERY;
    DESCRIBE_TIME_TO_LIVE = "dynamodb" "DescribeTimeToLive", TABLE, EXPIRY;
    DESCRIBE_KINESIS_STREAMING_DESTINATION = "dynamodb" "DescribeKinesisStreamingDestination", TABLE, STREAMING;
    DESCRIBE_CONTRIBUTOR_INSIGHTS = "dynamodb" "DescribeContributorInsights", TABLE, INSIGHTS;
    LIST_TAGS_OF_RESOURCE = "dynamodb" "ListTagsOfResource", TABLE, TAGS;
    GET_RESOURCE_POLICY = "dynamodb" "GetResourcePolicy", TABLE_AND_STREAM, SHARED;
    DESCRIBE_BACKUP = "dynamodb" "DescribeBackup", BACKUP, COPIES;
    DESCRIBE_EXPORT = "dynamodb" "DescribeExport", EXPORT, COPIES;
    DESCRIBE_KEY = "kms" "DescribeKey", KEY, KEYS;
    GET_KEY_ROTATION_STATUS = "kms" "GetKeyRotationStatus", KEY, KEY_SETTINGS;
    GET_KEY_POLICY = "kms" "GetKeyPolicy", KEY, KEY_SETTINGS;
    LIST_GRANTS = "kms" "ListGrants", KEY, KEY_SETTINGS;
    LIST_RESOURCE_TAGS = "kms" "ListResourceTags", KEY, KEY_SETTINGS;
    DESCRIBE_REGION_SETTINGS = "backup" "DescribeRegionSettings", ALL, PLANS;
    LIST_BACKUP_PLANS = "backup" "ListBackupPlans", ALL, PLANS;
    LIST_BACKUP_SELECTIONS = "backup" "ListBackupSelections", PLAN, PLANS;
    GET_BACKUP_SELECTION = "backup" "GetBackupSelection", PLAN, PLANS;
    LIST_BACKUP_VAULTS = "backup" "ListBackupVaults", ALL, PLANS;
    GET_BACKUP_VAULT_ACCESS_POLICY = "backup" "GetBackupVaultAccessPolicy", VAULT, PLANS;
    GET_BUCKET_LOCATION = "s3" "GetBucketLocation", BUCKET, PLACES;
    GET_BUCKET_POLICY_STATUS = "s3" "GetBucketPolicyStatus", BUCKET, BUCKETS;
    GET_PUBLIC_ACCESS_BLOCK = "s3" "GetPublicAccessBlock" as "s3:GetBucketPublicAccessBlock", BUCKET, BUCKETS;
    GET_BUCKET_ENCRYPTION = "s3" "GetBucketEncryption" as "s3:GetEncryptionConfiguration", BUCKET, BUCKETS;
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK = "s3-control" "GetPublicAccessBlock" as "s3:GetAccountPublicAccessBlock", ALL, BUCKETS;
    LIST_OBJECTS = "s3" "ListObjectsV2" as "s3:ListBucket", BUCKET, FILES;
    LIST_IMPORTS = "dynamodb" "ListImports", ALL, IMPORTS;
    LIST_GLOBAL_TABLES = "dynamodb" "ListGlobalTables", ALL, LEGACY;
    DESCRIBE_INBOUND_INTEGRATIONS = "glue" "DescribeInboundIntegrations", ALL, INTEGRATIONS;
    DESCRIBE_INTEGRATIONS = "redshift" "DescribeIntegrations", INTEGRATION, INTEGRATIONS;
    DESCRIBE_CLUSTERS = "dax" "DescribeClusters", ALL, CACHES;
    DESCRIBE_PARAMETERS = "dax" "DescribeParameters", ALL, CACHES;
    LIST_EVENT_SOURCE_MAPPINGS = "lambda" "ListEventSourceMappings", ALL, CONSUMERS;
    DESCRIBE_VPC_ENDPOINTS = "ec2" "DescribeVpcEndpoints", ALL, ENDPOINTS;
    DESCRIBE_SECURITY_GROUPS = "ec2" "DescribeSecurityGroups", ALL, CACHES;
    GENERATE_CREDENTIAL_REPORT = "iam" "GenerateCredentialReport", ALL, CREDENTIALS;
    GET_CREDENTIAL_REPORT = "iam" "GetCredentialReport", ALL, CREDENTIALS;
    GENERATE_SERVICE_LAST_ACCESSED_DETAILS = "iam" "GenerateServiceLastAccessedDetails", PRINCIPAL, USAGE;
    GET_SERVICE_LAST_ACCESSED_DETAILS = "iam" "GetServiceLastAccessedDetails", ALL, USAGE;
    LIST_IDENTITY_POOLS = "cognito-identity" "ListIdentityPools", ALL, POOLS;
    DESCRIBE_IDENTITY_POOL = "cognito-identity" "DescribeIdentityPool", POOL, POOLS;
    GET_IDENTITY_POOL_ROLES = "cognito-identity" "GetIdentityPoolRoles", POOL, POOLS;
    DESCRIBE_VPCS = "ec2" "DescribeVpcs", ALL, NETWORKS;
    DESCRIBE_NETWORK_INTERFACES = "ec2" "DescribeNetworkInterfaces", ALL, NETWORKS;
    LIST_RULES = "events" "ListRules", RULE, RULES;
    LIST_TARGETS_BY_RULE = "events" "ListTargetsByRule", RULE, RULES;
    DESCRIBE_STREAM_SUMMARY = "kinesis" "DescribeStreamSummary", STREAM, CHANGES;
    DESCRIBE_ORGANIZATION = "organizations" "DescribeOrganization", ALL, ORGANIZATION;
    LIST_PARENTS = "organizations" "ListParents", ALL, ORGANIZATION;
    LIST_POLICIES_FOR_TARGET = "organizations" "ListPoliciesForTarget", ALL, ORGANIZATION;
    DESCRIBE_POLICY = "organizations" "DescribePolicy", ALL, ORGANIZATION;
    LIST_ACCOUNTS = "organizations" "ListAccounts", ALL, ORGANIZATION;
    DESCRIBE_CONFIGURATION_RECORDERS = "config" "DescribeConfigurationRecorders", ALL, RECORDERS;
    DESCRIBE_CONFIGURATION_RECORDER_STATUS = "config" "DescribeConfigurationRecorderStatus", ALL, RECORDERS;
    DESCRIBE_SCALABLE_TARGETS = "application-autoscaling" "DescribeScalableTargets", ALL, SCALING;
    DESCRIBE_TRAILS = "cloudtrail" "DescribeTrails", ALL, TRAILS;
    GET_TRAIL_STATUS = "cloudtrail" "GetTrailStatus", TRAIL, TRAILS;
    GET_EVENT_SELECTORS = "cloudtrail" "GetEventSelectors", TRAIL, TRAILS;
    LIST_EVENT_DATA_STORES = "cloudtrail" "ListEventDataStores", ALL, TRAILS;
    GET_EVENT_DATA_STORE = "cloudtrail" "GetEventDataStore", STORE, TRAILS;
    LIST_RECOVERY_POINTS_BY_BACKUP_VAULT = "backup" "ListRecoveryPointsByBackupVault", VAULT, PLANS;
}

/// `dynamodb:Scan`: the one call that sees items.
pub const SCAN: Call =
    Call { class: Class::Contents, ..call("dynamodb", "Scan", "dynamodb:Scan", TABLE, ITEMS) };

/// `kms:GetPublicKey`: by which key a signature is verified.
pub const GET_PUBLIC_KEY: Call =
    Call { class: Class::Signing, ..call("kms", "GetPublicKey", "kms:GetPublicKey", KEY, BUNDLE) };

/// `kms:Sign`: the one call that does more than read. It changes nothing, and is told a digest alone.
pub const SIGN: Call = Call { class: Class::Signing, ..call("kms", "Sign", "kms:Sign", KEY, BUNDLE) };

/// The calls that sign an evidence bundle; collecting makes none of them.
pub const SIGNING: &[Call] = &[GET_PUBLIC_KEY, SIGN];

/// `s3:ListObjectsV2`, for the exports below a prefix.
pub const LIST_EXPORTED: Call =
    Call { class: Class::Exports, ..call("s3", "ListObjectsV2", "s3:ListBucket", BUCKET, IN_PLACE) };

/// `s3:GetObject`: the files of an export, items among them.
pub const GET_OBJECT: Call =
    Call { class: Class::Exports, ..call("s3", "GetObject", "s3:GetObject", OBJECT, IN_PLACE) };

/// The calls that read exports where they lie in S3.
pub const EXPORTS: &[Call] = &[LIST_EXPORTED, GET_OBJECT];

/// What a run does beside asking for settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beyond<'a> {
    /// It reads items.
    pub sampled: bool,
    /// ARN of the KMS key that signs its evidence.
    pub signing: Option<&'a str>,
    /// Exports that it reads where they lie in S3.
    pub exports: &'a [S3Uri],
}

/// The calls of a run about these topics.
pub fn needed(beyond: &Beyond<'_>, topics: &BTreeSet<Topic>) -> Vec<&'static Call> {
    let reads = topics.contains(&Topic::Items);
    let wanted = |call: &&Call| match call.class {
        Class::Metadata => call.serves(topics),
        Class::Contents => beyond.sampled && call.serves(topics),
        Class::Signing => beyond.signing.is_some(),
        // Who names an export by itself has nothing looked for.
        Class::Exports if !reads => false,
        Class::Exports if **call == LIST_EXPORTED => beyond.exports.iter().any(|uri| !uri.is_export()),
        Class::Exports => !beyond.exports.is_empty(),
    };
    CALLS.iter().chain(SIGNING).chain(EXPORTS).filter(wanted).collect()
}

/// The call of this service and operation, if a run may make it. The service's case does not matter.
pub fn find(service: &str, operation: &str) -> Option<&'static Call> {
    let mut all = CALLS.iter().chain(SIGNING).chain(EXPORTS);
    all.find(|call| call.service.eq_ignore_ascii_case(service) && call.operation == operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_two_topics_is_made_for_each() {
        let made = |topic| {
            let calls = needed(&Beyond::default(), &[topic].into());
            calls
                .into_iter()
                .filter(|call| call.service == "s3")
                .map(|call| call.operation)
                .collect::<Vec<_>>()
        };
        assert_eq!(made(Topic::Files), ["GetBucketLocation", "ListObjectsV2"]);
        let buckets = made(Topic::Buckets);
        assert!(buckets.contains(&"GetBucketLocation") && !buckets.contains(&"ListObjectsV2"), "{buckets:?}");
        assert!(made(Topic::Tags).is_empty());
    }

    #[test]
    fn every_topic_comes_first_for_some_call() {
        let first: BTreeSet<Topic> = CALLS.iter().filter_map(|call| call.topics.first()).copied().collect();
        assert_eq!(first, Topic::ALL.into(), "a gap names the call that a topic was not asked by");
    }
}
