//! A snapshot builder for tests: a healthy account, and ways to spoil it.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod build;

use std::collections::{BTreeMap, BTreeSet};

use dynaudit::{
    finding::{Confidence, Finding, Missing, Severity, Subject, SubjectKind, Verdict, fingerprint},
    report::{
        View,
        view::{CheckRow, Tally},
    },
    snapshot::{
        Account, FORMAT, Gap, GapId, Identity, Listed, Principals, Region, ResourceId, Sample, Scope, Seen,
        Services, Snapshot, Timestamp, Why,
        table::{Backup, ContinuousBackups, Description, Insights, Table, TimeToLive},
    },
};

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";

/// An account in one Region without tables, of which everything asked for was seen.
pub fn empty() -> Snapshot {
    let not_asked = Gap {
        call: "organizations:ListPolicies".into(),
        on: ResourceId(format!("account {ACCOUNT}")),
        why: Why::NotAsked,
        message: "this version does not look yet".into(),
    };
    let id = not_asked.id();
    Snapshot {
        format: FORMAT,
        tool: "0.1.0".into(),
        taken: Timestamp(1_793_523_600),
        scope: Scope {
            regions: vec![REGION.into()],
            table: None,
            sampled: true,
            sample_items: 200,
            rcu_budget: 50.0,
            second_look: false,
            seed: 0,
            digest_key_id: "00112233445566778899".into(),
        },
        accounts: vec![Account {
            id: ACCOUNT.into(),
            partition: "aws".into(),
            identity: Seen::Value(Identity {
                arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/auditor/nightly"),
                account: ACCOUNT.into(),
                user_id: "AROAEXAMPLE:nightly".into(),
            }),
            regions: vec![Region {
                name: REGION.into(),
                tables: Listed::default(),
                disabled: false,
                orphan_backups: Listed::<Backup>::default(),
                services: nothing_there(),
            }],
            tables: Vec::new(),
            keys: Vec::new(),
            buckets: Vec::new(),
            public_access_blocked: Seen::Value(false),
            principals: Principals::default(),
            guardrails: Seen::Gap(id.clone()),
        }],
        calls: BTreeMap::new(),
        gaps: BTreeMap::from([(id, not_asked)]),
    }
}

/// Services that were asked and have nothing.
pub fn nothing_there() -> Services {
    Services {
        backup_opt_in: Seen::Value(true),
        backup_plans: Listed::default(),
        vaults: Listed::default(),
        clusters: Listed::default(),
        consumers: Listed::default(),
        endpoints: Listed::default(),
        event_stores: Listed::default(),
        identity_pools: Listed::default(),
        imports: Listed::default(),
        integrations: Listed::default(),
        legacy_global_tables: Listed::default(),
        kinesis_streams: Vec::new(),
        rules: Listed::default(),
        vpcs: Listed::default(),
        recorders: Listed::default(),
        scalable_targets: Listed::default(),
        trails: Listed::default(),
    }
}

/// The empty account with a table of this name, all of it seen, deletion protection off.
pub fn with_table(name: &str) -> Snapshot {
    let mut snapshot = empty();
    add_table(&mut snapshot, name);
    snapshot
}

pub fn add_table(snapshot: &mut Snapshot, name: &str) {
    let account = &mut snapshot.accounts[0];
    account.regions[0].tables.items.push(name.into());
    let description = Description {
        status: "ACTIVE".into(),
        class: "STANDARD".into(),
        billing: "PAY_PER_REQUEST".into(),
        items: Some(3),
        ..Description::default()
    };
    account.tables.push(Table {
        arn: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"),
        name: name.into(),
        region: REGION.into(),
        description: Seen::Value(description),
        continuous_backups: Seen::Value(ContinuousBackups::default()),
        time_to_live: Seen::Value(TimeToLive { status: "DISABLED".into(), attribute: None }),
        tags: Seen::Value(BTreeMap::new()),
        policy: Seen::Value(None),
        stream_policy: Seen::Value(None),
        kinesis: Seen::Value(Vec::new()),
        insights: Seen::Value(Insights { status: "DISABLED".into(), ..Insights::default() }),
        backups: Listed::default(),
        exports: Listed::default(),
        sample: Seen::Value(Sample {
            items_read: 3,
            requests: 2,
            rcu_consumed: 1.5,
            segments: 1,
            segments_read: 1,
            ..Sample::default()
        }),
    });
}

