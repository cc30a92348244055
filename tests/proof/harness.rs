//! A run in process: an embedded account in, snapshot, findings and reports out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use aws_types::SdkConfig;
use dynaudit::check::judge::judge_only;
use dynaudit::check::{Library, judge};
use dynaudit::collect::{Halt, Plan, Regions, Sampling, collect};
use dynaudit::demo::{self, Embedded, NOW, REGIONS};
use dynaudit::detect::DigestKey;
use dynaudit::facts::{Facts, build::build};
use dynaudit::finding::{Finding, Verdict};
use dynaudit::report::{View, json, table, view::CheckRow, view::Tally};
use dynaudit::snapshot::{Gap, GapId, Snapshot, Timestamp, Topic, file};
use tokio::sync::{OnceCell, watch};

/// The seeded account, its snapshot and what it comes to, made once.
pub(crate) async fn demo_run() -> &'static (Embedded, Snapshot, Assessed) {
    static RUN: OnceCell<(Embedded, Snapshot, Assessed)> = OnceCell::const_new();
    RUN.get_or_init(|| async {
        let account = demo::account().await.unwrap();
        let snapshot = snapshot_of(&account).await;
        let assessed = Assessed::of(&snapshot);
        (account, snapshot, assessed)
    })
    .await
}

/// The plan of `dynaudit demo`.
pub(crate) fn plan() -> Plan {
    Plan {
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
    }
}

/// A snapshot of the account, as the plan has it.
pub(crate) async fn snapshot_of(account: &Embedded) -> Snapshot {
    snapshot_with(&account.sdk_config(REGIONS[0]), plan()).await
}

/// A snapshot through these clients, dated by the account's clock.
pub(crate) async fn snapshot_with(sdk: &SdkConfig, plan: Plan) -> Snapshot {
    let (_go, stop) = watch::channel(Halt::Go);
    let snapshot = collect(sdk, plan, Arc::new(()), stop).await.unwrap();
    assert_eq!(snapshot.taken, Timestamp(NOW));
    snapshot
}

/// What a snapshot comes to, with every verdict.
pub(crate) struct Assessed {
    pub(crate) facts: Facts,
    pub(crate) gaps: BTreeMap<GapId, Gap>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) view: View,
}

impl Assessed {
    /// Judges by the checks built in.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        let library = LIBRARY.get_or_init(|| Library::builtin().unwrap());
        let facts = build(snapshot);
        let mut gaps = snapshot.gaps.clone();
        gaps.extend(facts.gaps.clone());
        let judge::Judged { findings, tally, .. } = judge_only(library, &facts, &gaps, |_, _| true);
        let row = |check: &dynaudit::check::Check| {
            CheckRow::of(check, tally.get(&check.id).map(Tally::from).unwrap_or_default())
        };
        let checks = library.checks().iter().map(row).collect();
        let digest = file::digest(snapshot).unwrap();
        let all = [Verdict::Flagged, Verdict::Unknown, Verdict::Clear, Verdict::NotApplicable];
        let view = View::new(snapshot, digest, checks, &gaps, findings.clone(), &all.into());
        Self { facts, gaps, findings, view }
    }

    /// The JSON report with every verdict.
    pub(crate) fn json(&self) -> String {
        let mut bytes = Vec::new();
        json::render(&self.view, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// The table with every verdict, without colours.
    pub(crate) fn table(&self, width: u16) -> String {
        anstream::adapter::strip_str(&table::render(&self.view, width)).to_string()
    }
}

/// Runs the program itself: exit code, standard output, standard error.
pub(crate) fn program(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = assert_cmd::Command::cargo_bin("dynaudit").unwrap();
    command.env_clear().env("HOME", dir).env("AWS_EC2_METADATA_DISABLED", "true").current_dir(dir);
    let out = command.args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}
