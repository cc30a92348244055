//! The report: what it shows, that it is inert, that it is the same each time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "report/again.rs"]
mod again;
#[path = "report/controls.rs"]
mod controls;
#[path = "report/effort.rs"]
mod effort;
#[path = "report/page.rs"]
mod page;
#[path = "report/since.rs"]
mod since;
mod support;

use dynaudit::{
    finding::{Severity, Verdict},
    report::{View, asff, csv, html, json, jsonl, junit, markdown, ocsf, oscal, remediation, sarif, table},
    snapshot::{Snapshot, Why},
};
use support::{ACCOUNT, empty, finding, gap, lacking, view, view_of, with_table};
use unicode_width::UnicodeWidthStr;

fn plain(view: &View, width: u16) -> String {
    anstream::adapter::strip_str(&table::render(view, width)).to_string()
}

fn as_json(view: &View) -> String {
    let mut out = Vec::new();
    json::render(view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn flagged(check: &str, severity: Severity, table: &str) -> dynaudit::finding::Finding {
    finding(check, severity, Verdict::Flagged, table)
}

/// Terminal escapes (7 and 8 bit), a title, a bell, line breaks, a turn of direction, HTML, a formula.
const HOSTILE: &str = "=cmd()|'/c calc'!A1\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\n\u{202e}gnp\u{2066}<script>alert(1)</script>\u{7f}";

fn hostile() -> (Snapshot, View) {
    let mut snapshot = with_table(HOSTILE);
    snapshot.tool = HOSTILE.into();
    snapshot.accounts[0].id = HOSTILE.into();
    snapshot.accounts[0].regions[0].name = HOSTILE.into();
    snapshot.scope.regions = vec![HOSTILE.into()];
    let mut denied = gap(HOSTILE, HOSTILE, Why::Denied);
    denied.message = HOSTILE.into();
    snapshot.gaps.insert(denied.id(), denied.clone());
    let mut first = flagged("a-check", Severity::High, HOSTILE);
    first.message = HOSTILE.into();
    first.subject.names.insert("path".into(), HOSTILE.into());
    first.subject.account = HOSTILE.into();
    let second = lacking(finding(HOSTILE, Severity::Low, Verdict::Unknown, HOSTILE), &denied);
    let view = view_of(&snapshot, vec![first, second], &[Verdict::Flagged, Verdict::Unknown, Verdict::Clear]);
    (snapshot, view)
}

fn is_active(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}

#[test]
fn hostile_text_is_inert_in_the_table() {
    let (_, view) = hostile();
    for width in [40, 80, 200] {
        let text = plain(&view, width);
        assert!(text.chars().all(|c| c == '\n' || !is_active(c)), "{text:?}");
        // What colours are left over once those of AWS's making are escaped are our own, and all are closed.
        let styled = table::render(&view, width);
        assert!(!styled.contains("\u{1b}[2J") && !styled.contains("\u{1b}]") && !styled.contains('\u{9b}'));
        assert!(text.replace(['\n', ' ', '│'], "").contains("u{1b}"), "shown, not dropped: {text}");
    }
}

#[test]
fn hostile_text_is_inert_in_json_and_not_lost() {
    let (snapshot, view) = hostile();
    let text = as_json(&view);
    assert!(text.chars().all(|c| c == '\n' || !is_active(c)), "{text}");
    assert!(!text.contains('<') && !text.contains('>'));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["run"]["accounts"][0]["id"], HOSTILE);
    assert_eq!(value["findings"][0]["message"], HOSTILE);
    assert_eq!(value["run"]["collected_by"], snapshot.tool);
}

#[test]
fn no_line_is_wider_than_asked() {
    let (_, hostile) = hostile();
    let many =
        (0..30).map(|n| flagged("wide-open-to-all", Severity::Critical, &format!("table-{n}-表"))).collect();
    for view in [hostile, view(&with_table("sessions"), many)] {
        for width in [60, 80, 120, 200] {
            for line in plain(&view, width).lines() {
                assert!(line.width() <= width.into(), "{} > {width}: {line}", line.width());
            }
        }
    }
}

#[test]
fn the_worst_comes_first_whatever_the_order_was() {
    let mut findings = vec![
        flagged("b-low", Severity::Low, "t"),
        flagged("c-critical", Severity::Critical, "t"),
        flagged("a-high", Severity::High, "z"),
        flagged("a-high", Severity::High, "a"),
    ];
    let forward = view(&with_table("t"), findings.clone());
    findings.reverse();
    assert_eq!(as_json(&forward), as_json(&view(&with_table("t"), findings)));
    let order: Vec<String> = forward
        .findings
        .iter()
        .map(|f| format!("{} {}", f.check, f.subject.table.as_deref().unwrap()))
        .collect();
    assert_eq!(order, ["c-critical t", "a-high a", "a-high z", "b-low t"]);
}

#[test]
fn many_rows_of_one_check_are_counted_and_json_has_them_all() {
    let findings = (0..47).map(|n| flagged("open", Severity::High, &format!("t{n}"))).collect();
    let view = view(&with_table("t"), findings);
    let text = plain(&view, 120);
    assert_eq!(text.lines().filter(|l| l.contains("│ high")).count(), 10, "{text}");
    assert!(text.contains("… and 37 more"), "{text}");
    assert!(text.contains("47 high") && text.contains("open (47 findings): Mend open."), "{text}");
    let value: serde_json::Value = serde_json::from_str(&as_json(&view)).unwrap();
    assert_eq!(value["findings"].as_array().unwrap().len(), 47);
    assert_eq!(value["summary"]["flagged"]["high"], 47);
    assert_eq!(value["checks"][0]["verdicts"]["flagged"], 47);
}

#[test]
fn a_long_id_is_folded_and_keeps_its_hyphens() {
    let id = "administrator-reads-every-table-without-a-second-factor";
    let view = view(&with_table("t"), vec![flagged(id, Severity::High, "t")]);
    let text = plain(&view, 80);
    let folded: String = text.lines().filter_map(|l| l.split('┆').nth(1)).map(str::trim).collect();
    assert!(folded.contains(id), "{text}");
}

#[test]
fn what_was_refused_is_grouped_with_what_it_leaves_open() {
    let mut snapshot = with_table("t");
    let mut findings = Vec::new();
    for name in ["a", "b", "c"] {
        let denied = gap("dynamodb:DescribeTable", &format!("table/{name}"), Why::Denied);
        findings.push(lacking(finding("x", Severity::Low, Verdict::Unknown, name), &denied));
        findings.push(lacking(finding("y", Severity::Low, Verdict::Unknown, name), &denied));
        findings.push(lacking(finding("z", Severity::Low, Verdict::Flagged, name), &denied));
        snapshot.gaps.insert(denied.id(), denied);
    }
    let view = view(&snapshot, findings);
    let text = plain(&view, 200);
    assert!(text.contains("dynamodb:DescribeTable denied ×3"), "{text}");
    assert!(
        text.contains("6 verdicts not assessed, 3 stand without it; allow dynamodb:DescribeTable"),
        "{text}"
    );
    assert!(text.contains("let the auditor call dynamodb:DescribeTable;"), "{text}");
    assert!(
        text.contains("organizations:ListPolicies not-asked") && text.contains("touches no verdict"),
        "{text}"
    );
    let value: serde_json::Value = serde_json::from_str(&as_json(&view)).unwrap();
    let gaps = value["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 4);
    assert!(gaps.iter().filter(|g| g["why"] == "denied").all(|g| g["verdicts"] == 3));
}

#[test]
fn verdicts_are_chosen_and_counts_are_of_all() {
    let findings = vec![
        flagged("x", Severity::Low, "a"),
        finding("x", Severity::Low, Verdict::Clear, "b"),
        finding("x", Severity::Low, Verdict::NotApplicable, "c"),
    ];
    let snapshot = with_table("t");
    let some = view(&snapshot, findings.clone());
    assert_eq!(some.findings.len(), 1);
    assert_eq!(some.summary.verdicts.all(), 3);
    assert!(!plain(&some, 120).contains("VERDICT"));
    let all = view_of(&snapshot, findings, &[Verdict::Flagged, Verdict::Clear, Verdict::NotApplicable]);
    let text = plain(&all, 120);
    assert!(text.contains("VERDICT") && text.contains("not-applicable") && text.contains("clear"), "{text}");
}

#[test]
fn the_table_says_what_was_looked_at() {
    let mut snapshot = with_table("sessions");
    snapshot.calls.insert("dynamodb:Scan".into(), dynaudit::snapshot::CallCount { made: 1234, failed: 2 });
    let text = plain(&view(&snapshot, vec![]), 120);
    assert!(
        text.contains(&format!("account {ACCOUNT}")) && text.contains("assumed-role/auditor/nightly"),
        "{text}"
    );
    assert!(text.contains("1 of 1 described"), "{text}");
    assert!(text.contains("3 read in 1 of 1 table; 1.5 of at most 50.0 read capacity units"), "{text}");
    assert!(text.contains("1,234 calls, 2 failed"), "{text}");
    assert!(text.contains("Nothing is flagged."), "{text}");
}

#[test]
fn keys_of_the_json_report_stand_in_a_fixed_order() {
    let text = as_json(&view(&empty(), vec![]));
    let places: Vec<usize> = ["schema", "run", "coverage", "summary", "gaps", "findings", "checks"]
        .map(|key| text.find(&format!("\n  \"{key}\":")).unwrap())
        .to_vec();
    assert!(places.is_sorted(), "{places:?}");
    assert!(!text.contains("-0.0"), "{text}");
}

/// `UPDATE_DOCS=1 cargo test --test report` writes the schema anew.
#[test]
fn the_schema_is_in_step() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/report.schema.json");
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<View>();
    let mut now = serde_json::to_string_pretty(&schema).unwrap();
    now.push('\n');
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == now, "the types have changed: run UPDATE_DOCS=1 cargo test --test report");
}

