//! Each call refused in turn: the run completes, and exactly what the call would have told is missing.

use std::collections::BTreeSet;

use dynaudit::collect::calls::CALLS;
use dynaudit::snapshot::{Snapshot, Why};
use serde_json::Value;

use crate::account::answer;
use crate::fake::{Asked, Fake, Reply, error};

/// Which facts each refusal takes away, as paths into an account of the snapshot; `*` stands for any place in a list.
fn expected(call: &str) -> &'static [&'static str] {
    match call {
        "sts:GetCallerIdentity" => &["identity"],
        "iam:GetAccountAuthorizationDetails" => {
            &["principals.users", "principals.policies", "principals.usage", "principals.gap"]
        }
        "iam:GenerateCredentialReport" | "iam:GetCredentialReport" => &["principals.credentials"],
        "iam:GenerateServiceLastAccessedDetails" | "iam:GetServiceLastAccessedDetails" => {
            &["principals.usage"]
        }
        "cognito-identity:ListIdentityPools"
        | "cognito-identity:DescribeIdentityPool"
        | "cognito-identity:GetIdentityPoolRoles" => &["regions.*.services.identity_pools"],
        "ec2:DescribeVpcs" | "ec2:DescribeNetworkInterfaces" => &["regions.*.services.vpcs"],
        "ec2:DescribeSecurityGroups" => &["regions.*.services.clusters"],
        "events:ListRules" | "events:ListTargetsByRule" => &["regions.*.services.rules"],
        "iam:GetPolicy" => &["principals.policies"],
        "iam:GetPolicyVersion" => &["principals.policies"],
        "dynamodb:ListTables" => &[
            "buckets.*.files",
            "keys",
            "regions.*.orphan_backups",
            "regions.*.services.kinesis_streams",
            "regions.*.tables",
            "tables",
        ],
        "tag:GetResources" => &[],
        "dynamodb:ListBackups" => &["regions.*.orphan_backups", "tables.*.backups"],
        "dynamodb:ListExports" | "dynamodb:DescribeExport" => &["buckets.*.files", "tables.*.exports"],
        "dynamodb:ListImports" => &["buckets.*.files", "regions.*.services.imports"],
        "dynamodb:ListGlobalTables" => &["regions.*.services.legacy_global_tables"],
        "glue:DescribeInboundIntegrations" | "redshift:DescribeIntegrations" => {
            &["regions.*.services.integrations"]
        }
        "dynamodb:DescribeTable" => {
            &["keys", "tables.*.description", "tables.*.stream_policy", "tables.*.sample"]
        }
        "dynamodb:DescribeContinuousBackups" => &["tables.*.continuous_backups"],
        "dynamodb:DescribeTimeToLive" => &["tables.*.time_to_live"],
        "dynamodb:DescribeKinesisStreamingDestination" => {
            &["regions.*.services.kinesis_streams", "tables.*.kinesis"]
        }
        "dynamodb:DescribeContributorInsights" => &["tables.*.insights"],
        "dynamodb:ListTagsOfResource" => &["tables.*.tags"],
        "dynamodb:GetResourcePolicy" => &["tables.*.policy", "tables.*.stream_policy"],
        "dynamodb:DescribeBackup" => &["regions.*.orphan_backups", "tables.*.backups"],
        "kms:DescribeKey" => &["keys.*.description"],
        "kms:GetKeyRotationStatus" => &["keys.*.rotation"],
        "kms:GetKeyPolicy" => &["keys.*.policy"],
        "kms:ListGrants" => &["keys.*.grants"],
        "kms:ListResourceTags" => &["keys.*.tags"],
        "dynamodb:Scan" => &["tables.*.sample"],
        "cloudtrail:DescribeTrails" | "cloudtrail:GetTrailStatus" | "cloudtrail:GetEventSelectors" => {
            &["regions.*.services.trails"]
        }
        "cloudtrail:ListEventDataStores" | "cloudtrail:GetEventDataStore" => {
            &["regions.*.services.event_stores"]
        }
        "lambda:ListEventSourceMappings" => &["regions.*.services.consumers"],
        "kinesis:DescribeStreamSummary" => &["regions.*.services.kinesis_streams"],
        "dax:DescribeClusters" | "dax:DescribeParameters" => &["regions.*.services.clusters"],
        "application-autoscaling:DescribeScalableTargets" => &["regions.*.services.scalable_targets"],
        "config:DescribeConfigurationRecorders" | "config:DescribeConfigurationRecorderStatus" => {
            &["regions.*.services.recorders"]
        }
        "ec2:DescribeVpcEndpoints" => &["regions.*.services.endpoints"],
        "s3:GetBucketLocation" => {
            &["buckets.*.blocked", "buckets.*.files", "buckets.*.kms", "buckets.*.public"]
        }
        "s3:ListObjectsV2" => &["buckets.*.files"],
        "s3-control:GetPublicAccessBlock" => &["public_access_blocked"],
        "s3:GetBucketPolicyStatus" => &["buckets.*.public"],
        "s3:GetPublicAccessBlock" => &["buckets.*.blocked"],
        "s3:GetBucketEncryption" => &["buckets.*.kms"],
        "organizations:DescribeOrganization" => &["guardrails"],
        "organizations:ListParents"
        | "organizations:ListPoliciesForTarget"
        | "organizations:DescribePolicy"
        | "organizations:ListAccounts" => &["guardrails"],
        "backup:DescribeRegionSettings" => &["regions.*.services.backup_opt_in"],
        "backup:ListBackupPlans" | "backup:ListBackupSelections" | "backup:GetBackupSelection" => {
            &["regions.*.services.backup_plans"]
        }
        "backup:ListBackupVaults"
        | "backup:GetBackupVaultAccessPolicy"
        | "backup:ListRecoveryPointsByBackupVault" => &["regions.*.services.vaults"],
        other => panic!("{other} is new: say what its refusal takes away"),
    }
}

