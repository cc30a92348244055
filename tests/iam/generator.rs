//! Policy sets of every layer from small alphabets, so that patterns, principals and conditions really meet.
//! The same seed gives the same set.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

const HERE: &str = "111122223333";
const THERE: &str = "444455556666";

/// A service with the requests and patterns that are tried on it.
struct Service {
    actions: &'static [&'static str],
    resources: &'static [&'static str],
    action_patterns: &'static [&'static str],
    resource_patterns: &'static [&'static str],
    /// A trust policy: the resource's policy names no resource.
    trust: bool,
}

const SERVICES: [Service; 5] = [
    Service {
        actions: &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:PartiQLSelect"],
        resources: &[
            "arn:aws:dynamodb:eu-west-1:111122223333:table/Books",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/Bookkeeping",
            "arn:aws:dynamodb:us-east-1:111122223333:table/alice",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/Books/index/by-title",
        ],
        action_patterns: &[
            "*",
            "dynamodb:*",
            "dynamodb:Get*",
            "DynamoDB:getitem",
            "dynamodb:?utItem",
            "dynamodb:*Item",
            "dynamodb:Query",
            "dynamodb:PartiQL*",
            "dynamodb:GetItems",
            "s3:*",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:dynamodb:*:*:table/*",
            "arn:aws:dynamodb:*:111122223333:table/Book*",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/Books",
            "arn:aws:dynamodb:eu-west-?:*:table/Book?",
            "arn:aws:dynamodb:*:*:table/books",
            "arn:aws:dynamodb:*:*:table/Books/index/*",
            "arn:aws:dynamodb:*:*:table/${aws:username}",
            "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team, 'Books'}",
            "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}*",
            "arn:aws:dynamodb:eu-west-1",
            "arn:aws:dynamodb:us-*",
            "arn:aws:s3:::*",
        ],
        trust: false,
    },
    Service {
        actions: &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        resources: &["arn:aws:s3:::shelf/a", "arn:aws:s3:::shelf/alice/b", "arn:aws:s3:::attic/blue"],
        action_patterns: &["*", "s3:*", "s3:Get*", "s3:*Object", "s3:putobject", "dynamodb:*"],
        resource_patterns: &[
            "*",
            "arn:aws:s3:::shelf",
            "arn:aws:s3:::shelf/*",
            "arn:aws:s3:::*/${aws:username}/*",
            "arn:aws:s3:::*/${aws:PrincipalTag/team}",
            "arn:aws:s3:::*a",
            "arn:aws:s3:::shelf/?",
            "arn:aws:s3:::shelf/${*}",
        ],
        trust: false,
    },
    Service {
        actions: &["kms:Decrypt", "kms:Encrypt", "kms:DescribeKey"],
        resources: &[
            "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555",
            "arn:aws:kms:eu-west-1:111122223333:key/66666666-7777-8888-9999-000000000000",
        ],
        action_patterns: &["*", "kms:*", "kms:Dec*", "kms:*crypt", "kms:describekey"],
        resource_patterns: &[
            "*",
            "arn:aws:kms:*:*:key/*",
            "arn:aws:kms:*:111122223333:key/1*",
            "arn:aws:kms",
        ],
        trust: false,
    },
    Service {
        actions: &["sts:AssumeRole", "sts:TagSession"],
        resources: &["arn:aws:iam::111122223333:role/target", "arn:aws:iam::111122223333:role/other"],
        action_patterns: &["*", "sts:*", "sts:AssumeRole", "sts:Tag*"],
        resource_patterns: &["*", "arn:aws:iam::*:role/t*", "arn:aws:iam::111122223333:role/other"],
        trust: true,
    },
    Service {
        actions: &["sns:Publish", "sns:Subscribe"],
        resources: &["arn:aws:sns:eu-west-1:111122223333:news", "arn:aws:sns:eu-west-1:111122223333:alice"],
        action_patterns: &["*", "sns:*", "SNS:publish", "sns:?ubscribe"],
        resource_patterns: &["*", "arn:aws:sns:*:*:n*", "arn:aws:sns:*:*:${aws:username}"],
        trust: false,
    },
];

const CALLERS: [&str; 9] = [
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/app/ci",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:federated-user/fay",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:user/bob",
    "arn:aws:sts::444455556666:assumed-role/etl/run",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
];

const PRINCIPALS: [&str; 12] = [
    "*",
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/ci",
    "arn:aws:sts::111122223333:federated-user/fay",
    "arn:aws:iam::444455556666:user/bob",
    "arn:aws:iam::444455556666:role/etl",
    "arn:aws:sts::444455556666:assumed-role/etl/run",
];

