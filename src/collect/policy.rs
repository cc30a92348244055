//! The IAM policy that a run needs, made from the list of its calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::calls::{Beyond, Class, needed};
use super::regions::Partition;
use crate::snapshot::Topic;
use crate::source::place::S3Uri;

/// The exact identity policy for a run about these topics: one statement for each reason, and the reading of items in
/// statements of their own, which are left out unless the run does that. The key that signs evidence is named and no other,
/// and so are the prefixes of exports.
///
/// Scanning a table under a customer managed key also takes `kms:Decrypt`; it is granted only for requests that
/// DynamoDB makes (AWS documentation: "DynamoDB encryption at rest: usage notes", "AWS KMS condition keys").
pub fn policy(beyond: &Beyond<'_>, topics: &BTreeSet<Topic>, partition: &Partition) -> Value {
    let mut groups: BTreeMap<(Class, &str), Group> = BTreeMap::new();
    for call in needed(beyond, topics).into_iter().filter(|call| call.class != Class::Exports) {
        let group = groups.entry((call.class, call.why)).or_default();
        group.actions.insert(call.action);
        group.resources.extend(call.resources.iter().map(|resource| match (*resource, beyond.signing) {
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
    let reads = topics.contains(&Topic::Items);
    if beyond.sampled && reads {
        statements.push(json!({
            "Sid": "DecryptThroughDynamoDBOnly",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [format!("arn:{}:kms:*:*:key/*", partition.name)],
            "Condition": { "StringLike": { "kms:ViaService": format!("dynamodb.*.{}", partition.dns) } },
        }));
    }
    statements.extend(reading(if reads { beyond.exports } else { &[] }, partition));
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// What it takes to read exports where they lie, and nothing beside their prefixes. The key that S3 encrypted them with is
/// open for these objects alone: S3 names them to KMS, or their bucket where that has a key of its own (AWS documentation:
/// "Using server-side encryption with AWS KMS keys", "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
fn reading(exports: &[S3Uri], partition: &Partition) -> Vec<Value> {
    if exports.is_empty() {
        return Vec::new();
    }
    let bucket = |uri: &S3Uri| format!("arn:{}:s3:::{}", partition.name, uri.bucket);
    let objects: BTreeSet<String> =
        exports.iter().map(|uri| format!("{}/{}*", bucket(uri), literal(&uri.prefix))).collect();
    let mut statements = vec![json!({
        "Sid": "ReadExports", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": objects,
    })];
    let searched: BTreeSet<&S3Uri> = exports.iter().filter(|uri| !uri.is_export()).collect();
    for (number, uri) in searched.into_iter().enumerate() {
        let mut statement = json!({
            "Sid": format!("FindExports{}", number + 1), "Effect": "Allow", "Action": ["s3:ListBucket"],
            "Resource": [bucket(uri)],
        });
        if !uri.prefix.is_empty() {
            statement["Condition"] =
                json!({ "StringLike": { "s3:prefix": [format!("{}*", literal(&uri.prefix))] } });
        }
        statements.push(statement);
    }
    let encrypted: BTreeSet<String> = exports.iter().map(bucket).chain(objects).collect();
    statements.push(json!({
        "Sid": "DecryptExportsThroughS3Only",
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [format!("arn:{}:kms:*:*:key/*", partition.name)],
        "Condition": { "StringLike": {
            "kms:ViaService": format!("s3.*.{}", partition.dns),
            "kms:EncryptionContext:aws:s3:arn": encrypted,
        } },
    }));
    statements
}

/// A text in which nothing stands for others, nor for a variable (AWS documentation: "IAM policy elements: Variables and
/// tags").
fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '*' | '?' | '$' => out.extend(["${", c.encode_utf8(&mut [0; 4]), "}"]),
            plain => out.push(plain),
        }
    }
    out
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

    const SAMPLED: Beyond<'_> = Beyond { sampled: true, signing: None, exports: &[] };

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
        let whole = policy(&Beyond { signing: Some(key), ..SAMPLED }, &all(), partition_of("eu-west-1"));
        assert_eq!(actions(&whole), expected);
        let statements = whole["Statement"].as_array().unwrap();
        let signing: Vec<&Value> =
            statements.iter().filter(|s| s["Action"].to_string().contains("kms:Sign")).collect();
        assert_eq!(signing.len(), 1);
        assert_eq!(signing[0]["Action"], json!(["kms:GetPublicKey", "kms:Sign"]));
        assert_eq!(signing[0]["Resource"], json!([key]));
        let without = actions(&policy(&SAMPLED, &all(), partition_of("eu-west-1")));
        assert!(!without.contains("kms:Sign") && !without.contains("s3:GetObject"));
    }

    #[test]
    fn a_run_about_less_takes_less() {
        let few = actions(&policy(&Beyond::default(), &[Topic::Trails].into(), partition_of("eu-west-1")));
        assert!(few.contains("cloudtrail:DescribeTrails") && few.contains("dynamodb:DescribeTable"));
        assert!(
            !few.iter().any(|action| action.starts_with("backup:") || action.starts_with("events:")),
            "{few:?}"
        );
    }

    #[test]
    fn contents_stand_apart_and_go_without_sampling() {
        let without = policy(&Beyond::default(), &all(), partition_of("eu-west-1"));
        assert!(!actions(&without).iter().any(|a| a == "dynamodb:Scan" || a == "kms:Decrypt"));
        let with = policy(&SAMPLED, &all(), partition_of("cn-north-1"));
        let statements = with["Statement"].as_array().unwrap();
        let scan = statements.iter().find(|s| s["Action"].to_string().contains("Scan")).unwrap();
        assert_eq!(scan["Action"], json!(["dynamodb:Scan"]));
        assert_eq!(scan["Resource"], json!(["arn:aws-cn:dynamodb:*:*:table/*"]));
        let decrypt = &statements[statements.len() - 1];
        assert_eq!(decrypt["Condition"]["StringLike"]["kms:ViaService"], "dynamodb.*.amazonaws.com.cn");
    }

    #[test]
    fn statement_ids_are_legal_and_unique() {
        let policy = policy(&SAMPLED, &all(), partition_of("eu-west-1"));
        let ids: Vec<&str> =
            policy["Statement"].as_array().unwrap().iter().map(|s| s["Sid"].as_str().unwrap()).collect();
        assert!(ids.iter().all(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric())));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn who_looks_at_no_item_decrypts_nothing() {
        let exports = ["s3://bbb/p"].map(|uri| uri.parse().unwrap());
        let beyond = Beyond { exports: &exports, ..SAMPLED };
        let policy = policy(&beyond, &[Topic::Keys].into(), partition_of("eu-west-1"));
        let asked = actions(&policy);
        assert!(asked.contains("kms:DescribeKey"), "{asked:?}");
        assert!(
            !asked.iter().any(|a| a.starts_with("s3:") || a == "kms:Decrypt" || a == "kms:GetKeyPolicy"),
            "{asked:?}"
        );
    }

    #[test]
    fn exports_are_read_below_their_prefixes_alone() {
        let exports =
            ["s3://bbb/p*/${x}", "s3://bbb/AWSDynamoDB/01-ab", "s3://ccc"].map(|uri| uri.parse().unwrap());
        let beyond = Beyond { exports: &exports, ..Beyond::default() };
        let policy = policy(&beyond, &[Topic::Items].into(), partition_of("cn-north-1"));
        let statements = policy["Statement"].as_array().unwrap();
        let first = statements.iter().position(|one| one["Sid"] == "ReadExports").unwrap();
        let [read, b, c, decrypt] = &statements[first..] else { panic!("{policy}") };
        assert_eq!(
            read["Resource"],
            json!([
                "arn:aws-cn:s3:::bbb/AWSDynamoDB/01-ab/*",
                "arn:aws-cn:s3:::bbb/p${*}/${$}{x}/*",
                "arn:aws-cn:s3:::ccc/*"
            ])
        );
        assert_eq!(b["Resource"], json!(["arn:aws-cn:s3:::bbb"]));
        assert_eq!(b["Condition"], json!({ "StringLike": { "s3:prefix": ["p${*}/${$}{x}/*"] } }));
        assert!(c["Resource"] == json!(["arn:aws-cn:s3:::ccc"]) && c.get("Condition").is_none());
        let condition = &decrypt["Condition"]["StringLike"];
        assert_eq!(condition["kms:ViaService"], "s3.*.amazonaws.com.cn");
        assert_eq!(condition["kms:EncryptionContext:aws:s3:arn"].as_array().unwrap().len(), 5);
    }
}
