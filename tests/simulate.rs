//! `simulate`: the shapes in and out, what is filled in, and hostile input.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use assert_cmd::Command;
use dynaudit::simulate::{Unknown, answer};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const ALICE: &str = "arn:aws:iam::111122223333:user/team/alice";
const TABLE: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/Books";

fn ask(input: &Json) -> Json {
    let bytes = serde_json::to_vec(input).unwrap();
    match answer(&bytes, Unknown::Absent) {
        Ok(output) => serde_json::to_value(output).unwrap(),
        Err(refused) => json!({ "Error": refused.to_string() }),
    }
}

fn decision(input: &Json) -> String {
    let output = ask(input);
    let first = &output["EvaluationResults"][0]["EvalDecision"];
    first.as_str().map_or_else(|| output.to_string(), str::to_owned)
}

fn policy(statement: Json) -> Json {
    json!({ "Version": "2012-10-17", "Statement": statement })
}

fn allow(condition: Json) -> Json {
    policy(json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition }))
}

#[test]
fn the_answer_has_the_shape_of_the_service() {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
    let output = ask(&json!({
        "PolicyInputList": [text],
        "ActionNames": ["dynamodb:CreateBackup", "s3:GetObject"],
        "ContextEntries": [{ "ContextKeyName": "aws:CurrentTime", "ContextKeyValues": ["2019-04-25T11:00:00Z"], "ContextKeyType": "date" }],
    }));
    // Positions as in the AWS CLI's example of simulate-custom-policy.
    let wanted = json!({
        "EvaluationResults": [
            {
                "EvalActionName": "dynamodb:CreateBackup",
                "EvalResourceName": "*",
                "EvalDecision": "allowed",
                "MatchedStatements": [{
                    "SourcePolicyId": "PolicyInputList.1",
                    "SourcePolicyType": "IAM Policy",
                    "StartPosition": { "Line": 1, "Column": 38 },
                    "EndPosition": { "Line": 1, "Column": 167 },
                }],
                "MissingContextValues": [],
                "EvalDecisionDetails": { "IAM Policy": "allowed" },
            },
            {
                "EvalActionName": "s3:GetObject",
                "EvalResourceName": "*",
                "EvalDecision": "implicitDeny",
                "MatchedStatements": [],
                "MissingContextValues": [],
                "EvalDecisionDetails": { "IAM Policy": "implicitDeny" },
            },
        ],
        "IsTruncated": false,
    });
    assert_eq!(output, wanted);
}

