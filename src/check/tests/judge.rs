//! Judging: verdicts, messages, what they rest on, and their order.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{
    super::{Library, expr::Meter, judge, judge::judge_within, judge_only, types},
    fixed,
};
use crate::{
    facts::{Facts, Node},
    finding::{Confidence, Finding, Severity, Subject, SubjectKind, Verdict},
    snapshot::{Gap, GapId, ResourceId, Why},
};

pub(super) fn node(kind: SubjectKind, name: &str, facts: &Json) -> Node {
    let subject = Subject {
        kind,
        arn: format!("arn:{name}"),
        account: "111122223333".into(),
        region: None,
        table: None,
        tables: None,
        names: BTreeMap::new(),
    };
    Node::new(subject, facts)
}

fn account(children: Vec<Node>) -> Facts {
    let mut root = node(SubjectKind::Account, "account", &json!({"id": "111122223333"}));
    root.children = children;
    Facts { roots: vec![root], ..Facts::default() }
}

fn gap(call: &str, why: Why) -> (GapId, Gap) {
    let gap = Gap { call: call.into(), on: ResourceId("arn:x".into()), why, message: "m".into() };
    (gap.id(), gap)
}

fn of<'f>(findings: &'f [Finding], check: &str) -> &'f Finding {
    findings.iter().find(|f| f.check == check).unwrap()
}

#[test]
fn a_flagged_subject_says_what_was_seen_and_why() {
    let mut table = node(
        SubjectKind::Table,
        "t",
        &json!({"name": "sessions", "encryption": {
        "owner": "customer", "key": {"arn": "arn:key", "state": "Disabled"}}}),
    );
    table.confidence = Some(Confidence::Medium);
    table.evidence.insert("seen".into(), json!(1));
    let findings = judge(&fixed(&[]), &account(vec![table]), &BTreeMap::new());
    let finding = of(&findings, "key-disabled");
    assert_eq!(finding.verdict, Verdict::Flagged);
    assert_eq!((finding.severity, finding.confidence), (Severity::Critical, Confidence::Medium));
    assert_eq!(finding.message, "sessions is encrypted with arn:key, which is disabled");
    assert_eq!(finding.because.len(), 1);
    assert_eq!(finding.because[0].fact, "table.encryption.key.state");
    assert_eq!(finding.because[0].value, Some(json!("Disabled")));
    assert!(finding.missing.is_empty());
    assert_eq!(finding.evidence["seen"], 1);
    assert_eq!(finding.fingerprint, crate::finding::fingerprint("key-disabled", &finding.subject));
    assert_eq!(of(&findings, "aws-owned-key").verdict, Verdict::Clear);
}

#[test]
fn what_was_refused_is_not_assessed_and_names_the_call() {
    let (id, denied) = gap("kms:DescribeKey", Why::Denied);
    let facts = account(vec![node(
        SubjectKind::Table,
        "t",
        &json!({"name": "a",
        "encryption": {"owner": {"$unknown": id.0}, "key": {"$unknown": id.0}}}),
    )]);
    let findings = judge(&fixed(&[]), &facts, &BTreeMap::from([(id.clone(), denied)]));
    for (check, fact) in
        [("key-disabled", "table.encryption.key"), ("aws-owned-key", "table.encryption.owner")]
    {
        let finding = of(&findings, check);
        assert_eq!(finding.verdict, Verdict::Unknown);
        assert_eq!(finding.message, "not assessed: kms:DescribeKey (denied)");
        assert_eq!(finding.missing.len(), 1);
        assert_eq!((finding.missing[0].fact.as_str(), &*finding.missing[0].gap), (fact, &id));
        assert_eq!(finding.missing[0].why, Why::Denied);
    }
    // The engines' own gaps are found as well.
    let (id, own) = gap("policy", Why::Malformed);
    let mut facts = account(vec![node(SubjectKind::Table, "t", &json!({"policy": {"$unknown": id.0}}))]);
    facts.gaps.insert(id, own);
    let findings = judge(&fixed(&[]), &facts, &BTreeMap::new());
    assert_eq!(of(&findings, "public-table-policy").message, "not assessed: policy (malformed)");
}

