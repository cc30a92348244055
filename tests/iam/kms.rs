//! Who may decrypt with a key.

use std::collections::BTreeMap;

use dynaudit::{
    facts::{Fact, key, sensitivity::Marks, uses::KeyUses},
    iam::{Caller, Decision, Keys, Kind, Named, Policy, Who, WhoKind},
    kms::{GrantReading, KeyAccess, KeyPolicyReading, may_decrypt, read_grant, read_key_policy},
    snapshot::{self, Account, Listed, Seen, Timestamp, Why, key::Grant},
};
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, document, gap, table};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234";

fn read(statements: Json) -> KeyPolicyReading {
    read_key_policy(&document(statements), KEY, OWNER).unwrap()
}

fn root() -> Json {
    json!({ "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{OWNER}:root") }, "Action": "kms:*", "Resource": "*" })
}

fn grants(principal: Json, condition: Json) -> Json {
    json!({ "Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*", "Condition": condition })
}

#[test]
fn the_default_key_policy_hands_over_to_the_account() {
    let reading = read(json!([root()]));
    assert_eq!(reading, KeyPolicyReading { delegates_to_iam: true, ..Default::default() });
}

#[test]
fn the_policy_of_an_aws_managed_key_is_not_public() {
    let condition = json!({ "StringEquals": { "kms:CallerAccount": OWNER, "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } });
    let reading = read(json!([grants(json!({ "AWS": "*" }), condition)]));
    assert_eq!(reading, KeyPolicyReading::default());
}

#[test]
fn anyone_without_a_binding_condition_is_public() {
    let reading = read(json!([grants(json!("*"), json!({}))]));
    assert!(reading.public && reading.cross_account && reading.usable_outside_dynamodb);
    let via = json!({ "StringEquals": { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } });
    let reading = read(json!([grants(json!("*"), via)]));
    assert!(reading.public && !reading.usable_outside_dynamodb);
}

#[test]
fn another_account_may_decrypt_or_make_grants() {
    let reading = read(json!([root(), grants(json!({ "AWS": "444455556666" }), json!({}))]));
    assert_eq!(reading.accounts, ["444455556666".to_owned()].into());
    let grant = json!({ "Effect": "Allow", "Principal": { "AWS": "444455556666" }, "Action": "kms:CreateGrant", "Resource": "*" });
    assert!(read(json!([grant])).cross_account);
    let describe = json!({ "Effect": "Allow", "Principal": { "AWS": "444455556666" }, "Action": "kms:DescribeKey", "Resource": "*" });
    assert!(!read(json!([describe])).cross_account);
}

#[test]
fn a_deny_outside_of_dynamodb_counts() {
    let role = json!({ "AWS": format!("arn:aws:iam::{OWNER}:role/app") });
    let bare = grants(role, json!({}));
    assert!(read(json!([bare])).usable_outside_dynamodb);
    let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
        "Condition": { "StringNotLike": { "kms:ViaService": "dynamodb.*.amazonaws.com" } } });
    assert!(!read(json!([bare, deny])).usable_outside_dynamodb);
}

#[test]
fn grants_are_read_for_their_grantee() {
    let grant = |grantee: &str, operation: &str| Grant {
        grantee: Some(grantee.into()),
        operations: vec![operation.into()],
        ..Grant::default()
    };
    let read = |grant: &Grant| read_grant(grant, OWNER);
    let nothing = GrantReading::default();
    let service = grant("dynamodb.eu-west-1.amazonaws.com", "Decrypt");
    assert_eq!(read(&service), GrantReading { decrypts: true, service: true, ..nothing });
    let deleted = grant("AROAEXAMPLEEXAMPLE123", "DescribeKey");
    assert_eq!(read(&deleted), GrantReading { deleted: true, ..nothing });
    let external = grant("arn:aws:iam::444455556666:role/x", "Decrypt");
    assert_eq!(read(&external), GrantReading { decrypts: true, external: true, ..nothing });
    let mut bound = grant(&format!("arn:aws:iam::{OWNER}:role/x"), "Encrypt");
    bound.context_subset = BTreeMap::from([("aws:dynamodb:tableName".into(), "T".into())]);
    assert_eq!(read(&bound), GrantReading { constrained: true, ..nothing });
}

#[test]
fn identity_policies_count_only_where_the_key_policy_hands_over() {
    let decide = |key_policy: Json, identity: Json, grants: &[Grant]| {
        let key_policy = Policy::parse(&document(key_policy), Kind::Resource).unwrap();
        let identity = Policy::parse(&document(identity), Kind::Identity).unwrap();
        let identity = [Named { name: "own", policy: &identity }];
        let arn = format!("arn:aws:iam::{OWNER}:role/app");
        let who = Who { kind: WhoKind::Role, arn, account: OWNER.into(), id: "AROAAPP".into() };
        let caller = Caller::with(&who, &identity);
        let key = KeyAccess { arn: KEY, owner: OWNER, policy: Some(&key_policy), grants };
        may_decrypt(&caller, &Keys::new(), &key).decision
    };
    let own = json!([allow("kms:Decrypt", KEY)]);
    assert_eq!(decide(json!([root()]), own.clone(), &[]), Decision::Allowed);
    assert!(matches!(decide(json!([root()]), json!([]), &[]), Decision::Denied(_)));
    assert!(matches!(decide(json!([]), own, &[]), Decision::Denied(_)));
    let direct = grants(json!({ "AWS": format!("arn:aws:iam::{OWNER}:role/app") }), json!({}));
    assert_eq!(decide(json!([direct]), json!([]), &[]), Decision::Allowed);
    let mut grant = Grant {
        grantee: Some(format!("arn:aws:iam::{OWNER}:role/app")),
        operations: vec!["Decrypt".into()],
        ..Grant::default()
    };
    assert_eq!(decide(json!([]), json!([]), &[grant.clone()]), Decision::Allowed);
    grant.context_equals = BTreeMap::from([("a".into(), "b".into())]);
    assert!(matches!(decide(json!([]), json!([]), &[grant.clone()]), Decision::Conditional(_)));
    let deny = json!([{ "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*" }]);
    assert!(matches!(decide(deny, json!([]), &[grant]), Decision::Denied(_)));
}

#[test]
fn a_key_becomes_facts_and_what_is_missing_stays_unknown() {
    let (id, _) = gap("kms:DescribeKey");
    let mut key = snapshot::Key {
        arn: KEY.into(),
        region: "eu-west-1".into(),
        description: Seen::Gap(id.clone()),
        rotation: Seen::Value(None),
        policy: Seen::Value("{".into()),
        grants: Listed::whole(vec![Grant { id: "g".into(), ..Grant::default() }]),
        tags: Seen::Gap(id.clone()),
    };
    let mut gaps = BTreeMap::new();
    let mut all = account(vec![], vec![], vec![table("T")]);
    let uses = |all: &Account| KeyUses::of(all, &Marks::default());
    let facts = key::facts(&all, &key, &uses(&all), Timestamp(0), &mut gaps);
    assert_eq!((facts.state, facts.external), (Fact::Unknown(id.into()), Fact::Known(false)));
    assert_eq!(facts.tables, Fact::Known(0));
    assert!(matches!(facts.policy, Fact::Unknown(_)));
    assert_eq!(gaps.first_key_value().unwrap().1.why, Why::Malformed);

    let state = Some("PendingDeletion".to_owned());
    let deletion_date = Some(Timestamp(8 * 86_400));
    key.description = Seen::Value(snapshot::key::Description { state, deletion_date, ..Default::default() });
    all.keys = vec![key];
    let nodes = key::nodes(&all, &uses(&all), Timestamp(86_400), &mut gaps);
    assert_eq!(nodes[0].facts["deletion_in_days"], 7);
    assert_eq!(nodes[0].children[0].subject.names["grant"], "g");
}
