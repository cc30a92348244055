//! Narrower policies: what is proposed for which key design, and that the engine finds the fault closed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use dynaudit::{
    check::{Library, judge::judge_only},
    facts::{
        Facts, Node,
        build::{build, rebuild},
    },
    finding::{SubjectKind, Verdict},
    remedy::{
        Proposal,
        prove::{Ground, plan},
    },
    snapshot::{Snapshot, sample::SecretKind},
};
use serde_json::json;
use support::{ACCOUNT, build as make, with_table};

const FENCE: &str = r#""dynamodb:LeadingKeys":["${cognito-identity.amazonaws.com:sub}"]"#;

/// A table under a partition key of this name, and a role of an application's users that gets its items.
fn shared_by_users(key: &str) -> Snapshot {
    let mut snapshot = with_table("profiles");
    make::described(&mut snapshot).keys = vec![make::hash(key)];
    make::sample(&mut snapshot).contents.names.extend([(key.to_owned(), 3), ("name".to_owned(), 3)]);
    let table = format!("arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/profiles");
    let statements = json!([{
        "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan"], "Resource": table,
    }]);
    make::add_role(&mut snapshot, "portal", statements);
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Federated": "cognito-identity.amazonaws.com" },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": { "StringEquals": { "cognito-identity.amazonaws.com:aud": "eu-west-1:pool" },
            "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } },
    }] });
    snapshot.accounts[0].principals.roles[0].trust = Some(trust.to_string());
    snapshot
}

fn proposal(snapshot: &Snapshot) -> Proposal {
    let library = Library::builtin().unwrap();
    let facts = build(snapshot);
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let findings = judge_only(&library, &facts, &gaps, |_, verdict| verdict == Verdict::Flagged).findings;
    let all = library.checks().iter().map(|check| check.id.clone()).collect();
    let mut plan = plan(snapshot, (&library, &all), &Ground::of(&facts), &findings, &Default::default());
    assert_eq!(plan.proposals.len(), 1, "{plan:?}");
    plan.proposals.remove(0)
}

#[test]
fn users_of_an_application_are_held_to_their_own_items_where_the_key_is_their_id() {
    let proposal = proposal(&shared_by_users("user_id"));
    let policies = proposal.policies.as_ref().unwrap();
    assert!(policies[0].contains(FENCE) && !policies[0].contains("Scan"), "{policies:?}");
    assert!(proposal.closes.contains("end-user-without-leading-keys"), "{proposal:?}");
}

#[test]
fn no_fence_is_made_up_where_the_key_is_nobodys_id() {
    let proposal = proposal(&shared_by_users("order_id"));
    assert!(!format!("{:?}", proposal.policies).contains("LeadingKeys"), "{proposal:?}");
    assert!(!proposal.closes.contains("end-user-without-leading-keys"), "{proposal:?}");
}

#[test]
fn a_fence_around_users_and_one_around_secrets_stand_together() {
    let mut snapshot = shared_by_users("user_id");
    make::see(&mut snapshot, "refresh_token", SecretKind::RefreshToken);
    make::sample(&mut snapshot).contents.names.insert("refresh_token".into(), 3);
    let proposal = proposal(&snapshot);
    let text = proposal.policies.as_ref().unwrap().join(" ");
    assert!(text.contains(FENCE) && text.contains(r#""dynamodb:Attributes":["name","user_id"]"#), "{text}");
    assert!(text.contains("SPECIFIC_ATTRIBUTES"), "{text}");
}

#[test]
fn checks_that_are_not_asked_for_refuse_no_proposal() {
    let library = Library::builtin().unwrap();
    let snapshot = shared_by_users("user_id");
    let facts = build(&snapshot);
    let only = "end-user-without-leading-keys";
    let keep = |check: &dynaudit::check::Check, verdict| check.id == only && verdict == Verdict::Flagged;
    let findings = judge_only(&library, &facts, &snapshot.gaps, keep).findings;
    let chosen = [only.to_owned()].into();
    let plan = plan(&snapshot, (&library, &chosen), &Ground::of(&facts), &findings, &Default::default());
    let [proposal] = &plan.proposals[..] else { panic!("{plan:?}") };
    assert!(proposal.policies.is_ok(), "{proposal:?}");
    assert!(proposal.closes.iter().chain(&proposal.leaves).chain(&proposal.lessens).all(|id| id == only));
}

/// The nodes of tables with all below them, by ARN.
fn tables(facts: &Facts) -> std::collections::BTreeMap<&str, String> {
    let nodes = facts.roots.iter().flat_map(|root| &root.children);
    let tables = nodes.filter(|node: &&Node| node.subject.kind == SubjectKind::Table);
    tables.map(|node| (node.subject.arn.as_str(), format!("{node:?}"))).collect()
}

#[test]
fn tables_that_are_not_joined_anew_are_as_they_were() {
    let mut snapshot = shared_by_users("user_id");
    let mut other = snapshot.accounts[0].tables[0].clone();
    (other.name, other.arn) = ("orders".to_owned(), other.arn.replace("/profiles", "/orders"));
    snapshot.accounts[0].tables.push(other);
    snapshot.accounts[0].regions[0].tables.items.push("orders".to_owned());
    let before = build(&snapshot);
    snapshot.accounts[0].principals.roles[0].inline.clear();
    let (whole, part) = (build(&snapshot), rebuild(&snapshot, &Default::default(), &before.access));
    let (was, is, anew) = (tables(&before), tables(&whole), tables(&part));
    assert_eq!((is.len(), anew.len()), (2, 1), "the role reads one of two tables");
    for (arn, node) in is {
        assert_eq!(anew.get(arn).or(was.get(arn)), Some(&node), "{arn}");
    }
}