#[test]
fn each_layer_has_its_decision_and_its_statements() {
    let deny = policy(json!({ "Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*" }));
    let output = ask(&json!({
        "CallerArn": ALICE,
        "PolicyInputList": [allow(json!({}))],
        "PermissionsBoundaryPolicyInputList": [allow(json!({}))],
        "ServiceControlPolicyInputList": [[allow(json!({}))], [allow(json!({}))]],
        "ResourceControlPolicyInputList": [deny],
        "ActionNames": ["dynamodb:Scan"],
        "ResourceArns": [TABLE],
    }));
    let result = &output["EvaluationResults"][0];
    assert_eq!(result["EvalDecision"], "explicitDeny");
    assert_eq!(result["MatchedStatements"][0]["SourcePolicyId"], "ResourceControlPolicyInputList.1");
    let details = json!({
        "IAM Policy": "allowed", "Permissions Boundary Policy": "allowed",
        "Service Control Policy": "allowed", "Resource Control Policy": "explicitDeny",
    });
    assert_eq!(result["EvalDecisionDetails"], details);
    assert_eq!(result["OrganizationsDecisionDetail"]["AllowedByOrganizations"], false);
    assert_eq!(result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"], true);
    assert_eq!(result["ResourceSpecificResults"][0]["EvalResourceDecision"], "explicitDeny");
}

#[test]
fn what_follows_from_the_input_is_filled_in_and_what_is_given_wins() {
    let holds = |caller: &str, key: &str, value: &str| {
        let input = json!({
            "CallerArn": caller, "ActionNames": ["dynamodb:Scan"], "ResourceArns": [TABLE],
            "PolicyInputList": [allow(json!({ "StringEquals": { key: value } }))],
            "SessionPolicyInputList": [allow(json!({}))],
        });
        decision(&input) == "allowed"
    };
    let session = "arn:aws:sts::111122223333:assumed-role/app/s1";
    let federated = "arn:aws:sts::111122223333:federated-user/bob";
    for (caller, key, value) in [
        (ALICE, "aws:PrincipalArn", ALICE),
        (ALICE, "aws:username", "alice"),
        (ALICE, "aws:PrincipalType", "User"),
        (ALICE, "aws:PrincipalAccount", "111122223333"),
        (ALICE, "aws:ResourceAccount", "111122223333"),
        (ALICE, "aws:RequestedRegion", "eu-west-1"),
        (ALICE, "aws:PrincipalIsAWSService", "false"),
        (session, "aws:PrincipalArn", "arn:aws:iam::111122223333:role/app"),
        (session, "aws:PrincipalType", "AssumedRole"),
        (federated, "aws:userid", "111122223333:bob"),
    ] {
        assert!(holds(caller, key, value), "{caller} {key}");
    }
    assert!(!holds(session, "aws:username", "app"), "a role has no user name");
    assert!(!holds(ALICE, "aws:SecureTransport", "true"), "what does not follow is absent");
    let given = json!({
        "CallerArn": ALICE, "ActionNames": ["dynamodb:Scan"],
        "PolicyInputList": [allow(json!({ "StringEquals": { "aws:username": "other" } }))],
        "ContextEntries": [{ "ContextKeyName": "AWS:UserName", "ContextKeyValues": ["other"] }],
    });
    assert_eq!(decision(&given), "allowed");
}

#[test]
fn open_keys_leave_a_condition() {
    let input = json!({
        "CallerArn": ALICE, "ActionNames": ["dynamodb:Scan"], "ResourceArns": [TABLE],
        "PolicyInputList": [allow(json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }))],
    });
    let bytes = serde_json::to_vec(&input).unwrap();
    let open = answer(&bytes, Unknown::Symbolic).unwrap().evaluation_results.remove(0);
    assert_eq!(open.eval_decision, "conditional");
    assert_eq!(open.condition.as_deref(), Some("Bool aws:MultiFactorAuthPresent [true]"));
    assert_eq!(open.missing_context_values, ["aws:MultiFactorAuthPresent"]);
    let absent = answer(&bytes, Unknown::Absent).unwrap().evaluation_results.remove(0);
    assert_eq!((absent.eval_decision, absent.condition), ("implicitDeny", None));
    assert_eq!(absent.missing_context_values, ["aws:MultiFactorAuthPresent"]);
}

#[test]
fn a_policy_that_aws_would_not_take_is_refused() {
    let own = |more: Json| merged(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }), more);
    let rcp = |more: Json| {
        merged(json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" }), more)
    };
    let alice = json!({ "AWS": ALICE });
    let levels = "ResourceControlPolicyInputList";
    // "IAM JSON policy elements: Sid" and "Resource", "RCP syntax", "AWS JSON policy elements: NotPrincipal".
    for (member, statements, at) in [
        ("PolicyInputList", json!([own(json!({ "Sid": "a" })), own(json!({ "Sid": "a" }))]), "[1].Sid"),
        ("PolicyInputList", json!([own(json!({ "Sid": "a" })), own(json!({ "Sid": "b" }))]), ""),
        ("PolicyInputList", json!([own(json!({ "Sid": "" })), own(json!({ "Sid": "" }))]), ""),
        ("SessionPolicyInputList", own(json!({ "Sid": "a b" })), "[0].Sid"),
        ("ResourcePolicy", own(json!({ "Sid": "a b", "Principal": "*" })), ""),
        ("PolicyInputList", own(json!({ "Resource": "foo" })), "[0].Resource"),
        ("PolicyInputList", own(json!({ "Resource": ["*", 5] })), "[0].Resource"),
        ("PolicyInputList", own(json!({ "Resource": ["arn:aws:s3:::*", "arn:*", "*"] })), ""),
        ("ServiceControlPolicyInputList", own(json!({ "Resource": "foo*" })), "[0].Resource"),
        (levels, rcp(json!({})), ""),
        (levels, rcp(json!({ "Principal": alice })), "[0].Principal"),
        (levels, rcp(json!({ "Principal": null, "NotPrincipal": alice })), "[0].NotPrincipal"),
        (levels, rcp(json!({ "Action": null, "NotAction": "s3:*" })), "[0].NotAction"),
        (levels, rcp(json!({ "Action": "*" })), "[0].Action"),
        (levels, rcp(json!({ "Effect": "Allow" })), "[0].Effect"),
        (levels, rcp(json!({ "Effect": "Allow", "Action": "*" })), ""),
        ("ResourcePolicy", own(json!({ "NotPrincipal": alice })), "[0].NotPrincipal"),
        ("ResourcePolicy", own(json!({ "NotPrincipal": alice, "Effect": "Deny" })), ""),
    ] {
        let input = json!({ "CallerArn": ALICE, "ActionNames": ["s3:GetObject"], member: [policy(statements.clone())] });
        refused(&input, member, at);
    }
    // A role's policy is its trust policy.
    for (more, at) in [
        (json!({ "Principal": "*", "Resource": null }), ""),
        (json!({ "Principal": "*" }), "[0].Resource"),
        (json!({ "NotPrincipal": alice, "Effect": "Deny", "Resource": null }), "[0].NotPrincipal"),
        (json!({ "Principal": "*", "Resource": null, "Sid": "a-b" }), "[0].Sid"),
    ] {
        let trust = policy(merged(own(json!({ "Action": "sts:AssumeRole" })), more));
        let input = json!({ "CallerArn": ALICE, "ActionNames": ["sts:AssumeRole"], "ResourcePolicy": trust });
        refused(&input, "ResourcePolicy", at);
    }
    let nobody = json!({ "ActionNames": ["s3:GetObject"], "ResourcePolicy": policy(own(json!({ "Principal": "*" }))) });
    assert!(ask(&nobody)["Error"].as_str().unwrap().starts_with("CallerArn"));
    let empty = json!({ "ActionNames": ["s3:GetObject"], "PolicyInputList": [""] });
    assert!(ask(&empty)["Error"].as_str().unwrap().starts_with("PolicyInputList.1"));
}