/// Exceptions as the documentation writes them: with the account, and a session with its role.
const EXCEPTED: [&[&str]; 5] = [
    &["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:root"],
    &[
        "arn:aws:sts::111122223333:assumed-role/app/ci",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws:iam::111122223333:root",
    ],
    &["arn:aws:iam::111122223333:role/app", "111122223333"],
    &["arn:aws:iam::444455556666:user/bob", "arn:aws:iam::444455556666:root"],
    &["444455556666"],
];

/// Operators with a key that suits them, and values for policy and request.
struct Test {
    operators: &'static [&'static str],
    keys: &'static [&'static str],
    wanted: &'static [&'static str],
    given: &'static [&'static str],
}

const TESTS: [Test; 6] = [
    Test {
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ],
        keys: &["aws:PrincipalTag/team", "aws:PrincipalTag/site", "aws:PrincipalOrgID"],
        wanted: &["blue", "Blue", "b*", "?lue", "red", "${aws:PrincipalTag/site}", "${aws:username}", "*"],
        given: &["blue", "Blue", "red", "alice", "*"],
    },
    Test {
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        keys: &["aws:MultiFactorAuthAge"],
        wanted: &["5", "10", "10.0", "-1"],
        given: &["5", "9", "10"],
    },
    Test {
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        keys: &["aws:CurrentTime", "aws:TokenIssueTime"],
        wanted: &["2024-05-01T00:00:00Z", "2024-05-01", "1714521600", "2024-05-01T02:00:00+02:00"],
        given: &["2024-05-01T00:00:00Z", "2024-04-30T23:59:59Z", "2024-05-02T00:00:00Z"],
    },
    Test {
        operators: &["Bool"],
        keys: &["aws:SecureTransport", "aws:MultiFactorAuthPresent"],
        wanted: &["true", "false"],
        given: &["true", "false"],
    },
    Test {
        operators: &["IpAddress", "NotIpAddress"],
        keys: &["aws:SourceIp"],
        wanted: &["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0"],
        given: &["10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::1"],
    },
    Test {
        operators: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        keys: &["aws:SourceArn"],
        wanted: &[
            "arn:aws:sns:*:111122223333:n*",
            "arn:aws:s3:::a?c",
            "arn:aws:sns:eu-west-1:111122223333:news",
        ],
        given: &["arn:aws:sns:eu-west-1:111122223333:news", "arn:aws:s3:::abc", "arn:aws:s3:::abd"],
    },
];

/// The one key of several values, which only set operators may ask for.
const SET: Test = Test {
    operators: &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
    keys: &["aws:TagKeys"],
    wanted: &["env", "cost", "e*", "ENV"],
    given: &["env", "cost", "x", "Env"],
};

/// The JSON of SimulateCustomPolicy for the set of that number.
pub fn input(seed: u64) -> Json {
    let mut rng = Rng::with_seed(seed);
    let service = pick(&mut rng, &SERVICES);
    let caller = pick(&mut rng, &CALLERS);
    let mut input = Map::new();
    input.insert("CallerArn".into(), (*caller).into());
    input.insert("ResourceOwner".into(), HERE.into());
    input.insert("ActionNames".into(), json!(service.actions));
    input.insert("ResourceArns".into(), json!(service.resources));
    input.insert("ContextEntries".into(), context(&mut rng));
    let documents = (0..rng.usize(0..3)).map(|_| document(&mut rng, service, false)).collect();
    input.insert("PolicyInputList".into(), Json::Array(documents));
    // No IAM policy of its own limits root but its account's SCPs.
    if !caller.ends_with(":root") {
        for (name, odds) in [("PermissionsBoundaryPolicyInputList", 3), ("SessionPolicyInputList", 4)] {
            let session = name.starts_with("Session");
            let has = !session || caller.contains(":assumed-role/") || caller.contains(":federated-user/");
            if has && rng.usize(0..odds) == 0 {
                input.insert(name.into(), json!([document(&mut rng, service, false)]));
            }
        }
    }
    let across = caller.contains(THERE);
    if across || service.trust || service.actions[0].starts_with("kms") || rng.bool() {
        input.insert("ResourcePolicy".into(), document(&mut rng, service, true));
    }
    for (name, theirs) in [("ServiceControlPolicyInputList", false), ("ResourceControlPolicyInputList", true)]
    {
        if rng.usize(0..4) == 0 {
            let levels = (0..rng.usize(1..3)).map(|_| level(&mut rng, service, theirs)).collect();
            input.insert(name.into(), Json::Array(levels));
        }
    }
    Json::Object(input)
}

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(0..from.len())]
}