#[test]
fn of_a_subject_that_was_not_seen_every_check_says_what_it_says_where_no_fact_was() {
    let (id, denied) = gap("dynamodb:DescribeTable", Why::Denied);
    let subject = node(SubjectKind::Account, "account", &json!({})).subject;
    let hidden = Node::unlisted(subject, &id);
    let mut spelled = hidden.clone();
    fn spell(node: &mut Node, id: &GapId) {
        let fields = &types::of(node.subject.kind).object().unwrap().fields;
        let facts: Json = fields.keys().map(|name| (name.clone(), json!({ "$unknown": id }))).collect();
        node.facts = facts.into();
        node.children.iter_mut().for_each(|child| spell(child, id));
    }
    spell(&mut spelled, &id);
    let (library, gaps) = (Library::builtin().unwrap(), BTreeMap::from([(id, denied)]));
    let said = |root: Node| judge(&library, &Facts { roots: vec![root], ..Facts::default() }, &gaps);
    let findings = said(hidden);
    assert_eq!(findings, said(spelled));
    assert_eq!(findings.len(), library.checks().len());
    assert!(findings.iter().all(|f| f.message == "not assessed: dynamodb:DescribeTable (denied)"));
}

#[test]
fn what_many_findings_say_is_held_once() {
    let (id, denied) = gap("kms:DescribeKey", Why::Denied);
    let facts = json!({"name": "a", "encryption": {"$unknown": id.0}, "policy": null});
    let tables = (0..2).map(|n| node(SubjectKind::Table, &format!("t{n}"), &facts));
    let findings = judge(&fixed(&[]), &account(tables.collect()), &BTreeMap::from([(id.clone(), denied)]));
    let of: Vec<&Finding> = findings.iter().filter(|f| f.check == "key-disabled").collect();
    let [one, other] = of[..] else { panic!("{of:?}") };
    let (is, was) = (&one.missing[0], &other.missing[0]);
    for (is, was) in [
        (&one.check, &other.check),
        (&one.title, &other.title),
        (&one.message, &other.message),
        (&is.fact, &was.fact),
        (&is.call, &was.call),
    ] {
        assert!(std::ptr::eq(is.as_str(), was.as_str()), "{is}");
    }
    assert!(std::ptr::eq(&*is.gap, &*was.gap) && std::ptr::eq(&*is.on, &*was.on));
    assert!(std::ptr::eq(&*one.because, &*other.because));
}

#[test]
fn a_fact_missing_without_a_gap_is_our_own_gap_and_no_verdict() {
    let facts =
        account(vec![node(SubjectKind::Table, "t", &json!({"name": "a", "policy": {"$unknown": "nobody"}}))]);
    let findings = judge(&fixed(&[]), &facts, &BTreeMap::new());
    assert_eq!(findings.iter().filter(|f| f.subject.kind == SubjectKind::Table).count(), 4);
    for finding in &findings {
        assert_eq!(finding.verdict, Verdict::Unknown, "{}", finding.check);
        assert_eq!(finding.message, "not assessed: check (malformed)");
        assert!(!finding.missing.is_empty());
    }
}

#[test]
fn subjects_below_see_those_above_and_a_condition_decides_what_applies() {
    let attribute = |table_key: bool| {
        node(
            SubjectKind::Attribute,
            "id",
            &json!({"path": "id", "kind": "session-token", "confidence": 0.9,
            "items": 5, "table_key": table_key, "jwt_no_expiry": false}),
        )
    };
    let mut table = node(
        SubjectKind::Table,
        "t",
        &json!({"name": "s", "insights_on": true, "sample": {"items_read": 20}}),
    );
    table.children = vec![attribute(true), attribute(false)];
    let judged =
        judge_only(&fixed(&[]), &account(vec![table]), &BTreeMap::new(), |_, v| v == Verdict::Flagged);
    let messages: Vec<&str> = judged.findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "id holds session-token in 5 of 20 sampled items",
            "id holds session-token in 5 of 20 sampled items",
            "id, a key of s that holds session-token, is shown in clear in CloudWatch",
        ]
    );
    // What is not kept is counted all the same; a check without a subject says nothing.
    let tally = &judged.tally["contributor-insights-shows-token-keys"];
    assert_eq!(tally, &BTreeMap::from([(Verdict::Flagged, 1), (Verdict::NotApplicable, 1)]));
    assert!(judged.tally["external-reader"].is_empty());
    assert_eq!(judged.tally["jwt-without-expiry"][&Verdict::NotApplicable], 2);
}

#[test]
fn findings_come_worst_first_then_by_check_and_subject_whatever_the_order_of_facts() {
    let table = |name: &str| {
        node(
            SubjectKind::Table,
            name,
            &json!({"name": name, "policy": {"public": true},
            "encryption": {"owner": "aws-owned", "key": null}, "pitr": {"enabled": false}}),
        )
    };
    let library = fixed(&[]);
    let one = judge(&library, &account(vec![table("a"), table("b"), table("c")]), &BTreeMap::new());
    let other = judge(&library, &account(vec![table("c"), table("a"), table("b")]), &BTreeMap::new());
    assert_eq!(one, other);
    let keys: Vec<_> =
        one.iter().map(|f| (std::cmp::Reverse(f.severity), &f.check, &f.subject.arn)).collect();
    assert!(keys.is_sorted());
}