/// An object with the members of another over it; a null takes one away.
fn merged(mut base: Json, more: Json) -> Json {
    let base_members = base.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        base_members.insert(name.clone(), value.clone());
    }
    base_members.retain(|_, value| !value.is_null());
    base
}

fn refused(input: &Json, member: &str, at: &str) {
    let mut input = input.clone();
    if member == "ResourcePolicy" && input[member].is_array() {
        input[member] = input[member][0].take();
    }
    let output = ask(&input);
    match at {
        "" => assert!(output["Error"].is_null(), "{output}: {input}"),
        at => {
            let error = output["Error"].as_str().unwrap_or_default();
            assert!(
                error.starts_with(member) && error.contains(&format!("Statement{at}")),
                "{output}: {input}"
            );
        }
    }
}

#[test]
fn another_partition_is_another_aws() {
    let input = |caller: &str| {
        json!({
            "CallerArn": caller, "PolicyInputList": [allow(json!({}))], "ActionNames": ["dynamodb:Scan"], "ResourceArns": [TABLE],
        })
    };
    assert_eq!(decision(&input("arn:aws:iam::111122223333:user/alice")), "allowed");
    assert_eq!(decision(&input("arn:aws-cn:iam::111122223333:user/alice")), "implicitDeny");
}

#[test]
fn an_input_that_cannot_be_answered_says_why() {
    let base = json!({ "ActionNames": ["dynamodb:Scan"] });
    for (member, value, at) in [
        ("PolicyInputList", json!(["{"]), "PolicyInputList.1: document"),
        ("PolicyInputList", json!(["{}", {}]), "PolicyInputList.1: Statement"),
        ("ResourcePolicy", json!([]), "ResourcePolicy"),
        ("ResorcePolicy", json!("{}"), "did you mean `ResourcePolicy`"),
        ("resourcePolicy", json!("{}"), "did you mean `ResourcePolicy`"),
        ("ActionNames", json!(["dynamodb:*"]), "ActionNames"),
        ("ActionNames", json!([]), "ActionNames"),
        ("ResourceArns", json!(["table/Books"]), "ResourceArns"),
        ("CallerArn", json!("alice\u{1b}[31m"), "CallerArn: `alice\\u{1b}[31m`"),
        ("CallerArn", json!("arn:aws:iam::111122223333:group/g"), "CallerArn"),
        ("ContextEntries", json!([{}]), "ContextEntries.1"),
        ("PermissionsBoundaryPolicyInputList", json!([{}, {}]), "PermissionsBoundaryPolicyInputList"),
    ] {
        let mut input = base.clone();
        input[member] = value;
        let output = ask(&input);
        assert!(output["Error"].as_str().unwrap_or_default().contains(at), "{member}: {output}");
    }
}

#[test]
fn lines_in_are_lines_out_and_a_bad_one_stops_nobody() {
    let good = json!({ "ActionNames": ["dynamodb:Scan"], "PolicyInputList": [allow(json!({}))] }).to_string();
    let mut input = format!("{good}\n{{\"bad\n\n").into_bytes();
    input.extend([0xff, b'\n']);
    input.extend(good.as_bytes());
    let out =
        Command::cargo_bin("dynaudit").unwrap().args(["simulate", "-"]).write_stdin(input).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<bool> = lines.iter().map(|line| line.get("Error").is_some()).collect();
    assert_eq!(errors, [false, true, true, true, false]);
    assert_eq!(out.status.code(), Some(3));

    for (input, code) in [(good.clone(), 0), (format!("[{good},{good}]"), 0), (String::new(), 2)] {
        let run =
            Command::cargo_bin("dynaudit").unwrap().arg("simulate").write_stdin(input).output().unwrap();
        assert_eq!(run.status.code(), Some(code));
    }
}