/// Every form but the table, by name.
fn forms(view: &View) -> Vec<(&'static str, String)> {
    type Render = fn(&View, &mut dyn std::io::Write) -> std::io::Result<()>;
    let all: [(&str, Render); 12] = [
        ("json", json::render),
        ("jsonl", jsonl::render),
        ("sarif", sarif::render),
        ("ocsf", |view, out| ocsf::render(view, ocsf::Version::V1_5, out)),
        ("ocsf-1.8", |view, out| ocsf::render(view, ocsf::Version::V1_8, out)),
        ("asff", asff::render),
        ("oscal", oscal::render),
        ("csv", csv::render),
        ("junit", junit::render),
        ("markdown", markdown::render),
        ("remediation", remediation::render),
        ("html", html::render),
    ];
    let written = |(name, render): (&'static str, Render)| {
        let mut out = Vec::new();
        render(view, &mut out).unwrap();
        (name, String::from_utf8(out).unwrap())
    };
    all.into_iter().map(written).collect()
}

#[test]
fn hostile_text_is_inert_in_every_form_and_shown_in_each() {
    let (_, view) = hostile();
    for (name, text) in forms(&view) {
        let lines = |c: char| c == '\n' || (name == "csv" && c == '\r');
        assert!(text.chars().all(|c| lines(c) || !is_active(c)), "{name}: {text}");
        // A spreadsheet knows no tags; its formulas have a test of their own.
        assert!(name == "csv" || !text.contains("<script>alert"), "{name}: {text}");
        assert!(text.contains("owned"), "{name} lost it: {text}");
    }
}

