//! What must hold for any policy.

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    facts::access::evaluate,
    iam::{
        Caller, Context, Decision, Keys, Kind, Malformed, Named, Policy, Request, Who, WhoKind, decide,
        pattern::{Pattern, Token, matches},
        resource_policy,
    },
    snapshot::Seen,
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::account::{OWNER, account, arn, document, table, user};

/// The obvious, slow way.
fn reference(tokens: &[Token], text: &[char]) -> bool {
    match (tokens.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((Token::Many, rest)), _) => {
            reference(rest, text) || (!text.is_empty() && reference(tokens, &text[1..]))
        }
        (Some((Token::One, rest)), Some((_, text))) => reference(rest, text),
        (Some((Token::Char(a), rest)), Some((b, text))) if a == b => reference(rest, text),
        _ => false,
    }
}

fn tokens(pattern: &str) -> Vec<Token> {
    let token = |c| match c {
        '*' => Token::Many,
        '?' => Token::One,
        c => Token::Char(c),
    };
    pattern.chars().map(token).collect()
}

/// A pattern of a `Resource` element, `behind` colons of it read: before the fifth, a wildcard takes a colon only
/// if it is a `*` that ends its part.
fn parts(pattern: &[char], behind: usize, text: &[char]) -> bool {
    let takes = |free: bool| text.first().is_some_and(|c| free || behind >= 5 || *c != ':');
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => {
            let free = matches!(rest.first(), None | Some(':'));
            parts(rest, behind, text) || (takes(free) && parts(pattern, behind, &text[1..]))
        }
        Some(('?', rest)) => takes(false) && parts(rest, behind, &text[1..]),
        Some((wanted, rest)) => {
            text.first() == Some(wanted) && parts(rest, behind + usize::from(*wanted == ':'), &text[1..])
        }
    }
}

fn statement() -> impl Strategy<Value = Json> {
    let action = prop::sample::select(vec![
        "*",
        "dynamodb:*",
        "dynamodb:Get*",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:GetRecords",
        "dynamodb:RestoreTable*",
        "dynamodb:CreateBackup",
        "s3:*",
    ]);
    let resource = prop::sample::select(vec![
        "*",
        "arn:aws:dynamodb:*:*:table/*",
        "arn:aws:dynamodb:*:*:table/A*",
        "arn:aws:dynamodb:*:*:table/A1",
        "arn:aws:dynamodb:*:*:table/*/index/*",
        "arn:aws:dynamodb:*:*:table/${aws:username}*",
    ]);
    let condition = prop::sample::select(vec![
        json!({}),
        json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } }),
        json!({ "StringEquals": { "aws:PrincipalTag/team": "blue" } }),
        json!({ "StringEquals": { "aws:ResourceTag/team": "blue" } }),
        json!({ "StringLike": { "aws:PrincipalArn": "*user/A*" } }),
    ]);
    let parts = (prop::bool::weighted(0.7), action, resource, condition, prop::bool::weighted(0.1));
    parts.prop_map(|(allow, action, resource, condition, not)| {
        let effect = if allow { "Allow" } else { "Deny" };
        let action_key = if not { "NotAction" } else { "Action" };
        json!({ "Effect": effect, action_key: action, "Resource": resource, "Condition": condition })
    })
}

fn statements() -> impl Strategy<Value = Vec<Json>> {
    prop::collection::vec(statement(), 0..4)
}

fn judge(statements: &[Json]) -> Decision {
    let policy = Policy::parse(&document(json!(statements)), Kind::Identity).unwrap();
    let identity = [Named { name: "p", policy: &policy }];
    let who = Who { kind: WhoKind::User, arn: "u".into(), account: OWNER.into(), id: String::new() };
    let keys = Keys::new();
    let caller = Caller::with(&who, &identity);
    let context = Context { caller: &keys, resource: &keys };
    decide(&caller, &Request::new("dynamodb:getitem", &arn("A1"), context)).decision
}

fn width(decision: &Decision) -> u8 {
    match decision {
        Decision::Denied(_) => 0,
        Decision::Conditional(_) => 1,
        Decision::Allowed => 2,
    }
}

