//! Fences, keys, the organization's policies and attributes: what stands between a reader and the data.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::{
        Fact,
        access::{
            Access, evaluate,
            query::{Found, Part, Question},
        },
        attribute::Readers,
        reader::{Decision, FenceState, Kms},
    },
    snapshot::{
        Account, GapId, Key, Listed, Organization, Seen, Table,
        key::{Description, Grant},
        organization::{ControlPolicy, Level},
        table::{Encryption, KeyElement},
    },
};
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, allow, arn, deny, document, role, table, user};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";

fn judge(account: &Account) -> Access {
    evaluate(account, &BTreeSet::from([arn("Tokens")]), &mut BTreeMap::new())
}

fn ask(access: &Access, part: Part<'_>, action: Option<&str>, attribute: Option<&str>) -> Vec<Found> {
    let table = arn("Tokens");
    access.readers(&Question { table: &table, part, action, attribute, principal: None }).unwrap().readers
}

fn everyone(access: &Access) -> Vec<Found> {
    ask(access, Part::Any, None, None)
}

fn tokens() -> Table {
    let mut tokens = table("Tokens");
    if let Seen::Value(description) = &mut tokens.description {
        let key = KeyElement { name: "id".into(), role: "HASH".into(), kind: "S".into() };
        description.keys = vec![key.clone()];
        description.indexes[0].keys = vec![KeyElement { name: "mail".into(), ..key }];
        description.indexes[0].projection = "KEYS_ONLY".into();
    }
    tokens
}

fn one(statements: Json) -> Account {
    account(vec![], vec![role("app", statements)], vec![tokens()])
}

fn when(actions: &Json, condition: Json) -> Json {
    json!({ "Effect": "Allow", "Action": actions, "Resource": [arn("Tokens"), format!("{}/*", arn("Tokens"))],
        "Condition": condition })
}

#[test]
fn a_fence_by_key_bites_where_every_action_names_one() {
    let mine =
        json!({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["${aws:PrincipalTag/user}"] } });
    let cases = [
        (json!(["dynamodb:GetItem", "dynamodb:Query"]), FenceState::Holds, vec![]),
        // Scan names no key: a test of all of none is true.
        (json!(["dynamodb:GetItem", "dynamodb:Scan"]), FenceState::DoesNotBite, vec!["Scan"]),
        // A SELECT without a key reads the whole table.
        (
            json!(["dynamodb:GetItem", "dynamodb:PartiQLSelect"]),
            FenceState::DoesNotBite,
            vec!["PartiQLSelect"],
        ),
        (json!(["dynamodb:GetItem", "dynamodb:GetRecords"]), FenceState::DoesNotBite, vec!["GetRecords"]),
        (json!(["dynamodb:Scan"]), FenceState::None, vec![]),
    ];
    for (actions, state, around) in cases {
        let access = judge(&one(json!([when(&actions, mine.clone())])));
        let readers = everyone(&access);
        assert!(!readers.is_empty(), "{actions}");
        for reader in readers {
            assert_eq!(
                (reader.fence.leading_keys, &reader.fence.around),
                (state, &around.iter().map(ToString::to_string).collect::<Vec<_>>()),
                "{actions}"
            );
        }
    }
    // For one value, a missing key fails the test, so that Scan is not let in at all.
    let plain = json!({ "StringEquals": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/user}" } });
    let access = judge(&one(json!([when(&json!(["dynamodb:Scan", "dynamodb:SearchVectors"]), plain)])));
    assert!(everyone(&access).is_empty());
    // PartiQL that may not read whole tables is held like the rest.
    let deny = json!({ "Effect": "Deny", "Action": "dynamodb:PartiQLSelect", "Resource": "*",
        "Condition": { "Bool": { "dynamodb:FullTableScan": "true" } } });
    let access = judge(&one(json!([when(&json!(["dynamodb:PartiQLSelect"]), mine), deny])));
    let [reader] = &everyone(&access)[..] else { panic!() };
    assert_eq!(reader.fence.leading_keys, FenceState::Holds);
}

