//! What is proposed, carried out in the embedded account by the very commands that are printed: the next run has what was
//! closed no more, and nothing that is new.

use std::collections::BTreeSet;
use std::sync::Arc;

use dynaudit::check::{Library, judge::judge_only};
use dynaudit::collect::{Plan, Regions, Sampling, collect};
use dynaudit::demo::{self, Embedded, NOW, REGIONS};
use dynaudit::detect::DigestKey;
use dynaudit::facts::{Facts, build::build};
use dynaudit::finding::{Finding, SubjectKind, Verdict};
use dynaudit::remedy::prove::{Ground, plan};
use dynaudit::snapshot::{Snapshot, Timestamp, Topic};

async fn snapshot_of(account: &Embedded) -> Snapshot {
    let wanted = Plan {
        regions: Regions::Given(REGIONS.map(str::to_owned).to_vec()),
        table: None,
        exports: Default::default(),
        sampling: Some(Sampling::default()),
        second_look: false,
        seed: 0,
        digest_key: DigestKey::from_bytes(b"the embedded account's digest key").unwrap(),
        own: Default::default(),
        concurrency: 16,
        topics: Topic::ALL.into(),
        everywhere: Default::default(),
        kept: None,
    };
    let (_go, stop) = tokio::sync::watch::channel(dynaudit::collect::Halt::Go);
    let mut snapshot = collect(&account.sdk_config(REGIONS[0]), wanted, Arc::new(()), stop).await.unwrap();
    snapshot.taken = Timestamp(NOW);
    snapshot
}

fn judged(snapshot: &Snapshot, library: &Library) -> (Facts, Vec<Finding>) {
    let facts = build(snapshot);
    let mut gaps = snapshot.gaps.clone();
    gaps.extend(facts.gaps.clone());
    let findings = judge_only(library, &facts, &gaps, |_, verdict| verdict == Verdict::Flagged).findings;
    (facts, findings)
}

/// What is flagged, by check and subject; classes of access are named anew when access changes.
fn keys(findings: &[Finding]) -> BTreeSet<(String, String, String)> {
    let key = |f: &Finding| {
        let mut names = f.subject.names.clone();
        names.remove("class");
        (f.check.to_string(), f.subject.arn.clone(), format!("{names:?}"))
    };
    findings.iter().map(key).collect()
}