/// A statement of `bytes` bytes.
fn long(fill: &str, bytes: usize) -> Json {
    policy(
        json!({ "Effect": "Allow", "Action": "s3:*", "Resource": format!("arn:aws:s3:::{}", fill.repeat(bytes / fill.len())) }),
    )
}

#[test]
fn monstrous_policies_are_answered_or_refused_in_bounded_time() {
    let started = std::time::Instant::now();
    let key = "k".repeat(1_000);
    let with = |policies: Json, context: &str| {
        json!({
            "CallerArn": ALICE, "PolicyInputList": policies,
            "ActionNames": ["s3:GetObject"], "ResourceArns": [format!("arn:aws:s3:::{key}b")],
            "ContextEntries": [{ "ContextKeyName": "aws:UserAgent", "ContextKeyValues": [context] }],
        })
    };
    let deep = |open: &str, close: &str| json!([format!("{}{}", open.repeat(10_000), close.repeat(10_000))]);
    for policies in [deep("[", "]"), deep("{\"Statement\":", "}"), deep("{\"a\":[", "]}")] {
        assert!(ask(&with(policies, ""))["Error"].as_str().unwrap().contains("nested too deep"));
    }
    for fill in ["k*", "*k", "?*", "k?", "*?k", "${", "${a", "${aws:username}", "?"] {
        assert_ne!(decision(&with(json!([long(fill, 1 << 20)]), "")), "allowed", "{fill}");
    }
    // Ten megabytes in one text, and in ten thousand statements.
    assert_eq!(decision(&with(json!([long("x", 10 << 20)]), "")), "implicitDeny");
    let statement = |at: u32| {
        json!({ "Effect": if at.is_multiple_of(2) { "Allow" } else { "Deny" }, "Action": ["s3:Get*", "ec2:*"],
            "Resource": format!("arn:aws:s3:::{}*{at}", "k*".repeat(400)),
            "Condition": { "StringLike": { "aws:UserAgent": format!("*{at}*") } } })
    };
    let many = policy((0..10_000).map(statement).collect());
    assert_eq!(decision(&with(json!([many]), "")), "implicitDeny");
    // Every statement denies: the first hundred are listed.
    let denies = (0..10_000)
        .map(|at| json!({ "Sid": at.to_string(), "Effect": "Deny", "Action": "*", "Resource": "*" }));
    let output = ask(&with(json!([policy(denies.collect())]), ""));
    assert_eq!(output["EvaluationResults"][0]["MatchedStatements"].as_array().unwrap().len(), 100);
    // The worst that a pattern can ask of a text.
    let worst = allow(json!({ "StringLike": { "aws:UserAgent": format!("*{}b", "a?".repeat(1_000)) } }));
    assert_eq!(decision(&with(json!([worst]), &"a".repeat(4_000))), "implicitDeny");
    let open = (0..10_000).map(|at| {
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "Bool": { format!("k{at}"): "true" } } })
    });
    let bytes = serde_json::to_vec(&with(json!([policy(open.collect())]), "")).unwrap();
    let result = answer(&bytes, Unknown::Symbolic).unwrap().evaluation_results.remove(0);
    assert!(result.condition.unwrap().len() < 10_000);
    // Without optimisation and on a busy machine; each of these takes well under a second.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,80}") {
        let _ = answer(&bytes, Unknown::Absent);
        let inner = String::from_utf8_lossy(&bytes);
        let condition = json!({ "StringLike": { "aws:username": text }, "ArnLike": { &text: [inner, "*", "${aws:username}"] } });
        for policies in [json!([inner]), json!([allow(condition)])] {
            let input = json!({
                "PolicyInputList": policies, "ResourcePolicy": inner, "CallerArn": ALICE,
                "ActionNames": [format!("s3:{text}")], "ResourceArns": [format!("arn:{text}")],
                "ContextEntries": [{ "ContextKeyName": text, "ContextKeyValues": [text, inner] }],
            });
            let refused = ask(&input)["Error"].as_str().unwrap_or_default().to_owned();
            prop_assert!(!refused.contains(char::is_control) && refused.len() < 1_200);
        }
    }
}