/// The snapshot with the description of its first table refused.
pub fn deny_description(snapshot: &mut Snapshot) -> GapId {
    let table = &mut snapshot.accounts[0].tables[0];
    let gap = gap("dynamodb:DescribeTable", &table.arn, Why::Denied);
    let id = gap.id();
    table.description = Seen::Gap(id.clone());
    snapshot.gaps.insert(id.clone(), gap);
    id
}

/// The snapshot as `--no-sample` leaves it.
pub fn unsample(snapshot: &mut Snapshot) {
    snapshot.scope.sampled = false;
    for table in &mut snapshot.accounts[0].tables {
        let gap = gap("dynamodb:Scan", &table.arn, Why::NotAsked);
        table.sample = Seen::Gap(gap.id());
        snapshot.gaps.insert(gap.id(), gap);
    }
}

pub fn gap(call: &str, on: &str, why: Why) -> Gap {
    let message = if why == Why::Denied { "AccessDeniedException" } else { "not asked for" };
    Gap { call: call.into(), on: ResourceId(on.into()), why, message: message.into() }
}

/// A verdict of `check` about table `name`.
pub fn finding(check: &str, severity: Severity, verdict: Verdict, name: &str) -> Finding {
    let subject = Subject {
        kind: SubjectKind::Table,
        arn: format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"),
        account: ACCOUNT.into(),
        region: Some(REGION.into()),
        table: Some(name.into()),
        tables: None,
        names: BTreeMap::new(),
    };
    Finding {
        check: check.into(),
        title: format!("Title of {check}").into(),
        severity,
        confidence: Confidence::High,
        verdict,
        message: format!("{check} on {name}").into(),
        because: Vec::new().into(),
        missing: Vec::new(),
        evidence: Default::default(),
        fingerprint: fingerprint(check, &subject),
        pci_scope: None,
        state: None,
        first_seen: None,
        accepted: None,
        subject: subject.into(),
    }
}

/// The finding with a gap in place of what it needed.
pub fn lacking(mut finding: Finding, gap: &Gap) -> Finding {
    finding.missing.push(Missing {
        fact: "table.deletion_protection".into(),
        gap: gap.id().into(),
        call: gap.call.as_str().into(),
        on: gap.on.clone().into(),
        why: gap.why,
    });
    finding
}

pub fn check(id: &str, severity: Severity, counts: &BTreeMap<Verdict, u64>) -> CheckRow {
    CheckRow {
        id: id.into(),
        group: "items".into(),
        title: format!("Title of {id}"),
        severity,
        why: "Because it matters.".into(),
        fix: format!("Mend {id}."),
        recipe: dynaudit::check::Recipe::default(),
        maps: BTreeMap::from([("SOC2".to_owned(), vec!["CC6.1".to_owned()])]),
        verdicts: Tally::from(counts),
    }
}

/// A view of the findings with the default verdicts.
pub fn view(snapshot: &Snapshot, findings: Vec<Finding>) -> View {
    view_of(snapshot, findings, &[Verdict::Flagged, Verdict::Unknown])
}

pub fn view_of(snapshot: &Snapshot, findings: Vec<Finding>, verdicts: &[Verdict]) -> View {
    let mut checks: BTreeMap<&str, (Severity, BTreeMap<Verdict, u64>)> = BTreeMap::new();
    for f in &findings {
        let (_, counts) = checks.entry(&f.check).or_insert((f.severity, BTreeMap::new()));
        *counts.entry(f.verdict).or_default() += 1;
    }
    let checks = checks.into_iter().map(|(id, (severity, counts))| check(id, severity, &counts)).collect();
    let digest = dynaudit::snapshot::file::digest(snapshot).unwrap();
    let verdicts: BTreeSet<Verdict> = verdicts.iter().copied().collect();
    View::new(snapshot, digest, checks, &snapshot.gaps, findings.clone(), &verdicts)
}
