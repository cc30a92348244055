//! The IAM policy that a run needs, made from the list of its calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::calls::{Class, needed};
use super::regions::Partition;
use crate::snapshot::Topic;

/// The exact identity policy for a run about these topics: one statement for each reason, and the reading of items in
/// statements of their own, which are left out unless `sampled`. `signing` is the ARN of the key that signs evidence, if one
/// does; no other key is named with it.
///
/// Scanning a table under a customer managed key also takes `kms:Decrypt`; it is granted only for requests that
/// DynamoDB makes (AWS documentation: "DynamoDB encryption at rest: usage notes", "AWS KMS condition keys").
pub fn policy(
    sampled: bool,
    signing: Option<&str>,
    topics: &BTreeSet<Topic>,
    partition: &Partition,
) -> Value {
    let mut groups: BTreeMap<(Class, &str), Group> = BTreeMap::new();
    for call in needed(sampled, signing.is_some(), topics) {
        let group = groups.entry((call.class, call.why)).or_default();
        group.actions.insert(call.action);
        group.resources.extend(call.resources.iter().map(|resource| match (*resource, signing) {
            (_, Some(key)) if call.class == Class::Signing => key.to_owned(),
            ("*", _) => "*".to_owned(),
            (rest, _) => format!("arn:{}:{rest}", partition.name),
        }));
    }
    let mut statements: Vec<Value> = groups
        .into_iter()
        .map(|((_, why), group)| {
            json!({ "Sid": sid(why), "Effect": "Allow", "Action": group.actions, "Resource": group.resources })
        })
        .collect();
    if sampled {
        statements.push(json!({
            "Sid": "DecryptThroughDynamoDBOnly",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [format!("arn:{}:kms:*:*:key/*", partition.name)],
            "Condition": { "StringLike": { "kms:ViaService": format!("dynamodb.*.{}", partition.dns) } },
        }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Calls that are made for one reason.
#[derive(Default)]
struct Group {
    actions: BTreeSet<&'static str>,
    resources: BTreeSet<String>,
}

/// A statement id holds letters and digits only.
fn sid(why: &str) -> String {
    why.split(' ')
        .flat_map(|word| {
            let mut letters = word.chars().filter(char::is_ascii_alphanumeric);
            letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::{
        calls::{CALLS, SIGNING},
        regions::partition_of,
    };

    fn all() -> BTreeSet<Topic> {
        Topic::ALL.into()
    }

    fn actions(policy: &Value) -> BTreeSet<String> {
        let statements = policy["Statement"].as_array().unwrap();
        statements
            .iter()
            .flat_map(|s| s["Action"].as_array().unwrap())
            .map(|a| a.as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_call_and_nothing_else() {
        let mut expected: BTreeSet<String> =
            CALLS.iter().chain(SIGNING).map(|c| c.action.to_owned()).collect();
        expected.insert("kms:Decrypt".into());
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1";
        let whole = policy(true, Some(key), &all(), partition_of("eu-west-1"));
        assert_eq!(actions(&whole), expected);
        let statements = whole["Statement"].as_array().unwrap();
        let signing: Vec<&Value> =
            statements.iter().filter(|s| s["Action"].to_string().contains("kms:Sign")).collect();
        assert_eq!(signing.len(), 1);
        assert_eq!(signing[0]["Action"], json!(["kms:GetPublicKey", "kms:Sign"]));
        assert_eq!(signing[0]["Resource"], json!([key]));
        assert!(!actions(&policy(true, None, &all(), partition_of("eu-west-1"))).contains("kms:Sign"));
    }

    #[test]
    fn a_run_about_less_takes_less() {
        let few = actions(&policy(false, None, &[Topic::Trails].into(), partition_of("eu-west-1")));
        assert!(few.contains("cloudtrail:DescribeTrails") && few.contains("dynamodb:DescribeTable"));
        assert!(
            !few.iter().any(|action| action.starts_with("backup:") || action.starts_with("events:")),
            "{few:?}"
        );
    }

    #[test]
    fn contents_stand_apart_and_go_without_sampling() {
        let without = policy(false, None, &all(), partition_of("eu-west-1"));
        assert!(!actions(&without).iter().any(|a| a == "dynamodb:Scan" || a == "kms:Decrypt"));
        let with = policy(true, None, &all(), partition_of("cn-north-1"));
        let statements = with["Statement"].as_array().unwrap();
        let scan = statements.iter().find(|s| s["Action"].to_string().contains("Scan")).unwrap();
        assert_eq!(scan["Action"], json!(["dynamodb:Scan"]));
        assert_eq!(scan["Resource"], json!(["arn:aws-cn:dynamodb:*:*:table/*"]));
        let decrypt = &statements[statements.len() - 1];
        assert_eq!(decrypt["Condition"]["StringLike"]["kms:ViaService"], "dynamodb.*.amazonaws.com.cn");
    }

    #[test]
    fn statement_ids_are_legal_and_unique() {
        let policy = policy(true, None, &all(), partition_of("eu-west-1"));
        let ids: Vec<&str> =
            policy["Statement"].as_array().unwrap().iter().map(|s| s["Sid"].as_str().unwrap()).collect();
        assert!(ids.iter().all(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric())));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