/// At how many tables a check is flagged of a principal.
fn width(findings: &[Finding], check: &str, arn: &str) -> u64 {
    let of = findings.iter().filter(|f| f.check == check && f.subject.arn == arn);
    of.map(|f| f.subject.tables.as_ref().map_or(1, |tables| tables.count)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposed_policy_closes_what_it_says_and_opens_nothing() {
    let account = demo::account().await.unwrap();
    let library = Library::builtin().unwrap();
    let before = snapshot_of(&account).await;
    let (facts, findings) = judged(&before, &library);
    let all = library.checks().iter().map(|check| check.id.clone()).collect();
    let plan = plan(&before, (&library, &all), &Ground::of(&facts), &findings, &Default::default());
    let (proved, unproved): (Vec<_>, Vec<_>) =
        plan.proposals.iter().partition(|proposal| proposal.policies.is_ok());
    // Every reader of the account that reaches too much has a proposal, or a reason why there is none.
    let principal = |f: &&Finding| f.subject.arn.starts_with("arn:aws:iam::111122223333:");
    let readers = findings.iter().filter(|f| f.subject.kind == SubjectKind::Reader).filter(principal);
    let too_much: BTreeSet<&str> = readers.map(|f| f.subject.arn.as_str()).collect();
    let spoken_of: BTreeSet<&str> = plan.proposals.iter().map(|proposal| proposal.arn.as_str()).collect();
    assert_eq!(too_much, spoken_of);
    let reasons: Vec<(&str, &str)> = unproved
        .iter()
        .map(|proposal| (proposal.name.as_str(), proposal.policies.as_ref().unwrap_err().as_str()))
        .collect();
    let everything = "it would open grants-all-but: it may do everything else too, and a policy can say that without \
                      tables only by what it leaves out";
    assert_eq!(
        reasons,
        [
            ("platform-admin", everything),
            ("nia.brandt", "no policy of its own lets it in: a table's policy does"),
            ("ravi.iyer", everything),
        ]
    );
    for command in proved.iter().flat_map(|proposal| &proposal.commands) {
        carry_out(&account, command).await;
    }
    let (_, after) = judged(&snapshot_of(&account).await, &library);
    let (was, is) = (keys(&findings), keys(&after));
    for proposal in proved {
        for check in &proposal.closes {
            let open = is.iter().any(|(id, arn, _)| id == check && *arn == proposal.arn);
            assert!(!open, "{check} of {} is still open", proposal.arn);
        }
    }
    for proposal in plan.proposals.iter().filter(|proposal| proposal.policies.is_ok()) {
        for check in &proposal.lessens {
            let (before, after) =
                (width(&findings, check, &proposal.arn), width(&after, check, &proposal.arn));
            assert!(after < before, "{check} of {}: {before} tables, then {after}", proposal.arn);
        }
    }
    let opened: Vec<_> = is.difference(&was).collect();
    assert!(opened.is_empty(), "{opened:?}");
}

/// One command of the AWS CLI, through the SDK.
async fn carry_out(account: &Embedded, command: &str) {
    let words = words(command);
    let iam = aws_sdk_iam::Client::new(&account.sdk_config("us-east-1"));
    let of = |name: &str| {
        let value = words.iter().find_map(|word| word.strip_prefix(&format!("--{name}=")));
        value.unwrap_or_else(|| panic!("{command} has no {name}")).to_owned()
    };
    assert_eq!(words[..2], ["aws", "iam"], "{command}");
    let done = match words[2].as_str() {
        "create-policy" => iam
            .create_policy()
            .policy_name(of("policy-name"))
            .policy_document(of("policy-document"))
            .send()
            .await
            .is_ok(),
        "attach-role-policy" => iam
            .attach_role_policy()
            .role_name(of("role-name"))
            .policy_arn(of("policy-arn"))
            .send()
            .await
            .is_ok(),
        "attach-user-policy" => iam
            .attach_user_policy()
            .user_name(of("user-name"))
            .policy_arn(of("policy-arn"))
            .send()
            .await
            .is_ok(),
        "detach-role-policy" => iam
            .detach_role_policy()
            .role_name(of("role-name"))
            .policy_arn(of("policy-arn"))
            .send()
            .await
            .is_ok(),
        "detach-user-policy" => iam
            .detach_user_policy()
            .user_name(of("user-name"))
            .policy_arn(of("policy-arn"))
            .send()
            .await
            .is_ok(),
        "put-role-policy" => iam
            .put_role_policy()
            .role_name(of("role-name"))
            .policy_name(of("policy-name"))
            .policy_document(of("policy-document"))
            .send()
            .await
            .is_ok(),
        "put-user-policy" => iam
            .put_user_policy()
            .user_name(of("user-name"))
            .policy_name(of("policy-name"))
            .policy_document(of("policy-document"))
            .send()
            .await
            .is_ok(),
        "delete-role-policy" => iam
            .delete_role_policy()
            .role_name(of("role-name"))
            .policy_name(of("policy-name"))
            .send()
            .await
            .is_ok(),
        "delete-user-policy" => iam
            .delete_user_policy()
            .user_name(of("user-name"))
            .policy_name(of("policy-name"))
            .send()
            .await
            .is_ok(),
        "remove-user-from-group" => iam
            .remove_user_from_group()
            .user_name(of("user-name"))
            .group_name(of("group-name"))
            .send()
            .await
            .is_ok(),
        other => panic!("{other} is not known here"),
    };
    assert!(done, "{command}");
}

/// The words of a command as a shell reads them: blanks outside of single quotes part them.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        let word = words.last_mut().unwrap();
        match c {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(chars.next()),
            ' ' if !quoted => words.push(String::new()),
            c => word.push(c),
        }
    }
    words
}