/// One value, or a list of up to three.
fn some(rng: &mut Rng, from: &[&str]) -> Json {
    match rng.usize(0..4) {
        0 => (0..rng.usize(1..4)).map(|_| *pick(rng, from)).collect(),
        _ => (*pick(rng, from)).into(),
    }
}

/// A level of an organization: mostly one that lets everything through and denies a little.
fn level(rng: &mut Rng, service: &Service, theirs: bool) -> Json {
    let mut everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let mut statements = Vec::new();
    if theirs || rng.usize(0..4) > 0 {
        if theirs {
            everything["Principal"] = "*".into();
        }
        statements.push(everything);
    }
    for _ in 0..rng.usize(0..2) {
        let mut one = statement(rng, service, false, false);
        if theirs {
            one["Principal"] = "*".into();
            one["Effect"] = "Deny".into();
            // One that is written by hand names services ("RCP syntax").
            let named: Vec<&str> =
                service.action_patterns.iter().filter(|name| **name != "*").copied().collect();
            one.as_object_mut().unwrap().shift_remove("NotAction");
            one["Action"] = some(rng, &named);
        }
        statements.push(one);
    }
    json!([text(&statements, true)])
}

fn text(statements: &[Json], variables: bool) -> Json {
    let version = if variables { "2012-10-17" } else { "2008-10-17" };
    json!({ "Version": version, "Statement": statements }).to_string().into()
}

fn document(rng: &mut Rng, service: &Service, theirs: bool) -> Json {
    let statements: Vec<Json> =
        (0..rng.usize(1..4)).map(|_| statement(rng, service, theirs, theirs)).collect();
    text(&statements, rng.usize(0..8) > 0)
}

fn statement(rng: &mut Rng, service: &Service, principal: bool, theirs: bool) -> Json {
    let mut statement = Map::new();
    let deny = rng.usize(0..5) == 0;
    statement.insert("Effect".into(), if deny { "Deny" } else { "Allow" }.into());
    let not =
        |rng: &mut Rng, name: &str| if rng.usize(0..8) == 0 { format!("Not{name}") } else { name.into() };
    if principal {
        // AWS takes NotPrincipal with a Deny, and in no trust policy.
        if deny && !service.trust && rng.usize(0..2) == 0 {
            statement.insert("NotPrincipal".into(), json!({ "AWS": pick(rng, &EXCEPTED) }));
        } else {
            statement.insert("Principal".into(), json!({ "AWS": some(rng, &PRINCIPALS) }));
        }
    }
    statement.insert(not(rng, "Action"), some(rng, service.action_patterns));
    if !(theirs && service.trust) {
        statement.insert(not(rng, "Resource"), some(rng, service.resource_patterns));
    }
    if rng.usize(0..2) == 0 {
        let mut block = Map::new();
        for _ in 0..rng.usize(1..3) {
            let (operator, key, wanted) = test(rng);
            block.insert(operator, json!({ key: wanted }));
        }
        statement.insert("Condition".into(), block.into());
    }
    Json::Object(statement)
}

/// An operator with its key and values.
fn test(rng: &mut Rng) -> (String, &'static str, Json) {
    if rng.usize(0..10) == 0 {
        let test = pick(rng, &TESTS);
        return ("Null".into(), *pick(rng, test.keys), (*pick(rng, &["true", "false"])).into());
    }
    let set = rng.usize(0..4) == 0;
    let test = if set { &SET } else { pick(rng, &TESTS) };
    let mut operator = (*pick(rng, test.operators)).to_owned();
    if rng.usize(0..4) == 0 {
        operator.push_str("IfExists");
    }
    if set {
        operator.insert_str(0, if rng.bool() { "ForAllValues:" } else { "ForAnyValue:" });
    }
    (operator, *pick(rng, test.keys), some(rng, test.wanted))
}

fn context(rng: &mut Rng) -> Json {
    let mut entries = Vec::new();
    for test in &TESTS {
        for key in test.keys {
            if rng.usize(0..3) > 0 {
                entries.push(entry(key, vec![*pick(rng, test.given)], "string"));
            }
        }
    }
    if rng.bool() {
        let values = (0..rng.usize(1..4)).map(|_| *pick(rng, SET.given)).collect();
        entries.push(entry(SET.keys[0], values, "stringList"));
    }
    entries.into()
}

fn entry(key: &str, values: Vec<&str>, kind: &str) -> Json {
    json!({ "ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": kind })
}