#[test]
fn no_cell_of_a_spreadsheet_is_a_formula() {
    let (_, view) = hostile();
    let mut out = Vec::new();
    csv::render(&view, &mut out).unwrap();
    let mut rows = ::csv::Reader::from_reader(out.as_slice());
    let rows: Vec<::csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), view.findings.len());
    for cell in rows.iter().flatten() {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
    }
}

#[test]
fn every_form_has_every_finding_and_the_same_bytes_each_time() {
    let snapshot = with_table("orders");
    let denied = gap("dynamodb:DescribeTable", "orders", Why::Denied);
    let findings = vec![
        flagged("check-a", Severity::High, "orders"),
        finding("check-a", Severity::High, Verdict::Clear, "carts"),
        lacking(finding("check-b", Severity::Low, Verdict::Unknown, "orders"), &denied),
    ];
    let view = view_of(&snapshot, findings, &[Verdict::Flagged, Verdict::Clear, Verdict::Unknown]);
    for ((name, text), (_, again)) in forms(&view).into_iter().zip(forms(&view)) {
        assert_eq!(text, again, "{name}");
        for finding in &view.findings {
            let by = match name {
                "markdown" => finding.check.as_str(),
                "remediation" => finding.title.as_str(),
                _ => finding.fingerprint.as_str(),
            };
            let beside = match name {
                "junit" => finding.verdict == Verdict::Clear,
                "remediation" => finding.verdict != Verdict::Flagged,
                _ => false,
            };
            let shown = text.contains(by) || beside;
            assert!(shown, "{name} lacks {by}");
        }
        if !["junit", "markdown", "remediation"].contains(&name) {
            assert!(text.contains("dynamodb:DescribeTable"), "{name} does not say what was refused");
        }
    }
}