#[test]
fn a_large_account_that_two_threads_judge_is_judged_as_its_parts_are() {
    let table = |n: usize| {
        let pitr = json!({"enabled": n.is_multiple_of(3)});
        node(SubjectKind::Table, &format!("t{n:04}"), &json!({"name": format!("t{n}"), "pitr": pitr}))
    };
    let library = fixed(&[]);
    let judged = |tables: std::ops::Range<usize>| {
        judge_only(&library, &account(tables.map(table).collect()), &BTreeMap::new(), |_, _| true)
    };
    // Eight checks: the whole is above what one thread judges, and no part is.
    let (whole, parts) = (judged(0..2_600), (0..2_600).step_by(100).map(|n| judged(n..n + 100)));
    let (mut findings, mut verdicts) = (BTreeMap::new(), BTreeMap::<_, u64>::new());
    for part in parts {
        findings.extend(part.findings.into_iter().map(|f| (f.fingerprint.clone(), f)));
        for (verdict, count) in &part.tally["point-in-time-recovery-off"] {
            *verdicts.entry(*verdict).or_default() += count;
        }
    }
    assert_eq!(whole.tally["point-in-time-recovery-off"], verdicts);
    assert_eq!(whole.findings.len(), findings.len());
    assert!(whole.findings.iter().all(|finding| findings[&finding.fingerprint] == *finding));
    let keys: Vec<_> =
        whole.findings.iter().map(|f| (std::cmp::Reverse(f.severity), &f.check, &f.subject.arn)).collect();
    assert!(keys.is_sorted());
}

#[test]
fn hostile_names_stay_within_bounds_and_facts_of_the_wrong_shape_are_no_verdict() {
    let long = "x".repeat(1 << 20);
    let facts = account(vec![
        node(SubjectKind::Table, "a", &json!({"name": long, "pitr": {"enabled": false}})),
        node(SubjectKind::Table, "b", &json!([1, 2, 3])),
        node(SubjectKind::Table, "c", &Json::Null),
    ]);
    let findings = judge(&fixed(&[]), &facts, &BTreeMap::new());
    assert!(findings.iter().all(|f| f.message.len() < 1_000));
    let flagged: Vec<&str> =
        findings.iter().filter(|f| f.verdict != Verdict::Unknown).map(|f| f.check.as_str()).collect();
    assert_eq!(flagged, ["point-in-time-recovery-off"]);
}

#[test]
fn a_run_that_spends_its_steps_is_refused_and_names_the_check_that_took_most() {
    let dir = tempfile::tempdir().unwrap();
    let check = "title = 'T'\nseverity = 'low'\nover = 'table'\n\
        flag = 'table.indexes.all(a, table.indexes.all(b, a.name == b.name))'\n\
        message = 'm'\nwhy = 'w'\nfix = 'f'\n[[example]]\nis = 'flagged'\n[[example]]\nis = 'clear'\n\
        given = { table = { indexes = [{ name = 'a' }, { name = 'b' }] } }\n";
    std::fs::write(dir.path().join("every-pair.toml"), check).unwrap();
    let library = fixed(&[dir.path().to_owned()]);
    let indexes = vec![json!({"name": "i"}); 60];
    let tables = (0..20)
        .map(|n| node(SubjectKind::Table, &format!("t{n}"), &json!({"name": "t", "indexes": indexes})));
    let (facts, gaps) = (account(tables.collect()), BTreeMap::new());
    let within = |run| {
        let meters = [Meter::new(1_000_000, run), Meter::new(1_000_000, run)];
        judge_within(&meters, library.checks(), &facts, &gaps, |_, _| true)
    };
    let whole = within(u64::MAX).whole().unwrap();
    assert_eq!(of(&whole.findings, "every-pair").verdict, Verdict::Flagged);
    for _ in 0..2 {
        let refused = within(500_000).whole().unwrap_err();
        assert!(refused.contains("than a run may") && refused.contains("`every-pair` ("), "{refused}");
    }
    // One answer that takes too much is no verdict, and says why.
    let meters = [Meter::new(10_000, u64::MAX), Meter::new(10_000, u64::MAX)];
    let judged = judge_within(&meters, library.checks(), &facts, &gaps, |_, _| true).whole().unwrap();
    let finding = of(&judged.findings, "every-pair");
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert_eq!(finding.message, "not assessed: check (malformed): it takes more steps than a check may");
}