/// Paths at which two snapshots' accounts differ: three parts deep, or two where lists differ in length.
fn differences(a: &Snapshot, b: &Snapshot) -> BTreeSet<String> {
    let account = |s: &Snapshot| serde_json::to_value(&s.accounts[0]).unwrap();
    let mut found = BTreeSet::new();
    compare(&account(a), &account(b), &mut Vec::new(), &mut found);
    found
}

fn compare(a: &Value, b: &Value, path: &mut Vec<String>, found: &mut BTreeSet<String>) {
    if a == b {
        return;
    }
    let deep = match path.as_slice() {
        [first, ..] if first == "principals" => 2,
        [_, _, third, ..] if third == "services" => 4,
        _ => 3,
    };
    let one = |v: &Value| v.as_object().is_some_and(|o| o.len() == 1);
    let seen = |v: &Value| one(v) && (v.get("value").is_some() || v.get("gap").is_some());
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if path.len() < deep && !(seen(a) || seen(b)) => {
            for key in x.keys().chain(y.keys()).collect::<BTreeSet<_>>() {
                path.push(key.clone());
                compare(a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), path, found);
                path.pop();
            }
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() && path.len() < deep => {
            for (x, y) in x.iter().zip(y) {
                path.push("*".into());
                compare(x, y, path, found);
                path.pop();
            }
        }
        _ => {
            found.insert(path.join("."));
        }
    }
}

fn refuse(operation: &'static str, how: fn(&Asked) -> Reply) -> Fake {
    Fake::new(move |asked| if asked.operation == operation { how(asked) } else { answer(asked) })
}

#[tokio::test]
async fn each_refusal_takes_away_what_it_would_have_told_and_nothing_else() {
    let whole = Fake::new(answer).snapshot().await;
    for call in CALLS {
        // An account and a bucket have an operation of one name.
        let refused = |asked: &Asked| asked.operation == call.operation && asked.service == call.service;
        let fake = Fake::new(move |asked| match refused(asked) {
            true => error(asked, "AccessDeniedException"),
            false => answer(asked),
        });
        let snapshot = fake.snapshot().await;
        let name = call.name();
        let expected: BTreeSet<String> = expected(&name).iter().map(|p| (*p).to_owned()).collect();
        assert_eq!(differences(&whole, &snapshot), expected, "{name}");
        let mut denied = 0;
        for gap in snapshot.gaps.values() {
            assert_eq!((gap.call.as_str(), gap.why), (name.as_str(), Why::Denied));
            assert!(gap.message.contains(&format!("needs {}", call.action)), "{}", gap.message);
            denied += 1;
        }
        // What the list of tags would have told is asked of each table.
        assert!(denied > 0 || name == "tag:GetResources", "{name}: no gap");
        assert_eq!(snapshot.calls[&name].made, snapshot.calls[&name].failed, "{name}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_code_is_a_refusal() {
    let html = |_: &Asked| Reply::Http(403, "<html>no</html>".into());
    for operation in ["DescribeTable", "GetKeyPolicy", "Scan"] {
        let snapshot = refuse(operation, html).snapshot().await;
        assert!(snapshot.gaps.values().any(|g| g.why == Why::Denied && g.call.ends_with(operation)));
    }
}

#[tokio::test]
async fn a_table_that_may_not_be_described_keeps_its_row() {
    let snapshot = refuse("DescribeTable", |asked| error(asked, "AccessDeniedException")).snapshot().await;
    let tables = &snapshot.accounts[0].tables;
    assert_eq!(tables[0].arn, crate::account::ORDERS);
    assert!(tables[0].tags.value().is_some() && tables[0].backups.items.len() == 1);
    assert!(tables[0].sample.value().is_some());
}

#[tokio::test]
async fn what_a_scan_says_is_never_repeated() {
    let leak = |_: &Asked| {
        Reply::Http(400, r#"{"__type":"x#ValidationException","message":"item tok-PLAINTEXT"}"#.into())
    };
    let text = serde_json::to_string(&refuse("Scan", leak).snapshot().await).unwrap();
    assert!(text.contains("ValidationException") && !text.contains("PLAINTEXT"));
}