#[test]
fn what_was_not_assessed_is_no_pass_in_any_form() {
    let snapshot = with_table("orders");
    let denied = gap("dynamodb:DescribeTable", "orders", Why::Denied);
    let unknown = lacking(finding("check-b", Severity::Low, Verdict::Unknown, "orders"), &denied);
    let view = view_of(&snapshot, vec![unknown], &[Verdict::Unknown]);
    let forms: std::collections::BTreeMap<_, _> = forms(&view).into_iter().collect();
    let read = |name: &str| serde_json::from_str::<serde_json::Value>(&forms[name]).unwrap();
    assert_eq!(read("sarif")["runs"][0]["results"][0]["kind"], "open");
    assert_eq!(read("ocsf")[0]["compliance"]["status"], "Unknown");
    assert_eq!(read("asff")[0]["Compliance"]["Status"], "WARNING");
    assert!(forms["junit"].contains("<error type=\"not-assessed\""));
    assert!(forms["markdown"].contains("not assessed"));
    assert!(forms["csv"].contains("unknown,"));
}

#[test]
fn the_page_lets_no_script_run_but_its_own_and_loads_nothing() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};
    let (_, view) = hostile();
    let mut out = Vec::new();
    html::render(&view, &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    let between = |from: &str, to: &str| {
        let start = page.rfind(from).unwrap() + from.len();
        &page[start..start + page[start..].find(to).unwrap()]
    };
    for (tag, end, directive) in
        [("<script>", "</script>", "script-src"), ("<style>", "</style>", "style-src")]
    {
        let hash = STANDARD.encode(Sha256::digest(between(tag, end)));
        assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{directive}");
        assert_eq!(page.matches(tag).count(), 1, "{tag}");
    }
    for word in ["http://", "https://", "src=", "@import", "url(", "onclick", "onload"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn requirements_on_card_data_are_told_only_of_what_is_in_scope() {
    let mut one = flagged("a", Severity::High, "orders");
    let told = |one: &dynaudit::finding::Finding| {
        ["1.3.2", "3.5.1", "9.4", "7.2.2", "10.2.1"].map(|id| one.bears("PCI-DSS-4.0.1", id))
    };
    assert_eq!(told(&one), [true; 5], "where the scope is not known, all are told");
    one.pci_scope = Some(true);
    assert_eq!(told(&one), [true; 5]);
    one.pci_scope = Some(false);
    assert_eq!(told(&one), [false, false, false, true, true]);
    assert!(one.bears("SOC2", "3.1"));
}

#[test]
fn when_a_finding_was_first_seen_is_told_only_where_that_is_known() {
    let snapshot = with_table("sessions");
    let then = dynaudit::snapshot::Timestamp(1_700_000_000);
    let known = dynaudit::finding::Finding {
        first_seen: Some(then),
        ..flagged("b-check", Severity::High, "sessions")
    };
    let view = view_of(&snapshot, vec![flagged("a-check", Severity::High, "sessions"), known], &Verdict::ALL);
    // OCSF, `finding_info.first_seen_time`: optional, the time when the finding was first observed. One run alone does not
    // know it, and its own time would be taken for it.
    for version in [ocsf::Version::V1_5, ocsf::Version::V1_8] {
        let mut out = Vec::new();
        ocsf::render(&view, version, &mut out).unwrap();
        let events: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(events[0]["finding_info"].get("first_seen_time"), None);
        assert_eq!(events[1]["finding_info"]["first_seen_time"], 1_700_000_000_000_i64);
    }
}

#[test]
fn subjects_stand_in_the_order_of_their_ids() {
    let subject = |arn: &str| {
        let mut finding = flagged("a-check", Severity::High, "sessions");
        finding.subject.arn = arn.into();
        finding.subject
    };
    let arns = ["", "a", "a ", "a!", "a\"", "a#", "a\\", "a\n", "a\u{7f}", "ab", "a/b", "ä", "\u{1b}"];
    for (one, other) in
        arns.iter().flat_map(|one| arns.iter().map(move |other| (subject(one), subject(other))))
    {
        assert_eq!(one.by_id(&other), one.id().cmp(&other.id()), "{} {}", one.arn, other.arn);
    }
}
