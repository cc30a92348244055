//! Every form that lists findings tells how each stands to the earlier run, and none does where there was no such run.

use dynaudit::{
    finding::{Severity, State, Verdict, triage::Triage},
    report::View,
    snapshot::Timestamp,
};
use serde_json::Value;

use super::{
    flagged, forms,
    support::{view, with_table},
};

const THEN: Timestamp = Timestamp(1_793_000_000);

/// A finding of each state, the one that is known the worst.
fn against_a_baseline() -> View {
    let states = [
        ("kept", Severity::Critical, State::Unchanged),
        ("fresh", Severity::Low, State::New),
        ("back", Severity::Low, State::Reopened),
        ("over", Severity::Low, State::AcceptanceEnded),
    ];
    let findings = states.map(|(table, severity, state)| {
        let mut finding = flagged("check-a", severity, table);
        (finding.state, finding.first_seen) = (Some(state), Some(THEN));
        finding
    });
    let triage = Triage {
        baseline: Some(THEN),
        new: 1,
        reopened: 1,
        acceptance_ended: 1,
        unchanged: 1,
        unreached: 2,
        ..Triage::default()
    };
    view(&with_table("kept"), findings.into()).with_triage(Some(triage))
}

/// The word for a finding's state by its table, as one form tells it.
fn told(name: &str, text: &str) -> Vec<(String, String)> {
    let json = || serde_json::from_str::<Value>(text).unwrap();
    let of = |table: &Value, state: &Value| {
        let last = |text: &Value| text.as_str().unwrap().rsplit(['/', ' ']).next().unwrap().to_owned();
        (last(table), state.as_str().unwrap_or_default().to_owned())
    };
    let named = |props: &Value, name: &str| {
        let all = props.as_array().unwrap();
        all.iter().find(|prop| prop["name"] == name).map_or(Value::Null, |prop| prop["value"].clone())
    };
    let mut told: Vec<(String, String)> = match name {
        "asff" => (json().as_array().unwrap().iter())
            .map(|f| of(&f["Resources"][0]["Id"], &f["ProductFields"]["dynaudit/state"]))
            .collect(),
        "oscal" => (json()["assessment-results"]["results"][0]["observations"].as_array().unwrap().iter())
            .map(|one| of(&one["subjects"][0]["title"], &named(&one["props"], "state")))
            .collect(),
        "csv" => (csv::Reader::from_reader(text.as_bytes()).deserialize())
            .map(|row| row.map(|row: std::collections::BTreeMap<String, String>| row).unwrap())
            .map(|row| (row["table"].clone(), row["state"].clone()))
            .collect(),
        "junit" => (text.split("<testcase").skip(1))
            .map(|case| {
                let state = case.lines().find_map(|line| line.strip_prefix("State: ")).unwrap_or_default();
                let table = case.split_once("name=\"").unwrap().1.split_once("name=\"").unwrap().1;
                let state = state.split('<').next().unwrap();
                (table.split(' ').next().unwrap().to_owned(), state.to_owned())
            })
            .collect(),
        "markdown" => (text.lines().filter(|line| line.contains("| check-a |")))
            .map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                let state = cells[2].split_once(", ").map_or("", |(_, state)| state);
                (cells[4].split(' ').next().unwrap().to_owned(), state.to_owned())
            })
            .collect(),
        _ => unreachable!("{name}"),
    };
    told.sort();
    told
}

#[test]
fn every_form_tells_what_is_new_from_what_was_known() {
    let want = [("back", "reopened"), ("fresh", "new"), ("kept", "unchanged"), ("over", "acceptance-ended")];
    let want = want.map(|(table, state)| (table.to_owned(), state.to_owned()));
    let forms_told = ["asff", "oscal", "csv", "junit", "markdown"];
    for (name, text) in forms(&against_a_baseline()) {
        if forms_told.contains(&name) {
            assert_eq!(told(name, &text), want, "{name}: {text}");
        } else if name != "remediation" && !name.starts_with("ocsf") && name != "sarif" {
            assert!(text.contains("acceptance-ended"), "{name}: {text}");
        }
        match name {
            // What is new is not cut off behind what is known, however bad that is.
            "markdown" => {
                assert!(text.find("fresh (").unwrap() < text.find("kept (").unwrap(), "{text}");
                let said = "**1 new, 1 reopened, 1 no longer accepted**, 1 unchanged, 0 resolved.";
                assert!(text.contains(said) && text.contains("The run ended early"), "{text}");
            }
            "junit" => assert!(text.contains("name=\"new-since-baseline\" value=\"3\""), "{text}"),
            "html" => assert!(text.contains("1 new, 1 reopened, 1 no longer accepted"), "{text}"),
            "sarif" => assert!(text.contains("\"baselineState\": \"updated\""), "{text}"),
            _ => {}
        }
    }
}

#[test]
fn without_an_earlier_run_no_form_tells_a_state() {
    let alone = view(&with_table("kept"), vec![flagged("check-a", Severity::High, "kept")]);
    assert_eq!(alone.findings[0].verdict, Verdict::Flagged);
    for (name, text) in forms(&alone) {
        if ["asff", "oscal", "csv", "junit", "markdown"].contains(&name) {
            assert_eq!(told(name, &text), [("kept".to_owned(), String::new())], "{name}");
        }
        assert!(!text.contains("new-since") && !text.contains("Since 20"), "{name}: {text}");
    }
}