#[test]
fn an_attribute_is_kept_only_from_requests_that_must_name_what_they_want() {
    let names = json!({ "dynamodb:Attributes": ["id", "name"] });
    let list = json!({ "ForAllValues:StringEquals": names });
    let specific = json!({ "ForAllValues:StringEquals": names,
        "StringEqualsIfExists": { "dynamodb:Select": "SPECIFIC_ATTRIBUTES", "dynamodb:ReturnValues": "NONE" } });
    let get = json!(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"]);
    let cases = [
        // A request that names no attribute gets them all.
        (json!([when(&get, list)]), "token", 1, FenceState::DoesNotBite),
        (json!([when(&get, specific.clone())]), "token", 0, FenceState::Holds),
        (json!([when(&get, specific)]), "name", 1, FenceState::Holds),
        // A list of what is denied bites nobody who names none of it.
        (
            json!([
                allow("dynamodb:GetItem", &arn("Tokens")),
                { "Effect": "Deny", "Action": "dynamodb:*", "Resource": "*",
                  "Condition": { "ForAnyValue:StringEquals": { "dynamodb:Attributes": ["token"] } } }
            ]),
            "token",
            1,
            FenceState::DoesNotBite,
        ),
        // The index holds its keys alone.
        (
            json!([allow("dynamodb:Query", &format!("{}/index/*", arn("Tokens")))]),
            "token",
            0,
            FenceState::None,
        ),
        (
            json!([allow("dynamodb:Query", &format!("{}/index/*", arn("Tokens")))]),
            "mail",
            1,
            FenceState::None,
        ),
    ];
    for (statements, attribute, found, fence) in cases {
        let access = judge(&one(statements.clone()));
        assert_eq!(ask(&access, Part::Any, None, Some(attribute)).len(), found, "{attribute}: {statements}");
        let counted = Readers { count: found as i64, held_off: 1 - found as i64, ..Readers::default() };
        assert_eq!(access.of_attribute(&arn("Tokens"), attribute), Fact::Known(counted), "{statements}");
        assert!(everyone(&access).iter().all(|reader| reader.fence.attributes == fence), "{statements}");
    }
}

fn unseen<T>() -> Seen<T> {
    Seen::Gap(GapId("1".into()))
}

fn locked(policy: Option<Json>, grants: Vec<Grant>) -> (Table, Key) {
    let mut tokens = tokens();
    if let Seen::Value(description) = &mut tokens.description {
        let key_arn = Some(KEY.to_owned());
        description.encryption = Some(Encryption {
            status: "ENABLED".into(),
            kind: Some("KMS".into()),
            key_arn,
            inaccessible_since: None,
        });
    }
    let description = Description {
        arn: KEY.into(),
        account: Some(OWNER.into()),
        manager: Some("CUSTOMER".into()),
        ..Description::default()
    };
    let key = Key {
        arn: KEY.into(),
        region: "eu-west-1".into(),
        description: Seen::Value(description),
        rotation: unseen(),
        policy: policy.map_or_else(unseen, |statements| Seen::Value(document(statements))),
        grants: Listed::whole(grants),
        tags: unseen(),
    };
    (tokens, key)
}

#[test]
fn a_reader_must_get_past_the_key() {
    let root = json!({ "AWS": format!("arn:aws:iam::{OWNER}:root") });
    let me = json!({ "AWS": format!("arn:aws:iam::{OWNER}:role/app") });
    let may = |who: &Json, condition: Json| json!([{ "Effect": "Allow", "Principal": who, "Action": "kms:Decrypt", "Resource": "*", "Condition": condition }]);
    let none = || json!({});
    let via = json!({ "StringEquals": { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" } });
    let elsewhere = json!({ "StringEquals": { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } });
    let named = json!({ "StringEquals": { "kms:EncryptionContext:aws:dynamodb:tableName": "Tokens" } });
    let other = json!({ "StringEquals": { "kms:EncryptionContext:aws:dynamodb:tableName": "Other" } });
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let read = json!([allow("dynamodb:GetItem", "*")]);
    let both = json!([allow("dynamodb:GetItem", "*"), allow("kms:Decrypt", KEY)]);
    let refused = json!([allow("dynamodb:GetItem", "*"), deny("kms:*", "*")]);
    let grant = |table: &str| Grant {
        id: "g".into(),
        grantee: Some(format!("arn:aws:iam::{OWNER}:role/app")),
        operations: vec!["Decrypt".into()],
        context_subset: [("aws:dynamodb:tableName".to_owned(), table.to_owned())].into(),
        ..Grant::default()
    };
    let cases = [
        (may(&me, none()), vec![], &read, Kms::Passes),
        (may(&me, via), vec![], &read, Kms::Passes),
        (may(&me, elsewhere), vec![], &read, Kms::Stopped),
        (may(&me, named), vec![], &read, Kms::Passes),
        (may(&me, other), vec![], &read, Kms::Stopped),
        (may(&me, mfa), vec![], &read, Kms::Conditional),
        (may(&me, none()), vec![], &refused, Kms::Stopped),
        (may(&root, none()), vec![], &read, Kms::Stopped),
        (may(&root, none()), vec![], &both, Kms::Passes),
        // Without the account in the key's policy, its own policies count for nothing.
        (json!([]), vec![], &both, Kms::Stopped),
        (json!([]), vec![grant("Tokens")], &read, Kms::Passes),
        (json!([]), vec![grant("Other")], &read, Kms::Stopped),
    ];
    for (policy, grants, statements, expected) in cases {
        let (table, key) = locked(Some(policy.clone()), grants);
        let mut all = account(vec![], vec![role("app", statements.clone())], vec![table]);
        all.keys = vec![key];
        let access = judge(&all);
        let [reader] = &everyone(&access)[..] else { panic!("{policy}") };
        assert_eq!(reader.kms, expected, "{policy} {statements}");
        let counted = i64::from(expected != Kms::Stopped);
        assert_eq!(access.of_table(&arn("Tokens")).readers, Fact::Known(counted), "{policy}");
        assert_eq!(reader.decision == Decision::Conditional, expected == Kms::Conditional);
    }
    let (table, key) = locked(None, vec![]);
    let mut all = account(vec![], vec![role("app", read)], vec![table]);
    all.keys = vec![key];
    let [reader] = &everyone(&judge(&all))[..] else { panic!() };
    assert_eq!((reader.kms, reader.unless.len()), (Kms::Unknown, 1));
}

#[test]
fn the_managed_key_serves_its_account_alone() {
    let (mut table, mut key) = locked(None, vec![]);
    let open = json!([{ "Effect": "Allow", "Principal": { "AWS": "444455556666" }, "Action": "dynamodb:GetItem", "Resource": "*" }]);
    table.policy = Seen::Value(Some(document(open)));
    if let Seen::Value(description) = &mut key.description {
        description.manager = Some("AWS".into());
    }
    let own =
        role("app", json!([allow("dynamodb:GetItem", "*"), allow("dynamodb:ExportTableToPointInTime", "*")]));
    let mut all = account(vec![], vec![own], vec![table]);
    all.keys = vec![key];
    let access = judge(&all);
    let state = |name: &str| everyone(&access).into_iter().find(|r| r.party.name == name).unwrap().kms;
    assert_eq!((state("app"), state("444455556666")), (Kms::Passes, Kms::Stopped));
    let counted = access.of_table(&arn("Tokens"));
    assert_eq!((counted.readers, counted.external), (Fact::Known(1), Fact::Known(0)));
    // An export is DynamoDB's own work, by its own grants.
    let [export] = &ask(&access, Part::Any, Some("ExportTableToPointInTime"), None)[..] else { panic!() };
    assert_eq!(export.kms, Kms::NotNeeded);
}

fn level(target: &str, statements: Json) -> Level {
    let policy = ControlPolicy {
        id: format!("p-{target}"),
        name: target.into(),
        document: Seen::Value(document(statements)),
    };
    Level { target: target.into(), policies: vec![policy] }
}

#[test]
fn the_organization_takes_away_at_every_level() {
    let full = json!([allow("*", "*")]);
    let organization = |scps: Vec<Level>, rcps: Vec<Level>, manager: &str| Organization {
        id: "o-1".into(),
        management_account: manager.into(),
        path: None,
        accounts: Some(Seen::Value(vec![OWNER.into(), "444455556666".into()])),
        scps,
        rcps,
    };
    let none = json!([allow("s3:*", "*")]);
    let perimeter = json!([{ "Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*",
        "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-2" } } }]);
    let cases = [
        (organization(vec![level("r", full.clone()), level("a", full.clone())], vec![], "999999999999"), 1),
        (organization(vec![level("r", full.clone()), level("a", none.clone())], vec![], "999999999999"), 0),
        (organization(vec![level("r", none.clone()), level("a", full.clone())], vec![], "999999999999"), 0),
        (organization(vec![level("r", none)], vec![], OWNER), 1),
        (organization(vec![level("r", full.clone())], vec![level("r", perimeter)], "999999999999"), 0),
    ];
    for (organization, found) in cases {
        let mut all = one(json!([allow("dynamodb:GetItem", "*")]));
        all.guardrails = Seen::Value(Some(organization.clone()));
        assert_eq!(everyone(&judge(&all)).len(), found, "{organization:?}");
    }
    // A policy that was not given hides nobody, and is named.
    let mut hidden = organization(vec![level("r", full)], vec![], "999999999999");
    hidden.scps[0].policies[0].document = Seen::Gap(GapId("2".into()));
    let mut all = one(json!([allow("dynamodb:GetItem", "*")]));
    all.guardrails = Seen::Value(Some(hidden));
    let [reader] = &everyone(&judge(&all))[..] else { panic!() };
    assert_eq!(reader.unless[0].0, "policies of the organization");
}

#[test]
fn a_question_is_about_one_part_one_action_or_some_readers() {
    let index = format!("{}/index/by-x", arn("Tokens"));
    let all = account(
        vec![user("ana", json!([allow("dynamodb:Query", &index)]))],
        vec![role(
            "app",
            json!([allow("dynamodb:GetItem", &arn("Tokens")), allow("dynamodb:GetRecords", "*")]),
        )],
        vec![tokens(), table("Other")],
    );
    let access = judge(&all);
    let names = |found: Vec<Found>| found.into_iter().map(|reader| reader.party.name).collect::<Vec<_>>();
    assert_eq!(names(everyone(&access)), ["app", "ana"]);
    assert_eq!(names(ask(&access, Part::Index("by-x"), None, None)), ["ana"]);
    assert_eq!(names(ask(&access, Part::Table, None, None)), ["app"]);
    assert_eq!(names(ask(&access, Part::Stream, None, None)), ["app"]);
    assert_eq!(names(ask(&access, Part::Any, Some("dynamodb:query"), None)), ["ana"]);
    assert_eq!(
        names(ask(&access, Part::Any, Some("TransactGetItems"), None)),
        ["app"],
        "each get is a GetItem"
    );
    let table = arn("Tokens");
    let about = |principal, part| {
        let question = Question { table: &table, part, action: None, attribute: None, principal };
        access.readers(&question).map(|found| names(found.readers))
    };
    assert_eq!(about(Some("AN*"), Part::Any), Some(vec!["ana".to_owned()]));
    assert_eq!(about(None, Part::Index("no-such")), None);
    let [reader] = &ask(&access, Part::Index("by-x"), None, None)[..] else { panic!() };
    assert_eq!(reader.actions, [("Query".to_owned(), "index")]);
    assert_eq!(reader.via[0].to_string(), "own#0");
    assert_eq!(access.expand(&table).len(), 2);
}

#[test]
fn a_transaction_is_no_action_and_a_wildcard_holds_more_than_its_name() {
    assert!(everyone(&judge(&one(json!([allow("dynamodb:TransactGetItems", "*")])))).is_empty());
    let [put] = &everyone(&judge(&one(json!([allow("dynamodb:Put*", "*")]))))[..] else { panic!() };
    assert!(put.roads.policy && put.roads.write_return);
    // A write that may return nothing is no road to the data.
    let quiet = json!({ "StringEquals": { "dynamodb:ReturnValues": "NONE" } });
    assert!(everyone(&judge(&one(json!([when(&json!("dynamodb:UpdateItem"), quiet)])))).is_empty());
}