fn with(mut list: Vec<Json>, extra: Json, effect: &str) -> Vec<Json> {
    let mut extra = extra;
    extra["Effect"] = json!(effect);
    list.push(extra);
    list
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patterns_match_as_the_reference_does(pattern in "[ab*?é]{0,8}", text in "[abé:]{0,10}") {
        let chars: Vec<char> = text.chars().collect();
        prop_assert_eq!(matches(&tokens(&pattern), &text), reference(&tokens(&pattern), &chars));
    }

    #[test]
    fn resources_match_part_by_part(pattern in "[ab:*?]{0,9}", text in "[ab:]{0,12}") {
        let (pattern, text) = (format!("arn:{pattern}"), format!("arn:{text}"));
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        let missing = 5_usize.saturating_sub(pattern.matches(':').count());
        let completed = format!("{pattern}{}", ":*".repeat(missing));
        let wanted = [&pattern, &completed].iter().any(|p| parts(&chars(p), 0, &chars(&text)));
        prop_assert_eq!(Pattern::resource(&pattern, true).matches_plain(&text), wanted, "{} {}", pattern, text);
    }

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0usize..200) {
        let whole = document(json!([{ "Effect": "Allow", "Action": "*", "Resource": "${aws:username}*",
            "Condition": { "DateLessThan": { "aws:CurrentTime": "2020-01-01T00:00Z" } } }]));
        let mut spoilt = whole.into_bytes();
        spoilt.splice(cut.min(spoilt.len()).., bytes.iter().copied());
        for bytes in [bytes, spoilt] {
            if let Ok(policy) = Policy::parse_bytes(&bytes, Kind::Identity) {
                let keys = Keys::new().with_one("aws:username", &String::from_utf8_lossy(&bytes));
                let context = Context { caller: &keys, resource: &keys };
                let who = Who { kind: WhoKind::User, arn: "u".into(), account: OWNER.into(), id: String::new() };
                let identity = [Named { name: "p", policy: &policy }];
                decide(&Caller::with(&who, &identity), &Request::new("dynamodb:getitem", "arn:x", context));
            }
        }
    }

    #[test]
    fn a_further_deny_never_widens(list in statements(), extra in statement()) {
        let before = judge(&list);
        prop_assert!(width(&judge(&with(list, extra, "Deny"))) <= width(&before));
    }

    #[test]
    fn a_further_allow_never_narrows(list in statements(), extra in statement()) {
        let before = judge(&list);
        prop_assert!(width(&judge(&with(list, extra, "Allow"))) >= width(&before));
    }

    #[test]
    fn order_does_not_matter(list in statements()) {
        let mut turned = list.clone();
        turned.reverse();
        prop_assert_eq!(judge(&list), judge(&turned));
    }

    #[test]
    fn classes_agree_with_pairs(
        policies in prop::collection::vec(statements(), 1..3),
        blue in prop::collection::vec(any::<bool>(), 3),
        open in prop::collection::vec(prop::option::of(0usize..4), 3),
    ) {
        let names = ["A1", "A2", "B1"];
        let users: Vec<_> = names.iter().enumerate().map(|(i, name)| {
            let mut user = user(name, json!(policies[i % policies.len()]));
            if i % 2 == 0 {
                user.tags.insert("team".into(), "blue".into());
            }
            user
        }).collect();
        let tables: Vec<_> = names.iter().enumerate().map(|(i, name)| {
            let mut table = table(name);
            if blue[i] {
                table.tags = Seen::Value(BTreeMap::from([("team".to_owned(), "blue".to_owned())]));
            }
            if let Some(whom) = open[i] {
                let principal = match whom {
                    0 => json!("*"),
                    1 => json!({ "AWS": OWNER }),
                    2 => json!({ "AWS": "444455556666" }),
                    _ => json!({ "AWS": users[0].arn }),
                };
                let effect = if whom == 0 { "Deny" } else { "Allow" };
                table.policy = Seen::Value(Some(document(json!([{ "Effect": effect, "Principal": principal,
                    "Action": "dynamodb:Get*", "Resource": "*" }]))));
            }
            table
        }).collect();
        let pairs = |users: &[_], tables: &[_]| {
            let access = evaluate(&account(users.to_vec(), vec![], tables.to_vec()), &BTreeSet::new(), &mut BTreeMap::new());
            let mut out = BTreeSet::new();
            for class in access.classes() {
                for member in &class.members {
                    for table in class.tables.iter() {
                        out.insert(format!("{} {} {:?} {:?} {:?} {} {}", access.party(*member).unwrap().arn,
                            access.table_arn(table).unwrap(), class.decision, class.roads, class.condition,
                            class.full_access, class.wildcard));
                    }
                }
            }
            out
        };
        let of = |lines: BTreeSet<String>, arn: &str| {
            lines.into_iter().filter(|line| line.starts_with(&format!("{arn} "))).collect::<BTreeSet<_>>()
        };
        let together = pairs(&users, &tables);
        for (at, user) in users.iter().enumerate() {
            // The others stay listed, so that a table's policy that names one finds it, but have no policies.
            let alone: Vec<_> = users.iter().enumerate().map(|(other, user)| {
                let mut user = user.clone();
                if other != at {
                    user.inline.clear();
                }
                user
            }).collect();
            let mut apart = BTreeSet::new();
            for table in &tables {
                apart.extend(of(pairs(&alone, std::slice::from_ref(table)), &user.arn));
            }
            prop_assert_eq!(of(together.clone(), &user.arn), apart);
        }
    }

    #[test]
    fn hostile_text_never_panics(text in ".{0,200}", json in hostile()) {
        for kind in [Kind::Identity, Kind::Resource, Kind::Trust] {
            for text in [&text, &json] {
                if let Err(Malformed { place, reason }) = Policy::parse(text, kind) {
                    prop_assert!(place.len() < 400 && reason.len() < 800);
                    prop_assert!(!(place + &reason).contains(char::is_control));
                }
                let _ = resource_policy::read(text, OWNER, "arn:x");
            }
        }
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        ".{0,20}".prop_map(Json::from),
        Just(json!("*")),
        Just(json!("Allow")),
        Just(json!("${aws:username"))
    ];
    let key = prop::sample::select(vec![
        "Version",
        "Statement",
        "Effect",
        "Action",
        "Resource",
        "Principal",
        "Condition",
        "AWS",
        "StringLike",
        "\u{1b}[31m",
        "Sid",
    ]);
    leaf.prop_recursive(6, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|members| {
                Json::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
    .prop_map(|json| json.to_string())
}

#[test]
fn deep_nesting_and_long_patterns_are_taken() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Policy::parse(&deep, Kind::Identity).is_err());
    let many = tokens(&"*a".repeat(200));
    assert!(!matches(&many, &("a".repeat(20_000) + "b")));
    let text = format!("\u{feff} {} \n", document(json!([])));
    assert!(Policy::parse(&text, Kind::Identity).is_ok());
}
